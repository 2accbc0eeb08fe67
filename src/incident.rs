//! What the user reports about a fault: when it broke, how sure that time is, and what they were using.
//!
//! Only words and numbers as typed; which moment of which day they mean is settled against the log by `timeline::window`.

use jiff::civil::{Date, DateTime, Time};

use crate::record::time::{MINUTE, Timestamp};

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

/// A time on the log's own clock, with or without its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Exact(Timestamp),
    /// A time of day; the day is the last one of the log that covers it.
    OfDay(Time),
    /// A day of the year and a time; the year is the last one of the log that covers it.
    OfYear {
        month: i8,
        day: i8,
        time: Time,
    },
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

impl Moment {
    /// Reads `2025-11-06 15:34`, `2025/11/06 15:34:38.5`, `2025-11-06T15:34`, `15:34`, `15:34:38`, `11/6 15:34`, `3:34 PM` or
    /// `11月6日 15時34分`, in full-width characters too. A day without its year is written month first.
    pub fn parse(text: &str) -> Result<Self, IncidentError> {
        Self::read(text).ok_or_else(|| IncidentError::Time(text.trim().to_owned()))
    }

    fn read(text: &str) -> Option<Self> {
        let (tidy, half) = in_signs(text.trim());
        let (date, time) = tidy.split_once([' ', 'T']).map_or((None, tidy.as_str()), |(date, time)| (Some(date), time));
        let time = parse_time(time.trim(), half)?;
        let Some(date) = date else { return Some(Self::OfDay(time)) };
        let parts = date.split('-').map(|part| part.parse::<i16>().ok()).collect::<Option<Vec<_>>>()?;
        match parts[..] {
            [year, month, day] => {
                let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
                Some(Self::Exact(Timestamp::from_civil(DateTime::from_parts(date, time))))
            }
            [month, day] => {
                let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
                // Of a year that has every day.
                Date::new(2024, month, day).ok().map(|_| Self::OfYear { month, day, time })
            }
            _ => None,
        }
    }
}

/// The half of the day, where a clock of twelve hours says it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Before,
    After,
}

/// With `-`, `:` and blanks between the numbers, and which half of the day was named.
fn in_signs(text: &str) -> (String, Option<Half>) {
    const HALVES: [(&str, Half); 6] = [
        ("午前", Half::Before),
        ("午後", Half::After),
        ("a.m.", Half::Before),
        ("p.m.", Half::After),
        ("am", Half::Before),
        ("pm", Half::After),
    ];
    let mut tidy: String = text.chars().map(to_half_width).collect::<String>().to_lowercase();
    let named = HALVES.into_iter().find(|(word, _)| tidy.contains(word));
    if let Some((word, _)) = named {
        tidy = tidy.replacen(word, " ", 1);
    }
    if tidy.trim_end().ends_with('時') {
        tidy = tidy.replace('時', ":00");
    }
    let signs = tidy.chars().filter(|character| *character != '秒').map(|character| match character {
        '/' | '年' | '月' => '-',
        '日' => ' ',
        '時' | '分' => ':',
        't' => 'T',
        other => other,
    });
    let signs: String = signs.collect();
    (signs.trim().trim_end_matches(':').to_owned(), named.map(|(_, half)| half))
}

impl When {
    pub fn parse(at: &str, until: Option<&str>, within: Option<&str>) -> Result<Self, IncidentError> {
        let moment = Moment::parse(at)?;
        let end = until.map(Moment::parse).transpose()?;
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

fn parse_time(text: &str, half: Option<Half>) -> Option<Time> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = clock.split(':').map(str::parse::<i8>);
    let (hour, minute) = (parts.next()?.ok()?, parts.next()?.ok()?);
    let second = parts.next().transpose().ok()?.unwrap_or(0);
    if parts.next().is_some() || fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanosecond = format!("{fraction:0<9}").parse().ok()?;
    let hour = match half {
        None => hour,
        Some(_) if !(0..=12).contains(&hour) => return None,
        Some(Half::Before) => hour % 12,
        Some(Half::After) => hour % 12 + 12,
    };
    Time::new(hour, minute, second, nanosecond).ok()
}

/// Full-width forms of ASCII characters are as common in Japanese as the characters themselves.
pub(crate) fn to_half_width(character: char) -> char {
    match character {
        '！'..='～' => char::from_u32(character as u32 - 0xFEE0).unwrap_or(character),
        '\u{3000}' => ' ',
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::time::{HOUR, SECOND};

    fn exact(text: &str) -> String {
        match Moment::parse(text) {
            Ok(Moment::Exact(at)) => at.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn reads_times_as_people_write_them() {
        for text in [
            "2025-11-06 15:34",
            "2025/11/06 15:34:00",
            " 2025-11-06T15:34 ",
            "２０２５／１１／０６　１５：３４",
            "2025/11/6 15:34",
        ] {
            assert_eq!(exact(text), "2025-11-06T15:34:00.000000", "{text}");
        }
        assert_eq!(exact("2025/11/06 15:34:38.421958"), "2025-11-06T15:34:38.421958");
        assert_eq!(Moment::parse("9:05"), Ok(Moment::OfDay(Time::constant(9, 5, 0, 0))));
        let afternoon = Time::constant(15, 34, 0, 0);
        for text in ["3:34 PM", "3:34pm", "03:34 p.m.", "15時34分", "午後3時34分", "１５：３４", "15時34分00秒"]
        {
            assert_eq!(Moment::parse(text), Ok(Moment::OfDay(afternoon)), "{text}");
        }
        for text in ["11/6 15:34", "11-06 3:34 PM", "11月6日 15時34分", "11月6日午後3時34分"] {
            assert_eq!(Moment::parse(text), Ok(Moment::OfYear { month: 11, day: 6, time: afternoon }), "{text}");
        }
        for text in ["2025年11月6日 15時34分", "2025年11月6日15:34", "2025/11/06 3:34 PM"] {
            assert_eq!(exact(text), "2025-11-06T15:34:00.000000", "{text}");
        }
        assert_eq!(Moment::parse("12:05 AM"), Ok(Moment::OfDay(Time::constant(0, 5, 0, 0))));
        assert_eq!(Moment::parse("15時"), Ok(Moment::OfDay(Time::constant(15, 0, 0, 0))));
    }

    #[test]
    fn refuses_what_is_no_time() {
        for text in [
            "",
            "yesterday",
            "2025-13-01 10:00",
            "25:00",
            "10",
            "2025-11-06",
            "10:00:00:00",
            "1:2:3.x",
            "15:34 PM",
            "13/45 10:00",
            "PM",
        ] {
            assert!(Moment::parse(text).is_err(), "{text}");
        }
        assert!(When::parse("2025-11-06 15:34", Some("2025-11-06 15:30"), None).is_err());
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
