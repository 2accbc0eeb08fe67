//! What the user reports about a fault: when it broke, how sure that time is, and what they were using.
//!
//! Only words and numbers as typed; which moment of which day they mean is settled against the log by `timeline::window`.

mod moment;

pub use moment::Moment;
pub(crate) use moment::to_half_width;

use crate::record::time::MINUTE;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Incident {
    pub when: Option<When>,
    /// App names, URLs or hosts, as typed.
    pub hints: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    pub at: Moment,
    /// End of an interval that starts at `at`.
    pub until: Option<Moment>,
    /// Microseconds by which the time may be off, to both sides.
    pub within: i64,
}

pub const DEFAULT_WITHIN: i64 = 2 * MINUTE;

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum IncidentError {
    #[error("“{0}” is no time of the log's clock; write 2025-11-06 15:34, 11/6 15:34:38 or 15:34")]
    Time(String),
    #[error("“{0}” is no duration; write 30s, 5m or 1h")]
    Duration(String),
    #[error("--until ({until}) is before --at ({at}); give the later time as --until")]
    Order { at: String, until: String },
}

impl When {
    pub fn parse(at: &str, until: Option<&str>, within: Option<&str>) -> Result<Self, IncidentError> {
        let end = until.map(Moment::parse).transpose()?;
        let moment = Moment::parse(at)?.on_the_day_of(end);
        let disordered = match (moment, end) {
            (Moment::Exact(from), Some(Moment::Exact(to))) => to < from,
            _ => false,
        };
        if disordered {
            let until = until.unwrap_or_default().trim().to_owned();
            return Err(IncidentError::Order { at: at.trim().to_owned(), until });
        }
        let within = within.map_or(Ok(DEFAULT_WITHIN), parse_duration)?;
        Ok(Self { at: moment, until: end, within })
    }
}

/// Microseconds of `30s`, `5m`, `1h`, `1h 30m`.
pub fn parse_duration(text: &str) -> Result<i64, IncidentError> {
    let error = || IncidentError::Duration(text.trim().to_owned());
    let duration: jiff::SignedDuration = text.trim().parse().map_err(|_| error())?;
    let microseconds = i64::try_from(duration.as_micros()).map_err(|_| error())?;
    let longest = 366 * crate::record::time::DAY;
    if (0..=longest).contains(&microseconds) { Ok(microseconds) } else { Err(error()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::time::{HOUR, SECOND};

    #[test]
    fn an_interval_ends_after_it_begins() {
        assert!(When::parse("2025-11-06 15:34", Some("2025-11-06 15:30"), None).is_err());
    }

    #[test]
    fn a_day_that_is_said_last_is_that_of_both() {
        let when = |at, until| When::parse(at, Some(until), None).map(|when| when.at);
        assert_eq!(when("15:34", "15:50, 6 Nov 2025"), Moment::parse("2025-11-06 15:34"));
        assert_eq!(when("23:50", "2025-11-06 00:10"), Moment::parse("2025-11-05 23:50"));
        assert_eq!(when("15:34", "11/6 15:50"), Moment::parse("11/6 15:34"));
        assert_eq!(when("23:50", "Nov 1 00:10"), Moment::parse("Oct 31 23:50"));
        assert_eq!(when("15:34", "15:50"), Moment::parse("15:34"));
        assert_eq!(when("2025-11-05 15:34", "2025-11-06 15:50"), Moment::parse("2025-11-05 15:34"));
    }

    #[test]
    fn reads_durations() {
        assert_eq!(parse_duration("30s"), Ok(30 * SECOND));
        assert_eq!(parse_duration("5m"), Ok(5 * MINUTE));
        assert_eq!(parse_duration("1h"), Ok(HOUR));
        assert!(parse_duration("-5m").is_err());
        assert!(parse_duration("soon").is_err());
    }
}
