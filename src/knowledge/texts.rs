//! The sentences of report, command line and page in both languages: `key → sentence with {placeholders}`.
//!
//! `{count:number}` is a number whose digits stand in groups of three, as both languages write it.

use std::collections::BTreeMap;

use super::catalogue::KnowledgeError;
use crate::language::Language;
use crate::visible::shown;

const ENGLISH: &[&str] = &[
    include_str!("locales/report.en.toml"),
    include_str!("locales/capture.en.toml"),
    include_str!("locales/comparison.en.toml"),
    include_str!("locales/configuration.en.toml"),
    include_str!("locales/first_steps.en.toml"),
    include_str!("locales/notices-reader.en.toml"),
    include_str!("locales/timeline.en.toml"),
];

const JAPANESE: &[&str] = &[
    include_str!("locales/report.ja.toml"),
    include_str!("locales/capture.ja.toml"),
    include_str!("locales/comparison.ja.toml"),
    include_str!("locales/configuration.ja.toml"),
    include_str!("locales/first_steps.ja.toml"),
    include_str!("locales/notices-reader.ja.toml"),
    include_str!("locales/timeline.ja.toml"),
];

/// The sentences of one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    sentences: BTreeMap<String, String>,
}

impl Texts {
    pub fn built_in(language: Language) -> Result<Self, KnowledgeError> {
        Self::parse(match language {
            Language::English => ENGLISH,
            Language::Japanese => JAPANESE,
        })
    }

    /// Reads files of nested tables; `[finding.tunnel_down] title = "…"` becomes the key `finding.tunnel_down.title`.
    pub fn parse(files: &[&str]) -> Result<Self, KnowledgeError> {
        let mut texts = Self::default();
        for file in files {
            let table: toml::Table = toml::from_str(file).map_err(|error| KnowledgeError::Format(error.to_string()))?;
            texts.flatten("", table)?;
        }
        Ok(texts)
    }

    /// Reads what `build.rs` wrote: key and sentence by turns, each with a zero behind it.
    #[must_use]
    pub fn written(texts: &str) -> Self {
        let mut parts = texts.split_terminator('\0').map(str::to_owned);
        Self { sentences: std::iter::from_fn(|| parts.next().zip(parts.next())).collect() }
    }

    /// The sentence with its placeholders filled. A key without a sentence shows itself, so that it is noticed and nothing is lost.
    #[must_use]
    pub fn get(&self, key: &str, arguments: &[(&str, String)]) -> String {
        let Some(sentence) = self.sentences.get(key) else {
            let values: Vec<&str> = arguments.iter().map(|(_, value)| value.as_str()).collect();
            return format!("{key}: {}", values.join(", "));
        };
        fill(sentence, arguments)
    }

    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.sentences.contains_key(key)
    }

    /// Keys with their placeholders, for checks of completeness.
    pub fn placeholders(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.sentences.iter().map(|(key, sentence)| {
            let mut names: Vec<&str> =
                sentence.split('{').skip(1).filter_map(|part| Some(name_and_kind(part.split_once('}')?.0).0)).collect();
            names.sort_unstable();
            names.dedup();
            (key.as_str(), names)
        })
    }

    fn flatten(&mut self, prefix: &str, table: toml::Table) -> Result<(), KnowledgeError> {
        for (name, value) in table {
            let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            match value {
                toml::Value::Table(inner) => self.flatten(&key, inner)?,
                toml::Value::String(sentence) => {
                    if self.sentences.insert(key.clone(), sentence).is_some() {
                        return Err(KnowledgeError::Duplicate(key));
                    }
                }
                _ => return Err(KnowledgeError::Format(format!("`{key}` is no text in quotes"))),
            }
        }
        Ok(())
    }
}

/// One pass, so that a value that holds braces is never filled again.
fn fill(sentence: &str, arguments: &[(&str, String)]) -> String {
    let mut filled = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let argument = after.split_once('}').and_then(|(placeholder, tail)| {
            let (name, is_number) = name_and_kind(placeholder);
            Some((arguments.iter().find(|(known, _)| *known == name)?, is_number, tail))
        });
        if let Some(((_, value), is_number, tail)) = argument {
            if is_number {
                filled.push_str(&grouped(value));
            } else {
                // What a log says turns no sentence round.
                filled.push_str(&shown(value.as_bytes(), true));
            }
            rest = tail;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

/// The name of a placeholder, and whether its value is a number.
fn name_and_kind(placeholder: &str) -> (&str, bool) {
    placeholder.strip_suffix(":number").map_or((placeholder, false), |name| (name, true))
}

/// `1,234,567`. What is no whole number stays as it is.
fn grouped(number: &str) -> String {
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return number.to_owned();
    }
    let mut text = String::with_capacity(number.len() * 4 / 3);
    for (position, digit) in number.chars().enumerate() {
        if position > 0 && (number.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_placeholders_once() {
        let texts = Texts::parse(&["[a]\nb = \"{x} and {y}, {z}\""]).unwrap();
        assert_eq!(texts.get("a.b", &[("x", "{y}".into()), ("y", "2".into())]), "{y} and 2, {z}");
        assert_eq!(texts.get("a.c", &[("x", "1".into())]), "a.c: 1");
        let turned = texts.get("a.b", &[("x", "photo\u{202e}gpj.exe".into())]);
        assert_eq!(turned, "photo\\u{202e}gpj.exe and {y}, {z}");
    }

    #[test]
    fn digits_of_numbers_stand_in_groups() {
        let texts = Texts::parse(&["a = \"{x:number} of {x}\""]).unwrap();
        for (value, shown) in [("7", "7"), ("999", "999"), ("1000", "1,000"), ("1234567", "1,234,567"), ("6.5", "6.5")]
        {
            assert_eq!(texts.get("a", &[("x", value.into())]), format!("{shown} of {value}"));
        }
        assert_eq!(texts.placeholders().next(), Some(("a", vec!["x"])));
    }
}
