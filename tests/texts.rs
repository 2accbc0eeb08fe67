//! English and Japanese say the same: the same keys with the same placeholders.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::collections::BTreeMap;

use steerscope::knowledge::texts::Texts;
use steerscope::language::Language;

fn placeholders(language: Language) -> BTreeMap<String, Vec<String>> {
    let texts = Texts::built_in(language).unwrap();
    let rows = texts.placeholders();
    rows.map(|(key, names)| (key.to_owned(), names.into_iter().map(str::to_owned).collect())).collect()
}

#[test]
fn every_reason_for_a_client_that_is_off_has_its_texts() {
    let texts = Texts::built_in(Language::English).unwrap();
    for row in steerscope::knowledge::errors::Errors::built_in().unwrap().rows() {
        if let Some(reason) = &row.off_because {
            assert!(texts.has(&format!("finding.client_disabled.{reason}.title")), "{}", row.id);
        }
    }
}

#[test]
fn what_each_platform_is_told_has_its_texts() {
    use steerscope::knowledge::catalogue::Platform::{Android, Chromeos, Ios, Linux, Macos, Windows};
    let texts = Texts::built_in(Language::English).unwrap();
    let remedies = steerscope::knowledge::remedies::Remedies::built_in().unwrap();
    for platform in [Windows, Macos, Linux, Ios, Android, Chromeos] {
        let rows = remedies.clients().iter().filter(|row| row.platforms.contains(&platform));
        assert_eq!(rows.count(), 1, "{}", platform.id());
    }
    for row in remedies.clients() {
        for key in row.pinned_app_steps.iter().chain(&row.pinned_app_warnings).chain([&row.refresh]) {
            assert!(texts.has(key), "{key}");
        }
    }
}

#[test]
fn both_languages_have_the_same_sentences() {
    let (english, japanese) = (placeholders(Language::English), placeholders(Language::Japanese));
    for (key, names) in &english {
        assert_eq!(Some(names), japanese.get(key), "{key}");
    }
    assert_eq!(english.len(), japanese.len(), "keys in one language only");
}
