//! The most that the points of a candidate can add up to, told before its habits are known.
//!
//! What needs no habits is weighed; of the rest each reason counts in full wherever it could be given. A reason that comes
//! to `weigh` later must be counted here too: no score may exceed the bound, which the ranking asserts in tests.

use super::{DOUBTS, LEAST_POINTS, Signal, from_knowledge, from_other_sources, pace, shape};
use crate::event::NO_NAME;
use crate::ranking::candidate::{Candidate, minutes};
use crate::ranking::index::Active;
use crate::ranking::statistics::surprise;
use crate::ranking::{Context, weights};

/// Of a candidate [without habits](Candidate::without_habits).
pub(in crate::ranking) fn at_most(candidate: &Candidate, context: &Context<'_>) -> f64 {
    let attempts = &candidate.attempts;
    let is_polled = pace::page_poll(candidate, context).is_some();
    let (mut burst, mut most_attempts) = (0.0_f64, 0);
    for minute in minutes(attempts) {
        let tries = &attempts[minute];
        let mut points = surprise(tries.len() as u64, weights::LEAST_RATE).min(weights::BURST_LIMIT);
        let doubts = [
            1.0 - context.closeness(tries[0].at),
            shape::fan_out_share(candidate, tries, context),
            if is_polled { weights::PAGE_POLL } else { 0.0 },
        ];
        for share in doubts {
            points *= 1.0 - share;
        }
        burst = burst.max(points);
        most_attempts = most_attempts.max(tries.len());
    }
    // Each doubt may be left out as no reason.
    let mut most = burst + shape::novelty_at_most(candidate, context) + DOUBTS as f64 * LEAST_POINTS;
    if most_attempts >= shape::LEAST_TO_GIVE_UP {
        if shape::quiet_after(candidate, context).is_some() {
            most += weights::SILENCE;
        }
        if candidate.registrable_domain.is_some() && candidate.process != NO_NAME && !candidate.is_browser {
            most += weights::FALLBACK;
        }
    }
    if most_attempts >= shape::LEAST_EXCEPTIONAL && candidate.earlier >= weights::IN_USE {
        most += weights::EXCEPTIONAL_LIMIT;
    }
    if most_attempts > pace::LEAST_WAITS {
        most += weights::GROWING_GAPS + weights::EVEN_GAPS;
    }
    let reasons = from_other_sources(candidate, context).into_iter().chain(from_knowledge(candidate, context));
    most + reasons.flatten().map(|signal: Signal| signal.points.max(0.0)).sum::<f64>()
}

/// The same of a pair with one inspected flow, told from what is known about its host and process: most pairs have one, and
/// cannot be listed. `None` if the pair has several, or if more than the log itself speaks for or against it.
pub(in crate::ranking) fn at_most_of_single(active: &Active<'_>, context: &Context<'_>) -> Option<f64> {
    let is_log_alone = context.hints.is_empty()
        && context.capture.conversations.is_empty()
        && context.baseline.is_none()
        && !context.index.devices.are_several();
    if active.inspected != 1 || !is_log_alone {
        return None;
    }
    let (host, program) = (context.host(active.pair.host)?, context.program(active.pair.process));
    let was_excepted =
        host.registrable_domain.as_ref().is_some_and(|domain| context.index.excepted.contains_key(domain));
    let reasons = [
        (host.vendor_rows(context.knowledge).next().is_some(), weights::KNOWN_HOST),
        (program.is_some_and(|program| program.pinning.is_some()), weights::KNOWN_PROCESS),
        (program.is_some_and(|program| program.own_store.is_some()), weights::OWN_TRUST_STORE),
        (was_excepted, weights::EXCEPTED_BEFORE),
    ];
    let known: f64 = reasons.iter().filter(|(holds, _)| *holds).map(|(_, points)| points).sum();
    let novelty = weights::NEVER_SEEN.max(weights::NOVELTY * weights::NOVELTY_LIMIT);
    let burst = surprise(1, weights::LEAST_RATE).min(weights::BURST_LIMIT);
    Some(burst + DOUBTS as f64 * LEAST_POINTS + (novelty + weights::NO_BROWSER) * weights::SINGLE + known)
}
