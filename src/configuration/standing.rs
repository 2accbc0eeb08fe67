//! How the configuration stands to one host of the log: excepted, excepted elsewhere, or next to something excepted.

use std::net::IpAddr;

use super::entry::Reach;
use super::{Branch, Configuration, PinnedApp};
use crate::host::{is_below, registrable_domain};

/// A host of the log with its process and the addresses it was reached at.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    pub host: &'a str,
    pub process: Option<&'a str>,
    pub addresses: &'a [IpAddr],
}

/// One entry that says something about a host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Standing {
    pub relation: Relation,
    pub setting: Setting,
    pub branch: Branch,
    /// The entry as the file spells it.
    pub entry: String,
    /// Name of the pinned app.
    pub app: Option<String>,
    pub action: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    Excepted,
    /// The reach of the entry is disputed.
    PerhapsExcepted,
    /// The entry covers it, but its action is another than bypass.
    OtherAction,
    /// Another host of the same registrable domain.
    Neighbour,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    DomainException,
    PinnedAppDirect,
    PinnedAppTunnel,
    AddressException,
}

impl Setting {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::DomainException => "domain_exception",
            Self::PinnedAppDirect => "pinned_app_direct",
            Self::PinnedAppTunnel => "pinned_app_tunnel",
            Self::AddressException => "address_exception",
        }
    }
}

/// More entries over one host than this are no configuration that anybody keeps.
const COVERING: usize = 100;
/// More neighbours than this tell nothing more.
const NEIGHBOURS: usize = 3;

/// All that the configuration says about `target`, what covers it first.
#[must_use]
pub fn standings(configuration: &Configuration, target: Target<'_>) -> Vec<Standing> {
    let mut found = Vec::new();
    let mut neighbours = Vec::new();
    let domain = registrable_domain(target.host);
    let is_neighbour = |entry: &str| {
        let bare = entry.strip_prefix("*.").unwrap_or(entry);
        // The cheap test first: a list holds thousands of entries, and each host of the window asks.
        domain.as_deref().is_some_and(|own| bare == own || is_below(bare, own)) && registrable_domain(bare) == domain
    };
    for exception in &configuration.domains {
        let standing = |relation| Standing {
            relation,
            setting: Setting::DomainException,
            branch: exception.branch,
            entry: exception.pattern.clone(),
            app: None,
            action: None,
        };
        match exception.reach(target.host) {
            Reach::Yes => found.push(standing(Relation::Excepted)),
            Reach::Perhaps => found.push(standing(Relation::PerhapsExcepted)),
            Reach::No if is_neighbour(&exception.pattern) => neighbours.push(standing(Relation::Neighbour)),
            Reach::No => {}
        }
    }
    for exception in &configuration.addresses {
        if target.addresses.iter().any(|address| exception.addresses.contains(*address)) {
            found.push(Standing {
                relation: Relation::Excepted,
                setting: Setting::AddressException,
                branch: exception.branch,
                entry: exception.written.clone(),
                app: None,
                action: None,
            });
        }
    }
    for app in &configuration.pinned_apps {
        if !target.process.is_some_and(|process| app.process.fits(process)) {
            continue;
        }
        match app.reach(target.host) {
            Reach::Yes if !app.is_bypass() => found.push(of_app(app, Relation::OtherAction)),
            Reach::Yes => found.push(of_app(app, Relation::Excepted)),
            Reach::Perhaps => found.push(of_app(app, Relation::PerhapsExcepted)),
            Reach::No if app.is_bypass() && app.domains.iter().any(|entry| is_neighbour(entry)) => {
                neighbours.push(of_app(app, Relation::Neighbour));
            }
            Reach::No => {}
        }
    }
    found.truncate(COVERING);
    let mut found = joined(found);
    neighbours.truncate(COVERING);
    let mut neighbours = joined(neighbours);
    neighbours.truncate(NEIGHBOURS);
    found.extend(neighbours);
    found
}

/// What stands in both branches, or outside of them too, holds everywhere.
fn joined(mut standings: Vec<Standing>) -> Vec<Standing> {
    let everywhere = |standing: &Standing| Standing { branch: Branch::Everywhere, ..standing.clone() };
    let other = |branch| if branch == Branch::OnPremises { Branch::OffPremises } else { Branch::OnPremises };
    let whole: Vec<Standing> = standings
        .iter()
        .filter(|standing| {
            standing.branch == Branch::Everywhere
                || standings.contains(&Standing { branch: other(standing.branch), ..(*standing).clone() })
        })
        .map(everywhere)
        .collect();
    standings.retain(|standing| !whole.contains(&everywhere(standing)));
    standings.extend(whole);
    standings.sort();
    standings.dedup();
    standings
}

