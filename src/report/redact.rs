//! Replaces personal and tenant data by pseudonyms before a report is shared: users, device and tenant names, gateways,
//! internal hosts, mail and IP addresses. The same text gets the same pseudonym throughout the report, and an address of
//! the log in every report of that log.
//!
//! Public hosts stay: without the suspect's name a report is of no use. What was replaced is listed for a preview.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr};

use aho_corasick::{AhoCorasick, MatchKind};
use regex::{Captures, Regex};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Report;
use crate::analysis::Analysis;
use crate::configuration::Configuration;
use crate::event::Names;
use crate::timeline::{Device, TunnelSession};

/// One text and what stands for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Replacement {
    pub original: String,
    pub pseudonym: String,
}

/// The report with pseudonyms, and what they stand for, in the order of the pseudonyms. `analyses` are of all logs that the
/// report tells of.
#[must_use]
pub fn redact(report: &Report, analyses: &[&Analysis]) -> (Report, Vec<Replacement>) {
    // Rather nothing than names that were left in.
    let Some(mut redaction) = Redaction::of(analyses) else { return Default::default() };
    let report = redaction.report(report);
    (report, redaction.replacements())
}

/// The pseudonyms given so far, so that a report and the rows that go with it get the same ones.
pub struct Redaction<'a> {
    pseudonyms: Pseudonyms<'a>,
    patterns: Patterns,
}

impl<'a> Redaction<'a> {
    /// `None` where the logs' names cannot be searched for.
    #[must_use]
    pub fn of(analyses: &[&'a Analysis]) -> Option<Self> {
        let pseudonyms = Pseudonyms::known(analyses);
        let patterns = Patterns::compile(&pseudonyms.names)?;
        Some(Self { pseudonyms, patterns })
    }

    pub fn report(&mut self, report: &Report) -> Report {
        // By way of its text: a second serializer and deserializer of the whole report would be as large as the ranking.
        let Ok(mut value) = serde_json::from_str(&super::export::json(report)) else { return Report::default() };
        self.pseudonyms.replace(&mut value, &self.patterns);
        serde_json::from_str(&value.to_string()).unwrap_or_default()
    }

    pub fn text(&mut self, text: &str) -> String {
        self.pseudonyms.replaced(text, &self.patterns)
    }

    /// What occurred, and what stands for it.
    #[must_use]
    pub fn replacements(self) -> Vec<Replacement> {
        let Pseudonyms { given, used, .. } = self.pseudonyms;
        let given = given.into_iter().filter(|(original, _)| used.contains(original));
        let mut replacements: Vec<Replacement> =
            given.map(|(original, pseudonym)| Replacement { original, pseudonym }).collect();
        // address-2 before address-10.
        replacements.sort_by_cached_key(|replacement| {
            let (kind, number) = replacement.pseudonym.rsplit_once('-').unwrap_or_default();
            (kind.to_owned(), number.parse::<u32>().unwrap_or_default())
        });
        replacements
    }
}

#[derive(Default)]
struct Pseudonyms<'a> {
    given: BTreeMap<String, String>,
    /// Originals that occurred.
    used: BTreeSet<String>,
    counts: BTreeMap<&'static str, usize>,
    /// Names known from the logs.
    names: Vec<String>,
    client_versions: Vec<String>,
    /// Of each log: where an address stands there is its number in every report.
    tables: Vec<&'a Names>,
}

struct Patterns {
    /// In any case of ASCII letters; the longest, so that a name inside another is not cut out of it.
    names: AhoCorasick,
    mail: Regex,
    home: Regex,
    address: Regex,
}

impl<'a> Pseudonyms<'a> {
    fn known(analyses: &[&'a Analysis]) -> Self {
        let mut pseudonyms = Self::default();
        for analysis in analyses {
            let timeline = &analysis.timeline;
            pseudonyms.know(&timeline.device, &analysis.configuration, &timeline.sessions, analysis.inner_hosts());
            if let Some(healthy) = &analysis.baseline {
                pseudonyms.know(&healthy.device, &healthy.configuration, &[], healthy.inner_hosts.clone());
            }
            pseudonyms.tables.push(&timeline.names);
            // Other addresses are counted from there on.
            *pseudonyms.counts.entry("address").or_default() += timeline.names.len();
        }
        pseudonyms
    }

    fn know(
        &mut self,
        device: &Device,
        configuration: &Configuration,
        sessions: &[TunnelSession],
        inner_hosts: Vec<String>,
    ) {
        let gateways = sessions.iter().filter_map(|session| session.gateway.as_deref());
        let gateways = gateways.chain(device.gateway.as_deref()).chain(device.private_access_gateway.as_deref());
        // Addresses are told by what they look like.
        let gateways = gateways.filter(|gateway| crate::host::address(gateway).is_none());
        let facts = &configuration.facts;
        let tenant = device.tenant.as_deref().or(facts.status("tenant")).and_then(|tenant| tenant.split('.').next());
        let names = [
            ("user", device.user.as_deref()),
            ("device", device.host_name.as_deref()),
            ("tenant", tenant),
            ("organization", facts.status("organization")),
        ]
        .into_iter()
        .filter_map(|(kind, name)| Some((kind, name?.to_owned())))
        .chain(gateways.map(|gateway| ("gateway", gateway.to_owned())))
        .chain(inner_hosts.into_iter().map(|host| ("private-host", host)));
        for (kind, name) in names {
            // A name of one or two letters would tear up every sentence.
            if name.len() >= 3 && !self.names.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
                self.give(kind, &name);
                self.names.push(name);
            }
        }
        self.client_versions.extend(device.client_version.clone());
    }

