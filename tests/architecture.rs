//! The data goes one way: a stage imports earlier stages only, and the core has no file, clock, network or print.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::path::{Path, PathBuf};

/// Each stage with the modules of the crate that it may name.
const STAGES: &[(&str, &[&str])] = &[
    ("bundle", &["notice", "provenance", "visible"]),
    ("configuration", &["bundle", "host", "knowledge", "notice", "provenance"]),
    ("record", &["bundle", "notice", "provenance"]),
    ("event", &["record", "knowledge", "provenance"]),
    ("timeline", &["event", "record", "incident", "knowledge", "provenance", "host"]),
    ("capture", &["timeline", "event", "record", "bundle", "notice", "provenance"]),
    ("ranking", &["capture", "timeline", "event", "record", "incident", "knowledge", "provenance", "host", "language"]),
    (
        "finding",
        &[
            "ranking",
            "configuration",
            "capture",
            "timeline",
            "event",
            "record",
            "incident",
            "knowledge",
            "provenance",
            "host",
            "language",
        ],
    ),
    (
        "advice",
        &[
            "finding",
            "ranking",
            "configuration",
            "capture",
            "timeline",
            "event",
            "record",
            "knowledge",
            "provenance",
            "host",
        ],
    ),
    ("knowledge", &["host", "language", "visible"]),
];

/// What the core may not do; front ends may.
const FORBIDDEN: &[&str] = &[
    "std::fs",
    "std::net::Tcp",
    "std::net::Udp",
    "std::env",
    "std::time::Instant",
    "std::time::SystemTime",
    "std::process",
    "std::thread",
    "println!",
    "eprintln!",
    "web_sys",
    "js_sys",
];

#[test]
fn stages_import_earlier_stages_only() {
    let mut wrong = Vec::new();
    for (stage, allowed) in STAGES {
        for file in files(&source().join(stage)) {
            for (number, line) in read(&file).lines().enumerate() {
                for module in named_modules(line) {
                    // A log is known by its first lines: the header's grammar is all that `bundle` knows of records.
                    let by_first_lines = *stage == "bundle" && line.contains("record::header");
                    if module != *stage && !by_first_lines && !allowed.contains(&module.as_str()) {
                        wrong.push(format!("{}:{}: {stage} names {module}", file.display(), number + 1));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_core_only_computes() {
    let front_ends = [source().join("web"), source().join("bin")];
    let core_files =
        files(&source()).into_iter().filter(|file| !front_ends.iter().any(|folder| file.starts_with(folder)));
    let mut wrong = Vec::new();
    for file in core_files {
        let text = read(&file);
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for forbidden in FORBIDDEN {
            if code.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(forbidden)) {
                wrong.push(format!("{} uses {forbidden}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `bundle` of `use crate::bundle::Member` and of `crate::bundle::text::shown(…)`.
fn named_modules(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or_default();
    let after = code.split("crate::").skip(1);
    after
        .map(|rest| rest.chars().take_while(|character| character.is_ascii_lowercase() || *character == '_').collect())
        .collect()
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[allow(clippy::disallowed_methods, reason = "a test reads its files")]
fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}
