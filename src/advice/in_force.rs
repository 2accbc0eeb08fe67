//! The exceptions of the bundle's own configuration against its log: which of them do nothing, or far too much.

use std::collections::BTreeSet;

use crate::configuration::entry::{Reach, pinned_reach};
use crate::configuration::{Configuration, risks};
use crate::event::NO_NAME;
use crate::host::is_below;
use crate::timeline::Timeline;

/// Entries as the configuration spells them; those of a pinned app with its process.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct InForce {
    pub(super) redundant: Vec<String>,
    pub(super) never_hit: Vec<String>,
    pub(super) too_broad: Vec<String>,
}

/// Entries of predefined apps are left out: nobody has to maintain them.
#[must_use]
pub(super) fn examine(configuration: &Configuration, timeline: &Timeline) -> InForce {
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    for pair in timeline.pairs.rows().iter().filter(|pair| pair.host != NO_NAME) {
        if let Some(host) = timeline.name(pair.host) {
            seen.insert((host, timeline.name(pair.process).unwrap_or_default()));
        }
    }
    let hosts: BTreeSet<&str> = seen.iter().map(|(host, _)| host.as_str()).collect();
    let mut found = InForce::default();
    for (position, domain) in configuration.domains.iter().enumerate() {
        if !hosts.iter().any(|host| domain.reach(host) != Reach::No) {
            found.never_hit.push(domain.pattern.clone());
        }
        let mut others = configuration.domains.iter().enumerate().filter(|(other, _)| *other != position);
        let covered = others.any(|(other, wider)| {
            let twin = wider.pattern == domain.pattern && other < position;
            wider.branch == domain.branch && (twin || covers(&wider.pattern, &domain.pattern))
        });
        if covered {
            found.redundant.push(domain.pattern.clone());
        }
    }
    for app in configuration.pinned_apps.iter().filter(|app| app.custom && app.is_bypass()) {
        let own = || seen.iter().filter(|(_, process)| app.process.fits(process));
        for domain in app.domains.iter().chain(&app.tunnel_domains) {
            if !own().any(|(host, _)| pinned_reach(domain, host) != Reach::No) {
                found.never_hit.push(format!("{domain} ({})", app.process.written));
            }
        }
    }
    found.too_broad = risks(configuration).into_iter().map(|risk| risk.entry).collect();
    for list in [&mut found.redundant, &mut found.never_hit, &mut found.too_broad] {
        list.sort();
        list.dedup();
    }
    found
}

/// Does the domain exception `wider` let past everything that `entry` does, and more?
fn covers(wider: &str, entry: &str) -> bool {
    if wider == entry {
        return false;
    }
    let Some(parent) = wider.strip_prefix("*.") else { return wider == "*" };
    is_below(entry.strip_prefix("*.").unwrap_or(entry), parent)
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_wildcard_covers_what_is_below_it() {
        assert!(covers("*.example.com", "app.example.com") && covers("*.example.com", "*.app.example.com"));
        assert!(covers("*", "*.example.com"));
        // Whether the wildcard covers its own root is disputed.
        assert!(!covers("*.example.com", "example.com") && !covers("example.com", "app.example.com"));
    }
}
