//! What the flows tell without a reported time: moments of retry bursts, and storms in which everything retries.

use std::collections::HashSet;
use std::ops::Range;

use foldhash::fast::FixedState;

use super::attempt::{self, Tally};
use super::index::Active;
use super::statistics::surprise;
use super::{Context, Devices, Sources, suspects, weights};
use crate::event::{NO_NAME, NameId};
use crate::incident::{DEFAULT_WITHIN, Incident};
use crate::knowledge::Knowledge;
use crate::provenance::Provenance;
use crate::timeline::{Inspected, Pair, TimeWindow, Timeline};

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
/// … or so many around a reported time that shows nothing: six found no broken host that five did not, three miss some.
const NEARBY: usize = 5;

/// A span in which something may have broken, with the host that looks most like it.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    pub window: TimeWindow,
    pub host: String,
    pub process: Option<String>,
    /// Attempts within a minute.
    pub attempts: usize,
    weight: f64,
}

/// The strongest burst of one process to one host on one device.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Burst {
    pub strength: f64,
    pub window: TimeWindow,
    pub process: NameId,
    pub host: NameId,
    pub device: usize,
    /// Its first line.
    pub evidence: Provenance,
}

/// Windows around the retry bursts of the log, the one with the best suspect first.
#[must_use]
pub fn candidate_moments(sources: Sources<'_>) -> Vec<Moment> {
    best_moments(burst_windows(sources).into_iter().filter_map(|window| moment(sources, window)))
}

/// Where to look for such moments.
#[must_use]
pub fn burst_windows(sources: Sources<'_>) -> Vec<TimeWindow> {
    apart(sources.index.bursts.iter().copied(), LOOKED_AT)
}

/// What stands out in `window`, a large part of the work of finding the moments of a log.
#[must_use]
pub fn moment(sources: Sources<'_>, window: TimeWindow) -> Option<Moment> {
    let context = Context::new(sources, &Incident::default(), window);
    let (suspects, _) = suspects(&context, 1, weights::LEAST_SCORE);
    let best = suspects.first()?;
    // A retry loop or a known host tells more than a number of attempts.
    let corroborated = best.signals.iter().any(|signal| signal.corroborates);
    Some(Moment {
        window,
        host: best.candidate.host_name.to_string(),
        process: best.candidate.process_name.as_deref().map(str::to_owned),
        attempts: best.candidate.burst.len(),
        weight: best.score * if corroborated { 1.5 } else { 1.0 },
    })
}

/// The moments to offer, best first.
#[must_use]
pub fn best_moments(moments: impl IntoIterator<Item = Moment>) -> Vec<Moment> {
    let mut moments: Vec<Moment> = moments.into_iter().collect();
    moments.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.window.cmp(&b.window)));
    moments.truncate(MOMENTS);
    moments
}

/// The strongest burst of each pair on each device, strongest first. The client's `own` traffic has none.
pub(super) fn all_bursts(timeline: &Timeline, own: &[bool], devices: &Devices, knowledge: &Knowledge) -> Vec<Burst> {
    let pairs = timeline.pairs.rows().iter().zip(own).filter(|(_, own)| !**own);
    let bursts = pairs.flat_map(|(pair, _)| {
        let everywhere = 0..pair.count as usize;
        let numbers = devices.numbers();
        numbers.filter_map(move |device| strongest(pair, everywhere.clone(), device, devices, timeline, knowledge))
    });
    sorted(bursts.collect())
}

/// Windows around the strongest bursts of each host in `within`, without overlaps.
pub(super) fn bursts_within(sources: Sources<'_>, within: TimeWindow) -> Vec<TimeWindow> {
    let Sources { timeline, index, knowledge, .. } = sources;
    let devices = &index.devices;
    let active = index.active(timeline, timeline.positions_in(within));
    let busy = active.iter().filter(|active| !active.is_own && active.inspected >= LEAST_ATTEMPTS);
    let bursts = busy.flat_map(|active| {
        let (pair, places) = (active.pair, active.places(timeline));
        let numbers = devices.numbers();
        numbers.filter_map(move |device| strongest(pair, places.clone(), device, devices, timeline, knowledge))
    });
    apart(sorted(bursts.collect()).into_iter(), NEARBY)
}

fn sorted(mut bursts: Vec<Burst>) -> Vec<Burst> {
    bursts.sort_by(|a, b| b.strength.total_cmp(&a.strength).then_with(|| a.window.cmp(&b.window)));
    bursts
}

/// Windows around `bursts`, strongest first, without overlaps, at most so many.
fn apart(bursts: impl Iterator<Item = Burst>, most: usize) -> Vec<TimeWindow> {
    let mut windows: Vec<TimeWindow> = Vec::new();
    for burst in bursts {
        let window = burst.window.widened(DEFAULT_WITHIN / 2);
        if !windows.iter().any(|known| known.overlaps(window)) {
            windows.push(window);
        }
        if windows.len() == most {
            break;
        }
    }
    windows
}

