//! The narrowest host pattern that a setting accepts: the observed hosts, or their parent where it frees little else.

use crate::host::{address, has_many_owners, is_below, is_shared_hosting, registrable_domain};
use crate::knowledge::remedies::HostSyntax;

/// From this many hosts on one parent may be clearer than a list.
const MANY_HOSTS: usize = 4;

/// Entries for `hosts`, in order, in the given syntax. `frees_others` tells whether a parent would cover hosts of the log
/// beside them.
///
/// The observed hosts themselves are the narrowest form. A parent is proposed only for many hosts that share it, if it
/// is no public suffix, belongs to one customer, and would free no other.
#[must_use]
pub(super) fn entries(hosts: &[String], syntax: HostSyntax, frees_others: impl Fn(&str) -> bool) -> Vec<String> {
    if syntax == HostSyntax::None {
        return Vec::new();
    }
    let mut hosts: Vec<String> = hosts.to_vec();
    hosts.sort();
    hosts.dedup();
    match parent(&hosts, frees_others) {
        // Two entries, since sources disagree on whether the wildcard covers its own root.
        Some(parent) if syntax == HostSyntax::LeadingWildcard => vec![parent.clone(), format!("*.{parent}")],
        // Where the depth of sub-domains is disputed, each immediate parent stands beside the common one.
        Some(parent) => immediate_parents(&hosts, parent),
        None => hosts,
    }
}

fn parent(hosts: &[String], frees_others: impl Fn(&str) -> bool) -> Option<String> {
    let first = hosts.first()?;
    if hosts.len() < MANY_HOSTS || hosts.iter().any(|host| address(host).is_some() || is_shared_hosting(host)) {
        return None;
    }
    let domain = registrable_domain(first)?;
    // The deepest name that all hosts share.
    let mut parent = first.split_once('.').map(|(_, rest)| rest.to_owned())?;
    while !hosts.iter().all(|host| *host == parent || is_below(host, &parent)) {
        parent = parent.split_once('.').map(|(_, rest)| rest.to_owned())?;
    }
    let narrow = parent == domain || is_below(&parent, &domain);
    (narrow && !has_many_owners(&parent) && !frees_others(&parent)).then_some(parent)
}

fn immediate_parents(hosts: &[String], parent: String) -> Vec<String> {
    let mut entries = vec![parent.clone()];
    let deeper = hosts.iter().filter_map(|host| host.split_once('.').map(|(_, rest)| rest));
    entries.extend(deeper.filter(|above| is_below(above, &parent)).map(str::to_owned));
    entries.sort();
    entries.dedup();
    entries
}

#[cfg(test)]
mod tests {
    use super::*;
    use HostSyntax::{LeadingWildcard, ParentDomain};

    fn check(hosts: &[&str], syntax: HostSyntax, others: &[&str]) -> String {
        let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        entries(&hosts, syntax, |parent| others.iter().any(|host| is_below(host, parent))).join(" ")
    }

    #[test]
    fn few_hosts_stay_as_they_are() {
        assert_eq!(check(&["login.example.com"], LeadingWildcard, &[]), "login.example.com");
        assert_eq!(check(&["b.example.com", "a.example.com"], ParentDomain, &[]), "a.example.com b.example.com");
    }

    #[test]
    fn many_hosts_share_their_parent_in_the_safe_form() {
        let hosts = ["a.example.com", "b.example.com", "c.x.example.com", "d.example.com"];
        assert_eq!(check(&hosts, LeadingWildcard, &[]), "example.com *.example.com");
        assert_eq!(check(&hosts, ParentDomain, &[]), "example.com x.example.com");
    }

    #[test]
    fn a_parent_that_frees_others_or_belongs_to_many_is_not_proposed() {
        let hosts = ["a.example.com", "b.example.com", "c.example.com", "d.example.com"];
        assert_eq!(check(&hosts, LeadingWildcard, &["www.example.com"]), hosts.join(" "));
        let shared = ["a.github.io", "b.github.io", "c.github.io", "d.github.io"];
        assert_eq!(check(&shared, LeadingWildcard, &[]), shared.join(" "));
        let tenants = ["a.sharepoint.com", "b.sharepoint.com", "c.sharepoint.com", "d.sharepoint.com"];
        assert_eq!(check(&tenants, LeadingWildcard, &[]), tenants.join(" "));
        let unrelated = ["a.example.com", "b.example.net", "c.example.org", "d.example.com"];
        assert_eq!(check(&unrelated, LeadingWildcard, &[]), "a.example.com b.example.net c.example.org d.example.com");
    }
}
