//! One bench a stage, each on what the stage before it gave: `cargo bench`, `cargo bench -- record`. The log is synthetic,
//! eight megabytes of it; where a stage's work grows with the text, its row also says how many bytes a second.
//!
//! Times depend on the machine and its moment, so nothing is asserted here; `cargo xtask count` compares what does not.

#![allow(clippy::unwrap_used, reason = "a measure for developers")]

use std::io::{Cursor, Write as _};

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use steerscope::bundle::{self, Bundle, Input, Limits, Member, MemberVisitor};
use steerscope::event::{Events, Meanings};
use steerscope::incident::{Incident, When};
use steerscope::knowledge::Knowledge;
use steerscope::language::Language;
use steerscope::provenance::MemberId;
use steerscope::ranking::{self, Devices, Index};
use steerscope::record::Reader;
use steerscope::report::{self, export};
use steerscope::{Analysis, advice, analyze, timeline};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const BYTES: u64 = 8 << 20;
/// A moment in the middle of it.
const AT: &str = "2025-11-06 01:00";

fn main() {
    divan::main();
}

#[divan::bench]
fn knowledge() -> Knowledge {
    Knowledge::built_in().unwrap()
}

/// Inflates, and drops the text.
#[divan::bench]
fn bundle_inflate(bencher: Bencher<'_, '_>) {
    struct Length(usize);
    impl MemberVisitor for Length {
        fn bytes(&mut self, _: &Member, chunk: &[u8]) -> bool {
            self.0 += chunk.len();
            true
        }
    }
    let zip = zipped(&log());
    bencher.counter(BytesCount::new(BYTES)).with_inputs(|| opened(&zip)).bench_local_values(|mut bundle| {
        let mut length = Length(0);
        bundle.read_each(&|_| true, &mut length);
        length.0
    });
}

/// Finds the records of text that lies in memory.
#[divan::bench]
fn record_read(bencher: Bencher<'_, '_>) {
    let log = log();
    bencher.counter(BytesCount::of_slice(&log)).bench_local(|| {
        let mut records = 0;
        let mut reader = Reader::new(MemberId(0));
        for piece in log.chunks(PIECE) {
            reader.push(piece, &mut |_| records += 1);
        }
        reader.finish(&mut |_| records += 1);
        records
    });
}

/// Finds the records and interprets them: less `record_read` it is the work of the stage.
#[divan::bench]
fn event_interpret(bencher: Bencher<'_, '_>) {
    let (log, knowledge) = (log(), Knowledge::built_in().unwrap());
    bencher.counter(BytesCount::of_slice(&log)).bench_local(|| interpreted(&log, &knowledge));
}

#[divan::bench]
fn timeline_build(bencher: Bencher<'_, '_>) {
    let knowledge = Knowledge::built_in().unwrap();
    let events = interpreted(&log(), &knowledge);
    bencher
        .with_inputs(|| vec![events.clone()])
        .bench_local_values(|events| timeline::build(events, &knowledge.processes));
}

#[divan::bench]
fn ranking_index(bencher: Bencher<'_, '_>) {
    let (analysis, knowledge) = analyzed();
    bencher.bench_local(|| Index::new(&analysis.timeline, Devices::default(), &knowledge));
}

/// What happens when another time is reported.
#[divan::bench]
fn ranking_rank(bencher: Bencher<'_, '_>) {
    let (analysis, knowledge) = analyzed();
    let incident = incident();
    bencher.bench_local(|| ranking::suspects_of(analysis.sources(&knowledge), &incident));
}

/// What happens when no time is reported.
#[divan::bench]
fn ranking_moments(bencher: Bencher<'_, '_>) {
    let (analysis, knowledge) = analyzed();
    bencher.bench_local(|| ranking::candidate_moments(analysis.sources(&knowledge)));
}

#[divan::bench]
fn advice_advise(bencher: Bencher<'_, '_>) {
    let (analysis, knowledge) = analyzed();
    let suspects = ranking::suspects_of(analysis.sources(&knowledge), &incident());
    assert!(!suspects.is_empty());
    bencher.bench_local(|| advice::advise(&suspects, &[], &analysis.timeline, &analysis.configuration, &knowledge));
}

/// Everything that follows the reading, for a reported time.
#[divan::bench]
fn report_compose(bencher: Bencher<'_, '_>) {
    let (analysis, knowledge) = analyzed();
    let incident = incident();
    bencher.bench_local(|| report::compose(&analysis, &incident, &knowledge, Language::Japanese));
}

#[divan::bench]
fn report_html(bencher: Bencher<'_, '_>) {
    let (analysis, knowledge) = analyzed();
    let report = report::compose(&analysis, &incident(), &knowledge, Language::Japanese);
    bencher.bench_local(|| export::html(black_box(&report), knowledge.texts(Language::Japanese)));
}

/// As the bundle hands text over.
const PIECE: usize = 64 * 1024;

fn log() -> Vec<u8> {
    scenario::bulk(1, BYTES).flat_map(|line| (line + "\n").into_bytes()).collect()
}

fn zipped(log: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("nsdebuglog.log", SimpleFileOptions::default()).unwrap();
    zip.write_all(log).unwrap();
    zip.finish().unwrap().into_inner()
}

fn opened(zip: &[u8]) -> Bundle {
    let input = Input { name: "bundle.zip".to_owned(), source: Box::new(Cursor::new(zip.to_vec())) };
    bundle::open("bundle.zip", vec![input], &Limits::default(), MemberId(0)).unwrap()
}

fn interpreted(log: &[u8], knowledge: &Knowledge) -> Events {
    let meanings = Meanings::of(&knowledge.shapes);
    let mut events = Events::default();
    let mut reader = Reader::new(MemberId(0));
    for piece in log.chunks(PIECE) {
        reader.push(piece, &mut |record| events.interpret(&record, &meanings));
    }
    reader.finish(&mut |record| events.interpret(&record, &meanings));
    events.close();
    events
}

fn analyzed() -> (Analysis, Knowledge) {
    let knowledge = Knowledge::built_in().unwrap();
    let analysis = analyze(&mut [opened(&zipped(&log()))], &knowledge, &mut |_| {});
    (analysis, knowledge)
}

fn incident() -> Incident {
    Incident { when: Some(When::parse(AT, None, None).unwrap()), hints: Vec::new() }
}
