//! The device's wall clock as the log writes it. No zone is written there and none is guessed.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize, Serializer};

/// Microseconds since 1970-01-01T00:00:00 of the device's own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct Timestamp(pub i64);

pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

impl Timestamp {
    #[must_use]
    pub fn from_civil(civil: DateTime) -> Self {
        let since = civil.duration_since(EPOCH);
        Self(since.as_secs() * SECOND + i64::from(since.subsec_micros()))
    }

    /// `None` outside the years that a calendar date can show.
    #[must_use]
    pub fn to_civil(self) -> Option<DateTime> {
        EPOCH.checked_add(jiff::SignedDuration::from_micros(self.0)).ok()
    }

    /// `2025-11-06 15:34:38`, for sentences.
    #[must_use]
    pub fn to_second(self) -> String {
        self.to_civil().map_or_else(|| self.to_string(), |civil| civil.strftime("%Y-%m-%d %H:%M:%S").to_string())
    }

    /// `2025-11-06`.
    #[must_use]
    pub fn to_date(self) -> String {
        self.to_civil().map_or_else(|| self.to_string(), |civil| civil.date().to_string())
    }

    #[must_use]
    pub fn plus(self, microseconds: i64) -> Self {
        Self(self.0.saturating_add(microseconds))
    }

    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// `2025-11-06T15:34:38.421958`, always with six digits, so that text order is time order.
impl std::fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.to_civil() {
            Some(civil) => write!(formatter, "{civil:.6}"),
            None => write!(formatter, "{} µs", self.0),
        }
    }
}

/// A text for people; a number where bytes go from one reader to another, and only that is read again.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() { serializer.collect_str(self) } else { serializer.serialize_i64(self.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_and_keeps_microseconds() {
        let civil = DateTime::constant(2025, 11, 6, 15, 34, 38, 421_958_000);
        let at = Timestamp::from_civil(civil);
        assert_eq!(at.to_string(), "2025-11-06T15:34:38.421958");
        assert_eq!(at.to_civil(), Some(civil));
        assert_eq!(Timestamp(-1).to_string(), "1969-12-31T23:59:59.999999");
    }
}
