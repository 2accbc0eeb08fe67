//! Spans of the device's clock: what the log covers, where it is silent, and which span the reported time means.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time};

use crate::incident::{Moment, When};
use crate::record::Level;
use crate::record::time::{DAY, MINUTE, SECOND, Timestamp};

/// From `from` to `to`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeWindow {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl TimeWindow {
    #[must_use]
    pub fn contains(self, at: Timestamp) -> bool {
        self.from <= at && at <= self.to
    }

    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }

    /// Microseconds.
    #[must_use]
    pub fn length(self) -> i64 {
        self.to.since(self.from)
    }

    #[must_use]
    pub fn widened(self, microseconds: i64) -> Self {
        Self { from: self.from.plus(-microseconds), to: self.to.plus(microseconds) }
    }

    #[must_use]
    pub fn middle(self) -> Timestamp {
        self.from.plus(self.length() / 2)
    }
}

/// What the logs of all bundles cover.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    pub span: Option<TimeWindow>,
    /// Silences of [`GAP_MINUTES`] and more, in time order.
    pub gaps: Vec<TimeWindow>,
    /// Midnight and records of each day that has any.
    pub days: Vec<(Timestamp, u64)>,
    /// The most talkative level that occurs.
    pub level: Option<Level>,
}

/// A client that runs writes something every few minutes (a gateway check takes place about every 14).
pub const GAP_MINUTES: i64 = 30;

impl Coverage {
    /// Is any record written in `window`, as far as gaps tell?
    #[must_use]
    pub fn touches(&self, window: TimeWindow) -> bool {
        self.span.is_some_and(|span| span.overlaps(window))
            && !self.gaps.iter().any(|gap| gap.from <= window.from && window.to <= gap.to)
    }

    pub(super) fn days_of(minutes: &BTreeMap<i64, u32>) -> Vec<(Timestamp, u64)> {
        let mut days: BTreeMap<i64, u64> = BTreeMap::new();
        for (minute, records) in minutes {
            *days.entry((minute * MINUTE).div_euclid(DAY)).or_default() += u64::from(*records);
        }
        days.into_iter().map(|(day, records)| (Timestamp(day * DAY), records)).collect()
    }

    /// Silences between the minutes that have records.
    pub(super) fn gaps_between(minutes: impl Iterator<Item = i64>) -> Vec<TimeWindow> {
        let mut gaps = Vec::new();
        let mut last: Option<i64> = None;
        for minute in minutes {
            if let Some(last) = last.filter(|last| minute - last > GAP_MINUTES) {
                gaps.push(TimeWindow { from: Timestamp((last + 1) * MINUTE), to: Timestamp(minute * MINUTE) });
            }
            last = Some(minute);
        }
        gaps
    }
}

/// The window that the reported time means, on this log's days. `None` only where the log has no time at all and the report no date.
#[must_use]
pub fn settle(when: When, coverage: &Coverage) -> Option<TimeWindow> {
    let from = moment(when.at, coverage, None)?;
    let to = match when.until {
        Some(until) => moment(until, coverage, Some(from))?,
        None => from,
    };
    let window = TimeWindow { from, to: to.max(from) }.widened(when.within);
    if window.length() > 0 {
        return Some(window);
    }
    // Nobody is as exact as a moment: who says a minute means all of it, and so with a second.
    let said = if from.0.rem_euclid(MINUTE) == 0 { MINUTE } else { SECOND };
    Some(TimeWindow { to: from.plus(said - 1), ..window })
}

/// A time of day means the latest day of the log that covers it, or the log's last day; as the end of an interval, the next such time.
/// A day of the year likewise.
fn moment(moment: Moment, coverage: &Coverage, after: Option<Timestamp>) -> Option<Timestamp> {
    let time = match moment {
        Moment::Exact(at) => return Some(at),
        Moment::OfDay(time) => time,
        Moment::OfYear { month, day, time } => return of_year(month, day, time, coverage, after),
    };
    let reference = after.or(coverage.span.map(|span| span.to))?;
    let midnight = reference.0.div_euclid(DAY) * DAY;
    let of_day = Timestamp::from_civil(time.on(1970, 1, 1)).0;
    let on_last_day = Timestamp(midnight + of_day);
    if let Some(after) = after {
        return Some(if on_last_day < after { on_last_day.plus(DAY) } else { on_last_day });
    }
    let span = coverage.span?;
    let mut candidate = on_last_day;
    while candidate >= span.from {
        if candidate <= span.to {
            return Some(candidate);
        }
        candidate = candidate.plus(-DAY);
    }
    Some(on_last_day)
}

fn of_year(month: i8, day: i8, time: Time, coverage: &Coverage, after: Option<Timestamp>) -> Option<Timestamp> {
    /// Every day of the year comes at least once in so many.
    const YEARS: i16 = 8;
    let last = after.or(coverage.span.map(|span| span.to))?.to_civil()?.year();
    let in_year = |year: i16| {
        let date = Date::new(year, month, day).ok()?;
        Some(Timestamp::from_civil(DateTime::from_parts(date, time)))
    };
    if let Some(after) = after {
        return (last..=last + YEARS).filter_map(in_year).find(|at| *at >= after);
    }
    let mut years = (0..=YEARS).filter_map(|back| in_year(last - back));
    let span = coverage.span?;
    years.clone().find(|at| span.from <= *at && *at <= span.to).or_else(|| years.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        match Moment::parse(text) {
            Ok(Moment::Exact(at)) => at,
            other => panic!("{other:?}"),
        }
    }

    fn settled(when: &str, until: Option<&str>) -> String {
        let span = TimeWindow { from: at("2025-11-05 20:00"), to: at("2025-11-06 10:00") };
        let coverage = Coverage { span: Some(span), ..Coverage::default() };
        let window = settle(When::parse(when, until, Some("0s")).unwrap(), &coverage).unwrap();
        format!("{} {}", window.from, window.to).replace(":00.000000", "")
    }

    #[test]
    fn a_time_of_day_means_the_latest_day_that_the_log_covers() {
        assert_eq!(settled("09:30", None), "2025-11-06T09:30 2025-11-06T09:30:59.999999");
        assert_eq!(settled("22:00", None), "2025-11-05T22:00 2025-11-05T22:00:59.999999");
        assert_eq!(settled("15:00", None), "2025-11-06T15:00 2025-11-06T15:00:59.999999");
        assert_eq!(settled("23:50", Some("00:10")), "2025-11-05T23:50 2025-11-06T00:10");
        assert_eq!(settled("11/5 23:50", Some("11/6 00:10")), "2025-11-05T23:50 2025-11-06T00:10");
        assert_eq!(settled("12/31 09:00", Some("1/1 09:00")), "2025-12-31T09:00 2026-01-01T09:00");
        assert_eq!(settled("2/29 09:00", None), "2024-02-29T09:00 2024-02-29T09:00:59.999999");
    }

    #[test]
    fn what_is_said_exactly_lasts_as_long_as_its_last_digit() {
        assert_eq!(settled("09:30:05", None), "2025-11-06T09:30:05.000000 2025-11-06T09:30:05.999999");
        assert_eq!(settled("09:30", Some("09:30")), "2025-11-06T09:30 2025-11-06T09:30:59.999999");
        assert_eq!(settled("09:30", Some("09:30:01")), "2025-11-06T09:30 2025-11-06T09:30:01.000000");
    }

    #[test]
    fn gaps_are_silences() {
        let gaps = Coverage::gaps_between([0, 1, 30, 61, 70].into_iter());
        assert_eq!(gaps.len(), 1);
        assert_eq!(gaps[0].length(), 30 * MINUTE);
    }
}
