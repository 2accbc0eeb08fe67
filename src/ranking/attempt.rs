//! Attempts: what a program does at one moment, however many connections it opens for it.

use super::weights;
use crate::record::time::{MINUTE, Timestamp};
use crate::timeline::Inspected;

/// The flows with which an attempt begins: the first one, and each that does not follow close upon the flow before it.
#[must_use]
pub(super) fn firsts(flows: &[Inspected]) -> Vec<Inspected> {
    let begins = |position: usize| position == 0 || flows[position].at.since(flows[position - 1].at) > weights::AT_ONCE;
    (0..flows.len()).filter(|position| begins(*position)).map(|position| flows[position]).collect()
}

/// From each attempt to the next.
#[must_use]
pub(super) fn waits(attempts: &[Inspected]) -> Vec<i64> {
    attempts.windows(2).map(|pair| pair[1].at.since(pair[0].at)).collect()
}

/// Counts attempts and the busiest minute of a host while its flows pass by in time order; keeps nothing else.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub flows: usize,
    pub attempts: usize,
    /// Most attempts within [`weights::BURST`].
    pub busiest: usize,
    /// Minutes of the clock with an attempt.
    pub minutes: usize,
    last: Option<Timestamp>,
    clock: Clock<MINUTE>,
    /// The last attempts, as many as the busiest minute had.
    recent: std::collections::VecDeque<Timestamp>,
}

impl Tally {
    pub fn add(&mut self, at: Timestamp) {
        self.flows += 1;
        self.minutes += usize::from(self.clock.turns(at));
        let at_once = self.last.is_some_and(|last| at.since(last) <= weights::AT_ONCE);
        self.last = Some(at);
        if at_once {
            return;
        }
        self.attempts += 1;
        // A busier minute holds this attempt and all those before it that the busiest one had.
        if self.recent.front().is_none_or(|first| at.since(*first) <= weights::BURST) {
            self.busiest += 1;
        } else {
            self.recent.pop_front();
        }
        self.recent.push_back(at);
    }
}

/// No minute holds more flows than this, told without keeping them: for pairs by the thousand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Peak {
    most: u32,
    /// Of the present step and the two before it: a minute, wherever it begins, touches no more.
    counts: [u32; 3],
    step: i64,
}

impl Peak {
    /// A flow in that step of [`HalfMinutes`], none earlier than the one before.
    pub(super) fn add(&mut self, step: i64) {
        match step - self.step {
            0 => {}
            1 => self.counts = [0, self.counts[0], self.counts[1]],
            2 => self.counts = [0, 0, self.counts[0]],
            _ => self.counts = [0; 3],
        }
        self.step = step;
        self.counts[0] += 1;
        self.most = self.most.max(self.counts.iter().sum());
    }

    pub(super) fn most(self) -> usize {
        self.most as usize
    }
}

pub(super) type HalfMinutes = Clock<{ weights::BURST / 2 }>;

/// Numbers the steps of so many microseconds while time goes on: a division for every flow would take the longest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock<const STEP: i64> {
    step: i64,
    ends: i64,
}

impl<const STEP: i64> Clock<STEP> {
    /// Does another step begin by `at`, which is no earlier than the time before?
    fn turns(&mut self, at: Timestamp) -> bool {
        if at.0 < self.ends {
            return false;
        }
        self.step = at.0.div_euclid(STEP);
        self.ends = (self.step + 1) * STEP;
        true
    }

    /// The step of `at`, which is no earlier than the time before.
    pub(super) fn step(&mut self, at: Timestamp) -> i64 {
        self.turns(at);
        self.step
    }
}

impl<const STEP: i64> Default for Clock<STEP> {
    fn default() -> Self {
        Self { step: 0, ends: i64::MIN }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::time::SECOND;

    #[test]
    fn connections_at_once_are_one_attempt() {
        let mut tally = Tally::default();
        for second in [0.0, 0.1, 0.3, 5.0, 5.2, 100.0] {
            tally.add(Timestamp((second * SECOND as f64) as i64));
        }
        assert_eq!((tally.flows, tally.attempts, tally.busiest), (6, 3, 2));
    }

    #[test]
    fn no_minute_is_busier_than_the_peak() {
        // From one flow to the next, in seconds; what comes at once is one attempt, but several flows.
        let gaps =
            [0, 1, 29, 31, 59, 60, 61, 2, 2, 2, 45, 16, 30, 30, 90, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 3600, 1];
        for phase in 0..60 {
            let (mut clock, mut peak, mut tally) = (HalfMinutes::default(), Peak::default(), Tally::default());
            let mut at = Timestamp(phase * SECOND);
            for gap in gaps {
                at = at.plus(gap * SECOND);
                peak.add(clock.step(at));
                tally.add(at);
                assert!(peak.most() >= tally.busiest, "{} < {} at {at}", peak.most(), tally.busiest);
            }
            assert!((13..=18).contains(&peak.most()), "{}", peak.most());
        }
    }
}
