//! A pair around the incident before its habits are looked at, with the most that its score can be.
//!
//! Habits take most of the time of a ranking, and a report lists a few suspects: whoever cannot be among them is not
//! weighed. Stops at that bound, which no score exceeds; the score is the business of `candidate` and `signal`.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::candidate::Candidate;
use super::index::Active;
use super::{Context, signal};

pub(super) struct Prospect<'a> {
    pub(super) active: Active<'a>,
    pub(super) most: f64,
    /// A closer look may find less.
    is_rough: bool,
}

impl<'a> Prospect<'a> {
    /// `None` where nothing of the pair was inspected around the incident while there was a tunnel.
    pub(super) fn of(active: Active<'a>, context: &Context<'_>) -> Option<Self> {
        let Some(most) = signal::at_most_roughly(&active, context) else { return Self::closely(active, context) };
        Some(Self { active, most, is_rough: true })
    }

    fn closely(active: Active<'a>, context: &Context<'_>) -> Option<Self> {
        let devices = &context.index.devices;
        let mut candidates = devices.numbers().filter_map(|device| Candidate::without_habits(device, &active, context));
        let first = candidates.next()?;
        // Which of several devices speaks for the pair is told by their habits.
        let most = if devices.are_several() { f64::INFINITY } else { signal::at_most(&first, context) };
        Some(Self { active, most, is_rough: false })
    }
}

/// Takes out the prospect that can score most, of those that were looked at closely.
pub(super) fn next<'a>(queue: &mut BinaryHeap<Prospect<'a>>, context: &Context<'_>) -> Option<Prospect<'a>> {
    loop {
        let next = queue.pop()?;
        if !next.is_rough {
            return Some(next);
        }
        let most = next.most;
        let closer = Prospect::closely(next.active, context);
        let finds_more = closer.as_ref().map(|closer| closer.most).filter(|closely| *closely > most);
        debug_assert!(finds_more.is_none(), "a closer look finds {finds_more:?}, not {most} at most");
        queue.extend(closer);
    }
}

impl Ord for Prospect<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.most.total_cmp(&other.most)
    }
}

impl PartialOrd for Prospect<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Prospect<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Prospect<'_> {}
