//! Real excerpts, when they lie beside the checkout: every line with a header becomes the event that it is. Skipped when absent.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::path::Path;

use steerscope::event::{Events, Meanings};
use steerscope::knowledge::Knowledge;
use steerscope::provenance::MemberId;
use steerscope::record::Reader;

/// What a line must be read as, told by words of the line itself and not by the catalogue.
const EXPECTED: &[(&str, &str)] = &[
    ("Bypassing connection by tunneling", "tunnel_undecrypted"),
    ("Bypassing connection from process", "bypass"),
    ("bypassing flow to exception host", "bypass"),
    ("Dropping connection", "block"),
    ("Action: Tunnel", "tunnel"),
    ("Action: Bypass", "bypass"),
    ("to nsProxy", "tunnel"),
    ("tunnel.cpp:618", "tunnel"),
    (":443 to", "tunnel_undecrypted"),
];

fn excerpts() -> Option<Vec<(String, Vec<u8>)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    #[allow(clippy::disallowed_methods, reason = "a test reads its files")]
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "log"))
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    Some(files)
}

#[test]
fn every_line_with_a_header_becomes_the_right_event() {
    let Some(files) = excerpts() else { return };
    let knowledge = Knowledge::built_in().unwrap();
    let meanings = Meanings::of(&knowledge.shapes);
    let (mut records, mut flows) = (0, 0);
    for (name, bytes) in files {
        let mut reader = Reader::new(MemberId(0));
        let mut check = |record: steerscope::record::Record<'_>| {
            records += 1;
            let message = String::from_utf8_lossy(record.message).into_owned();
            assert!(knowledge.shapes.find(record.message).is_some(), "{name}: no shape for “{message}”");
            let mut events = Events::default();
            events.interpret(&record, &meanings);
            let raw = format!("{}:{} {message}", String::from_utf8_lossy(record.source_file), record.source_line);
            let expected = EXPECTED.iter().find(|(words, _)| raw.contains(words)).map(|(_, decision)| *decision);
            let decision = events.flows.first().map(|flow| flow.decision.name());
            assert_eq!(decision, expected, "{name}: “{message}”");
            flows += usize::from(decision.is_some());
        };
        reader.push(&bytes, &mut check);
        reader.finish(&mut check);
    }
    assert!(records >= 42 && flows >= 10, "{records} records, {flows} flows");
}
