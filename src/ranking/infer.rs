//! What the flows tell without a reported time: moments of retry bursts, and storms in which everything retries.

use super::statistics::surprise;
use super::{inspected, weights};
use crate::event::{Decision, Flow, NO_NAME};
use crate::incident::DEFAULT_WITHIN;
use crate::knowledge::Knowledge;
use crate::timeline::{TimeWindow, Timeline};

/// A span in which most processes retry most hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Storm {
    pub window: TimeWindow,
    pub processes: usize,
    pub hosts: usize,
}

/// A burst must be this surprising to stand for a moment.
const LEAST_SURPRISE: f64 = 4.0;
/// … and have this many attempts.
const LEAST_ATTEMPTS: usize = 4;
const MOMENTS: usize = 5;

/// Windows around the strongest retry bursts of the log, strongest first.
#[must_use]
pub fn candidate_moments(timeline: &Timeline, knowledge: &Knowledge) -> Vec<TimeWindow> {
    let Some(span) = timeline.coverage.span else { return Vec::new() };
    let minutes = (span.length().max(weights::SHORTEST_BASELINE) as f64) / weights::BURST as f64;
    let mut bursts: Vec<(f64, TimeWindow)> = Vec::new();
    for pair in &timeline.pairs {
        let process = timeline.name(pair.process).unwrap_or_default();
        let host = timeline.name(pair.host).unwrap_or_default();
        if pair.process == NO_NAME && pair.host == NO_NAME
            || knowledge.processes.is_own_process(&process)
            || knowledge.processes.is_own_host(&host)
        {
            continue;
        }
        let flows: Vec<&Flow> = pair
            .flows
            .iter()
            .filter_map(|number| timeline.flows.get(*number as usize))
            .filter(|flow| flow.decision == Decision::Tunnel && timeline.outage_at(flow.at).is_none())
            .collect();
        let mut from = 0;
        let mut best: Option<(f64, TimeWindow)> = None;
        for (to, flow) in flows.iter().enumerate() {
            while flow.at.since(flows[from].at) > weights::BURST {
                from += 1;
            }
            let attempts = to + 1 - from;
            let elsewhere = (flows.len() - attempts) as f64 + 0.5;
            let strength = surprise(attempts as u64, elsewhere / minutes).min(2.0 * weights::BURST_LIMIT);
            if attempts >= LEAST_ATTEMPTS
                && strength >= LEAST_SURPRISE
                && best.is_none_or(|(strongest, _)| strength > strongest)
            {
                best = Some((strength, TimeWindow { from: flows[from].at, to: flow.at }));
            }
        }
        bursts.extend(best);
    }
    bursts.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut moments: Vec<TimeWindow> = Vec::new();
    for (_, burst) in bursts {
        let window = burst.widened(DEFAULT_WITHIN / 2);
        if !moments.iter().any(|known| known.overlaps(window)) {
            moments.push(window);
        }
        if moments.len() == MOMENTS {
            break;
        }
    }
    moments
}

/// Half of all processes that are active, and at least four, retry half of their hosts within a minute.
#[must_use]
pub fn storm(timeline: &Timeline, wide: TimeWindow) -> Option<Storm> {
    use std::collections::{BTreeMap, BTreeSet};
    let flows = timeline.flows_in(wide);
    let mut attempts: BTreeMap<(u32, u32), Vec<&Flow>> = BTreeMap::new();
    for flow in inspected(flows).filter(|flow| flow.process != NO_NAME) {
        attempts.entry((flow.process, flow.host)).or_default().push(flow);
    }
    let active: BTreeSet<u32> = attempts.keys().map(|(process, _)| *process).collect();
    let mut retried = Vec::new();
    for ((process, host), flows) in &attempts {
        if let Some(run) = flows.windows(3).find(|run| run[2].at.since(run[0].at) <= weights::BURST) {
            retried.push((*process, *host, TimeWindow { from: run[0].at, to: run[2].at }));
        }
    }
    let processes: BTreeSet<u32> = retried.iter().map(|(process, _, _)| *process).collect();
    let hosts: BTreeSet<u32> = retried.iter().map(|(_, host, _)| *host).collect();
    let widespread = processes.len() >= 4 && processes.len() * 2 >= active.len() && retried.len() * 2 >= attempts.len();
    let from = retried.iter().map(|(_, _, window)| window.from).min()?;
    let to = retried.iter().map(|(_, _, window)| window.to).max()?;
    widespread.then_some(Storm { window: TimeWindow { from, to }, processes: processes.len(), hosts: hosts.len() })
}
