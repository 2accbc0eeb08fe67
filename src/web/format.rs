//! Sizes, times and names as the page writes them; what differs by language and country is in `locale`.

use super::scale::microseconds;
use crate::visible::shown;

#[cfg(feature = "web")]
pub(super) use super::locale::{count, date, date_and_weekday, day_of_year, decimal, millisecond, minute, second};
#[cfg(not(feature = "web"))]
pub(super) use without_browser::{date, day_of_year, decimal, millisecond, minute, second};

/// `1536` → `1.5 KB`, in steps of 1024.
pub(super) fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    let mut size = count as f64 / 1024.0;
    if size < 1.0 {
        return format!("{count} B");
    }
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    format!("{} {}", decimal(size, usize::from(size < 10.0)), UNITS[unit])
}

/// `2025-11-06T15:34:38.421958` → `Nov 6, 2025 15:34:38`. The log's own clock; no zone is added.
pub(super) fn time(text: &str) -> String {
    joined(text, second)
}

/// To the millisecond: flows follow each other closely.
pub(super) fn precise_time(text: &str) -> String {
    joined(text, millisecond)
}

fn joined(text: &str, clock: fn(&str) -> String) -> String {
    // What no calendar holds stays as it is.
    if microseconds(text).is_none() {
        return text.to_owned();
    }
    format!("{} {}", date(text), clock(text))
}

/// `Nov 6, 2025 15:34:38 – 15:36:38`: the day once, where it is the same.
pub(super) fn span(from: &str, to: &str) -> String {
    format!("{} – {}", time(from), end_time(from, to))
}

/// The end of a span without its day where that is the day of the beginning.
pub(super) fn end_time(from: &str, to: &str) -> String {
    if from.get(..DAY_LENGTH) == to.get(..DAY_LENGTH) { second(to) } else { time(to) }
}

/// A sentence of the report, which writes a time as `2025-11-06 15:34:38`, with its times as the page writes them.
pub(super) fn sentence(text: &str) -> String {
    with_times(text, time)
}

fn with_times(text: &str, write: fn(&str) -> String) -> String {
    const LENGTH: usize = "2025-11-06 15:34:38".len();
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|character: char| character.is_ascii_digit()) {
        let (before, from_digit) = rest.split_at(at);
        written.push_str(before);
        let digits = from_digit.bytes().take_while(u8::is_ascii_digit).count();
        if let Some(found) = from_digit.get(..LENGTH).filter(|text| is_time(text)) {
            written.push_str(&write(found));
            rest = &from_digit[LENGTH..];
        } else {
            written.push_str(&from_digit[..digits]);
            rest = &from_digit[digits..];
        }
    }
    written + rest
}

/// Of `2025-11-06`, with which a time begins.
const DAY_LENGTH: usize = 10;

fn is_time(text: &str) -> bool {
    let pattern = b"0000-00-00 00:00:00";
    let fits = |(byte, sign): (u8, &u8)| if *sign == b'0' { byte.is_ascii_digit() } else { byte == *sign };
    text.len() == pattern.len() && text.bytes().zip(pattern).all(fits)
}

/// `7.25` → `+7.3`, `-1` → `−1.0` with a true minus sign.
pub(super) fn points(points: f64) -> String {
    format!("{}{}", if points < 0.0 { '−' } else { '+' }, decimal(points.abs(), 1))
}

/// Width of a bar against the widest one, in percent of the track.
pub(super) fn share(part: f64, widest: f64) -> String {
    if widest <= 0.0 || !part.is_finite() {
        return "0%".to_owned();
    }
    format!("{:.1}%", (part.abs() / widest * 100.0).clamp(0.0, 100.0))
}

/// Control and direction-changing characters written out, so that a file name cannot pretend to be another.
pub(super) fn visible(text: &str) -> String {
    shown(text.as_bytes(), false)
}

/// Whether any of `fields` holds the words of `filter`, without regard to case.
pub(super) fn matches(filter: &str, fields: &[&str]) -> bool {
    let fields: Vec<String> = fields.iter().map(|field| field.to_lowercase()).collect();
    filter.to_lowercase().split_whitespace().all(|word| fields.iter().any(|field| field.contains(word)))
}

