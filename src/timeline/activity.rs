//! How busy the log is over time, in equal steps: what a chart draws.
//!
//! Counts only. Which of it matters for an incident is the business of `ranking` and `finding`.

use super::{Pair, TimeWindow, Timeline};
use crate::event::{Decision, EventKind, NameId};
use crate::record::time::{MINUTE, SECOND, Timestamp};

/// Counts of each step of `window`; a step is `length / steps` long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    pub window: TimeWindow,
    pub flows: Vec<u32>,
    /// Flows of a process to a host that it had contacted shortly before.
    pub retries: Vec<u32>,
    /// Failures that the client tells of, and blocked flows.
    pub errors: Vec<u32>,
}

/// Closer together they are one page load or one attempt.
const AT_ONCE: i64 = SECOND / 2;
/// Later it is use, not a retry.
const SHORTLY: i64 = MINUTE;

/// Counts what happened in `window`; with `only`, the flows of that process and host alone.
#[must_use]
pub fn activity(
    timeline: &Timeline,
    window: TimeWindow,
    steps: usize,
    only: Option<(Option<NameId>, NameId)>,
) -> Activity {
    let steps = steps.max(1);
    let begins = begins(window, steps);
    let mut counted = Activity { window, flows: vec![0; steps], retries: vec![0; steps], errors: vec![0; steps] };
    let is_wanted = |process: NameId, host: NameId| {
        only.is_none_or(|(wanted, name)| name == host && wanted.is_none_or(|wanted| wanted == process))
    };
    for pair in timeline.pairs.rows().iter().filter(|pair| is_wanted(pair.process, pair.host)) {
        count(pair, timeline, &begins, &mut counted);
    }
    let failures = timeline.events.iter().filter(|event| only.is_none() && is_failure(event.kind));
    for event in failures.filter(|event| window.contains(event.at)) {
        counted.errors[begins.partition_point(|begin| *begin <= event.at).saturating_sub(1)] += 1;
    }
    counted
}

/// When each step begins.
fn begins(window: TimeWindow, steps: usize) -> Vec<Timestamp> {
    let (length, steps) = (i128::from(window.length().max(1)), steps as i128);
    let begin = |step: i128| (step * length + steps - 1) / steps;
    (0..steps).map(|step| window.from.plus(i64::try_from(begin(step)).unwrap_or(i64::MAX))).collect()
}

/// Kept apart: a browser compiles what is called often better than what runs once, however long.
#[inline(never)]
fn count(pair: &Pair, timeline: &Timeline, begins: &[Timestamp], counted: &mut Activity) {
    let mut last = None;
    let mut step = 0;
    // The flow itself is far away in memory; of most it is not needed.
    let told = timeline.pairs.timed(pair).filter_map(|(position, inspected_at)| match inspected_at {
        Some(at) => Some((at, Decision::Tunnel)),
        None => timeline.flows.get(position as usize).map(|flow| (flow.at, flow.decision)),
    });
    for (at, decision) in told {
        let since = last.replace(at).map(|last| at.since(last));
        if !counted.window.contains(at) {
            continue;
        }
        // The flows of a pair stand in time order.
        while begins.get(step + 1).is_some_and(|next| *next <= at) {
            step += 1;
        }
        counted.flows[step] += 1;
        counted.retries[step] += u32::from(since.is_some_and(|since| since > AT_ONCE && since <= SHORTLY));
        counted.errors[step] += u32::from(decision == Decision::Block);
    }
}

fn is_failure(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::TunnelDown
            | EventKind::TunnelError
            | EventKind::ConfigurationFailed
            | EventKind::OwnCallFailed
            | EventKind::CertificateRejected
            | EventKind::AuthorityMissing
            | EventKind::NameUnresolved
            | EventKind::FailClose
            | EventKind::CaptivePortal
    )
}
