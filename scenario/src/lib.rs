//! Synthetic days of one device: invented hosts, published line shapes, a seeded order of events.
//!
//! Knows nothing of the ranking: what a fault looks like is written from how programs behave, not from how they are found.

mod clock;
mod day;
mod fault;
mod line;

pub use clock::Clock;
pub use day::{Day, Platform};
pub use fault::Fault;

/// A log with what is true about it.
#[derive(Clone, Debug)]
pub struct Log {
    /// Lines in time order, without line ends.
    pub lines: Vec<String>,
    /// When the user says that it broke, as `2025-11-06 15:34`.
    pub reported: Option<String>,
    /// The hosts that are broken; empty on a healthy day.
    pub culprits: Vec<String>,
}

impl Log {
    /// The text as the platform's client writes it.
    #[must_use]
    pub fn text(&self, line_end: &str) -> String {
        let mut text = self.lines.join(line_end);
        text.push_str(line_end);
        text
    }
}
