//! Ranks the hosts that may explain the incident, every reason kept with its points and its lines.
//!
//! The log never tells that an application refused a certificate; it tells what was steered. So the score is an
//! argument from the shape of the flows, and says how sure it is. Stops at hosts: what to do is the business of `advice`.

mod aside;
mod candidate;
mod hint;
pub mod infer;
pub mod signal;
pub mod statistics;
pub mod weights;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::FixedState;

pub use aside::{AsideReason, SetAside};
pub use candidate::Candidate;
pub use hint::Hint;
pub use infer::{Storm, candidate_moments};
pub use signal::Signal;

use crate::event::{Decision, Flow, NO_NAME, NameId};
use crate::incident::Incident;
use crate::knowledge::Knowledge;
use crate::knowledge::texts::Texts;
use crate::language::Language;
use crate::record::time::{SECOND, Timestamp};
use crate::timeline::{TimeWindow, Timeline};

/// What the ranking found.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    pub suspects: Vec<Suspect>,
    pub set_aside: Vec<SetAside>,
}

#[derive(Clone, Debug)]
pub struct Suspect {
    pub candidate: Candidate,
    pub signals: Vec<Signal>,
    /// The sum of the signals' points.
    pub score: f64,
    pub confidence: Confidence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    Weak,
    Likely,
    Strong,
}

impl Confidence {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Weak => "weak",
            Self::Likely => "likely",
            Self::Strong => "strong",
        }
    }
}

/// The window in which the incident is looked for, and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IncidentWindow {
    pub window: TimeWindow,
    pub source: WindowSource,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowSource {
    Given,
    Inferred,
}

/// What the signals look at besides the candidate.
pub struct Context<'a> {
    pub timeline: &'a Timeline,
    pub knowledge: &'a Knowledge,
    pub language: Language,
    pub texts: &'a Texts,
    pub hints: Vec<Hint>,
    /// As reported, with its uncertainty.
    pub window: TimeWindow,
    /// The same with a margin.
    pub wide: TimeWindow,
    pub log: TimeWindow,
    /// Microseconds of the log outside the wide window.
    pub baseline: i64,
    pub inside_total: usize,
    pub outside_total: usize,
    pub host_count: usize,
    /// Flows that an exception let pass, by registrable domain.
    pub excepted: BTreeMap<String, Vec<Flow>>,
    pub storm: Option<Storm>,
    /// Distinct hosts around each flow of the window, by process and position.
    neighbours: HashMap<(NameId, Timestamp), usize, FixedState>,
}

/// The most suspects that a report lists.
const SUSPECT_LIMIT: usize = 25;

/// The window of the incident: the reported one, or where the log itself shows the strongest burst of retries.
#[must_use]
pub fn locate(timeline: &Timeline, incident: &Incident, knowledge: &Knowledge) -> Option<IncidentWindow> {
    match incident.when {
        Some(when) => crate::timeline::window::settle(when, &timeline.coverage)
            .map(|window| IncidentWindow { window, source: WindowSource::Given }),
        None => candidate_moments(timeline, knowledge)
            .first()
            .map(|window| IncidentWindow { window: *window, source: WindowSource::Inferred }),
    }
}

/// Ranks the hosts with inspected flows around `window`, and lists those left out with their reason.
#[must_use]
pub fn rank(
    timeline: &Timeline,
    incident: &Incident,
    window: TimeWindow,
    knowledge: &Knowledge,
    language: Language,
) -> Ranking {
    let context = Context::new(timeline, incident, window, knowledge, language);
    let (mut candidates, set_aside) = aside::sort_out(&context);
    // Lines that name no process repeat what another line tells with its process.
    let named: BTreeSet<NameId> =
        candidates.iter().filter(|candidate| candidate.process != NO_NAME).map(|candidate| candidate.host).collect();
    candidates.retain(|candidate| candidate.process != NO_NAME || !named.contains(&candidate.host));
    let mut suspects: Vec<Suspect> = candidates
        .into_iter()
        .map(|candidate| {
            let signals = signal::weigh(&candidate, &context);
            let score = signals.iter().map(|signal| signal.points).sum();
            Suspect { candidate, signals, score, confidence: Confidence::Weak }
        })
        .filter(|suspect| suspect.score >= weights::LEAST_SCORE)
        .collect();
    suspects.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| a.candidate.onset.cmp(&b.candidate.onset))
            .then_with(|| a.candidate.host_name.cmp(&b.candidate.host_name))
            .then_with(|| a.candidate.process_name.cmp(&b.candidate.process_name))
    });
    // One row a host: the process that speaks loudest.
    let mut seen = BTreeSet::new();
    suspects.retain(|suspect| seen.insert(suspect.candidate.host));
    judge(&mut suspects, &context);
    suspects.truncate(SUSPECT_LIMIT);
    Ranking { suspects, set_aside }
}

