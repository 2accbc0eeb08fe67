//! One pure function per reason to suspect or to clear a host; each answers with points and the lines that it rests on.

use super::candidate::Candidate;
use super::statistics::{log_odds, surprise};
use super::{Context, weights};
use crate::event::{Decision, Flow, NO_NAME};
use crate::knowledge::vendors::VendorReason;
use crate::provenance::Provenance;
use crate::record::time::{HOUR, MINUTE, SECOND};

/// A reason with its points. `id` names the sentence `signal.<id>` of the locale files.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    pub id: &'static str,
    pub points: f64,
    pub arguments: Vec<(&'static str, String)>,
    pub evidence: Vec<Provenance>,
    /// A page that backs the statement.
    pub reference: Option<String>,
}

impl Signal {
    fn new(id: &'static str, points: f64) -> Self {
        Self { id, points, arguments: Vec::new(), evidence: Vec::new(), reference: None }
    }

    fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arguments.push((name, value.to_string()));
        self
    }

    fn resting_on<'f>(mut self, flows: impl IntoIterator<Item = &'f Flow>) -> Self {
        self.evidence = flows.into_iter().take(EVIDENCE_LINES).map(|flow| flow.provenance).collect();
        self
    }
}

/// More lines than this prove nothing more and are not read by anybody.
const EVIDENCE_LINES: usize = 12;

/// Everything that speaks for or against `candidate`. The points add up to its score.
#[must_use]
pub fn weigh(candidate: &Candidate, context: &Context<'_>) -> Vec<Signal> {
    let Some(burst) = retry_burst(candidate, context) else { return Vec::new() };
    let closeness = closeness(candidate, context);
    let alone = alone(candidate, context);
    let distance = Signal::new("distance", burst.points * (closeness - 1.0))
        .with("onset", candidate.onset.to_second())
        .resting_on(candidate.burst.first());
    let fan_out = Signal::new("fan_out", burst.points * closeness * (alone - 1.0))
        .with("share", format!("{:.0}", (1.0 - alone) / weights::FAN_OUT_DISCOUNT * 100.0));
    let weighed = [
        Some(burst),
        Some(distance),
        Some(fan_out),
        Some(novelty(candidate, context)),
        hint(candidate, context),
        known_host(candidate, context),
        known_process(candidate, context),
        own_trust_store(candidate, context),
        excepted_neighbour(candidate, context),
        silence(candidate, context),
        growing_gaps(candidate),
        no_browser(candidate, context),
        periodic(candidate, context),
        also_bypassed(candidate, context),
        storm(candidate, context),
    ];
    // A reason of no weight is no reason; the burst stays, since it tells the counts.
    weighed.into_iter().flatten().filter(|signal| signal.id == "retry_burst" || signal.points.abs() >= 0.05).collect()
}

/// Attempts in the densest minute against the host's own rate elsewhere.
fn retry_burst(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let attempts = candidate.burst.len() as u64;
    let rate = (candidate.outside.len() as f64 + 0.5) / (context.baseline as f64 / weights::BURST as f64);
    let points = surprise(attempts, rate).min(weights::BURST_LIMIT);
    (attempts > 0).then(|| {
        Signal::new("retry_burst", points)
            .with("attempts", attempts)
            .with("seconds", weights::BURST / SECOND)
            .with("rate", rate_text(rate))
            .resting_on(&candidate.burst)
    })
}

/// 1 within the uncertainty of the reported time, less beyond.
fn closeness(candidate: &Candidate, context: &Context<'_>) -> f64 {
    let window = context.window;
    let distance = if candidate.onset < window.from {
        window.from.since(candidate.onset)
    } else if candidate.onset > window.to {
        candidate.onset.since(window.to)
    } else {
        0
    };
    (-(distance as f64) / weights::DISTANCE as f64).exp()
}

/// 1 for a host that is contacted alone, less for one among many of a page load.
fn alone(candidate: &Candidate, context: &Context<'_>) -> f64 {
    if candidate.process == NO_NAME || candidate.burst.is_empty() {
        return 1.0;
    }
    let in_fan_out = candidate.burst.iter().filter(|flow| context.hosts_around(flow) >= weights::FAN_OUT_HOSTS).count();
    1.0 - weights::FAN_OUT_DISCOUNT * in_fan_out as f64 / candidate.burst.len() as f64
}

/// How unusual the host is in the window, compared with the rest of the log.
fn novelty(candidate: &Candidate, context: &Context<'_>) -> Signal {
    let z = log_odds(
        candidate.inside.len() as f64,
        context.inside_total as f64,
        candidate.outside.len() as f64,
        context.outside_total as f64,
        0.5,
        0.5 * context.host_count.max(2) as f64,
    );
    let points = weights::NOVELTY * z.clamp(0.0, weights::NOVELTY_LIMIT);
    let id = if candidate.outside.is_empty() { "never_seen_before" } else { "novelty" };
    Signal::new(id, points)
        .with("inside", candidate.inside.len())
        .with("outside", candidate.outside.len())
        .resting_on(candidate.inside.first())
}

/// The user named the host, its domain or the process.
fn hint(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let hint = context.hints.iter().find(|hint| hint.fits(&candidate.host_name, candidate.process_name.as_deref()))?;
    Some(Signal::new("hint", weights::HINT).with("hint", &hint.text).resting_on(candidate.inside.first()))
}

/// Somebody stated in public that this host breaks under inspection.
fn known_host(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let rows = context.knowledge.vendors.of_host(&candidate.host_name);
    let row = rows.iter().find(|row| row.reason != VendorReason::PeerDefaultExemption)?;
    // A row that nobody confirmed counts half.
    let points = if row.unverified.is_some() { weights::KNOWN_HOST / 2.0 } else { weights::KNOWN_HOST };
    let mut signal = Signal::new("known_host", points)
        .with("vendor", &row.vendor)
        .with("service", row.service.in_language(context.language))
        .with("reason", context.texts.get(&format!("vendor_reason.{}", row.reason.id()), &[]));
    signal.reference = row.references.first().cloned();
    Some(signal)
}

