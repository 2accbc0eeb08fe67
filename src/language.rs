//! The two languages of page, report and lookup; a text is either written in both or free of language.

use serde::{Deserialize, Deserializer};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    #[default]
    English,
    Japanese,
}

impl Language {
    pub const ALL: [Language; 2] = [Language::English, Language::Japanese];

    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Japanese => "ja",
        }
    }

    /// Reads `ja`, `en` and locale names that begin with them, such as `ja_JP.UTF-8` or `en-GB`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let primary = code.split(['-', '_', '.']).next()?;
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.code()))
    }
}

/// A text in both languages. Data files write `{ en = "…", ja = "…" }`, or one string where both would be equal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bilingual {
    pub english: String,
    pub japanese: String,
}

impl Bilingual {
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::English => &self.english,
            Language::Japanese => &self.japanese,
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.english.is_empty() || self.japanese.is_empty()
    }
}

impl<'de> Deserialize<'de> for Bilingual {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Same(String),
            Both { en: String, ja: String },
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::Same(text) => Self { japanese: text.clone(), english: text },
            Written::Both { en, ja } => Self { english: en, japanese: ja },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_read_from_a_locale_name() {
        assert_eq!(Language::from_code("ja"), Some(Language::Japanese));
        assert_eq!(Language::from_code("ja_JP.UTF-8"), Some(Language::Japanese));
        assert_eq!(Language::from_code("EN-us"), Some(Language::English));
        assert_eq!(Language::from_code("jam"), None);
        assert_eq!(Language::from_code(""), None);
    }
}
