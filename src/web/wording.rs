//! The page's texts in the chosen language, following the choice at once.

use std::sync::LazyLock;

use leptos::prelude::*;

use super::locale;
use crate::knowledge::texts::Texts;
use crate::language::Language;

/// Parsed when first asked: most readers never see the other language.
static ENGLISH: LazyLock<Texts> = LazyLock::new(|| Texts::written(include_str!(concat!(env!("OUT_DIR"), "/page.en"))));
static JAPANESE: LazyLock<Texts> = LazyLock::new(|| Texts::written(include_str!(concat!(env!("OUT_DIR"), "/page.ja"))));

#[derive(Clone, Copy)]
pub(super) struct Wording {
    language: RwSignal<Language>,
}

impl Wording {
    pub(super) fn new(language: Language) -> Self {
        locale::speak(language);
        Self { language: RwSignal::new(language) }
    }

    pub(super) fn language(self) -> Language {
        self.language.get()
    }

    pub(super) fn choose(self, language: Language) {
        locale::speak(language);
        self.language.set(language);
    }

    /// The text of `key` now, and again whenever the language changes.
    pub(super) fn text(self, key: &str) -> String {
        self.filled(key, &[])
    }

    /// The word for an id of the report; an id that has none, such as a value of a file, stands for itself.
    pub(super) fn word(self, family: &str, id: &str) -> String {
        let key = format!("page.{family}.{}", id.to_lowercase());
        let texts = self.texts();
        if texts.has(&key) { texts.get(&key, &[]) } else { id.to_owned() }
    }

    pub(super) fn filled(self, key: &str, arguments: &[(&str, String)]) -> String {
        self.texts().get(key, arguments)
    }

    fn texts(self) -> &'static Texts {
        match self.language.get() {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }

    /// The text as it is now, for what is said once and does not follow the language.
    pub(super) fn now(self, key: &str, arguments: &[(&str, String)]) -> String {
        untrack(|| self.filled(key, arguments))
    }

    /// For attributes and children of a view.
    pub(super) fn say(self, key: &'static str) -> impl Fn() -> String + Copy + Send + Sync + 'static {
        move || self.text(key)
    }
}

/// The page's language for a reader whose browser prefers `preferred`, most preferred first.
pub(super) fn language_for<'a>(preferred: impl IntoIterator<Item = &'a str>) -> Language {
    preferred.into_iter().find_map(Language::from_code).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_follows_the_browser() {
        assert_eq!(language_for(["ja-JP", "en"]), Language::Japanese);
        assert_eq!(language_for(["de", "ja"]), Language::Japanese);
        assert_eq!(language_for(["de", "fr"]), Language::English);
        assert_eq!(language_for([]), Language::English);
    }
}