    fn pseudonym(&mut self, kind: &'static str, original: &str) -> String {
        self.used.insert(original.to_owned());
        match self.given.get(original) {
            Some(pseudonym) => pseudonym.clone(),
            None => self.give(kind, original),
        }
    }

    fn give(&mut self, kind: &'static str, original: &str) -> String {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let pseudonym = format!("{kind}-{count}");
        self.given.insert(original.to_owned(), pseudonym.clone());
        pseudonym
    }

    fn replace(&mut self, value: &mut Value, patterns: &Patterns) {
        match value {
            Value::String(text) => *text = self.replaced(text, patterns),
            Value::Array(values) => values.iter_mut().for_each(|value| self.replace(value, patterns)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.replace(value, patterns)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn replaced(&mut self, text: &str, patterns: &Patterns) -> String {
        let text =
            patterns.mail.replace_all(text, |found: &Captures<'_>| self.pseudonym("mail", &found[0])).into_owned();
        let text = patterns
            .home
            .replace_all(&text, |found: &Captures<'_>| {
                let part = |number: usize| found.get(number).map_or("", |part| part.as_str());
                let name = format!("{}{}", part(2), part(5));
                let known = self.names.iter().find(|known| known.eq_ignore_ascii_case(&name)).cloned();
                format!("{}{}{}{}", part(1), part(4), self.pseudonym("user", &known.unwrap_or(name)), part(3))
            })
            .into_owned();
        let mut named = String::with_capacity(text.len());
        patterns.names.replace_all_with(&text, &mut named, |found, _, into| {
            let name = self.names[found.pattern().as_usize()].clone();
            into.push_str(&self.pseudonym("", &name));
            true
        });
        let text = named;
        patterns.address.replace_all(&text, |found: &Captures<'_>| self.address(&found[0])).into_owned()
    }

    fn address_pseudonym(&mut self, address: &str) -> String {
        if !self.given.contains_key(address)
            && let Some(place) = self.place(address)
        {
            self.given.insert(address.to_owned(), format!("address-{}", place + 1));
        }
        self.pseudonym("address", address)
    }

    /// Where an address stands among the names of all logs, one log after the other.
    fn place(&self, address: &str) -> Option<usize> {
        let mut before = 0;
        self.tables.iter().find_map(|table| {
            let place = table.find(address.as_bytes()).map(|number| before + number as usize);
            before += table.len();
            place
        })
    }

    /// An address with or without a port; anything else that looks like one stays.
    fn address(&mut self, text: &str) -> String {
        if self.client_versions.iter().any(|version| version == text) {
            return text.to_owned();
        }
        let is_address =
            |text: &str| text.parse::<Ipv4Addr>().is_ok() || (text.len() > 2 && text.parse::<Ipv6Addr>().is_ok());
        let with_port = text.rsplit_once(':').filter(|(address, _)| is_address(address));
        match with_port {
            _ if is_address(text) => self.address_pseudonym(text),
            Some((address, port)) => format!("{}:{port}", self.address_pseudonym(address)),
            None => text.to_owned(),
        }
    }
}

impl Patterns {
    fn compile(names: &[String]) -> Option<Self> {
        let mut finder = AhoCorasick::builder();
        finder.ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest);
        Some(Self {
            names: finder.build(names).ok()?,
            mail: Regex::new(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}").ok()?,
            // On Windows a folder's name may hold blanks where the path goes on behind it. Blanks one by one: `\s` needs tables
            // that are left out of this program.
            home: Regex::new(
                r#"(\\Users\\)([^\\/\t\r\n:"<>|*?]{1,64})(\\)|((?:\\Users\\|/Users/|/home/))([^\\/ \t\r\n]+)"#,
            )
            .ok()?,
            address: Regex::new(r"[0-9A-Fa-f:]*[0-9A-Fa-f][.:][0-9A-Fa-f:.]*[0-9A-Fa-f]|::[0-9A-Fa-f:.]+").ok()?,
        })
    }
}
