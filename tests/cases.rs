//! Whole bundles: each folder of `cases/` is a log, what the user reports, and the report as a person reads it.
//!
//! The same checks prove laws that hold for every bundle: packing, line ends, encoding and order of files change nothing.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::io::{Cursor, Write};
use std::path::Path;

use serde::Deserialize;
use steerscope::bundle::{self, Bundle, Input, Limits};
use steerscope::incident::{Incident, When};
use steerscope::knowledge::Knowledge;
use steerscope::language::Language;
use steerscope::provenance::MemberId;
use steerscope::report::{self, Report, export};
use zip::write::SimpleFileOptions;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reported {
    at: Option<String>,
    within: Option<String>,
    #[serde(default)]
    hints: Vec<String>,
}

struct Case {
    log: String,
    incident: Incident,
}

macro_rules! cases {
    ($($name:ident)*) => { $( #[test] fn $name() { check(stringify!($name)); } )* };
}

cases! {
    already_excepted
    app_on_ios
    blocked_by_configuration
    healthy_day
    level_too_low
    no_time_given
    pinned_app_on_macos
    time_outside_the_log
    tool_without_the_ca
    tunnel_outage
}

fn check(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name);
    let case = read(&folder);
    let knowledge = Knowledge::built_in().unwrap();
    let plain = analyze(&case, vec![("nsdebuglog.log".to_owned(), case.log.clone().into_bytes())], &knowledge);
    let text = export::text(&plain, knowledge.texts(Language::English));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("report", text));
    laws(&case, &plain, &knowledge);
}

/// What must hold for every bundle.
fn laws(case: &Case, plain: &Report, knowledge: &Knowledge) {
    let name = || "nsdebuglog.log".to_owned();
    let again = analyze(case, vec![(name(), case.log.clone().into_bytes())], knowledge);
    assert_eq!(export::json(plain), export::json(&again), "the same input gives another report");

    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("logs/nsdebuglog.log", SimpleFileOptions::default()).unwrap();
    zip.write_all(case.log.as_bytes()).unwrap();
    let zipped = zip.finish().unwrap().into_inner();
    same_answer(plain, &analyze(case, vec![("bundle.zip".to_owned(), zipped)], knowledge), "zipped");

    let crlf = case.log.replace('\n', "\r\n").into_bytes();
    same_answer(plain, &analyze(case, vec![(name(), crlf)], knowledge), "CRLF");

    let utf16: Vec<u8> = "\u{FEFF}".encode_utf16().chain(case.log.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    same_answer(plain, &analyze(case, vec![(name(), utf16)], knowledge), "UTF-16");

    let lines: Vec<&str> = case.log.split_inclusive('\n').collect();
    let (early, late) = lines.split_at(lines.len() / 2);
    let early = ("nsdebuglog.1.log".to_owned(), early.concat().into_bytes());
    let late = ("nsdebuglog.log".to_owned(), late.concat().into_bytes());
    same_answer(plain, &analyze(case, vec![late.clone(), early.clone()], knowledge), "cut in two, newest first");
    same_answer(plain, &analyze(case, vec![early, late], knowledge), "cut in two, oldest first");

    let total: f64 = plain.suspects.iter().map(|suspect| suspect.score).sum();
    let points: f64 = plain.suspects.iter().flat_map(|suspect| &suspect.signals).map(|signal| signal.points).sum();
    assert!((total - points).abs() < 0.05 * (1.0 + plain.suspects.len() as f64), "points do not add up to the score");
}

/// The same hosts, findings and suggestions; lines and members may be named otherwise.
fn same_answer(plain: &Report, other: &Report, how: &str) {
    let answer = |report: &Report| {
        let suspects: Vec<_> = report
            .suspects
            .iter()
            .map(|suspect| {
                (suspect.host.clone(), suspect.process.clone(), suspect.score.to_bits(), suspect.confidence.clone())
            })
            .collect();
        let findings: Vec<_> =
            report.findings.iter().map(|finding| (finding.id.clone(), finding.detail.clone())).collect();
        let suggestions: Vec<_> = report
            .suggestions
            .iter()
            .map(|suggestion| (suggestion.remedy.clone(), suggestion.entries.clone(), suggestion.steps.clone()))
            .collect();
        let aside: Vec<_> = report.set_aside.iter().map(|aside| (aside.host.clone(), aside.says.clone())).collect();
        (suspects, findings, suggestions, aside)
    };
    assert_eq!(answer(plain), answer(other), "{how}: another answer");
}

fn analyze(case: &Case, files: Vec<(String, Vec<u8>)>, knowledge: &Knowledge) -> Report {
    let inputs = files.into_iter().map(|(name, bytes)| Input { name, source: Box::new(Cursor::new(bytes)) }).collect();
    let bundle = bundle::open("bundle", inputs, &Limits::default(), MemberId(0)).unwrap();
    let mut bundles: Vec<Bundle> = vec![bundle];
    let analysis = steerscope::analyze(&mut bundles, knowledge, &mut |_| {});
    let mut report = report::compose(&analysis, &case.incident, knowledge, Language::English);
    report::attach_evidence(&mut report, &analysis, &mut bundles);
    report
}

#[allow(clippy::disallowed_methods, reason = "a test reads its files")]
fn read(folder: &Path) -> Case {
    let log = std::fs::read_to_string(folder.join("nsdebuglog.log")).unwrap();
    let reported: Reported = toml::from_str(&std::fs::read_to_string(folder.join("incident.toml")).unwrap()).unwrap();
    let when = reported.at.as_deref().map(|at| When::parse(at, None, reported.within.as_deref()).unwrap());
    Case { log, incident: Incident { when, hints: reported.hints } }
}
