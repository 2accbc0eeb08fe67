//! Ranks the hosts that may explain the incident, every reason kept with its points and its lines.
//!
//! The log never tells that an application refused a certificate; it tells what was steered. So the score is an
//! argument from the shape of the flows, and says how sure it is. Stops at hosts: what to do is the business of `advice`.

mod aside;
mod attempt;
mod baseline;
mod candidate;
mod contacts;
mod hint;
mod index;
pub mod infer;
mod program;
mod prospect;
pub mod signal;
pub mod statistics;
pub mod weights;

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet};
use std::ops::Range;

use foldhash::fast::FixedState;

pub use aside::{AsideReason, SetAside};
pub use attempt::Tally;
pub use baseline::{Baseline, Habit};
pub use candidate::Candidate;
pub use hint::Hint;
pub use index::{Devices, Index};
pub use infer::{Moment, Storm, best_moments, burst_windows, candidate_moments, moment};
pub use program::Program;
pub use signal::Signal;

use aside::LeftOut;
use contacts::Contacts;
use index::{Active, Host};
use prospect::Prospect;

use crate::capture::Capture;
use crate::event::{Decision, Flow, NO_NAME, NameId};
use crate::incident::Incident;
use crate::knowledge::Knowledge;
use crate::record::time::{SECOND, Timestamp};
use crate::timeline::{Inspected, TimeWindow, Timeline};

/// What the ranking found.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    pub suspects: Vec<Suspect>,
    pub set_aside: Vec<SetAside>,
    pub storm: Option<Storm>,
}

