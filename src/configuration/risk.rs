//! Entries that let out far more than anybody needs.

use std::collections::BTreeSet;

use super::{Branch, Configuration, DomainException};
use crate::host::has_many_owners;
use crate::provenance::MemberId;

/// `id` names the texts `configuration.risk.<id>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    pub id: &'static str,
    /// The entry as the file spells it, with its process where it has one.
    pub entry: String,
    pub branch: Branch,
    pub member: MemberId,
}

/// All of them, in the order of their kinds and files.
#[must_use]
pub fn risks(configuration: &Configuration) -> Vec<Risk> {
    let apps = configuration.pinned_apps.iter().filter(|app| app.is_bypass() && app.is_for_any_host());
    let apps = apps.map(|app| Risk {
        id: "pinned_app_any_host",
        entry: format!("{} ({})", app.name, app.process.written),
        branch: app.branch,
        member: app.member,
    });
    let addresses = configuration.addresses.iter().filter(|exception| exception.addresses.is_nearly_everything());
    let addresses = addresses.map(|exception| Risk {
        id: "all_addresses",
        entry: exception.written.clone(),
        branch: exception.branch,
        member: exception.member,
    });
    let domains = configuration.domains.iter().filter(|exception| is_very_broad(exception));
    let domains = domains.map(|exception| Risk {
        id: "broad_domain",
        entry: exception.pattern.clone(),
        branch: exception.branch,
        member: exception.member,
    });
    let mut risks: Vec<Risk> = apps.chain(addresses).chain(domains).collect();
    let mut seen = BTreeSet::new();
    risks.retain(|risk| seen.insert((risk.id, risk.entry.clone(), risk.branch)));
    risks
}

/// Everything, everything below a public suffix (`*.co.jp`), or every customer of a provider (`*.s3.amazonaws.com`).
fn is_very_broad(exception: &DomainException) -> bool {
    let Some(parent) = exception.pattern.strip_prefix("*.") else { return exception.pattern == "*" };
    has_many_owners(parent)
}

#[cfg(test)]
mod tests {
    use super::super::tests::configured;
    use super::*;

    #[test]
    fn entries_that_let_everything_out_are_risks() {
        let apps = r#"{"certPinnedAppList":[
            {"action":1,"appName":"any","processName":"any.exe","app_domains":["*"]},
            {"action":3,"appName":"other action","processName":"other.exe","app_domains":["*"]},
            {"action":1,"appName":"narrow","processName":"narrow.exe","app_domains":["app.example.com"]}]}"#;
        let exceptions = r#"{"names":["*.co.jp","*.example.com","*.amazonaws.com","*.github.io","*.tenant.github.io",
            "*.sharepoint.com","*.tenant.sharepoint.com","login.example.com"],
            "ips":["0.0.0.0/0",{"type":"x","range":"::/0"},"192.0.2.0/24"],"fail_close":{}}"#;
        let (configuration, _) = configured(&[("nsbypass.json", apps), ("nsexception.json", exceptions)]);
        let found: Vec<String> =
            risks(&configuration).iter().map(|risk| format!("{} {}", risk.id, risk.entry)).collect();
        assert_eq!(
            found,
            [
                "pinned_app_any_host any (any.exe)",
                "all_addresses 0.0.0.0/0",
                "all_addresses ::/0",
                "broad_domain *.co.jp",
                "broad_domain *.amazonaws.com",
                "broad_domain *.github.io",
                "broad_domain *.sharepoint.com"
            ]
        );
    }
}