/// The process belongs to an app that is known to pin certificates.
fn known_process(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let process = candidate.process_name.as_deref()?;
    if context.knowledge.processes.is_browser(process) {
        return None;
    }
    let rows = context.knowledge.vendors.of_process(process);
    let row =
        rows.iter().find(|row| matches!(row.reason, VendorReason::Pinned | VendorReason::Mtls | VendorReason::Edr))?;
    let mut signal = Signal::new("known_process", weights::KNOWN_PROCESS)
        .with("process", process)
        .with("vendor", &row.vendor)
        .with("service", row.service.in_language(context.language));
    signal.reference = row.references.first().cloned();
    Some(signal)
}

/// The process looks for authorities in a place of its own.
fn own_trust_store(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    use crate::knowledge::tools::OwnStore;
    let process = candidate.process_name.as_deref()?;
    if context.knowledge.processes.is_browser(process) {
        return None;
    }
    let tools = context.knowledge.tools.of_process(process);
    let tool = tools.iter().find(|tool| matches!(tool.own_store, Some(OwnStore::Yes | OwnStore::Partly)))?;
    let mut signal = Signal::new("own_trust_store", weights::OWN_TRUST_STORE)
        .with("process", process)
        .with("tool", tool.name.in_language(context.language));
    signal.reference = tool.references.first().cloned();
    Some(signal)
}

/// A host of the same domain is already excepted for the same process: somebody met this fault before.
fn excepted_neighbour(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let domain = candidate.registrable_domain.as_deref()?;
    let neighbour = context.excepted.get(domain)?;
    let flow = neighbour.iter().find(|flow| flow.process == candidate.process && flow.host != candidate.host)?;
    let host = context.timeline.name(flow.host).unwrap_or_default();
    Some(Signal::new("excepted_neighbour", weights::EXCEPTED_NEIGHBOUR).with("neighbour", host).resting_on([flow]))
}

/// After the last try nothing more, although the log goes on: somebody gave up.
fn silence(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    const QUIET: i64 = 5 * MINUTE;
    let last = candidate.inside.last()?;
    let next = candidate.outside.iter().find(|flow| flow.at > last.at);
    let quiet_until = next.map_or(context.log.to, |flow| flow.at);
    let quiet = quiet_until.since(last.at);
    (candidate.burst.len() >= 3 && quiet >= QUIET).then(|| {
        Signal::new("silence", weights::SILENCE).with("minutes", (quiet / MINUTE).min(24 * 60)).resting_on([last])
    })
}

/// Each wait before the next try is longer than the one before.
fn growing_gaps(candidate: &Candidate) -> Option<Signal> {
    let gaps: Vec<i64> = candidate.inside.windows(2).map(|pair| pair[1].at.since(pair[0].at)).collect();
    let run = gaps.windows(2).filter(|pair| pair[1] * 2 >= pair[0] * 3 && pair[0] >= SECOND / 4).count();
    (gaps.len() >= 3 && run * 3 >= (gaps.len() - 1) * 2)
        .then(|| Signal::new("growing_gaps", weights::GROWING_GAPS).resting_on(&candidate.inside))
}

/// Programs outside the browser pin certificates and bring their own trust stores; browsers use the system's.
fn no_browser(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let process = candidate.process_name.as_deref()?;
    (!context.knowledge.processes.is_browser(process))
        .then(|| Signal::new("no_browser", weights::NO_BROWSER).with("process", process))
}

/// Contacted at even intervals before and after: a poll that works.
fn periodic(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let before = candidate.outside.iter().filter(|flow| flow.at < context.window.from).count();
    let after = candidate.outside.iter().filter(|flow| flow.at > context.window.to).count();
    if before < 4 || after < 4 {
        return None;
    }
    let mut gaps: Vec<i64> = candidate.outside.windows(2).map(|pair| pair[1].at.since(pair[0].at)).collect();
    gaps.sort_unstable();
    let middle = gaps[gaps.len() / 2];
    let even = gaps.iter().filter(|gap| (**gap - middle).abs() * 4 <= middle).count();
    // In the window the poll goes on as ever: no more attempts than its own period explains.
    let expected = context.window.widened(weights::MARGIN).length() / middle.max(1) + 2;
    (even * 3 >= gaps.len() * 2 && middle < 2 * HOUR && candidate.inside.len() as i64 <= expected).then(|| {
        Signal::new("periodic", weights::PERIODIC)
            .with("minutes", format!("{:.1}", middle as f64 / MINUTE as f64))
            .resting_on([candidate.outside.first(), candidate.outside.last()].into_iter().flatten())
    })
}

/// The same host also went around Netskope in the window, so it can be reached without it already.
fn also_bypassed(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let bypassed = context
        .timeline
        .flows_in(context.wide)
        .iter()
        .find(|flow| flow.decision == Decision::Bypass && flow.host == candidate.host && flow.host != NO_NAME)?;
    Some(Signal::new("also_bypassed", weights::ALSO_BYPASSED).resting_on([bypassed]))
}

/// Most processes retry at the same time: the network or the tunnel failed, no single host.
fn storm(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let storm = context.storm.as_ref()?;
    storm
        .window
        .contains(candidate.onset)
        .then(|| Signal::new("storm", weights::STORM).with("processes", storm.processes).with("hosts", storm.hosts))
}

fn rate_text(rate: f64) -> String {
    if rate >= 0.1 { format!("{rate:.1}") } else { "< 0.1".to_owned() }
}