#[derive(Clone, Debug)]
pub struct Suspect {
    pub candidate: Box<Candidate>,
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

impl IncidentWindow {
    #[must_use]
    pub fn inferred(window: TimeWindow) -> Self {
        Self { window, source: WindowSource::Inferred }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowSource {
    Given,
    Inferred,
}

/// What a ranking rests on, whatever time is reported.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    pub timeline: &'a Timeline,
    pub index: &'a Index,
    pub capture: &'a Capture,
    /// Habits of a healthy log, where there is one.
    pub baseline: Option<&'a Baseline>,
    pub knowledge: &'a Knowledge,
}

/// What the signals look at besides the candidate.
pub struct Context<'a> {
    pub timeline: &'a Timeline,
    pub index: &'a Index,
    pub capture: &'a Capture,
    pub baseline: Option<&'a Baseline>,
    pub knowledge: &'a Knowledge,
    pub hints: Vec<Hint>,
    /// Somebody says when it broke.
    pub reported: bool,
    /// As reported, with its uncertainty.
    pub window: TimeWindow,
    /// The reported time, where the window is another one.
    told: TimeWindow,
    /// Distance from the reported time in which credibility falls to a third.
    fall: i64,
    /// The same with a margin.
    pub wide: TimeWindow,
    /// The flows of `wide`.
    positions: Range<usize>,
    /// The pairs with a flow among them.
    active: Vec<Active<'a>>,
    /// No outage touches `wide`.
    is_calm: bool,
    pub log: TimeWindow,
    /// Microseconds of the log before and after the wide window, silences left out.
    pub span_before: i64,
    pub span_after: i64,
    pub inside_total: usize,
    pub outside_total: usize,
    pub host_count: usize,
    /// The last flow in the wide window that went around Netskope, by host.
    pub bypassed: BTreeMap<NameId, Flow>,
    pub storm: Option<Storm>,
    /// In the wide window and the minute after it.
    contacts: Contacts,
    /// What is known about each of these processes.
    programs: HashMap<NameId, Program<'a>, FixedState>,
    /// Whether the flow at each of `positions` is one of many that its process opened at once.
    fanned_out: Vec<bool>,
}

/// So long after an outage everything still retries.
const RECOVERY: i64 = 10 * SECOND;

/// The most suspects that a report lists.
const SUSPECT_LIMIT: usize = 25;

/// The window of the incident: the reported one, or where the log itself shows the strongest burst of retries.
#[must_use]
pub fn locate(sources: Sources<'_>, incident: &Incident) -> Option<IncidentWindow> {
    match incident.when {
        Some(when) => crate::timeline::window::settle(when, &sources.timeline.coverage)
            .map(|window| IncidentWindow { window, source: WindowSource::Given }),
        None => candidate_moments(sources).first().map(|moment| IncidentWindow::inferred(moment.window)),
    }
}

/// Ranks the hosts with inspected flows around `window`, and lists those left out with their reason.
#[must_use]
pub fn rank(sources: Sources<'_>, incident: &Incident, window: TimeWindow) -> Ranking {
    let near = Context::new(sources, incident, window);
    let (mut suspects, left_out) = suspects(&near, SUSPECT_LIMIT, weights::LEAST_SCORE);
    let stands_out = suspects.first().is_some_and(|best| best.confidence > Confidence::Weak);
    if near.reported && !stands_out && !near.is_outage_near() {
        suspects = elsewhere(suspects, sources, &near, incident);
    }
    Ranking { suspects, set_aside: aside::rows(&left_out, &near), storm: near.storm }
}

/// The suspects alone, for what is asked beside a report: those that it lists.
#[must_use]
pub fn suspects_of(sources: Sources<'_>, incident: &Incident) -> Vec<Suspect> {
    locate(sources, incident).map(|located| rank(sources, incident, located.window).suspects).unwrap_or_default()
}

/// Perhaps the reported time is wrong: adds the suspects of the bursts in the hour around it, none of them more than weak.
fn elsewhere(
    mut suspects: Vec<Suspect>,
    sources: Sources<'_>,
    near: &Context<'_>,
    incident: &Incident,
) -> Vec<Suspect> {
    let hour = near.window.widened(weights::FAR);
    for moment in infer::bursts_within(sources, hour) {
        let context = Context::new(sources, incident, moment).told(near.window);
        let least_score = suspects.get(SUSPECT_LIMIT - 1).map_or(weights::LEAST_SCORE, |suspect| suspect.score);
        suspects.extend(self::suspects(&context, SUSPECT_LIMIT, least_score).0);
        sort(&mut suspects);
        suspects.truncate(SUSPECT_LIMIT);
    }
    for suspect in &mut suspects {
        suspect.confidence = Confidence::Weak;
    }
    suspects
}

/// The best suspects, at most so many, and what is no candidate. A suspect with fewer points than `least_score` may be
/// missing.
fn suspects<'a>(context: &Context<'a>, wanted: usize, least_score: f64) -> (Vec<Suspect>, Vec<LeftOut<'a>>) {
    let (mut prospects, left_out) = aside::sort_out(context);
    // Lines that name no process repeat what another line tells with its process.
    let named: HashSet<NameId, FixedState> = prospects
        .iter()
        .map(|prospect| prospect.active.pair)
        .filter(|pair| pair.process != NO_NAME)
        .map(|pair| pair.host)
        .collect();
    prospects
        .retain(|Prospect { active: Active { pair, .. }, .. }| pair.process != NO_NAME || !named.contains(&pair.host));
    let mut queue = BinaryHeap::from(prospects);
    let mut suspects: Vec<Suspect> = Vec::new();
    while queue.peek().is_some_and(|next| !is_settled(&suspects, wanted, least_score, next.most)) {
        let next = std::iter::from_fn(|| prospect::next(&mut queue, context)).take(WEIGHED_AT_ONCE);
        suspects.extend(next.filter_map(|prospect| weighed(&prospect, context)));
        sort(&mut suspects);
    }
    for suspect in suspects.iter_mut().take(wanted) {
        suspect.candidate.is_brief = false;
        suspect.signals = signal::weigh(&suspect.candidate, context);
    }
    judge(&mut suspects, wanted, context);
    suspects.truncate(wanted);
    (suspects, left_out)
}

/// So many prospects are weighed before it is asked whether the others matter.
const WEIGHED_AT_ONCE: usize = 16;

/// Are the first `wanted` what they will be, with the host that tells how far the last one stands out, whoever else comes
/// with `most` points?
fn is_settled(suspects: &[Suspect], wanted: usize, least_score: f64, most: f64) -> bool {
    if most < least_score {
        return true;
    }
    let Some(last) = suspects.get(wanted - 1) else { return false };
    let domain = &last.candidate.registrable_domain;
    let next = suspects[wanted..].iter().find(|next| next.candidate.registrable_domain != *domain || domain.is_none());
    next.is_some_and(|next| next.score > most)
}

