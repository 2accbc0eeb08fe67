//! What other logs tell: a healthy one as baseline, and those of other devices with the same incident.

use super::{Argument, Signal};
use crate::ranking::candidate::Candidate;
use crate::ranking::{Context, weights};
use crate::record::time::HOUR;

/// The healthy log does not know the host.
pub(super) fn not_in_baseline(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let baseline = context.baseline.filter(|baseline| baseline.covered >= weights::LEAST_BASELINE)?;
    let kind = if candidate.is_browser { weights::NOVELTY_BROWSER } else { 1.0 };
    let tried = if candidate.attempts.len() > 1 { 1.0 } else { weights::SINGLE };
    (!baseline.hosts.contains(&*candidate.host_name) && !candidate.is_in_use()).then(|| {
        Signal::of(candidate, "not_in_baseline", weights::NOT_IN_BASELINE * kind * tried)
            .with("hours", Argument::Decimal(baseline.covered as f64 / HOUR as f64))
            .resting_on(context.timeline.resolve(candidate.inside.first()))
    })
}

/// While things worked, an exception let the same process past inspection to this host.
pub(super) fn excepted_in_baseline(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    candidate.habit.filter(|habit| habit.was_excepted && habit.attempts == 0)?;
    let signal = Signal::of(candidate, "excepted_in_baseline", weights::EXCEPTED_IN_BASELINE);
    Some(signal.resting_on(context.timeline.resolve(candidate.inside.first())).corroborates())
}

/// Other devices show a burst of the same process to the same host.
pub(super) fn other_devices(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    if !context.index.devices.are_several() {
        return None;
    }
    let same = context.index.bursts.iter().filter(|burst| {
        burst.host == candidate.host && burst.process == candidate.process && burst.device != candidate.device
    });
    let mut devices: Vec<usize> = same.clone().map(|burst| burst.device).collect();
    devices.sort_unstable();
    devices.dedup();
    let points = (weights::OTHER_DEVICE * devices.len() as f64).min(weights::OTHER_DEVICES_LIMIT);
    let signal = Signal::of(candidate, "other_devices", points).with("count", devices.len()).corroborates();
    (!devices.is_empty()).then(|| signal.proven_by(same.map(|burst| burst.evidence)))
}
