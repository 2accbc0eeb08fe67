//! The incident form's words: what the administrator typed, cut into the parts that the core reads.

use serde::{Deserialize, Serialize};

use crate::incident::{Incident, IncidentError, Moment, When};

/// Choices of “how sure”, as the core reads durations.
pub(super) const WITHIN: [&str; 9] = [EXACTLY, "30s", "1m", "2m", "5m", "10m", "15m", "30m", "1h"];
pub(super) const EXACTLY: &str = "0s";
pub(super) const USUAL_WITHIN: &str = "2m";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentWords {
    /// Empty when no time was given.
    pub at: String,
    pub within: String,
    pub hint: String,
}

impl IncidentWords {
    pub fn incident(&self) -> Result<Incident, IncidentError> {
        let at = self.at.trim();
        let when = if at.is_empty() {
            None
        } else {
            let (from, until) = split_interval(at);
            let within = if self.within.is_empty() { USUAL_WITHIN } else { self.within.as_str() };
            Some(When::parse(from, until, Some(within))?)
        };
        Ok(Incident { when, hints: split_hints(&self.hint) })
    }
}

/// `15:34 – 15:50`, in the ways in which people write an interval. Dates hold hyphens: one parts two times only where both
/// are times.
pub(super) fn split_interval(text: &str) -> (&str, Option<&str>) {
    const SIGNS: [&str; 8] = ["–", "—", "〜", "~", "～", " - ", " to ", "から"];
    let first = SIGNS.iter().filter_map(|sign| text.split_once(sign)).min_by_key(|(before, _)| before.len());
    match first {
        Some((from, until)) if !until.trim().is_empty() => (from, Some(until.trim().trim_end_matches("まで"))),
        Some((from, _)) => (from, None),
        None => {
            let is_time = |text: &str| Moment::parse(text).is_ok();
            let parted = text.match_indices(['-', '－']).map(|(at, sign)| (&text[..at], &text[at + sign.len()..]));
            let parted = parted.into_iter().find(|(from, until)| is_time(from) && is_time(until));
            parted.map_or((text, None), |(from, until)| (from, Some(until)))
        }
    }
}

/// Names may hold blanks (`Google Drive`), so commas and line ends part them, not blanks.
fn split_hints(text: &str) -> Vec<String> {
    text.split([',', ';', '\n', '、', '，', '；'])
        .map(str::trim)
        .filter(|hint| !hint.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::parse_duration;

    fn words(at: &str, within: &str, hint: &str) -> IncidentWords {
        IncidentWords { at: at.to_owned(), within: within.to_owned(), hint: hint.to_owned() }
    }

    #[test]
    fn an_empty_form_asks_without_time_and_hint() {
        assert_eq!(words(" ", "2m", " , ").incident(), Ok(Incident::default()));
    }

    #[test]
    fn an_interval_is_read_however_it_is_written() {
        for text in [
            "15:34 – 15:50",
            "15:34–15:50",
            "15:34〜15:50",
            "15:34～15:50",
            "15:34 - 15:50",
            "15:34-15:50",
            "15:34 to 15:50",
            "15:34から15:50まで",
        ] {
            assert_eq!(split_interval(text).0.trim(), "15:34", "{text}");
            assert_eq!(split_interval(text).1, Some("15:50"), "{text}");
            assert!(words(text, "2m", "").incident().is_ok(), "{text}");
        }
        for text in ["2025-11-06 15:34", "11-06 15:34", "2025/11/06 15:34"] {
            assert_eq!(split_interval(text), (text, None));
        }
        assert_eq!(split_interval("2025-11-06 15:34-15:40"), ("2025-11-06 15:34", Some("15:40")));
        assert_eq!(split_interval("15時34分から15時50分まで"), ("15時34分", Some("15時50分")));
        assert_eq!(split_interval("15:34 –"), ("15:34 ", None));
    }

    #[test]
    fn what_is_no_time_is_refused_with_the_text_itself() {
        assert_eq!(words("yesterday", "2m", "").incident(), Err(IncidentError::Time("yesterday".to_owned())));
        assert!(matches!(
            words("2025-11-06 15:34 – 2025-11-06 15:30", "2m", "").incident(),
            Err(IncidentError::Order { .. })
        ));
    }

    #[test]
    fn hints_keep_their_blanks() {
        assert_eq!(
            split_hints("Google Drive、 slack ,https://example.com/a b"),
            ["Google Drive", "slack", "https://example.com/a b"]
        );
    }

    #[test]
    fn every_choice_of_how_sure_is_a_duration() {
        for choice in WITHIN {
            assert!(parse_duration(choice).is_ok(), "{choice}");
        }
        assert!(WITHIN.contains(&USUAL_WITHIN));
    }
}