/// The first minute among these of its flows in which the pair was tried far more often than ever before.
fn strongest(
    pair: &Pair,
    places: Range<usize>,
    device: usize,
    devices: &Devices,
    timeline: &Timeline,
    knowledge: &Knowledge,
) -> Option<Burst> {
    if pair.host == NO_NAME || !may_burst(pair, &places, timeline) {
        return None;
    }
    let span = timeline.coverage.span?;
    let minutes = span.length().max(weights::SHORTEST_BASELINE) as f64 / weights::BURST as f64;
    let looked_at = places.start.saturating_sub(weights::HISTORY)..places.end;
    let line = |flow: &Inspected| timeline.resolve([flow]).next().map(|flow| flow.provenance);
    // The flow itself is far away in memory; of a single device it is not needed.
    let is_own = |flow: &Inspected| {
        !devices.are_several() || line(flow).is_some_and(|line| devices.wrote(line.member) == device)
    };
    let flows =
        timeline.pairs.inspected(pair, looked_at).filter(|flow| timeline.outage_at(flow.at).is_none() && is_own(flow));
    let begins = attempt::firsts(&flows.collect::<Vec<_>>());
    let start = *timeline.pairs.flows(pair).get(places.start)?;
    let rate = (f64::from(pair.inspected) / minutes).max(weights::LEAST_RATE);
    let mut habit = Tally::default();
    let mut known = 0;
    let mut to = 0;
    let mut best: Option<Burst> = None;
    for (from, first) in begins.iter().enumerate() {
        while to < begins.len() && begins[to].at.since(first.at) <= weights::BURST {
            to += 1;
        }
        // What happened up to a minute before is the host's habit by now.
        while known < from && first.at.since(begins[known].at) > weights::BURST {
            habit.add(begins[known].at);
            known += 1;
        }
        let attempts = to - from;
        if attempts < LEAST_ATTEMPTS || first.position < start {
            continue;
        }
        let usual = (habit.busiest as f64 / attempts as f64).min(1.0);
        let strength = surprise(attempts as u64, rate).min(weights::BURST_LIMIT) * (1.0 - usual);
        if strength >= LEAST_SURPRISE && best.is_none_or(|best| strength > best.strength) {
            best = Some(Burst {
                strength,
                window: TimeWindow { from: first.at, to: begins[to - 1].at },
                process: pair.process,
                host: pair.host,
                device,
                evidence: line(first)?,
            });
        }
    }
    let best = best?;
    let process = timeline.names.text(pair.process).unwrap_or_default();
    let kind = if knowledge.processes.is_browser(&process) { 0.4 } else { 1.0 };
    Some(Burst { strength: best.strength * kind, ..best })
}

/// Is any minute busy enough for a burst, before it is asked what counts as an attempt? Most pairs have none.
fn may_burst(pair: &Pair, places: &Range<usize>, timeline: &Timeline) -> bool {
    let inspected = || timeline.pairs.inspected(pair, places.clone());
    let mut together = inspected().zip(inspected().skip(LEAST_ATTEMPTS - 1));
    together.any(|(first, last)| last.at.since(first.at) <= weights::BURST)
}

/// Half of all processes that are active, and at least four, retry half of their hosts within a minute.
pub(super) fn storm(active: &[Active<'_>], timeline: &Timeline) -> Option<Storm> {
    const RUN: usize = 3;
    let inspected = || active.iter().filter(|active| active.inspected > 0 && active.pair.process != NO_NAME);
    let retried: Vec<(&Pair, TimeWindow)> = (inspected().filter(|active| active.inspected >= RUN))
        .filter_map(|active| {
            let flows = || active.inspected_flows(timeline);
            let mut runs = flows().zip(flows().skip(RUN - 1));
            let (first, last) = runs.find(|(first, last)| last.at.since(first.at) <= weights::BURST)?;
            Some((active.pair, TimeWindow { from: first.at, to: last.at }))
        })
        .collect();
    let processes = distinct(retried.iter().map(|(pair, _)| pair.process));
    let is_widespread = processes >= 4
        && processes * 2 >= distinct(inspected().map(|active| active.pair.process))
        && retried.len() * 2 >= inspected().count();
    let from = retried.iter().map(|(_, window)| window.from).min()?;
    let to = retried.iter().map(|(_, window)| window.to).max()?;
    let hosts = || distinct(retried.iter().map(|(pair, _)| pair.host));
    is_widespread.then(|| Storm { window: TimeWindow { from, to }, processes, hosts: hosts() })
}

fn distinct(names: impl Iterator<Item = NameId>) -> usize {
    names.collect::<HashSet<NameId, FixedState>>().len()
}
