//! A host that may explain the incident: what its process did to it inside and outside the window.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::attempt::{self, Tally};
use super::index::Active;
use super::statistics::surprise;
use super::{Context, Habit, weights};
use crate::event::NameId;
use crate::record::time::Timestamp;
use crate::timeline::{Inspected, Pair};

/// One process and one host with inspected flows around the incident.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub process: NameId,
    pub host: NameId,
    pub host_name: Arc<str>,
    pub process_name: Option<Arc<str>>,
    pub is_browser: bool,
    pub registrable_domain: Option<Arc<str>>,
    /// Inspected flows in the widened window, outside outages.
    pub inside: Vec<Inspected>,
    /// Number of inspected flows elsewhere.
    pub outside: usize,
    /// Number of all flows before the widened window.
    pub earlier: usize,
    /// The nearest [`weights::HISTORY`] flows to each side.
    pub before: Tally,
    pub after: Tally,
    /// The last flow before and the first after the widened window.
    pub nearest: (Option<Inspected>, Option<Inspected>),
    /// Middle gap between attempts outside, where they are even on both sides of the window.
    pub period: Option<i64>,
    /// First flow of each attempt in the widened window.
    pub attempts: Vec<Inspected>,
    /// Those in the minute that fits the incident best.
    pub burst: Vec<Inspected>,
    /// The first of them.
    pub onset: Timestamp,
    /// Attempts that a minute usually holds, before the incident where the log reaches back far enough.
    pub rate: f64,
    /// What a healthy log tells of it.
    pub habit: Option<Habit>,
    /// The device whose log shows it.
    pub device: usize,
    /// Signals tell their points alone: of most candidates nobody reads more.
    pub(super) is_brief: bool,
}

impl Candidate {
    /// `None` if no inspected flow lies in the window, or only while there was no tunnel.
    ///
    /// Of several devices the one that shows the most surprising burst speaks.
    pub(super) fn of(active: &Active<'_>, context: &Context<'_>) -> Option<Self> {
        let devices = context.index.devices.numbers();
        let candidates =
            devices.filter_map(|device| Self::without_habits(device, active, context)?.with_habits(active, context));
        let surprise_of =
            |candidate: &Self| surprise(candidate.burst.len() as u64, candidate.rate.max(weights::LEAST_RATE));
        candidates.reduce(|best, next| if surprise_of(&next) > surprise_of(&best) { next } else { best })
    }

    /// What the window alone tells. What happened outside of it is the larger part of the work.
    pub(super) fn without_habits(device: usize, active: &Active<'_>, context: &Context<'_>) -> Option<Self> {
        let (pair, places) = (active.pair, active.places(context.timeline));
        let inside: Vec<Inspected> = inspected(places.clone(), device, pair, context).collect();
        let last = inside.last()?.at;
        let host = context.host(pair.host)?;
        let program = context.program(pair.process);
        let process_name = program.map(|program| program.name.clone());
        let habit = context.baseline.and_then(|baseline| baseline.habit(process_name.as_deref(), &host.name));
        let just_after = places.end..(pair.count as usize).min(places.end + 1);
        Some(Self {
            process: pair.process,
            host: pair.host,
            host_name: host.name.clone(),
            is_browser: program.is_some_and(|program| program.is_browser),
            process_name,
            registrable_domain: host.registrable_domain.clone(),
            outside: (pair.inspected as usize).saturating_sub(inside.len()),
            before: Tally::default(),
            after: Tally::default(),
            earlier: places.start,
            nearest: (just_before(&places, device, pair, context), inspected(just_after, device, pair, context).next()),
            period: None,
            attempts: attempt::firsts(&inside),
            inside,
            burst: Vec::new(),
            // It begins no later.
            onset: last,
            rate: 0.0,
            habit,
            device,
            is_brief: true,
        })
    }

