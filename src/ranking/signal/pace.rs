//! What the waits between attempts tell: programs retry by a clock, healthy work goes at the pace of network and people.

use super::{Argument, Signal};
use crate::ranking::candidate::Candidate;
use crate::ranking::{Context, attempt, weights};
use crate::record::time::SECOND;

/// Fewer waits than this are longer or even by chance.
pub(super) const LEAST_WAITS: usize = 5;

/// Nearly each wait before the next try is longer than the one before.
pub(super) fn growing_gaps(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let waits = candidate.waits();
    let (first, last) = (waits.first()?, waits.last()?);
    let shrinking = (0..waits.len()).map(|a| waits[a + 1..].iter().filter(|later| **later <= waits[a]).count());
    // Of five waits in random order one set in 120 grows throughout; longer ones may have a few exceptions.
    let is_growing = waits.len() >= LEAST_WAITS && shrinking.sum::<usize>() <= waits.len() - LEAST_WAITS;
    (is_growing && *last >= 3 * *first).then(|| {
        as_one_program(
            Signal::of(candidate, "growing_gaps", weights::GROWING_GAPS)
                .resting_on(context.timeline.resolve(&candidate.burst)),
            candidate,
        )
    })
}

/// The attempts come at even, short intervals: a loop of retries.
pub(super) fn even_gaps(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let middle = even(&candidate.waits())?;
    // A slower loop, or one that has always been there, is how programs and pages look for news.
    let retries = middle <= weights::RETRY_LOOP && candidate.rate * 2.0 < candidate.burst.len() as f64;
    (retries && !candidate.is_browser).then(|| {
        let signal = Signal::of(candidate, "even_gaps", weights::EVEN_GAPS)
            .with("seconds", Argument::Decimal(middle as f64 / SECOND as f64))
            .resting_on(context.timeline.resolve(&candidate.burst));
        as_one_program(signal, candidate)
    })
}

/// An open page that asks its server at even intervals. Takes a share of the burst.
pub(super) fn page_poll(candidate: &Candidate, context: &Context<'_>) -> Option<(Signal, f64)> {
    if !candidate.is_browser {
        return None;
    }
    let middle = even(&attempt::waits(&candidate.attempts))?;
    let signal = Signal::of(candidate, "page_poll", 0.0)
        .with("seconds", (middle / SECOND).unsigned_abs())
        .resting_on(context.timeline.resolve(&candidate.burst));
    Some((signal, weights::PAGE_POLL))
}

/// Waits of several programs may look even by chance: without a process a pace proves little.
fn as_one_program(signal: Signal, candidate: &Candidate) -> Signal {
    if candidate.process_name.is_some() { signal.corroborates() } else { signal }
}

/// The middle wait, if five of six waits are about as long.
fn even(waits: &[i64]) -> Option<i64> {
    let mut sorted = waits.to_vec();
    sorted.sort_unstable();
    let middle = *sorted.get(sorted.len() / 2)?;
    let alike = sorted.iter().filter(|wait| (**wait - middle).abs() * 5 <= middle).count();
    (waits.len() >= LEAST_WAITS && alike * 6 >= waits.len() * 5).then_some(middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_waits_are_alike_but_for_a_few() {
        assert_eq!(even(&[10, 10, 11, 9, 10]), Some(10));
        assert_eq!(even(&[10, 10, 11, 9, 10, 90]), Some(10));
        assert_eq!(even(&[10, 20, 40, 80, 160]), None);
        assert_eq!(even(&[10, 10, 10]), None);
    }
}
