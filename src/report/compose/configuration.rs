//! The bundle's own configuration in sentences: as a whole, and what it says about one host.

use std::net::IpAddr;

use super::{Writer, shown};
use crate::configuration::standing::{self, Relation, Standing};
use crate::configuration::{Branch, Target, risks};
use crate::event::Flow;
use crate::provenance::MemberId;
use crate::report::model::{
    ConfigurationFile, ConfigurationRisk, ConfigurationSetting, ConfigurationSummary, ConfiguredApp,
    ConfiguredException,
};

/// A page shows no more; the longest real lists hold some hundred entries.
const SHOWN: usize = 5000;

impl Writer<'_> {
    pub(super) fn configuration(&self) -> ConfigurationSummary {
        let configuration = &self.analysis.configuration;
        let facts = &configuration.facts;
        let file = |member: MemberId| Some(self.analysis.path(member));
        let exception = |kind: &str, entry: &str, branch: Branch, member: Option<MemberId>| ConfiguredException {
            kind: kind.to_owned(),
            entry: shown(entry),
            applies: branch.id().to_owned(),
            file: member.and_then(file),
        };
        let domains = configuration
            .domains
            .iter()
            .map(|domain| exception("domain", &domain.pattern, domain.branch, Some(domain.member)));
        let addresses = configuration
            .addresses
            .iter()
            .map(|address| exception("address", &address.written, address.branch, Some(address.member)));
        let categories =
            configuration.categories.iter().map(|category| exception("category", category, Branch::Everywhere, None));
        let setting = |(id, value): &(&'static str, String)| ConfigurationSetting {
            id: (*id).to_owned(),
            value: shown(value),
            says: self.texts.get(&format!("configuration.setting.{id}"), &[("value", shown(value))]),
        };
        ConfigurationSummary {
            files: configuration
                .sources
                .iter()
                .map(|source| ConfigurationFile {
                    path: self.analysis.path(source.member),
                    holds: source.kinds.iter().map(|kind| (*kind).to_owned()).collect(),
                })
                .collect(),
            steering_configuration: facts.steering_configuration.as_deref().map(shown),
            client_configuration: facts.client_configuration.as_deref().map(shown),
            traffic_mode: facts.traffic_mode.as_deref().map(shown),
            settings: facts.settings.iter().map(setting).collect(),
            exceptions: domains.chain(addresses).chain(categories).take(SHOWN).collect(),
            pinned_apps: self.pinned_apps(),
            risks: self.risks(),
        }
    }

    fn pinned_apps(&self) -> Vec<ConfiguredApp> {
        let apps = self.analysis.configuration.pinned_apps.iter().take(SHOWN);
        let all = |texts: &[String]| texts.iter().map(|text| shown(text)).collect();
        apps.map(|app| ConfiguredApp {
            app: shown(&app.name),
            process: shown(&app.process.written),
            process_is_pattern: app.process.is_pattern,
            custom: app.custom,
            mode: app.mode.as_deref().map(shown),
            action: app.action.as_deref().map(shown),
            action_says: self.action(app.action.as_deref()),
            domains: all(&app.domains),
            tunnel_domains: all(&app.tunnel_domains),
            applies: app.branch.id().to_owned(),
            file: Some(self.analysis.path(app.member)),
        })
        .collect()
    }

    fn action(&self, action: Option<&str>) -> String {
        match action {
            None => self.texts.get("configuration.action.missing", &[]),
            Some("1") => self.texts.get("configuration.action.bypass", &[]),
            Some(other) => self.texts.get("configuration.action.other", &[("action", shown(other))]),
        }
    }

    fn risks(&self) -> Vec<ConfigurationRisk> {
        risks(&self.analysis.configuration)
            .into_iter()
            .map(|risk| ConfigurationRisk {
                says: self.texts.get(&format!("configuration.risk.{}", risk.id), &[("entry", shown(&risk.entry))]),
                id: risk.id.to_owned(),
                entry: shown(&risk.entry),
                applies: risk.branch.id().to_owned(),
                file: Some(self.analysis.path(risk.member)),
            })
            .collect()
    }

    /// What the configuration and the vendor's defaults say about one host.
    pub(super) fn configured<'f>(
        &self,
        host: &str,
        process: Option<&str>,
        flows: impl IntoIterator<Item = &'f Flow>,
    ) -> Vec<String> {
        let names = flows.into_iter().filter_map(|flow| self.analysis.timeline.name(flow.destination));
        let mut addresses: Vec<IpAddr> =
            names.chain([host.to_owned()]).filter_map(|name| crate::host::address(&name)).collect();
        addresses.sort_unstable();
        addresses.dedup();
        let target = Target { host, process, addresses: &addresses };
        let standings = standing::standings(&self.analysis.configuration, target);
        let mut sentences: Vec<String> = standings.iter().map(|standing| self.standing(standing)).collect();
        if let Some(row) = self.knowledge.vendors.with_default_rule(host) {
            sentences.push(self.texts.get("configured.default_rule", &[("vendor", row.vendor.clone())]));
        }
        sentences
    }

    fn standing(&self, standing: &Standing) -> String {
        let name = |app: &Option<String>| vec![("app", shown(app.as_deref().unwrap_or_default()))];
        let setting = self.texts.get(&format!("configured.setting.{}", standing.setting.id()), &name(&standing.app));
        let relation = match standing.relation {
            Relation::Excepted => "excepted",
            Relation::PerhapsExcepted => "perhaps",
            Relation::OtherAction => "other_action",
            Relation::Neighbour => "neighbour",
        };
        let arguments = [
            ("setting", setting),
            ("entry", shown(&standing.entry)),
            ("action", shown(standing.action.as_deref().unwrap_or("—"))),
        ];
        self.texts.get(&format!("configured.{relation}.{}", standing.branch.id()), &arguments)
    }
}
