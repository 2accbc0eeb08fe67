//! What the number and place of the attempts tell, against the host's own habits and what else went on.

use super::{Argument, Signal};
use crate::event::NO_NAME;
use crate::ranking::candidate::Candidate;
use crate::ranking::statistics::{log_odds, surprise};
use crate::ranking::{Context, weights};
use crate::record::time::{DAY, HOUR, MINUTE, SECOND};
use crate::timeline::Inspected;

/// Attempts within a minute against the host's own rate elsewhere.
pub(super) fn retry_burst(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let attempts = candidate.burst.len() as u64;
    let points = surprise(attempts, candidate.rate.max(weights::LEAST_RATE)).min(weights::BURST_LIMIT);
    (attempts > 0).then(|| {
        Signal::of(candidate, "retry_burst", points)
            .with("attempts", attempts)
            .with("seconds", (weights::BURST / SECOND).unsigned_abs())
            .with("rate", Argument::Rate(candidate.rate))
            .resting_on(context.timeline.resolve(&candidate.burst))
    })
}

/// Away from the reported time.
pub(super) fn distance(candidate: &Candidate, context: &Context<'_>) -> (Signal, f64) {
    let signal = Signal::of(candidate, "distance", 0.0).with("onset", candidate.onset);
    let signal = signal.resting_on(context.timeline.resolve(candidate.burst.first()));
    (signal, 1.0 - context.closeness(candidate.onset))
}

/// The host had minutes as busy as this one when nothing was reported.
pub(super) fn usual_burst(candidate: &Candidate) -> Option<(Signal, f64)> {
    let (busiest, likeness) = (usual_peak(candidate), likeness(candidate));
    (likeness > 0.0)
        .then(|| (Signal::of(candidate, "usual_burst", 0.0).with("attempts", busiest), likeness * weights::USUAL_BURST))
}

/// 0 if the host never had half as busy a minute, 1 if it had one as busy.
fn likeness(candidate: &Candidate) -> f64 {
    let busiest = usual_peak(candidate);
    if busiest < 2 {
        return 0.0;
    }
    (busiest as f64 / candidate.burst.len().max(1) as f64 - 0.5).clamp(0.0, 0.5) * 2.0
}

/// In use all day before, tried in vain, and in use as ever since: a fault of inspection does not heal by itself.
pub(super) fn recovered(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let as_ever = candidate.after.attempts >= 3 && candidate.after.busiest <= candidate.before.busiest;
    (candidate.is_in_use() && as_ever && candidate.burst.len() >= 3).then(|| {
        Signal::of(candidate, "recovered", weights::RECOVERED)
            .with("attempts", candidate.after.attempts)
            .resting_on(context.timeline.resolve(&candidate.nearest.1))
    })
}

/// Fewer attempts are no record.
pub(super) const LEAST_EXCEPTIONAL: usize = 4;

/// A host in use all the time has never been tried as often within a minute.
pub(super) fn exceptional(candidate: &Candidate) -> Option<Signal> {
    let busiest = usual_peak(candidate).max(1);
    let times = candidate.burst.len() as f64 / busiest as f64;
    (candidate.is_in_use() && candidate.burst.len() >= LEAST_EXCEPTIONAL && times > 1.0).then(|| {
        let points = (weights::EXCEPTIONAL * times.log2()).min(weights::EXCEPTIONAL_LIMIT);
        Signal::of(candidate, "exceptional", points).with("attempts", candidate.burst.len()).with("busiest", busiest)
    })
}

/// What fails may go on failing after the incident, so its past tells its habits best.
fn usual_peak(candidate: &Candidate) -> usize {
    let in_baseline = candidate.habit.map_or(0, |habit| habit.busiest);
    let here = if candidate.before.attempts >= 3 {
        candidate.before.busiest
    } else {
        candidate.before.busiest.max(candidate.after.busiest.min(2))
    };
    here.max(in_baseline)
}

/// One host among many that the process opens at once.
pub(super) fn fan_out(candidate: &Candidate, context: &Context<'_>) -> Option<(Signal, f64)> {
    let share = share_among_many(&candidate.burst, context);
    (share > 0.0).then(|| {
        let signal = Signal::of(candidate, "fan_out", 0.0).with("share", Argument::Share(share));
        (signal, share * fan_out_discount(candidate))
    })
}

/// What a fan-out would take of the burst if it were these attempts.
pub(super) fn fan_out_share(candidate: &Candidate, attempts: &[Inspected], context: &Context<'_>) -> f64 {
    share_among_many(attempts, context) * fan_out_discount(candidate)
}

fn fan_out_discount(candidate: &Candidate) -> f64 {
    if candidate.is_browser { weights::FAN_OUT_BROWSER } else { weights::FAN_OUT_DISCOUNT }
}

fn share_among_many(attempts: &[Inspected], context: &Context<'_>) -> f64 {
    let among_many = attempts.iter().filter(|flow| context.is_among_many(**flow)).count();
    among_many as f64 / attempts.len().max(1) as f64
}

/// Most processes retry at the same time: the network or the tunnel failed, no single host.
pub(super) fn storm(candidate: &Candidate, context: &Context<'_>) -> Option<(Signal, f64)> {
    let storm = context.storm.as_ref()?;
    // Attempts of a known outage are left out already.
    let explained = context.timeline.outages.iter().any(|outage| outage.window.overlaps(storm.window));
    (storm.window.contains(candidate.onset) && !explained).then(|| {
        let signal = Signal::of(candidate, "storm", 0.0).with("processes", storm.processes).with("hosts", storm.hosts);
        (signal, weights::STORM)
    })
}

