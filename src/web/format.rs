//! Sizes, times and names as the page writes them, in both languages alike; what differs is in `locale`.

use crate::visible::shown;

#[cfg(feature = "web")]
pub(super) use super::locale::{count, day, decimal};

/// As English writes it, where no browser is asked.
#[cfg(not(feature = "web"))]
pub(super) fn decimal(number: f64, digits: usize) -> String {
    format!("{number:.digits$}")
}

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

/// `2025-11-06T15:34:38.421958` → `2025-11-06 15:34:38`. The log's own clock; no zone is added.
pub(super) fn time(text: &str) -> String {
    let whole_seconds = text.split_once('.').map_or(text, |(seconds, _)| seconds);
    whole_seconds.replacen('T', " ", 1)
}

/// The end of a span without its day where that is the day of the beginning.
pub(super) fn end_time(from: &str, to: &str) -> String {
    let (from, to) = (time(from), time(to));
    match (from.split_once(' '), to.split_once(' ')) {
        (Some((first_day, _)), Some((last_day, clock))) if first_day == last_day => clock.to_owned(),
        _ => to,
    }
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

/// To the millisecond: flows follow each other closely.
pub(super) fn precise_time(time: &str) -> String {
    time.get(..23).unwrap_or(time).replace('T', " ")
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
        assert_eq!(precise_time("2025-11-06T15:34:38.421958"), "2025-11-06 15:34:38.421");
        assert_eq!(end_time("2025-11-06T15:34:38.4", "2025-11-06T15:36:38.4"), "15:36:38");
        assert_eq!(end_time("2025-11-06T23:59:00", "2025-11-07T00:01:00"), "2025-11-07 00:01:00");
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