/// The key of the sentence that tells for how long somebody still waits, and its number.
pub(super) fn time_left(seconds: u64) -> (&'static str, u64) {
    if seconds < 90 { ("page.left.seconds", seconds) } else { ("page.left.minutes", (seconds + 30) / 60) }
}

/// As the report writes it.
#[cfg(not(feature = "web"))]
mod without_browser {
    pub(crate) fn decimal(number: f64, digits: usize) -> String {
        format!("{number:.digits$}")
    }

    pub(crate) fn date(time: &str) -> String {
        part(time, 0..10)
    }

    pub(crate) fn day_of_year(time: &str) -> String {
        part(time, 5..10)
    }

    pub(crate) fn minute(time: &str) -> String {
        part(time, 11..16)
    }

    pub(crate) fn second(time: &str) -> String {
        part(time, 11..19)
    }

    pub(crate) fn millisecond(time: &str) -> String {
        part(time, 11..23)
    }

    fn part(time: &str, place: std::ops::Range<usize>) -> String {
        time.get(place).unwrap_or(time).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_stay_short() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1536), "1.5 KB");
        assert_eq!(bytes(40 * 1024 * 1024), "40 MB");
        assert_eq!(bytes(u64::MAX), "16777216 TB");
    }

    #[test]
    fn times_lose_their_fraction_and_a_repeated_day() {
        assert_eq!(time("2025-11-06T15:34:38.421958"), "2025-11-06 15:34:38");
        assert_eq!(time("2025-13-45 10:00:00"), "2025-13-45 10:00:00");
        assert_eq!(precise_time("2025-11-06T15:34:38.421958"), "2025-11-06 15:34:38.421");
        assert_eq!(end_time("2025-11-06T15:34:38.4", "2025-11-06T15:36:38.4"), "15:36:38");
        assert_eq!(span("2025-11-06T23:59:00", "2025-11-07T00:01:00"), "2025-11-06 23:59:00 – 2025-11-07 00:01:00");
    }

    #[test]
    fn only_whole_times_of_a_sentence_are_written_anew() {
        let marked = |text| with_times(text, |time| format!("<{time}>"));
        for text in [
            "",
            "５ at 15:34:00",
            "12025-11-06 15:34:38",
            "log-2025-11-06.zip",
            "2025-11-06 15:34",
            "2025/11/06 15:34:38",
        ] {
            assert_eq!(marked(text), text);
        }
        assert_eq!(
            marked("3回（2025-11-06 15:34:38〜2025-11-06 15:36:00）"),
            "3回（<2025-11-06 15:34:38>〜<2025-11-06 15:36:00>）"
        );
        assert_eq!(sentence("at 2025-11-06 15:34:38."), "at 2025-11-06 15:34:38.");
    }

    #[test]
    fn a_long_wait_is_told_in_minutes() {
        assert_eq!(time_left(1), ("page.left.seconds", 1));
        assert_eq!(time_left(89), ("page.left.seconds", 89));
        assert_eq!(time_left(90), ("page.left.minutes", 2));
        assert_eq!(time_left(149), ("page.left.minutes", 2));
        assert_eq!(time_left(150), ("page.left.minutes", 3));
    }

    #[test]
    fn points_carry_their_sign() {
        assert_eq!(points(7.25), "+7.2");
        assert_eq!(points(-1.0), "−1.0");
    }

    #[test]
    fn bars_stay_inside_their_track() {
        assert_eq!(share(-2.0, 4.0), "50.0%");
        assert_eq!(share(9.0, 4.0), "100.0%");
        assert_eq!(share(1.0, 0.0), "0%");
        assert_eq!(share(f64::NAN, 1.0), "0%");
    }

    #[test]
    fn misleading_characters_are_written_out() {
        assert_eq!(visible("log\u{202e}gpj.exe\n"), "log\\u{202e}gpj.exe\\u{a}");
        assert_eq!(visible("ログ一式.zip"), "ログ一式.zip");
    }

    #[test]
    fn a_filter_wants_every_word_somewhere() {
        assert!(matches("", &["a"]));
        assert!(matches("EXAMPLE slack", &["login.example.com", "Slack.exe"]));
        assert!(!matches("example teams", &["login.example.com", "Slack.exe"]));
    }
}
