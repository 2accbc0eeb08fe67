//! Looks in a log that was taken after the change: what became of each suspect, and which new entries did nothing for them.
//!
//! The later log usually holds the earlier one as well, so only what was written after the earlier one's end counts.

use crate::capture::{Capture, Outcome, Refusal};
use crate::configuration::Configuration;
use crate::configuration::entry::Reach;
use crate::event::{Decision, Flow, NO_NAME};
use crate::knowledge::Knowledge;
use crate::knowledge::catalogue::process_key;
use crate::provenance::Provenance;
use crate::ranking::{Suspect, Tally};
use crate::record::time::Timestamp;
use crate::timeline::{Pair, TimeWindow, Timeline};

/// What the later log shows of one suspect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Position in the list of suspects.
    pub suspect: usize,
    pub state: State,
    pub flows: usize,
    /// Most attempts within a minute.
    pub busiest: usize,
    pub evidence: Vec<Provenance>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Goes around Netskope.
    Bypassed,
    /// Passes Netskope without inspection, by the log or by a capture.
    Undecrypted,
    /// Steered, and tried no more often than usual. Whether it is decrypted is not logged.
    Calm,
    /// Steered, and tried as often as when it was broken.
    StillRetrying,
    /// The capture shows that the client still refuses the certificate.
    StillRefused,
    Blocked,
    NotSeen,
}

impl State {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Bypassed => "bypassed",
            Self::Undecrypted => "undecrypted",
            Self::Calm => "calm",
            Self::StillRetrying => "still_retrying",
            Self::StillRefused => "still_refused",
            Self::Blocked => "blocked",
            Self::NotSeen => "not_seen",
        }
    }
}

/// A new entry that the suspects did not need.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unneeded {
    pub entry: String,
    /// Of a certificate-pinned app.
    pub app: Option<String>,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// No connection since the change meets it.
    NeverHit,
    /// It lets hosts past that nothing spoke against.
    NoSuspect,
    /// A certificate-pinned app entry frees the same suspects, for their process alone.
    Doubled,
}

impl Why {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::NeverHit => "never_hit",
            Self::NoSuspect => "no_suspect",
            Self::Doubled => "doubled",
        }
    }
}

/// The later log.
#[derive(Clone, Copy)]
pub struct After<'a> {
    pub timeline: &'a Timeline,
    pub capture: &'a Capture,
    pub configuration: &'a Configuration,
    /// The end of the earlier log.
    pub since: Option<Timestamp>,
}

const EVIDENCE_LINES: usize = 6;
/// Fewer attempts within a minute are everyday life.
const RETRIES: usize = 3;

/// What became of `suspects`, in their order.
#[must_use]
pub fn verify(suspects: &[(usize, &Suspect)], after: After<'_>, knowledge: &Knowledge) -> Vec<Verified> {
    suspects.iter().map(|(position, suspect)| one(*position, suspect, after, knowledge)).collect()
}

fn one(position: usize, suspect: &Suspect, after: After<'_>, knowledge: &Knowledge) -> Verified {
    let candidate = &suspect.candidate;
    let flows = flows_of(&candidate.host_name, candidate.process_name.as_deref(), after);
    let last = flows.last().map(|flow| flow.decision);
    // An exception arrives some time after the log's beginning: what came last is in force.
    let since_change = flows.iter().rposition(|flow| Some(flow.decision) != last).map_or(0, |before| before + 1);
    let in_force = &flows[since_change..];
    let mut tally = Tally::default();
    for flow in in_force {
        tally.add(flow.at);
    }
    let conversations = || {
        let since = after.since;
        let named = after.capture.conversations.iter();
        let named = named.filter(|row| row.server_name.as_deref() == Some(&*candidate.host_name));
        named.filter(move |row| row.at.is_none_or(|at| since.is_none_or(|since| at > since)))
    };
    let refused = conversations()
        .find(|row| matches!(row.outcome, Outcome::Refused(Refusal::Alert(_) | Refusal::EncryptedAlert)));
    let genuine = conversations().find(|row| {
        let issuer = row.issuer.as_ref();
        let names = issuer.into_iter().flat_map(|issuer| issuer.organization.iter().chain(&issuer.common_name));
        let own = knowledge.inspectors.of_issuer(names.map(String::as_str)).is_some();
        row.outcome == Outcome::Accepted && issuer.is_some() && !own
    });
    let as_often = tally.busiest >= RETRIES.max(candidate.burst.len().div_ceil(2));
    let state = match last {
        _ if refused.is_some() => State::StillRefused,
        Some(Decision::Bypass) => State::Bypassed,
        Some(Decision::TunnelUndecrypted) => State::Undecrypted,
        Some(Decision::Block) => State::Blocked,
        // A certificate that is not Netskope's was accepted.
        Some(Decision::Tunnel | Decision::TunnelFirewall) | None if genuine.is_some() => State::Undecrypted,
        Some(Decision::Tunnel | Decision::TunnelFirewall) if as_often => State::StillRetrying,
        Some(Decision::Tunnel | Decision::TunnelFirewall) => State::Calm,
        None => State::NotSeen,
    };
    let seen = refused.or(genuine).map(|row| row.evidence);
    let lines = in_force.iter().map(|flow| flow.provenance);
    Verified {
        suspect: position,
        state,
        flows: in_force.len(),
        busiest: tally.busiest,
        evidence: seen.into_iter().chain(lines).take(EVIDENCE_LINES).collect(),
    }
}