/// How unusual the host is in the window, compared with the rest of the log.
pub(super) fn novelty(candidate: &Candidate, context: &Context<'_>) -> Signal {
    unless_alike(candidate, context, likeness(candidate))
}

/// As if it never had a minute like this one.
pub(super) fn novelty_at_most(candidate: &Candidate, context: &Context<'_>) -> f64 {
    unless_alike(candidate, context, 0.0).points
}

fn unless_alike(candidate: &Candidate, context: &Context<'_>, likeness: f64) -> Signal {
    let kind = if candidate.is_browser { weights::NOVELTY_BROWSER } else { 1.0 };
    // Whoever meets a new host and is content with one attempt met no failure.
    let scale = kind * if candidate.attempts.len() > 1 { 1.0 } else { weights::SINGLE } * (1.0 - likeness);
    let is_known = candidate.habit.is_some_and(|habit| habit.attempts > 0);
    let is_new = candidate.before.flows == 0 && candidate.nearest.0.is_none() && !is_known;
    let long_enough = context.wide.from.since(context.log.from) >= weights::SHORTEST_BASELINE;
    if is_new && long_enough {
        let signal = Signal::of(candidate, "never_seen_before", weights::NEVER_SEEN * scale);
        return signal
            .with("inside", candidate.inside.len())
            .with("outside", candidate.outside)
            .resting_on(context.timeline.resolve(candidate.inside.first()));
    }
    Signal::of(candidate, "novelty", scale * unusual(candidate.inside.len(), candidate.outside, context))
        .with("inside", candidate.inside.len())
        .with("outside", candidate.outside)
        .resting_on(context.timeline.resolve(candidate.inside.first()))
}

/// What so many flows in the window are worth against so many elsewhere.
pub(super) fn unusual(inside: usize, outside: usize, context: &Context<'_>) -> f64 {
    let z = log_odds(
        inside as f64,
        context.inside_total as f64,
        outside as f64,
        context.outside_total as f64,
        0.5,
        0.5 * context.host_count.max(2) as f64,
    );
    weights::NOVELTY * z.clamp(0.0, weights::NOVELTY_LIMIT)
}

/// Fewer attempts are no try that somebody gave up.
pub(super) const LEAST_TO_GIVE_UP: usize = 3;

/// After the last try nothing more, although the log goes on: somebody gave up.
pub(super) fn silence(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let last = candidate.inside.last()?;
    let quiet = quiet_after(candidate, context)?;
    // Hosts that are used in bursts are silent between them.
    (likeness(candidate) < 0.5 && candidate.burst.len() >= LEAST_TO_GIVE_UP).then(|| {
        Signal::of(candidate, "silence", weights::SILENCE)
            .with("minutes", (quiet / MINUTE).min(DAY / MINUTE).unsigned_abs())
            .resting_on(context.timeline.resolve([last]))
    })
}

/// How long nothing more came, where that is long.
pub(super) fn quiet_after(candidate: &Candidate, context: &Context<'_>) -> Option<i64> {
    const QUIET: i64 = 5 * MINUTE;
    let last = candidate.inside.last()?;
    let quiet_until = candidate.nearest.1.map_or(context.log.to, |flow| flow.at);
    Some(quiet_until.since(last.at)).filter(|quiet| *quiet >= QUIET)
}

/// After the last try the program turned to another host of the same domain, for the first time.
pub(super) fn fallback(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let (last, domain) = (candidate.burst.last()?, &candidate.registrable_domain);
    // A page loads from many hosts of its domain anyway.
    if domain.is_none()
        || candidate.burst.len() < LEAST_TO_GIVE_UP
        || candidate.process == NO_NAME
        || candidate.is_browser
    {
        return None;
    }
    let mut soon = context.contacts.of(candidate.process, last.at, last.at.plus(weights::SOON));
    let other = soon.find(|other| {
        let is_new = || context.is_first_after(candidate.onset, other.position as usize);
        other.host != candidate.host
            && context.host(other.host).is_some_and(|host| host.registrable_domain == *domain)
            && is_new()
    })?;
    let other = context.timeline.flows.get(other.position as usize)?;
    let host = context.timeline.name(other.host)?;
    Some(
        Signal::of(candidate, "fallback", weights::FALLBACK)
            .with("host", host)
            .resting_on(context.timeline.resolve([last]).chain([other])),
    )
}

/// Contacted at even intervals before and after: a poll that works.
pub(super) fn periodic(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let period = candidate.period.filter(|period| *period < 2 * HOUR)?;
    // In the window the poll goes on as ever: no more attempts than its own period explains.
    let expected = usize::try_from(context.wide.length() / period.max(1) + 2).unwrap_or(usize::MAX);
    (candidate.inside.len() <= expected).then(|| {
        Signal::of(candidate, "periodic", weights::PERIODIC)
            .with("minutes", Argument::Decimal(period as f64 / MINUTE as f64))
            .resting_on(context.timeline.resolve(candidate.nearest.0.iter().chain(&candidate.nearest.1)))
    })
}
