//! A host that may explain the incident: what its process did to it inside and outside the window.

use super::attempt::{self, Tally};
use super::statistics::surprise;
use super::{Context, weights};
use crate::event::{Decision, Flow, NO_NAME, NameId};
use crate::record::time::Timestamp;
use crate::timeline::Pair;

/// One process and one host with inspected flows around the incident.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub process: NameId,
    pub host: NameId,
    pub host_name: String,
    pub process_name: Option<String>,
    pub registrable_domain: Option<String>,
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
}

impl Candidate {
    /// `None` if no inspected flow lies in the window, or only while there was no tunnel.
    pub(super) fn of(pair: &Pair, context: &Context<'_>) -> Option<Self> {
        let timeline = context.timeline;
        let at = |number: &u32| timeline.flows.get(*number as usize).map(|flow| flow.at);
        let from = pair.flows.partition_point(|number| at(number).is_some_and(|at| at < context.wide.from));
        let to = pair.flows.partition_point(|number| at(number).is_some_and(|at| at <= context.wide.to)).max(from);
        let inspected = |numbers: std::ops::Range<usize>| {
            let flows = pair.flows[numbers].iter().filter_map(|number| timeline.flows.get(*number as usize));
            flows.filter(|flow| flow.decision == Decision::Tunnel && !context.is_disturbed(flow.at))
        };
        let inside: Vec<Flow> = inspected(from..to).copied().collect();
        let (first, last) = (from.saturating_sub(weights::HISTORY), pair.flows.len().min(to + weights::HISTORY));
        let (mut before, mut after) = (Tally::default(), Tally::default());
        let mut nearest = (None, None);
        let mut gaps = Gaps::default();
        for flow in inspected(first..from) {
            before.add(flow.at);
            gaps.add(flow.at);
            nearest.0 = Some(*flow);
        }
        gaps.interrupt();
        for flow in inspected(to..last) {
            nearest.1 = nearest.1.or(Some(*flow));
            after.add(flow.at);
            gaps.add(flow.at);
        }
        if inside.is_empty() {
            return None;
        }
        let host_name = timeline.name(pair.host)?;
        let since = (first > 0).then(|| at(&pair.flows[first])).flatten().unwrap_or(context.log.from);
        let until = (last < pair.flows.len()).then(|| at(&pair.flows[last])).flatten().unwrap_or(context.log.to);
        let rate = context.usual_rate((&before, since), (&after, until));
        let burst = fitting(&inside, rate, context)?;
        let outside = (pair.inspected as usize).saturating_sub(inside.len());
        Some(Self {
            process: pair.process,
            host: pair.host,
            process_name: (pair.process != NO_NAME).then(|| timeline.name(pair.process)).flatten(),
            registrable_domain: crate::host::registrable_domain(&host_name),
            host_name,
            onset: burst.first()?.at,
            burst,
            tries: attempt::begins(&inside).len(),
            inside,
            outside,
            period: (before.attempts >= 4 && after.attempts >= 4).then(|| gaps.even()).flatten(),
            before,
            after,
            nearest,
            rate,
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
        self.burst.windows(2).map(|pair| pair[1].at.since(pair[0].at)).collect()
    }
}

/// The attempts of the minute that is the most surprising for its distance to the incident; the earliest such minute.
fn fitting(inside: &[Flow], rate: f64, context: &Context<'_>) -> Option<Vec<Flow>> {
    let attempts: Vec<Flow> = attempt::begins(inside).into_iter().map(|position| inside[position]).collect();
    let mut best: Option<(f64, std::ops::Range<usize>)> = None;
    let mut to = 0;
    for (from, first) in attempts.iter().enumerate() {
        while to < attempts.len() && attempts[to].at.since(first.at) <= weights::BURST {
            to += 1;
        }
        let weight = surprise((to - from) as u64, rate.max(weights::LEAST_RATE)) * context.closeness(first.at);
        if best.as_ref().is_none_or(|(heaviest, _)| weight > *heaviest) {
            best = Some((weight, from..to));
        }
    }
    best.map(|(_, range)| attempts[range].to_vec())
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
        self.sample.sort_unstable();
        let middle = *self.sample.get(self.sample.len() / 2)?;
        let even = self.sample.iter().filter(|gap| (**gap - middle).abs() * 4 <= middle).count();
        (even * 3 >= self.sample.len() * 2).then_some(middle)
    }
}
