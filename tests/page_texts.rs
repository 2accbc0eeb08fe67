//! The page's texts: the same in both languages, each used, and each that is used there.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::collections::BTreeSet;
use std::path::Path;

use steerscope::knowledge::texts::Texts;

const ENGLISH: &[&str] = &[
    include_str!("../src/knowledge/locales/page.en.toml"),
    include_str!("../src/knowledge/locales/page-views.en.toml"),
];
const JAPANESE: &[&str] = &[
    include_str!("../src/knowledge/locales/page.ja.toml"),
    include_str!("../src/knowledge/locales/page-views.ja.toml"),
];

/// Keys put together from an id of the report; all others stand in the sources as they are.
const COMPOSED: &[(&str, &[&str])] = &[
    ("page.applies", &["everywhere", "on_premises", "off_premises"]),
    ("page.decision", &["tunnel", "tunnel_firewall", "tunnel_undecrypted", "bypass", "block"]),
    ("page.exception", &["domain", "address", "category"]),
    (
        "page.export",
        &[
            "markdown",
            "markdown_for",
            "html",
            "html_for",
            "json",
            "json_for",
            "suspects_csv",
            "suspects_csv_for",
            "flows_csv",
            "flows_csv_for",
        ],
    ),
    ("page.first_steps", &["open", "answered_yes", "answered_no"]),
    ("page.grade", &["R", "F", "P", "V"]),
    ("page.language_name", &["en", "ja"]),
    ("page.lane", &["tunnel", "client", "configuration", "steering", "network", "private_access", "findings"]),
    ("page.level", &["debug", "info", "warning", "error", "critical", "unknown"]),
    ("page.limits", &["members", "member-bytes", "total-bytes", "ratio", "depth", "nested-archive-bytes"]),
    ("page.location", &["remote", "on-prem", "n/a"]),
    ("page.platform", &["windows", "macos", "linux", "ios", "android", "chromeos"]),
    (
        "page.reason",
        &[
            "domain_exception",
            "pinned_app",
            "private_address",
            "category",
            "address_range",
            "firewall_exception",
            "quic",
        ],
    ),
    ("page.traffic", &["web", "all", "cloud", "1", "3"]),
    ("page.mode", &["direct", "tunnel"]),
    ("page.update", &["updated", "failed"]),
    (
        "page.view",
        &["answer", "first-steps", "timeline", "flows", "log", "configuration", "coverage", "lookup", "knowledge"],
    ),
    ("page.findings", &["error", "warning", "note"]),
    (
        "page.kind",
        &[
            "client_log",
            "private_access_log",
            "other_log",
            "configuration",
            "diagnostic_text",
            "capture",
            "secret",
            "other",
        ],
    ),
    ("page.read", &["whole", "partly", "not"]),
    ("page.suspects", &["strong", "likely", "weak"]),
    ("page.within", &["0s", "30s", "1m", "2m", "5m", "10m", "15m", "30m", "1h"]),
];

#[test]
fn both_languages_say_the_same_things() {
    assert_eq!(placeholders(ENGLISH), placeholders(JAPANESE));
}

#[test]
fn the_page_reads_what_the_files_say() {
    let english = include_str!(concat!(env!("OUT_DIR"), "/page.en"));
    let japanese = include_str!(concat!(env!("OUT_DIR"), "/page.ja"));
    for (files, written) in [(ENGLISH, english), (JAPANESE, japanese)] {
        assert_eq!(Texts::parse(files).unwrap(), Texts::written(written));
    }
}

#[test]
fn every_text_is_used_and_every_used_text_exists() {
    let mut used: BTreeSet<String> =
        COMPOSED.iter().flat_map(|(family, ids)| ids.iter().map(move |id| format!("{family}.{id}"))).collect();
    collect_keys(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"), &mut used);
    let written: BTreeSet<String> = placeholders(ENGLISH).into_iter().map(|(key, _)| key).collect();
    let missing: Vec<_> = used.difference(&written).collect();
    let unused: Vec<_> = written.difference(&used).collect();
    assert!(missing.is_empty() && unused.is_empty(), "missing: {missing:#?}, unused: {unused:#?}");
}

fn placeholders(files: &[&str]) -> Vec<(String, Vec<String>)> {
    let texts = Texts::parse(files).unwrap();
    let rows = texts.placeholders();
    rows.map(|(key, names)| (key.to_owned(), names.into_iter().map(str::to_owned).collect())).collect()
}

/// Every `"page.…"` of the sources below `folder` that is no format.
#[expect(clippy::disallowed_methods, reason = "a test may read the sources that it checks")]
fn collect_keys(folder: &Path, keys: &mut BTreeSet<String>) {
    for file in folder.read_dir().unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            collect_keys(&path, keys);
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let quoted = source.split("\"page.").skip(1).filter_map(|part| part.split('"').next());
        keys.extend(quoted.filter(|key| !key.contains('{')).map(|key| format!("page.{key}")));
    }
}
