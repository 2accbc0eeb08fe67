//! The most that the points of a candidate can add up to, told before its habits are known.
//!
//! What needs no habits is weighed; of the rest each reason counts in full wherever it could be given. A reason that comes
//! to `weigh` later must be counted here too: no score may exceed the bound, which the ranking asserts in tests.

use std::sync::LazyLock;

use super::{DOUBTS, LEAST_POINTS, Signal, from_knowledge, from_other_sources, pace, shape};
use crate::event::NO_NAME;
use crate::ranking::candidate::{Candidate, just_before, minutes};
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
        most_attempts = most_attempts.max(tries.len());
        let mut points = burst_at_most(tries.len());
        // Doubts only take from it.
        if points <= burst {
            continue;
        }
        let doubts = [
            1.0 - context.closeness(tries[0].at),
            shape::fan_out_share(candidate, tries, context),
            if is_polled { weights::PAGE_POLL } else { 0.0 },
        ];
        for share in doubts {
            points *= 1.0 - share;
        }
        burst = burst.max(points);
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

/// The same of a pair whose flows nobody has looked at, told from their number and what is known about host and process: most
/// pairs are quiet, and cannot be listed. `None` if a minute may hold attempts enough for more than that, or if more than the
/// log itself speaks for or against the pair.
pub(in crate::ranking) fn at_most_roughly(active: &Active<'_>, context: &Context<'_>) -> Option<f64> {
    let is_log_alone = context.hints.is_empty()
        && context.capture.conversations.is_empty()
        && context.baseline.is_none()
        && !context.index.devices.are_several();
    let (inspected, peak) = (active.inspected, active.peak.most());
    if inspected == 0 || peak >= shape::LEAST_TO_GIVE_UP || !is_log_alone {
        return None;
    }
    let Active { pair, .. } = active;
    let (host, program) = (context.host(pair.host)?, context.program(pair.process));
    let is_tried_again = inspected > 1;
    let was_excepted =
        host.registrable_domain.as_ref().is_some_and(|domain| context.index.excepted.contains_key(domain));
    let is_sign_in = is_tried_again && context.knowledge.processes.is_sign_in_host(&host.name);
    let reasons = [
        (host.vendor_rows(context.knowledge).next().is_some(), weights::KNOWN_HOST),
        (program.is_some_and(|program| program.pinning.is_some()), weights::KNOWN_PROCESS),
        (program.is_some_and(|program| program.own_store.is_some()), weights::OWN_TRUST_STORE),
        (is_sign_in, weights::SIGN_IN),
        (was_excepted, weights::EXCEPTED_BEFORE),
        (was_excepted && is_tried_again, weights::EXCEPTED_NEIGHBOUR),
    ];
    let known: f64 = reasons.iter().filter(|(holds, _)| *holds).map(|(_, points)| points).sum();
    let (kind, no_browser) = match program {
        Some(program) if program.is_browser => (weights::NOVELTY_BROWSER, 0.0),
        _ => (1.0, weights::NO_BROWSER),
    };
    let novelty_at_most = weights::NEVER_SEEN.max(weights::NOVELTY * weights::NOVELTY_LIMIT);
    let (novelty, scale) = if is_tried_again {
        let unusual = shape::unusual(inspected, (pair.inspected as usize).saturating_sub(inspected), context);
        let is_known = just_before(&active.places(context.timeline), 0, pair, context).is_some();
        (if is_known { unusual } else { novelty_at_most }, 1.0)
    } else {
        // Of those there are the most, and they have the least.
        (novelty_at_most, weights::SINGLE)
    };
    let doubts = DOUBTS as f64 * LEAST_POINTS + ROUNDING;
    Some(burst_at_most(peak) + doubts + (novelty * kind + no_browser) * scale + known)
}

/// The same points in another order may add up to a little more.
const ROUNDING: f64 = 1e-9;

/// Of so many attempts in a minute, if they are not usual at all.
fn burst_at_most(attempts: usize) -> f64 {
    /// By number of attempts, as far as more of them are worth more.
    static POINTS: LazyLock<Vec<f64>> = LazyLock::new(|| {
        let points = (0..).map(|attempts| surprise(attempts, weights::LEAST_RATE));
        points.take_while(|points| *points < weights::BURST_LIMIT).collect()
    });
    POINTS.get(attempts).copied().unwrap_or(weights::BURST_LIMIT)
}