fn weighed(prospect: &Prospect<'_>, context: &Context<'_>) -> Option<Suspect> {
    let candidate = Candidate::of(&prospect.active, context)?;
    let score: f64 = signal::weigh(&candidate, context).iter().map(|signal| signal.points).sum();
    debug_assert!(score <= prospect.most, "{} has {score}, more than {}", candidate.host_name, prospect.most);
    (score >= weights::LEAST_SCORE).then(|| Suspect {
        candidate: Box::new(candidate),
        signals: Vec::new(),
        score,
        confidence: Confidence::Weak,
    })
}

/// Best first; one row a host, for the process that speaks loudest.
fn sort(suspects: &mut Vec<Suspect>) {
    suspects.sort_by(|a, b| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| a.candidate.onset.cmp(&b.candidate.onset))
            .then_with(|| a.candidate.host_name.cmp(&b.candidate.host_name))
            .then_with(|| a.candidate.process_name.cmp(&b.candidate.process_name))
    });
    let mut seen = BTreeSet::new();
    suspects.retain(|suspect| seen.insert(suspect.candidate.host));
}

/// How sure each suspect of those that are listed is: by its own score, and by how far it stands out from hosts of other services.
fn judge(suspects: &mut [Suspect], wanted: usize, context: &Context<'_>) {
    let disturbed = context.storm.is_some() || context.is_outage_near();
    for position in 0..suspects.len().min(wanted) {
        let suspect = &suspects[position];
        let domain = &suspect.candidate.registrable_domain;
        let next = suspects[position + 1..]
            .iter()
            .find(|other| other.candidate.registrable_domain != *domain || domain.is_none())
            .map_or(0.0, |other| other.score);
        let attempts = suspect.candidate.burst.len() as u64;
        // Seen in a capture, it needs no other argument.
        let proven = suspect.signals.iter().any(|signal| signal.id.starts_with("certificate_refused"));
        let stands_out = suspect.score >= next * weights::STRONG_LEAD;
        // An upload that happens once, to a host that nobody saw before, is paced as evenly as a loop of retries.
        let is_known = suspect.candidate.before.attempts > 0;
        let tells_apart = |signal: &Signal| signal.corroborates && (is_known || signal.id != "even_gaps");
        let told_apart = suspect.signals.iter().any(tells_apart);
        let corroborated = suspect.signals.iter().any(|signal| signal.corroborates)
            && !suspect.signals.iter().any(|signal| matches!(signal.id, "recovered" | "usual_burst"));
        // Without a report nobody says that anything broke.
        let reported = context.reported || suspect.signals.iter().any(|signal| signal.id == "hint");
        let is_strong =
            suspect.score >= weights::STRONG && attempts >= weights::STRONG_ATTEMPTS && corroborated && told_apart;
        let confidence = if proven || is_strong && stands_out && reported && !disturbed {
            Confidence::Strong
        } else if suspect.score >= weights::LIKELY && (reported || corroborated) {
            Confidence::Likely
        } else {
            Confidence::Weak
        };
        suspects[position].confidence = confidence;
    }
}

impl<'a> Context<'a> {
    fn new(sources: Sources<'a>, incident: &Incident, window: TimeWindow) -> Self {
        let Sources { timeline, index, capture, baseline, knowledge } = sources;
        let wide = window.widened(weights::MARGIN);
        let log = timeline.coverage.span.unwrap_or(window);
        let inside_total = inspected(timeline.flows_in(wide)).count();
        let positions = timeline.positions_in(wide);
        let soon = timeline.positions_in(TimeWindow { to: wide.to.plus(weights::SOON), ..wide });
        let names = timeline.names.len();
        let contacts = Contacts::new(&timeline.flows, soon, names);
        let active = index.active(timeline, positions.clone());
        let shaken = TimeWindow { from: wide.from.plus(-RECOVERY), ..wide };
        Self {
            timeline,
            index,
            capture,
            baseline,
            knowledge,
            hints: incident.hints.iter().filter_map(|text| Hint::parse(text)).collect(),
            reported: incident.when.is_some(),
            window,
            told: window,
            fall: weights::DISTANCE,
            wide,
            fanned_out: contacts.fanned_out(&positions, names),
            positions,
            is_calm: !timeline.outages.iter().any(|outage| outage.window.overlaps(shaken)),
            log,
            span_before: covered(timeline, TimeWindow { from: log.from, to: wide.from }),
            span_after: covered(timeline, TimeWindow { from: wide.to, to: log.to }),
            inside_total,
            outside_total: index.inspected.saturating_sub(inside_total),
            host_count: timeline.pairs.rows().len(),
            bypassed: (timeline.flows_in(wide).iter())
                .filter(|flow| flow.decision == Decision::Bypass && flow.host != NO_NAME)
                .map(|flow| (flow.host, *flow))
                .collect(),
            storm: infer::storm(&active, timeline),
            active,
            programs: contacts.processes().filter_map(|process| program(process, timeline, knowledge)).collect(),
            contacts,
        }
    }

