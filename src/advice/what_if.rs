//! Replays every flow of the log under entries that are proposed or typed, by each setting's own matching rules.
//!
//! Tells what would change for which process and host, what would be freed for nothing, and which entries do nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{covers, existing, in_force};
use crate::configuration::Configuration;
use crate::event::{Decision, NO_NAME};
use crate::host::{address, is_public_suffix};
use crate::knowledge::catalogue::process_key;
use crate::knowledge::remedies::{HostSyntax, Remedies, Remedy};
use crate::record::time::Timestamp;
use crate::timeline::Timeline;

/// One entry as an administrator would type it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub remedy: Remedy,
    pub pattern: String,
    /// For certificate-pinned apps; without it the entry acts for every process, as on iOS.
    pub process: Option<String>,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    #[error("“{0}” is no entry; write REMEDY:PATTERN[@PROCESS], such as do_not_decrypt:app.example.com")]
    Form(String),
    #[error("“{0}” frees no host by a pattern; use do_not_decrypt, pinned_app_exception or domain_exception")]
    Remedy(String),
    #[error("“{0}” stands for every host; name the hosts")]
    EveryHost(String),
    #[error("“{0}” is a public suffix, the parent of everybody's hosts; name a host or a domain below it")]
    PublicSuffix(String),
    #[error("“{0}”: certificate-pinned apps take no wildcard; write the parent domain, which covers its sub-domains")]
    Wildcard(String),
    #[error("“{0}”: the only wildcard that this setting takes is a leading “*.”")]
    Position(String),
    #[error("“{0}”: a process belongs to pinned_app_exception only")]
    Process(String),
    #[error("“{0}”: this setting takes host names; an address belongs to an exception by destination location")]
    Address(String),
    #[error("“{0}”: write the name in Punycode (xn--…)")]
    Unicode(String),
}

/// What the entries would do to this log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatIf {
    pub entries: Vec<String>,
    pub flows_changed: u64,
    pub hosts: Vec<Change>,
    /// Hosts that would change although nothing speaks against them.
    pub freed_needlessly: Vec<String>,
    /// Entries that another entry or the bundle's configuration covers, or whose hosts all go uninspected already.
    pub redundant: Vec<String>,
    /// Entries that no flow of this log meets.
    pub never_hit: Vec<String>,
    /// Entries of the bundle's configuration that another one covers.
    #[serde(default)]
    pub existing_redundant: Vec<String>,
    /// … that no flow of this log meets.
    #[serde(default)]
    pub existing_never_hit: Vec<String>,
    /// … that let out far more than anybody needs.
    #[serde(default)]
    pub existing_too_broad: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub host: String,
    pub process: Option<String>,
    pub flows: u64,
    pub before: String,
    pub after: String,
}

impl EntryError {
    /// What is wrong, by the name of its sentence, and the entry.
    #[must_use]
    pub fn told(&self) -> (&'static str, &str) {
        match self {
            Self::Form(entry) => ("form", entry),
            Self::Remedy(entry) => ("remedy", entry),
            Self::EveryHost(entry) => ("every_host", entry),
            Self::PublicSuffix(entry) => ("public_suffix", entry),
            Self::Wildcard(entry) => ("wildcard", entry),
            Self::Position(entry) => ("position", entry),
            Self::Process(entry) => ("process", entry),
            Self::Address(entry) => ("address", entry),
            Self::Unicode(entry) => ("unicode", entry),
        }
    }
}

