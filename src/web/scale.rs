//! A stretch of time drawn from left to right: where a moment stands, zooming, moving, and the marks of its axis.

use super::format;
use crate::incident::Moment;
use crate::record::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};

/// Microseconds of the device's clock at the left and the right end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    pub(super) from: i64,
    pub(super) to: i64,
}

/// Shorter stretches show nothing more: events are milliseconds apart.
const SHORTEST: i64 = SECOND;

/// Distances between two marks that people can count in.
const STEPS: [i64; 18] = [
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
];

impl Scale {
    /// From two times as the report writes them; at least [`SHORTEST`] long.
    pub(super) fn between(from: &str, to: &str) -> Option<Self> {
        let (from, to) = (microseconds(from)?, microseconds(to)?);
        Some(Self { from, to: to.max(from.saturating_add(SHORTEST)) })
    }

    pub(super) fn length(self) -> i64 {
        self.to.saturating_sub(self.from).max(1)
    }

    /// 0 at the left end, 1 at the right; outside for what is not in sight.
    pub(super) fn share(self, at: i64) -> f64 {
        at.saturating_sub(self.from) as f64 / self.length() as f64
    }

    pub(super) fn at(self, share: f64) -> i64 {
        self.from.saturating_add((share * self.length() as f64) as i64)
    }

    /// Left end and width in percent of what is in sight of `from` to `to`; `None` where nothing is.
    pub(super) fn percent(self, from: i64, to: i64) -> Option<(f64, f64)> {
        let (left, right) = (self.share(from), self.share(to));
        if right < 0.0 || left > 1.0 {
            return None;
        }
        let (left, right) = (left.max(0.0), right.min(1.0));
        Some((left * 100.0, (right - left) * 100.0))
    }

    /// `factor` below 1 shows less and larger; `around` keeps its place.
    pub(super) fn zoomed(self, factor: f64, around: f64, whole: Self) -> Self {
        let centre = self.at(around);
        let length = ((self.length() as f64 * factor) as i64).clamp(SHORTEST, whole.length());
        let from = centre.saturating_sub((around * length as f64) as i64);
        Self { from, to: from.saturating_add(length) }.inside(whole)
    }

    /// By a share of its own length, to the right where positive.
    pub(super) fn moved(self, share: f64, whole: Self) -> Self {
        let by = (share * self.length() as f64) as i64;
        Self { from: self.from.saturating_add(by), to: self.to.saturating_add(by) }.inside(whole)
    }

    /// Moved, not cut, so that it does not leave `whole`.
    fn inside(self, whole: Self) -> Self {
        let length = self.length().min(whole.length());
        let from = self.from.clamp(whole.from, whole.to.saturating_sub(length));
        Self { from, to: from.saturating_add(length) }
    }

    /// Marks at round times, at most `most`, each with what it says.
    pub(super) fn marks(self, most: u32) -> Vec<(f64, String)> {
        let fits = |step: &&i64| self.length() / **step <= i64::from(most);
        let days = (self.length() / DAY / i64::from(most.max(1)) + 1) * DAY;
        let step = STEPS.iter().find(fits).copied().unwrap_or(days);
        let first = (self.from.div_euclid(step) + 1) * step;
        let mut marks = Vec::new();
        let mut at = first;
        while at <= self.to && marks.len() <= most as usize {
            let label = match step {
                DAY.. => format::date,
                MINUTE.. if at.rem_euclid(DAY) == 0 => format::day_of_year,
                MINUTE.. => format::minute,
                _ => format::second,
            };
            marks.push((self.share(at), label(&written(at))));
            at += step;
        }
        marks
    }
}

/// `2025-11-06T15:34:38.421958` as microseconds.
pub(super) fn microseconds(text: &str) -> Option<i64> {
    match Moment::parse(text) {
        Ok(Moment::Exact(at)) => Some(at.0),
        _ => None,
    }
}

/// For the incident form: as the page writes it, or as the log does where the form reads nothing else.
pub(super) fn words(at: i64) -> String {
    if is_read(at) { format::time(&written(at)) } else { Timestamp(at).to_second() }
}

/// A span for the incident form.
pub(super) fn span_words(from: i64, to: i64) -> String {
    if is_read(from) && is_read(to) {
        format::span(&written(from), &written(to))
    } else {
        format!("{} – {}", words(from), words(to))
    }
}

/// Whether the form reads what the page writes: some country may write times in a way of its own.
fn is_read(at: i64) -> bool {
    microseconds(&format::time(&written(at))) == Some(at - at.rem_euclid(SECOND))
}

/// As the report writes it.
pub(super) fn written(at: i64) -> String {
    Timestamp(at).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour() -> Scale {
        Scale::between("2025-11-06T15:00:00.000000", "2025-11-06T16:00:00.000000").unwrap()
    }

    #[test]
    fn a_moment_has_its_place() {
        let scale = hour();
        let at = microseconds("2025-11-06T15:15:00.000000").unwrap();
        assert!((scale.share(at) - 0.25).abs() < 1e-9);
        assert_eq!(scale.at(0.25), at);
        assert_eq!(words(at), "2025-11-06 15:15:00");
        assert_eq!(span_words(at, at + 90_000_000), "2025-11-06 15:15:00 – 15:16:30");
        assert_eq!(span_words(at, at + 86_400_000_000), "2025-11-06 15:15:00 – 2025-11-07 15:15:00");
        assert_eq!(written(at), "2025-11-06T15:15:00.000000");
        assert_eq!(scale.percent(scale.from - HOUR, at), Some((0.0, 25.0)));
        assert_eq!(scale.percent(scale.to + 1, scale.to + 2), None);
    }

    #[test]
    fn zooming_keeps_the_middle_and_stays_inside() {
        let whole = hour();
        let near = whole.zoomed(0.5, 0.5, whole);
        assert_eq!((near.from - whole.from, near.length()), (15 * MINUTE, 30 * MINUTE));
        assert_eq!(near.moved(5.0, whole).to, whole.to);
        assert_eq!(near.zoomed(9.0, 0.5, whole), whole);
        assert_eq!(near.zoomed(0.0, 0.5, whole).length(), SHORTEST);
    }

    #[test]
    fn marks_stand_at_round_times() {
        let labels: Vec<String> = hour().marks(7).into_iter().map(|(_, label)| label).collect();
        assert_eq!(labels, ["15:10", "15:20", "15:30", "15:40", "15:50", "16:00"]);
        let week = Scale { from: 0, to: 7 * DAY };
        assert!(week.marks(4).len() <= 5);
        assert!(week.marks(4).iter().all(|(_, label)| label.len() == 10));
    }

    #[test]
    fn what_has_no_length_gets_one() {
        let at = "2025-11-06T15:00:00.000000";
        assert_eq!(Scale::between(at, at).unwrap().length(), SHORTEST);
        assert_eq!(Scale::between("", at), None);
    }
}