    /// `None` where the log names no process.
    fn program(&self, process: NameId) -> Option<&Program<'a>> {
        self.programs.get(&process)
    }

    fn host(&self, host: NameId) -> Option<&Host> {
        self.index.host(host, self.timeline, self.knowledge)
    }

    fn is_outage_near(&self) -> bool {
        self.timeline.outages.iter().any(|outage| outage.window.overlaps(self.wide))
    }

    /// Was there no tunnel, or one just rebuilt, so that everything retries?
    fn is_disturbed(&self, at: Timestamp) -> bool {
        // Outages stand in time order and do not overlap.
        let begun = self.timeline.outages.partition_point(|outage| outage.window.from <= at);
        begun > 0 && at <= self.timeline.outages[begun - 1].window.to.plus(RECOVERY)
    }

    /// The time that was reported is another one than the window.
    fn told(self, told: TimeWindow) -> Self {
        Self { told, fall: weights::FAR_DISTANCE, ..self }
    }

    /// 1 within the uncertainty of the reported time, less beyond.
    fn closeness(&self, at: Timestamp) -> f64 {
        let distance = if at < self.told.from {
            self.told.from.since(at)
        } else if at > self.told.to {
            at.since(self.told.to)
        } else {
            0
        };
        (-(distance as f64) / self.fall as f64).exp()
    }

    /// Attempts a minute outside the window: before it, where the log reaches back far enough.
    ///
    /// `since` and `until` bound what was looked at, where that is not the whole log.
    fn usual_rate(&self, (before, since): (&Tally, Timestamp), (after, until): (&Tally, Timestamp)) -> f64 {
        let span_before = self.span_before.min(self.wide.from.since(since)).max(0);
        let span_after = self.span_after.min(until.since(self.wide.to)).max(0);
        let (attempts, span) = if span_before >= weights::ENOUGH_BEFORE {
            (before.attempts, span_before)
        } else {
            (before.attempts + after.attempts, span_before + span_after)
        };
        let minutes = span.max(weights::SHORTEST_BASELINE) as f64 / weights::BURST as f64;
        (attempts as f64 + 0.5) / minutes
    }

    /// Did the process of the flow at `position` contact its host after `at` for the first time?
    fn is_first_after(&self, at: Timestamp, position: usize) -> bool {
        let pairs = &self.timeline.pairs;
        let number = pairs.numbers(position..position + 1).first();
        let first = number.and_then(|number| self.timeline.flows_of(&pairs.rows()[*number as usize]).next());
        first.is_some_and(|first| first.at > at)
    }

    /// Did the flow's process contact many other hosts around it?
    fn is_among_many(&self, flow: Inspected) -> bool {
        let place = (flow.position as usize).checked_sub(self.positions.start);
        place.and_then(|place| self.fanned_out.get(place)).copied().unwrap_or_default()
    }
}

/// Microseconds of `window` in which the log is not silent.
fn covered(timeline: &Timeline, window: TimeWindow) -> i64 {
    let gaps = timeline.coverage.gaps.iter().filter(|gap| gap.overlaps(window));
    let silent: i64 = gaps.map(|gap| gap.to.min(window.to).since(gap.from.max(window.from))).sum();
    (window.length() - silent).max(0)
}

fn inspected(flows: &[Flow]) -> impl Iterator<Item = &Flow> {
    flows.iter().filter(|flow| flow.decision == Decision::Tunnel)
}

fn program<'k>(process: NameId, timeline: &Timeline, knowledge: &'k Knowledge) -> Option<(NameId, Program<'k>)> {
    timeline.names.text(process).map(|name| (process, Program::new(&name, knowledge)))
}
