//! A pair around the incident before its habits are looked at, with the most that its score can be.
//!
//! Habits take most of the time of a ranking, and a report lists a few suspects: whoever cannot be among them is not
//! weighed. Stops at that bound, which no score exceeds; the score is the business of `candidate` and `signal`.

use super::candidate::Candidate;
use super::index::Active;
use super::{Context, signal};

pub(super) struct Prospect<'a> {
    pub(super) active: Active<'a>,
    pub(super) most: f64,
}

impl<'a> Prospect<'a> {
    /// `None` where nothing of the pair was inspected around the incident while there was a tunnel.
    pub(super) fn of(active: Active<'a>, context: &Context<'_>) -> Option<Self> {
        let devices = &context.index.devices;
        let mut candidates = devices.numbers().filter_map(|device| Candidate::without_habits(device, &active, context));
        let first = candidates.next()?;
        // Which of several devices speaks for the pair is told by their habits.
        let most = if devices.are_several() { f64::INFINITY } else { signal::at_most(&first, context) };
        Some(Self { active, most })
    }
}
