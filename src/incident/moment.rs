//! A time as people write it: in a mail, on a phone, in the log, in English and Japanese.

use jiff::civil::{Date, DateTime, Time};

use super::IncidentError;
use crate::record::time::Timestamp;

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

impl Moment {
    /// Reads `2025-11-06 15:34`, `2025/11/06 15:34:38.5`, `2025-11-06T15:34`, `15:34`, `15:34:38`, `11/6 15:34`, `3:34 PM`,
    /// `Thu, Nov 6, 2025 15:34`, `6 November 15:34` or `11月6日(木) 15時34分`, in full-width characters too. A day without its
    /// year whose month is a number is written month first.
    pub fn parse(text: &str) -> Result<Self, IncidentError> {
        Self::read(text).ok_or_else(|| IncidentError::Time(text.trim().to_owned()))
    }

    /// A time of day that begins what ends at `end` is of its day, or of the day before.
    pub(super) fn on_the_day_of(self, end: Option<Self>) -> Self {
        let (Moment::OfDay(time), Some(end)) = (self, end) else { return self };
        let begins = |date: Date, ends: Time| if time <= ends { Some(date) } else { date.yesterday().ok() };
        let begins_at = match end {
            Moment::Exact(end) => end.to_civil().and_then(|end| {
                let date = begins(end.date(), end.time())?;
                Some(Moment::Exact(Timestamp::from_civil(DateTime::from_parts(date, time))))
            }),
            Moment::OfYear { month, day, time: ends } => {
                let date = Date::new(YEAR_OF_EVERY_DAY, month, day).ok().and_then(|date| begins(date, ends));
                date.map(|date| Moment::OfYear { month: date.month(), day: date.day(), time })
            }
            Moment::OfDay(_) => None,
        };
        begins_at.unwrap_or(self)
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
                Date::new(YEAR_OF_EVERY_DAY, month, day).ok().map(|_| Self::OfYear { month, day, time })
            }
            _ => None,
        }
    }
}

const YEAR_OF_EVERY_DAY: i16 = 2024;

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
    // Browsers and mails write blanks that do not break.
    let blank = |character: char| if character.is_whitespace() { ' ' } else { character };
    let mut tidy: String = text.chars().map(to_half_width).map(blank).collect::<String>().to_lowercase();
    let named = HALVES.into_iter().find(|(word, _)| tidy.contains(word));
    if let Some((word, _)) = named {
        tidy = tidy.replacen(word, " ", 1);
    }
    if !tidy.is_ascii() {
        for day in ["日", "月", "火", "水", "木", "金", "土"] {
            for written in [format!("{day}曜日"), format!("{day}曜"), format!("({day})")] {
                tidy = tidy.replace(&written, " ");
            }
        }
        tidy = tidy.replace("( )", " ");
    }
    if tidy.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        let says_no_time = |word: &&str| *word != "at" && place_of(word.trim_end_matches(','), &WEEKDAYS).is_none();
        tidy = tidy.split(' ').filter(says_no_time).collect::<Vec<_>>().join(" ");
        tidy = with_month_as_number(&tidy).unwrap_or(tidy);
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

/// `nov 6, 2025 15:34` and `6th november 2025 15:34` → `2025-11-6 15:34`; `None` where no month is named or the rest is no day
/// and time.
fn with_month_as_number(text: &str) -> Option<String> {
    let words = text.split(' ').map(|word| word.trim_end_matches(',')).filter(|word| !word.is_empty());
    let (mut year, mut month, mut day, mut time) = (None, None, None, None);
    for word in words {
        let number = ["st", "nd", "rd", "th"].iter().find_map(|ordinal| word.strip_suffix(ordinal)).unwrap_or(word);
        let place = if let Some(named) = place_of(word, &MONTHS) {
            month.replace((named + 1).to_string())
        } else if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            time.replace(word.to_owned())
        } else if number.len() == 4 {
            year.replace(number.to_owned())
        } else {
            day.replace(number.to_owned())
        };
        // Nothing is said twice.
        if place.is_some() {
            return None;
        }
    }
    let date = [year, Some(month?), Some(day?)].into_iter().flatten().collect::<Vec<_>>().join("-");
    Some(format!("{date} {}", time?))
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Of a name that may be cut short: `nov`, `sept.`.
fn place_of(word: &str, names: &[&str]) -> Option<usize> {
    let word = word.trim_end_matches('.');
    names.iter().position(|name| word.len() >= 3 && name.starts_with(word))
}

fn parse_time(text: &str, half: Option<Half>) -> Option<Time> {
    // `15.34.38,421` is how some countries write it.
    let (sign, marks) = if text.contains(':') { (':', &['.', ','][..]) } else { ('.', &[','][..]) };
    let (clock, fraction) = text.split_once(marks).unwrap_or((text, ""));
    if sign == '.' && clock.split(sign).any(|part| part.len() != 2) {
        return None;
    }
    let mut parts = clock.split(sign).map(str::parse::<i8>);
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
        for text in [
            "Nov 6, 2025 15:34:00",
            "Nov 6, 2025, 3:34\u{202f}PM",
            "6 Nov 2025, 15:34",
            "Thursday, November 6, 2025 3:34 PM",
            "Thu, Nov 6, 2025 at 3:34 PM",
            "Thu Nov  6 15:34:00 2025",
            "Thu 2025-11-06 15:34",
            "6th Nov 2025 15:34",
            "6 Nov 2025 15.34.00",
            "2025年11月6日木曜日 15:34",
            "2025年11月6日(木曜日) 15:34",
            "2025年11月6日木曜 15:34",
            "2025/11/06(木) 15:34",
            "2025年11月6日（木） 15時34分",
        ] {
            assert_eq!(exact(text), "2025-11-06T15:34:00.000000", "{text}");
        }
        assert_eq!(exact("6 Nov 2025 15:34:38,421"), "2025-11-06T15:34:38.421000");
        assert_eq!(exact("3 Sept 2025 15:34"), "2025-09-03T15:34:00.000000");
        assert_eq!(exact("May 4, 2025 15:34"), "2025-05-04T15:34:00.000000");
        for text in ["Nov 6 15:34", "6 november, 3:34pm"] {
            assert_eq!(Moment::parse(text), Ok(Moment::OfYear { month: 11, day: 6, time: afternoon }), "{text}");
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
            "Nov 15:34",
            "Nov 31, 2025 15:34",
            "Nov 6, 2025",
            "Nov Dec 6 15:34",
            "Nov 6 7 15:34",
            "no 6 15:34",
            "10.5",
            "Thu",
        ] {
            assert!(Moment::parse(text).is_err(), "{text}");
        }
    }
}
