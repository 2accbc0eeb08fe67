//! What the flows tell without a reported time: moments of retry bursts, and storms in which everything retries.

use std::collections::{BTreeMap, BTreeSet};

use super::attempt::Tally;
use super::statistics::surprise;
use super::{Context, inspected, suspects, weights};
use crate::event::{Flow, NO_NAME};
use crate::incident::{DEFAULT_WITHIN, Incident};
use crate::knowledge::Knowledge;
use crate::language::Language;
use crate::record::time::Timestamp;
use crate::timeline::{NEVER, Pair, TimeWindow, Timeline};

/// A span in which most processes retry most hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Storm {
    pub window: TimeWindow,
    pub processes: usize,
    pub hosts: usize,
}

/// A burst must be this surprising to stand for a moment.
const LEAST_SURPRISE: f64 = 3.0;
/// … and have this many attempts.
const LEAST_ATTEMPTS: usize = 4;
/// So many moments are offered …
const MOMENTS: usize = 5;
/// … out of so many that are looked at closely.
const LOOKED_AT: usize = 12;
/// … or so many around a reported time that shows nothing.
const NEARBY: usize = 6;

/// Windows around the retry bursts of the log, the one with the best suspect first.
#[must_use]
pub fn candidate_moments(timeline: &Timeline, knowledge: &Knowledge) -> Vec<TimeWindow> {
    let nobody = Incident::default();
    let mut moments: Vec<(f64, TimeWindow)> = bursts(timeline, knowledge, None)
        .into_iter()
        .map(|window| {
            let context = Context::new(timeline, &nobody, window, knowledge, Language::English);
            let (suspects, _) = suspects(&context);
            let best = suspects.first();
            // A retry loop or a known host tells more than a number of attempts.
            let corroborated = best.is_some_and(|best| best.signals.iter().any(|signal| signal.corroborates));
            (best.map_or(0.0, |best| best.score) * if corroborated { 1.5 } else { 1.0 }, window)
        })
        .collect();
    moments.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    moments.into_iter().take(MOMENTS).map(|(_, window)| window).collect()
}

/// Windows around the strongest burst of each host, strongest first, without overlaps; all of the log or those in `within`.
pub(super) fn bursts(timeline: &Timeline, knowledge: &Knowledge, within: Option<TimeWindow>) -> Vec<TimeWindow> {
    let Some(span) = timeline.coverage.span else { return Vec::new() };
    let minutes = span.length().max(weights::SHORTEST_BASELINE) as f64 / weights::BURST as f64;
    let mut bursts: Vec<(f64, TimeWindow)> =
        timeline.pairs.iter().filter_map(|pair| strongest(pair, minutes, within, timeline, knowledge)).collect();
    bursts.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut windows: Vec<TimeWindow> = Vec::new();
    for (_, burst) in bursts {
        let window = burst.widened(DEFAULT_WITHIN / 2);
        if !windows.iter().any(|known| known.overlaps(window)) {
            windows.push(window);
        }
        if windows.len() == if within.is_some() { NEARBY } else { LOOKED_AT } {
            break;
        }
    }
    windows
}

/// The first minute in which the pair was tried far more often than ever before.
fn strongest(
    pair: &Pair,
    minutes: f64,
    within: Option<TimeWindow>,
    timeline: &Timeline,
    knowledge: &Knowledge,
) -> Option<(f64, TimeWindow)> {
    let process = timeline.name(pair.process).unwrap_or_default();
    let host = timeline.name(pair.host)?;
    if pair.flows.len() < LEAST_ATTEMPTS
        || knowledge.processes.is_own_process(&process)
        || knowledge.processes.is_own_host(&host)
    {
        return None;
    }
    let looked_at = within.map_or(0..pair.flows.len(), |within| {
        let std::ops::Range { start, end } = pair.among(&timeline.positions_in(within));
        start.saturating_sub(weights::HISTORY)..end
    });
    let mut begins: Vec<Timestamp> = Vec::new();
    let mut last: Option<Timestamp> = None;
    for at in pair.inspected_at[looked_at].iter().copied() {
        if at == NEVER || timeline.outage_at(at).is_some() {
            continue;
        }
        if last.is_none_or(|last| at.since(last) > weights::AT_ONCE) {
            begins.push(at);
        }
        last = Some(at);
    }
    let rate = (f64::from(pair.inspected) / minutes).max(weights::LEAST_RATE);
    let kind = if knowledge.processes.is_browser(&process) { 0.4 } else { 1.0 };
    let mut habit = Tally::default();
    let mut known = 0;
    let mut to = 0;
    let mut best: Option<(f64, TimeWindow)> = None;
    for (from, first) in begins.iter().copied().enumerate() {
        while to < begins.len() && begins[to].since(first) <= weights::BURST {
            to += 1;
        }
        // What happened up to a minute before is the host's habit by now.
        while known < from && first.since(begins[known]) > weights::BURST {
            habit.add(begins[known]);
            known += 1;
        }
        let attempts = to - from;
        if attempts < LEAST_ATTEMPTS || within.is_some_and(|within| !within.contains(first)) {
            continue;
        }
        let usual = (habit.busiest as f64 / attempts as f64).min(1.0);
        let strength = surprise(attempts as u64, rate).min(weights::BURST_LIMIT) * (1.0 - usual) * kind;
        if strength >= LEAST_SURPRISE * kind && best.is_none_or(|(strongest, _)| strength > strongest) {
            best = Some((strength, TimeWindow { from: first, to: begins[to - 1] }));
        }
    }
    best
}

/// Half of all processes that are active, and at least four, retry half of their hosts within a minute.
#[must_use]
pub fn storm(timeline: &Timeline, wide: TimeWindow) -> Option<Storm> {
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