/// Flows of the process to the host since the change; where the earlier log named no process, of everybody.
fn flows_of<'a>(host: &str, process: Option<&str>, after: After<'a>) -> Vec<&'a Flow> {
    let timeline = after.timeline;
    let fits = |pair: &&Pair| {
        let same_process =
            |wanted: &str| timeline.name(pair.process).is_some_and(|name| process_key(&name) == process_key(wanted));
        timeline.name(pair.host).as_deref() == Some(host) && process.is_none_or(same_process)
    };
    let flows = timeline.pairs.rows().iter().filter(fits).flat_map(|pair| timeline.flows_of(pair));
    let mut flows: Vec<&Flow> = flows
        .filter(|flow| after.since.is_none_or(|since| flow.at > since) && timeline.outage_at(flow.at).is_none())
        .collect();
    flows.sort_by_key(|flow| (flow.at, flow.provenance));
    flows
}

/// Entries that `after` has and `before` had not, and that the suspects did not need.
///
/// Empty where one of the two bundles holds no configuration: then nobody can say what is new.
#[must_use]
pub fn unneeded(before: &Configuration, after: After<'_>, suspects: &[(usize, &Suspect)]) -> Vec<Unneeded> {
    let now = after.configuration;
    if before.sources.is_empty() || now.sources.is_empty() {
        return Vec::new();
    }
    let hosts = hosts_since(after);
    let is_suspect = |host: &str| suspects.iter().any(|(_, suspect)| *suspect.candidate.host_name == *host);
    let mut found = Vec::new();
    let mut judge = |entry: &str, app: Option<&str>, reach: &dyn Fn(&str) -> Reach, doubled: bool| {
        let covered: Vec<&String> = hosts.iter().filter(|host| reach(host) != Reach::No).collect();
        let why = if covered.is_empty() {
            Why::NeverHit
        } else if !covered.iter().any(|host| is_suspect(host)) {
            Why::NoSuspect
        } else if doubled {
            Why::Doubled
        } else {
            return;
        };
        found.push(Unneeded { entry: entry.to_owned(), app: app.map(str::to_owned), why });
    };
    let new_apps = || now.pinned_apps.iter().filter(|app| app.is_bypass());
    for domain in
        now.domains.iter().filter(|domain| !before.domains.iter().any(|known| known.pattern == domain.pattern))
    {
        let mut freed =
            suspects.iter().filter(|(_, suspect)| domain.reach(&suspect.candidate.host_name) == Reach::Yes).peekable();
        let doubled = freed.peek().is_some()
            && freed.all(|(_, suspect)| {
                let candidate = &suspect.candidate;
                let process = candidate.process_name.as_deref();
                new_apps().any(|app| {
                    process.is_some_and(|process| app.process.fits(process))
                        && app.reach(&candidate.host_name) == Reach::Yes
                })
            });
        judge(&domain.pattern, None, &|host| domain.reach(host), doubled);
    }
    for app in new_apps() {
        let old = before
            .pinned_apps
            .iter()
            .filter(|known| known.name == app.name && known.process.written == app.process.written);
        let old: Vec<&String> = old.flat_map(|known| known.domains.iter().chain(&known.tunnel_domains)).collect();
        for domain in app.domains.iter().chain(&app.tunnel_domains).filter(|domain| !old.contains(domain)) {
            judge(domain, Some(&app.name), &|host| crate::configuration::entry::pinned_reach(domain, host), false);
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Every host that has a flow since the change, by name.
fn hosts_since(after: After<'_>) -> Vec<String> {
    let timeline = after.timeline;
    let since = after.since.unwrap_or(Timestamp(i64::MIN));
    let window = TimeWindow { from: since.plus(1), to: Timestamp(i64::MAX) };
    let flows = timeline.flows_in(window).iter().filter(|flow| flow.host != NO_NAME);
    let numbers: std::collections::BTreeSet<u32> = flows.map(|flow| flow.host).collect();
    let mut hosts: Vec<String> = numbers.into_iter().filter_map(|number| timeline.name(number)).collect();
    hosts.sort();
    hosts
}
