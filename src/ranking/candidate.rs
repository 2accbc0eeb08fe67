//! A host that may explain the incident: what its process did to it inside and outside the window.

use std::ops::Range;
use std::sync::Arc;

use super::attempt::{self, Tally};
use super::statistics::surprise;
use super::{Context, Habit, weights};
use crate::event::{Flow, NameId};
use crate::record::time::Timestamp;
use crate::timeline::{NEVER, Pair};

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
    pub inside: Vec<Flow>,
    /// Number of inspected flows elsewhere.
    pub outside: usize,
    /// The nearest [`weights::HISTORY`] flows to each side.
    pub before: Tally,
    pub after: Tally,
    /// The last flow before and the first after the widened window.
    pub nearest: (Option<Flow>, Option<Flow>),
    /// Middle gap between attempts outside, where they are even on both sides of the window.
    pub period: Option<i64>,
    /// Attempts in the widened window.
    pub tries: usize,
    /// First flow of each attempt in the minute that fits the incident best.
    pub burst: Vec<Flow>,
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
    pub(super) fn of(pair: &Pair, context: &Context<'_>) -> Option<Self> {
        let devices = context.index.devices.numbers();
        let candidates =
            devices.filter_map(|device| Self::without_habits(device, pair, context)?.with_habits(pair, context));
        let surprise_of =
            |candidate: &Self| surprise(candidate.burst.len() as u64, candidate.rate.max(weights::LEAST_RATE));
        candidates.reduce(|best, next| if surprise_of(&next) > surprise_of(&best) { next } else { best })
    }

    /// What the window alone tells. What happened outside of it is the larger part of the work.
    pub(super) fn without_habits(device: usize, pair: &Pair, context: &Context<'_>) -> Option<Self> {
        let timeline = context.timeline;
        let flow = |place: usize| timeline.flows.get(*pair.flows.get(place)? as usize).copied();
        let places = pair.among(&context.positions);
        let inside: Vec<Flow> =
            inspected(places.clone(), device, pair, context).filter_map(|(place, _)| flow(place)).collect();
        let last = inside.last()?.at;
        let host = context.index.host(timeline, pair.host)?;
        let program = context.program(pair.process);
        let process_name = program.map(|program| program.name.clone());
        let habit = context.baseline.and_then(|baseline| baseline.habit(process_name.as_deref(), &host.name));
        let just_before = inspected(places.start.saturating_sub(1)..places.start, device, pair, context).next();
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
            nearest: (just_before.and_then(|(place, _)| flow(place)), None),
            period: None,
            tries: attempt::firsts(&inside).len(),
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

    fn with_habits(self, pair: &Pair, context: &Context<'_>) -> Option<Self> {
        let timeline = context.timeline;
        let flow = |place: usize| timeline.flows.get(*pair.flows.get(place)? as usize).copied();
        let Range { start: from, end: to } = pair.among(&context.positions);
        let (first, last) = (from.saturating_sub(weights::HISTORY), pair.flows.len().min(to + weights::HISTORY));
        let (mut before, mut after) = (Tally::default(), Tally::default());
        let mut nearest = (None, None);
        let mut gaps = Gaps::default();
        for (place, at) in inspected(first..from, self.device, pair, context) {
            before.add(at);
            gaps.add(at);
            nearest.0 = Some(place);
        }
        gaps.interrupt();
        for (place, at) in inspected(to..last, self.device, pair, context) {
            nearest.1 = nearest.1.or(Some(place));
            after.add(at);
            gaps.add(at);
        }
        let since = (first > 0).then(|| flow(first)).flatten().map_or(context.log.from, |flow| flow.at);
        let until = flow(last).map_or(context.log.to, |flow| flow.at);
        let rate = context.usual_rate((&before, since), (&after, until));
        let burst = fitting(&self.inside, rate, context)?;
        Some(Self {
            nearest: (nearest.0.and_then(flow), nearest.1.and_then(flow)),
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

/// Places and times of the flows of one device that were steered for inspection while there was a tunnel.
fn inspected(
    places: Range<usize>,
    device: usize,
    pair: &Pair,
    context: &Context<'_>,
) -> impl Iterator<Item = (usize, Timestamp)> {
    let devices = &context.index.devices;
    let is_own = move |place: usize| {
        let flow = || context.timeline.flows.get(*pair.flows.get(place)? as usize);
        !devices.are_several() || flow().is_some_and(|flow| devices.wrote(flow.provenance.member) == device)
    };
    let times = places.clone().zip(pair.inspected_at[places].iter().copied());
    times.filter(move |(place, at)| *at != NEVER && !context.is_disturbed(*at) && is_own(*place))
}

/// The attempts of the minute that is the most surprising for its distance to the incident; the earliest such minute.
fn fitting(inside: &[Flow], rate: f64, context: &Context<'_>) -> Option<Vec<Flow>> {
    let attempts = attempt::firsts(inside);
    let mut best: Option<(f64, Range<usize>)> = None;
    for minute in minutes(&attempts) {
        let first = &attempts[minute.start];
        let weight = surprise(minute.len() as u64, rate.max(weights::LEAST_RATE)) * context.closeness(first.at);
        if best.as_ref().is_none_or(|(heaviest, _)| weight > *heaviest) {
            best = Some((weight, minute));
        }
    }
    best.map(|(_, minute)| attempts[minute].to_vec())
}

/// From each attempt on those that lie within a minute.
pub(super) fn minutes(attempts: &[Flow]) -> impl Iterator<Item = Range<usize>> {
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