/// The branch of the place that the log names: `remote`, `on-prem`, or nothing that tells.
#[must_use]
pub fn place_named(location: Option<&str>) -> Option<Branch> {
    match location? {
        "on-prem" => Some(Branch::OnPremises),
        "remote" => Some(Branch::OffPremises),
        _ => None,
    }
}

/// Is the host surely excepted at the place where the device was? `None` as place means that it is not known.
#[must_use]
pub fn is_excepted(standings: &[Standing], place: Option<Branch>) -> bool {
    standings.iter().any(|standing| standing.relation == Relation::Excepted && applies(standing.branch, place))
}

/// Does a part of the configuration hold at `place`?
#[must_use]
pub fn applies(branch: Branch, place: Option<Branch>) -> bool {
    branch == Branch::Everywhere || place.is_none_or(|place| place == branch)
}

fn of_app(app: &PinnedApp, relation: Relation) -> Standing {
    let tunnel = app.mode.as_deref() == Some("tunnel");
    Standing {
        relation,
        setting: if tunnel { Setting::PinnedAppTunnel } else { Setting::PinnedAppDirect },
        branch: app.branch,
        entry: format!("{}: {}", app.process.written, shortened(&app.domains)),
        app: Some(app.name.clone()),
        action: app.action.clone(),
    }
}

fn shortened(domains: &[String]) -> String {
    const SHOWN: usize = 4;
    let more = if domains.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", domains.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::super::tests::configured;
    use super::*;

    const APPS: &str = r#"{"certPinnedAppList":[
        {"action":1,"appName":"Sync","processName":"sync.exe","app_domains":["sync.example.com"],"mode":"tunnel"},
        {"action":3,"appName":"Chat","processName":"chat.exe","app_domains":["chat.example.com"],"mode":"direct"}]}"#;
    const EXCEPTIONS: &str = r#"{"onPrem":{"names":["*.inside.example.com"],"ips":["198.51.100.0/24"],"fail_close":{}},
        "names":["login.example.com","*.partner.example"],"ips":[],"fail_close":{}}"#;

    fn check(host: &str, process: &str, addresses: &[&str]) -> Vec<String> {
        let (configuration, _) = configured(&[("nsbypass.json", APPS), ("nsexception.json", EXCEPTIONS)]);
        let addresses: Vec<IpAddr> = addresses.iter().filter_map(|text| text.parse().ok()).collect();
        let target = Target { host, process: Some(process), addresses: &addresses };
        standings(&configuration, target)
            .iter()
            .map(|standing| format!("{:?} {} {}", standing.relation, standing.setting.id(), standing.branch.id()))
            .collect()
    }

    #[test]
    fn each_setting_covers_by_its_own_rule() {
        assert_eq!(check("a.partner.example", "any.exe", &[]), ["Excepted domain_exception everywhere"]);
        assert_eq!(check("partner.example", "any.exe", &[]), ["PerhapsExcepted domain_exception everywhere"]);
        assert_eq!(check("x.inside.example.com", "any.exe", &[])[0], "Excepted domain_exception on_premises");
        assert_eq!(check("eu.sync.example.com", "SYNC.EXE", &[])[0], "Excepted pinned_app_tunnel everywhere");
        assert_eq!(check("a.eu.sync.example.com", "sync.exe", &[])[0], "PerhapsExcepted pinned_app_tunnel everywhere");
        assert_eq!(check("chat.example.com", "chat.exe", &[])[0], "OtherAction pinned_app_direct everywhere");
        assert_eq!(check("other.test", "any.exe", &["198.51.100.9"]), ["Excepted address_exception on_premises"]);
        assert!(check("other.test", "sync.exe", &[]).is_empty());
    }

    #[test]
    fn a_neighbour_shares_the_registrable_domain() {
        assert_eq!(
            check("api.example.com", "sync.exe", &[]),
            [
                "Neighbour domain_exception everywhere",
                "Neighbour domain_exception on_premises",
                "Neighbour pinned_app_tunnel everywhere"
            ]
        );
    }

    #[test]
    fn an_entry_of_both_branches_holds_everywhere() {
        let file = r#"{"onPrem":{"names":["a.example"],"ips":[]},"offPrem":{"names":["a.example"],"ips":[]}}"#;
        let (configuration, _) = configured(&[("nsexception.json", file)]);
        let target = Target { host: "a.example", process: None, addresses: &[] };
        let standings = standings(&configuration, target);
        assert_eq!(standings.len(), 1);
        assert_eq!(standings[0].branch, Branch::Everywhere);
    }

    #[test]
    fn a_branch_counts_where_the_device_was() {
        assert!(applies(Branch::Everywhere, Some(Branch::OffPremises)));
        assert!(!applies(Branch::OnPremises, Some(Branch::OffPremises)));
        assert!(applies(Branch::OnPremises, None));
    }
}