/// How sure each suspect is: by its own score, and by how far it stands out from hosts of other services.
fn judge(suspects: &mut [Suspect], context: &Context<'_>) {
    let disturbed =
        context.storm.is_some() || context.timeline.outages.iter().any(|outage| outage.window.overlaps(context.wide));
    for position in 0..suspects.len() {
        let suspect = &suspects[position];
        let domain = &suspect.candidate.registrable_domain;
        let next = suspects[position + 1..]
            .iter()
            .find(|other| other.candidate.registrable_domain != *domain || domain.is_none())
            .map_or(0.0, |other| other.score);
        let attempts = suspect.candidate.burst.len() as u64;
        let stands_out = suspect.score >= next * weights::STRONG_LEAD;
        let confidence =
            if suspect.score >= weights::STRONG && attempts >= weights::STRONG_ATTEMPTS && stands_out && !disturbed {
                Confidence::Strong
            } else if suspect.score >= weights::LIKELY {
                Confidence::Likely
            } else {
                Confidence::Weak
            };
        suspects[position].confidence = confidence;
    }
}

impl<'a> Context<'a> {
    fn new(
        timeline: &'a Timeline,
        incident: &Incident,
        window: TimeWindow,
        knowledge: &'a Knowledge,
        language: Language,
    ) -> Self {
        let wide = window.widened(weights::MARGIN);
        let log = timeline.coverage.span.unwrap_or(window);
        let silent: i64 = timeline.coverage.gaps.iter().map(|gap| gap.length()).sum();
        let inside_total = inspected(timeline.flows_in(wide)).count();
        let mut context = Self {
            timeline,
            knowledge,
            language,
            texts: knowledge.texts(language),
            hints: incident.hints.iter().filter_map(|text| Hint::parse(text)).collect(),
            window,
            wide,
            log,
            baseline: (log.length() - silent - wide.length()).max(weights::SHORTEST_BASELINE),
            inside_total,
            outside_total: inspected(&timeline.flows).count() - inside_total,
            host_count: timeline.pairs.len(),
            excepted: excepted(timeline),
            storm: None,
            neighbours: neighbours(timeline.flows_in(wide)),
        };
        context.storm = infer::storm(timeline, wide);
        context
    }

    /// Was there no tunnel, or one just rebuilt, so that everything retries?
    fn is_disturbed(&self, at: Timestamp) -> bool {
        const RECOVERY: i64 = 10 * SECOND;
        self.timeline.outages.iter().any(|outage| outage.window.from <= at && at <= outage.window.to.plus(RECOVERY))
    }

    /// Other hosts that the flow's process contacted around it.
    fn hosts_around(&self, flow: &Flow) -> usize {
        self.neighbours.get(&(flow.process, flow.at)).copied().unwrap_or_default()
    }
}

fn inspected(flows: &[Flow]) -> impl Iterator<Item = &Flow> {
    flows.iter().filter(|flow| flow.decision == Decision::Tunnel)
}

/// Flows of exceptions that carry a host and a process, one for each pair.
fn excepted(timeline: &Timeline) -> BTreeMap<String, Vec<Flow>> {
    let mut excepted: BTreeMap<String, Vec<Flow>> = BTreeMap::new();
    for pair in &timeline.pairs {
        let passed = pair.flows.iter().filter_map(|number| timeline.flows.get(*number as usize)).find(|flow| {
            matches!(flow.decision, Decision::Bypass | Decision::TunnelUndecrypted)
                && flow.reason != Some(crate::event::Reason::PrivateAddress)
        });
        let domain = timeline.name(pair.host).and_then(|host| crate::host::registrable_domain(&host));
        if let (Some(flow), Some(domain)) = (passed, domain) {
            excepted.entry(domain).or_default().push(*flow);
        }
    }
    excepted
}

/// For each flow the number of other hosts that its process contacted within half the fan-out span to both sides.
fn neighbours(flows: &[Flow]) -> HashMap<(NameId, Timestamp), usize, FixedState> {
    let mut by_process: BTreeMap<NameId, Vec<&Flow>> = BTreeMap::new();
    for flow in flows.iter().filter(|flow| flow.process != NO_NAME) {
        by_process.entry(flow.process).or_default().push(flow);
    }
    let mut neighbours = HashMap::default();
    for (process, flows) in by_process {
        let mut counts: HashMap<NameId, usize, FixedState> = HashMap::default();
        let (mut from, mut to) = (0, 0);
        for flow in &flows {
            while to < flows.len() && flows[to].at.since(flow.at) <= weights::FAN_OUT / 2 {
                *counts.entry(flows[to].host).or_default() += 1;
                to += 1;
            }
            while flow.at.since(flows[from].at) > weights::FAN_OUT / 2 {
                if let Some(count) = counts.get_mut(&flows[from].host) {
                    *count -= 1;
                    if *count == 0 {
                        counts.remove(&flows[from].host);
                    }
                }
                from += 1;
            }
            neighbours.insert((process, flow.at), counts.len().saturating_sub(1));
        }
    }
    neighbours
}