impl Entry {
    /// Reads a line as it is typed or pasted: a list of the console's field after a remedy is a list of entries, and a
    /// process at its end belongs to all of them.
    #[must_use]
    pub fn parse_line(line: &str) -> Vec<Result<Self, EntryError>> {
        let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
        for part in line.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match (part.split_once(':').filter(|(word, _)| Remedy::of_id(word).is_some()), groups.last_mut()) {
                (Some((remedy, first)), _) => groups.push((format!("{remedy}:"), vec![first])),
                (None, Some((_, patterns))) => patterns.push(part),
                (None, None) => groups.push((String::new(), vec![part])),
            }
        }
        let entries = groups.into_iter().flat_map(|(remedy, patterns)| {
            let process = patterns.last().and_then(|last| last.find('@').map(|at| &last[at..])).unwrap_or_default();
            patterns.into_iter().map(move |pattern| {
                let process = if pattern.contains('@') { "" } else { process };
                Self::parse(&format!("{remedy}{pattern}{process}"))
            })
        });
        entries.collect()
    }

    /// Reads `REMEDY:PATTERN[@PROCESS]` and checks it by the setting's rules.
    pub fn parse(text: &str) -> Result<Self, EntryError> {
        let whole = || text.trim().to_owned();
        let (remedy, rest) = text.trim().split_once(':').ok_or_else(|| EntryError::Form(whole()))?;
        let remedy = match Remedy::of_id(remedy).ok_or_else(|| EntryError::Form(whole()))? {
            Remedy::TrustNetskopeCa | Remedy::None => return Err(EntryError::Remedy(whole())),
            remedy => remedy,
        };
        let (pattern, process) = match rest.split_once('@') {
            Some((pattern, process)) => {
                (pattern, Some(process.trim().to_owned()).filter(|process| !process.is_empty()))
            }
            None => (rest, None),
        };
        let pattern = pattern.trim().to_lowercase();
        let bare = pattern.strip_prefix("*.").unwrap_or(&pattern);
        if pattern == "*" {
            return Err(EntryError::EveryHost(whole()));
        }
        let is_address = address(bare).is_some();
        let is_name = !bare.contains(['/', ' ', ',', ':']) && bare.split('.').all(|label| !label.is_empty());
        if !is_name && !is_address {
            return Err(EntryError::Form(whole()));
        }
        if !bare.is_ascii() {
            return Err(EntryError::Unicode(whole()));
        }
        if is_address && remedy != Remedy::DoNotDecrypt {
            return Err(EntryError::Address(whole()));
        }
        if pattern != bare && remedy == Remedy::PinnedAppException {
            return Err(EntryError::Wildcard(whole()));
        }
        if bare.contains('*') {
            return Err(EntryError::Position(whole()));
        }
        if !is_address && is_public_suffix(bare) {
            return Err(EntryError::PublicSuffix(whole()));
        }
        if process.is_some() && remedy != Remedy::PinnedAppException {
            return Err(EntryError::Process(whole()));
        }
        Ok(Self { remedy, pattern, process })
    }

    fn meets(&self, host: &str, process: Option<&str>, syntax: HostSyntax) -> bool {
        let process_fits = match (&self.process, process) {
            (None, _) => true,
            // Processes are matched by their name alone.
            (Some(wanted), Some(process)) => process_key(wanted) == process_key(process),
            (Some(_), None) => false,
        };
        process_fits && covers(&self.pattern, host, syntax)
    }

    /// What becomes of a flow that the entry meets.
    fn decides(&self, before: Decision) -> Decision {
        match (self.remedy, before) {
            (Remedy::DoNotDecrypt, Decision::Tunnel) => Decision::TunnelUndecrypted,
            (
                Remedy::PinnedAppException | Remedy::DomainException,
                Decision::Tunnel | Decision::TunnelFirewall | Decision::TunnelUndecrypted,
            ) => Decision::Bypass,
            (_, before) => before,
        }
    }
}

/// As it is typed: `pinned_app_exception:example.com@app.exe`.
impl std::fmt::Display for Entry {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.remedy.id(), self.pattern)?;
        self.process.iter().try_for_each(|process| write!(formatter, "@{process}"))
    }
}

/// Replays the log under `entries`. `suspected` are the hosts that something speaks against.
#[must_use]
pub fn replay(
    timeline: &Timeline,
    configuration: &Configuration,
    entries: &[Entry],
    suspected: &BTreeSet<String>,
    remedies: &Remedies,
) -> WhatIf {
    let syntax_of = |entry: &Entry| remedies.of(entry.remedy).map_or(HostSyntax::None, |row| row.syntax);
    let mut changes: BTreeMap<(String, Option<String>, Decision, Decision), u64> = BTreeMap::new();
    let mut hit = BTreeSet::new();
    let mut effective = BTreeSet::new();
    for pair in timeline.pairs.rows().iter().filter(|pair| pair.host != NO_NAME) {
        let Some(host) = timeline.name(pair.host) else { continue };
        let process = timeline.name(pair.process);
        let meeting: Vec<&Entry> =
            entries.iter().filter(|entry| entry.meets(&host, process.as_deref(), syntax_of(entry))).collect();
        hit.extend(meeting.iter().copied());
        for flow in timeline.flows_of(pair) {
            // The client's order of exceptions is not documented; what gives up most decides here.
            let after = meeting.iter().map(|entry| entry.decides(flow.decision)).max_by_key(|after| loss(*after));
            effective.extend(meeting.iter().filter(|entry| entry.decides(flow.decision) != flow.decision).copied());
            if let Some(after) = after.filter(|after| *after != flow.decision) {
                *changes.entry((host.clone(), process.clone(), flow.decision, after)).or_default() += 1;
            }
        }
    }
    let place = crate::configuration::standing::place_named(timeline.location_at(Timestamp(i64::MAX)));
    let is_configured = |entry: &Entry| {
        existing::is_there(&entry.pattern, entry.remedy, entry.process.as_deref(), configuration, place)
    };
    let standing = in_force::examine(configuration, timeline);
    let freed: BTreeSet<&String> = changes.keys().map(|(host, ..)| host).collect();
    WhatIf {
        entries: entries.iter().map(ToString::to_string).collect(),
        flows_changed: changes.values().sum(),
        freed_needlessly: freed.into_iter().filter(|host| !suspected.contains(*host)).cloned().collect(),
        redundant: entries
            .iter()
            .filter(|entry| {
                (hit.contains(entry) && !effective.contains(entry))
                    || is_covered(entry, entries, remedies)
                    || is_configured(entry)
            })
            .map(ToString::to_string)
            .collect(),
        never_hit: entries.iter().filter(|entry| !hit.contains(entry)).map(ToString::to_string).collect(),
        existing_redundant: standing.redundant,
        existing_never_hit: standing.never_hit,
        existing_too_broad: standing.too_broad,
        hosts: changes
            .into_iter()
            .map(|((host, process, before, after), flows)| Change {
                host,
                process,
                flows,
                before: before.name().to_owned(),
                after: after.name().to_owned(),
            })
            .collect(),
    }
}

