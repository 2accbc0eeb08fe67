//! Makes texts comparable: one form for full and half width, upper and lower case, and no regard to blanks and punctuation.

use unicode_normalization::UnicodeNormalization;

/// Bounds the gap that a placeholder such as `finish time` may cover, in bytes of the squeezed text.
const LONGEST_GAP: usize = 160;

/// The vendor's own placeholder in its messages, squeezed.
const TIME_PLACEHOLDER: &str = "finishtime";

/// Full and half width and case made equal.
pub(super) fn normalise(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// Letters and digits of a normalised text alone, with the places where something was left out.
pub(super) struct Squeezed {
    pub text: String,
    /// Byte positions of `text` before which something was left out, ascending; an underscore joins and is not counted.
    breaks: Vec<usize>,
}

impl Squeezed {
    pub(super) fn new(normalised: &str) -> Self {
        let mut text = String::with_capacity(normalised.len());
        let mut breaks = vec![0];
        for character in normalised.chars() {
            if character.is_alphanumeric() {
                text.push(character);
            } else if character != '_' && breaks.last() != Some(&text.len()) {
                breaks.push(text.len());
            }
        }
        if breaks.last() != Some(&text.len()) {
            breaks.push(text.len());
        }
        Self { text, breaks }
    }

    /// May a word begin or end at this byte? Latin words where something was left out or a digit stands, Japanese anywhere.
    fn is_edge(&self, position: usize) -> bool {
        let before = self.text[..position].chars().next_back();
        let after = self.text[position..].chars().next();
        match (before, after) {
            (Some(before), Some(after)) if before.is_ascii() && after.is_ascii() => {
                before.is_ascii_digit() != after.is_ascii_digit() || self.breaks.binary_search(&position).is_ok()
            }
            _ => true,
        }
    }

    /// The first place of `part` at or after `from`; its ends fall on edges where that is asked for.
    fn find_part(&self, part: &str, from: usize, edge_before: bool, edge_after: bool) -> Option<usize> {
        let mut from = from;
        while let Some(found) = self.text.get(from..)?.find(part) {
            let start = from + found;
            if (!edge_before || self.is_edge(start)) && (!edge_after || self.is_edge(start + part.len())) {
                return Some(start);
            }
            from = start + self.text[start..].chars().next()?.len_utf8();
        }
        None
    }
}

/// A message to be found inside a squeezed text, in parts between which something short may stand.
pub(super) struct Message {
    parts: Vec<String>,
}

impl Message {
    /// Nothing to search for when no letter remains.
    pub(super) fn new(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let normalised = normalise(text);
        for piece in without_placeholders(&normalised) {
            let squeezed = Squeezed::new(piece).text;
            parts.extend(squeezed.split(TIME_PLACEHOLDER).filter(|part| !part.is_empty()).map(str::to_owned));
        }
        (!parts.is_empty()).then_some(Self { parts })
    }

    /// What the text must contain for the message to be in it.
    pub(super) fn first_part(&self) -> &str {
        self.parts.first().map_or("", String::as_str)
    }

    /// Bytes of the message without what its placeholders stand for.
    pub(super) fn length(&self) -> usize {
        self.parts.iter().map(String::len).sum()
    }

    /// First and last byte of the first place where the whole message stands.
    pub(super) fn find_in(&self, text: &Squeezed) -> Option<(usize, usize)> {
        let (first, rest) = self.parts.split_first()?;
        let mut from = 0;
        while let Some(start) = text.find_part(first, from, true, rest.is_empty()) {
            let end = Self::find_rest(rest, text, start + first.len());
            if let Some(end) = end {
                return Some((start, end));
            }
            from = start + first.len();
        }
        None
    }

    /// Where the parts after the first one end. What a placeholder stands for need not be set off from them.
    fn find_rest(rest: &[String], text: &Squeezed, from: usize) -> Option<usize> {
        let mut end = from;
        for (position, part) in rest.iter().enumerate() {
            let is_last = position + 1 == rest.len();
            let next = text.find_part(part, end, false, is_last).filter(|next| next - end <= LONGEST_GAP)?;
            end = next + part.len();
        }
        Some(end)
    }
}

/// The pieces between `{…}`.
fn without_placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').enumerate().map(|(position, piece)| match piece.split_once('}') {
        Some((_, after)) if position > 0 => after,
        _ => piece,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(message: &str, text: &str) -> bool {
        Message::new(message).unwrap().find_in(&Squeezed::new(&normalise(text))).is_some()
    }

    #[test]
    fn width_case_blanks_and_punctuation_do_not_matter() {
        assert!(found("Log has not been collected", "LOG  has-not been\ncollected!"));
        assert!(found("ログ コレクタ(A)", "ログコレクタ(A)"));
        assert!(found("サービス", "ｻｰﾋﾞｽ"));
    }

    #[test]
    fn a_latin_message_is_found_as_whole_words() {
        assert!(found("Tunnel Up", "event=Tunnel Up;"));
        assert!(found("Tunnel Up", "TunnelUp"));
        assert!(!found("Tunnel Up", "Tunnel Updated"));
        assert!(!found("Tunnel Up", "xTunnel Up"));
        assert!(found("Tunnel Up", "状態はTunnel Upです"));
    }

    #[test]
    fn a_placeholder_covers_something_short() {
        let message = "設定が無効なため、同期は finish time に失敗しました。";
        assert!(found(message, "設定が無効なため、同期は 2025年11月6日 15:34 に失敗しました"));
        assert!(found(message, message));
        assert!(!found(message, &format!("設定が無効なため、同期は{}に失敗しました", "長".repeat(200))));
        assert!(found("Failed to download {what}, Error: -2", "restapi Failed to download config, Error: -2"));
    }

    #[test]
    fn nothing_but_signs_is_no_message() {
        assert!(Message::new("… – !").is_none());
        assert!(Message::new("{all}").is_none());
    }
}
