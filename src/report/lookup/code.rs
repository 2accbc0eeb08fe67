//! Numbers in a text that are error codes, and of which kind: `curl 60`, `err: 10065`, `verify err: 19`, `errno=51`.
//!
//! A number alone means nothing, so the words before it decide; only where nothing else is given all kinds are offered.

use crate::knowledge::errors::{CodeWords, ErrorRow};

/// How far before its number a strong word may end, in bytes of the normalised text.
const LONGEST_DISTANCE: usize = 20;

/// Digits from which on a number may speak for itself.
const LONG: usize = 5;

/// How sure it is that a number is a code of the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    /// A word that many kinds share stands before it.
    Weak,
    /// The text is this number and nothing else.
    Alone,
    Strong,
}

/// Numbers of the rows whose code stands in the normalised text, each with the code as written.
pub(super) fn find_codes(normalised: &str, rows: &[ErrorRow]) -> Vec<(usize, String, Certainty)> {
    let mut found = Vec::new();
    for number in numbers(normalised) {
        let with_code = rows.iter().enumerate().filter(|(_, row)| row.codes.contains(&number.digits));
        let graded: Vec<(usize, Certainty)> = with_code
            .filter_map(|(position, row)| {
                let alone = number.is_all.then_some(Certainty::Alone);
                Some((position, certainty(&row.code_words, number.before, &number.digits).or(alone)?))
            })
            .collect();
        let best = graded.iter().map(|(_, certainty)| *certainty).max();
        let best_rows = graded.into_iter().filter(|(_, certainty)| Some(*certainty) == best);
        found.extend(best_rows.map(|(row, certainty)| (row, number.digits.clone(), certainty)));
    }
    found
}

struct Number<'text> {
    /// With its sign.
    digits: String,
    /// The same line up to the number.
    before: &'text str,
    is_all: bool,
}

/// Whole numbers that are no part of a date, a time, an address, a version or a name.
fn numbers(text: &str) -> Vec<Number<'_>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut position = 0;
    while position < bytes.len() {
        if !bytes[position].is_ascii_digit() {
            position += 1;
            continue;
        }
        let digits_start = position;
        while bytes.get(position).is_some_and(u8::is_ascii_digit) {
            position += 1;
        }
        let byte_at = |place: Option<usize>| place.and_then(|place| bytes.get(place).copied());
        let (last, next) = (byte_at(digits_start.checked_sub(1)), byte_at(Some(position)));
        let is_joint = |byte: Option<u8>| byte.is_some_and(|byte| matches!(byte, b'.' | b':' | b'/' | b'-'));
        let is_digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_digit());
        let joined = is_joint(last) && is_digit(byte_at(digits_start.checked_sub(2)))
            || is_joint(next) && is_digit(byte_at(Some(position + 1)));
        let named = last == Some(b'_') || next.is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        if joined || named {
            continue;
        }
        let negative = last == Some(b'-')
            && !byte_at(digits_start.checked_sub(2)).is_some_and(|byte| byte.is_ascii_alphanumeric());
        let start = if negative { digits_start - 1 } else { digits_start };
        let line_start = text[..start].rfind('\n').map_or(0, |line_break| line_break + 1);
        found.push(Number {
            digits: text[start..position].to_owned(),
            before: &text[line_start..start],
            is_all: text.trim() == &text[start..position],
        });
    }
    found
}

fn certainty(words: &CodeWords, before: &str, digits: &str) -> Option<Certainty> {
    if words.strong.iter().any(|word| stands_near_the_end(before, word)) {
        return Some(Certainty::Strong);
    }
    let in_a_name = before.ends_with(|character: char| character.is_ascii_alphabetic());
    if words.long_alone && digits.len() >= LONG && !in_a_name {
        return Some(Certainty::Strong);
    }
    words.weak.iter().any(|word| ends_with_word(before, word)).then_some(Certainty::Weak)
}

/// Stands `word` close before the end, with no other number in between?
fn stands_near_the_end(before: &str, word: &str) -> bool {
    let Some(found) = before.rfind(word) else { return false };
    let between = &before[found + word.len()..];
    between.len() <= LONGEST_DISTANCE
        && !between.bytes().any(|byte| byte.is_ascii_digit())
        && is_word_start(before, found)
}

fn ends_with_word(before: &str, word: &str) -> bool {
    let trimmed = before.trim_end_matches(|character: char| !character.is_alphanumeric());
    trimmed.ends_with(word) && is_word_start(trimmed, trimmed.len() - word.len())
}

fn is_word_start(text: &str, position: usize) -> bool {
    let starts_latin = text[position..].starts_with(|character: char| character.is_ascii_alphanumeric());
    !(starts_latin && text[..position].ends_with(|character: char| character.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> String {
        numbers(text).into_iter().map(|number| number.digits).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn dates_times_addresses_and_names_are_no_codes() {
        assert_eq!(digits("2019/10/14 11:40:49.864 stagentsvc p1244 t2980 code 28"), "1244 2980 28");
        assert_eq!(digits("192.0.2.1:443 curl 8.5.0"), "");
        assert_eq!(digits("err: -1, 3com a_5"), "-1");
        assert_eq!(digits("range 1-2 (60) err:51 code28"), "60 51 28");
    }

    #[test]
    fn the_words_before_a_number_decide() {
        let words = CodeWords { strong: vec!["curl".into()], weak: vec!["code".into()], long_alone: false };
        assert_eq!(certainty(&words, "curl: (", "60"), Some(Certainty::Strong));
        assert_eq!(certainty(&words, "exit code: ", "60"), Some(Certainty::Weak));
        assert_eq!(certainty(&words, "curl 7 p", "60"), None);
        assert_eq!(certainty(&words, "decode ", "60"), None);
        assert_eq!(certainty(&words, "", "10065"), None);
        let alone = CodeWords { long_alone: true, ..CodeWords::default() };
        assert_eq!(certainty(&alone, "got ", "10065"), Some(Certainty::Strong));
        assert_eq!(certainty(&alone, "p", "10065"), None);
    }
}