    fn with_habits(self, active: &Active<'_>, context: &Context<'_>) -> Option<Self> {
        let (pair, Range { start: from, end: to }) = (active.pair, active.places(context.timeline));
        let flows = context.timeline.pairs.flows(pair);
        let at = |place: usize| Some(context.timeline.flows.get(*flows.get(place)? as usize)?.at);
        let (first, last) = (from.saturating_sub(weights::HISTORY), flows.len().min(to + weights::HISTORY));
        let (mut before, mut after) = (Tally::default(), Tally::default());
        let mut nearest = (None, None);
        let mut gaps = Gaps::default();
        for flow in inspected(first..from, self.device, pair, context) {
            before.add(flow.at);
            gaps.add(flow.at);
            nearest.0 = Some(flow);
        }
        gaps.interrupt();
        for flow in inspected(to..last, self.device, pair, context) {
            nearest.1 = nearest.1.or(Some(flow));
            after.add(flow.at);
            gaps.add(flow.at);
        }
        let since = (first > 0).then(|| at(first)).flatten().unwrap_or(context.log.from);
        let until = at(last).unwrap_or(context.log.to);
        let rate = context.usual_rate((&before, since), (&after, until));
        let burst = fitting(&self.attempts, rate, context)?;
        Some(Self {
            nearest,
            onset: burst.first()?.at,
            burst,
            period: (before.attempts >= 4 && after.attempts >= 4).then(|| gaps.even()).flatten(),
            before,
            after,
            rate,
            ..self
        })
    }

    /// Contacted all the time before the incident, not only in bursts.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        self.before.minutes >= weights::IN_USE
    }

    /// Waits between the attempts of the burst.
    #[must_use]
    pub fn waits(&self) -> Vec<i64> {
        attempt::waits(&self.burst)
    }
}

/// The last flow before `places`, if it is one of those.
pub(super) fn just_before(
    places: &Range<usize>,
    device: usize,
    pair: &Pair,
    context: &Context<'_>,
) -> Option<Inspected> {
    inspected(places.start.saturating_sub(1)..places.start, device, pair, context).next()
}

/// The flows of one device that were steered for inspection while there was a tunnel.
fn inspected(
    places: Range<usize>,
    device: usize,
    pair: &Pair,
    context: &Context<'_>,
) -> impl Iterator<Item = Inspected> {
    let devices = &context.index.devices;
    let is_own = move |inspected: &Inspected| {
        let mut wrote = context.timeline.resolve([inspected]).map(|flow| devices.wrote(flow.provenance.member));
        !devices.are_several() || wrote.next() == Some(device)
    };
    context.timeline.pairs.inspected(pair, places).filter(move |flow| !context.is_disturbed(flow.at) && is_own(flow))
}

/// The attempts of the minute that is the most surprising for its distance to the incident; the earliest such minute.
fn fitting(attempts: &[Inspected], rate: f64, context: &Context<'_>) -> Option<Vec<Inspected>> {
    let mut best: Option<(f64, Range<usize>)> = None;
    // By number of attempts: most minutes have as many as others.
    let mut surprises = BTreeMap::new();
    for minute in minutes(attempts) {
        let first = &attempts[minute.start];
        let count = minute.len() as u64;
        let surprise = *surprises.entry(count).or_insert_with(|| surprise(count, rate.max(weights::LEAST_RATE)));
        let weight = surprise * context.closeness(first.at);
        if best.as_ref().is_none_or(|(heaviest, _)| weight > *heaviest) {
            best = Some((weight, minute));
        }
    }
    best.map(|(_, minute)| attempts[minute].to_vec())
}

/// From each attempt on those that lie within a minute.
pub(super) fn minutes(attempts: &[Inspected]) -> impl Iterator<Item = Range<usize>> {
    let mut to = 0;
    attempts.iter().enumerate().map(move |(from, first)| {
        while to < attempts.len() && attempts[to].at.since(first.at) <= weights::BURST {
            to += 1;
        }
        from..to
    })
}

/// A bounded sample of the gaps between attempts.
#[derive(Default)]
struct Gaps {
    last: Option<Timestamp>,
    sample: Vec<i64>,
}

impl Gaps {
    /// Enough to tell an even poll, however long the log.
    const SAMPLE: usize = 2 * weights::HISTORY;

    fn add(&mut self, at: Timestamp) {
        if let Some(gap) = self.last.map(|last| at.since(last)).filter(|gap| *gap > weights::AT_ONCE)
            && self.sample.len() < Self::SAMPLE
        {
            self.sample.push(gap);
        }
        self.last = Some(at);
    }

    fn interrupt(&mut self) {
        self.last = None;
    }

    /// The middle gap, if two of three gaps are about as long.
    fn even(mut self) -> Option<i64> {
        let half = self.sample.len() / 2;
        if self.sample.is_empty() {
            return None;
        }
        let middle = *self.sample.select_nth_unstable(half).1;
        let even = self.sample.iter().filter(|gap| (**gap - middle).abs() * 4 <= middle).count();
        (even * 3 >= self.sample.len() * 2).then_some(middle)
    }
}