/// Does another entry of the same setting cover everything that this one covers?
fn is_covered(entry: &Entry, entries: &[Entry], remedies: &Remedies) -> bool {
    let syntax = remedies.of(entry.remedy).map_or(HostSyntax::None, |row| row.syntax);
    entries.iter().enumerate().any(|(position, other)| {
        let earlier_twin = other == entry && entries.iter().position(|known| known == entry) != Some(position);
        let wider = other != entry
            && other.remedy == entry.remedy
            && (other.process.is_none() || other.process == entry.process)
            && match entry.pattern.strip_prefix("*.") {
                Some(parent) => {
                    other.pattern.strip_prefix("*.").is_some_and(|wide| crate::host::is_below(parent, wide))
                }
                None => covers(&other.pattern, &entry.pattern, syntax),
            };
        earlier_twin || wider
    })
}

fn loss(decision: Decision) -> u8 {
    match decision {
        Decision::Tunnel | Decision::TunnelFirewall | Decision::Block => 0,
        Decision::TunnelUndecrypted => 1,
        Decision::Bypass => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_keep_the_rules_of_their_setting() {
        let ok = |text: &str| Entry::parse(text).unwrap().to_string();
        assert_eq!(ok("do_not_decrypt:*.Example.com"), "do_not_decrypt:*.example.com");
        assert_eq!(ok("pinned_app_exception:example.com@slack.exe"), "pinned_app_exception:example.com@slack.exe");
        let refused = |text: &str| Entry::parse(text).unwrap_err();
        assert!(matches!(refused("domain_exception:*"), EntryError::EveryHost(_)));
        assert!(matches!(refused("domain_exception:*.co.jp"), EntryError::PublicSuffix(_)));
        assert!(matches!(refused("pinned_app_exception:*.example.com"), EntryError::Wildcard(_)));
        assert!(matches!(refused("do_not_decrypt:www.*.example.com"), EntryError::Position(_)));
        assert!(matches!(refused("do_not_decrypt:https://example.com/"), EntryError::Form(_)));
        assert!(matches!(refused("domain_exception:example.com@a.exe"), EntryError::Process(_)));
        assert!(matches!(refused("trust_netskope_ca:example.com"), EntryError::Remedy(_)));
        assert!(matches!(refused("example.com"), EntryError::Form(_)));
        for no_name in
            ["do_not_decrypt:.example.com", "do_not_decrypt:example.com.", "do_not_decrypt:*.", "do_not_decrypt:"]
        {
            assert!(matches!(refused(no_name), EntryError::Form(_)), "{no_name}");
        }
        assert!(matches!(refused("domain_exception:192.0.2.1"), EntryError::Address(_)));
        assert!(matches!(refused("do_not_decrypt:例え.example"), EntryError::Unicode(_)));
        // By destination network location.
        assert_eq!(ok("do_not_decrypt:192.0.2.1"), "do_not_decrypt:192.0.2.1");
    }

    #[test]
    fn a_list_of_the_console_is_a_list_of_entries() {
        let read = |line: &str| {
            let entries = Entry::parse_line(line).into_iter();
            entries
                .map(|entry| entry.map_or_else(|error| error.to_string(), |entry| entry.to_string()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            read("do_not_decrypt:example.com, *.example.com,domain_exception:example.net"),
            ["do_not_decrypt:example.com", "do_not_decrypt:*.example.com", "domain_exception:example.net"]
        );
        assert_eq!(
            read("pinned_app_exception:example.com,example.net@app.exe"),
            ["pinned_app_exception:example.com@app.exe", "pinned_app_exception:example.net@app.exe"]
        );
        assert!(read(" , ").is_empty() && read("example.com")[0].contains("is no entry"));
    }
}
