//! Several readers side by side find what one reader finds, or leave the reading to one.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

#[path = "support/archives.rs"]
#[expect(dead_code, reason = "shared with tests that need more of it")]
mod archives;

use archives::{Zip, gzip, input, tar};
use steerscope::analysis::share::{SegmentReader, analyze_shared};
use steerscope::bundle::{self, Bundle, Limits};
use steerscope::incident::Incident;
use steerscope::knowledge::Knowledge;
use steerscope::language::Language;
use steerscope::provenance::MemberId;
use steerscope::record::Segment;
use steerscope::{Analysis, analyze, report};

/// Enough that sharing pays.
const LINES: u32 = 24_000;

/// A day's part: one flow a second, of one of two programs, and a line that no shape knows.
fn part(hour: u32) -> Vec<u8> {
    let line = |second: u32| {
        let time = format!("2025/11/06 {hour:02}:{:02}:{:02}.{:03}", second / 600 % 60, second / 10 % 60, second % 10);
        let (source, host) = (50_000 + second % 900, second * 7 % 300 + hour);
        match second % 11 {
            0 => format!("{time} stAgentSvc p1 t2 info odd.cpp:7 Something odd number {second} of {hour}\n"),
            _ => format!(
                "{time} stAgentSvc p1 t2 info tunnel.cpp:9 nsTunnel TLS [sessId 1] Tunneling flow from addr: 192.0.2.7:{source}, process: app{}.exe to host: host{host}.example.com, addr: 198.51.100.4:443 to nsProxy\n",
                second % 2
            ),
        }
    };
    (0..LINES).flat_map(|second| line(second).into_bytes()).collect()
}

fn opened(archive: &[u8], limits: &Limits) -> Vec<Bundle> {
    vec![bundle::open("bundle", vec![input("bundle", archive)], limits, MemberId(0)).unwrap()]
}

fn shown(analysis: &Analysis, knowledge: &Knowledge) -> String {
    let report = report::compose(analysis, &Incident::default(), knowledge, Language::English);
    let flows: Vec<String> = report::export::flows_ndjson(analysis).collect();
    format!("{}\n{}", report::export::json(&report), flows.join("\n"))
}

/// What several readers find who give back each piece late and in an odd order; `None` where the reading is left to one.
fn shared(archive: &[u8], limits: &Limits, knowledge: &Knowledge) -> Option<String> {
    let reader = SegmentReader::new(knowledge);
    let mut waiting = Vec::new();
    let mut hand_out = |segment: Option<Segment>| {
        let at_end = segment.is_none();
        waiting.extend(segment.map(|segment| reader.read(&segment)));
        let given = if at_end { waiting.len() } else { usize::from(waiting.len() > 5) };
        if given > 0 {
            waiting.rotate_left(1);
        }
        waiting.split_off(waiting.len() - given)
    };
    let joined = analyze_shared(&mut opened(archive, limits), knowledge, &mut hand_out)?;
    Some(shown(&joined, knowledge))
}

/// What one reader finds.
fn alone(archive: &[u8], limits: &Limits, knowledge: &Knowledge) -> String {
    shown(&analyze(&mut opened(archive, limits), knowledge, &mut |_| {}), knowledge)
}

fn zip(parts: &[(&str, &[u8])]) -> Zip {
    parts.iter().fold(Zip::default(), |zip, (name, bytes)| zip.deflated(name, bytes))
}

#[test]
fn several_readers_find_what_one_finds() {
    let knowledge = Knowledge::built_in().unwrap();
    let (one, two, three) = (part(9), part(10), part(12));
    let parts = [("nsdebuglog.log", &three[..]), ("nsdebuglog.1.log", &two), ("nsdebuglog.2.log", &one)];
    let archive = zip(&parts).finish();
    let whole = analyze(&mut opened(&archive, &Limits::default()), &knowledge, &mut |_| {});
    assert_eq!(whole.timeline.flows.len(), 3 * (0..LINES).filter(|line| line % 11 != 0).count());
    let joined = [&b"\xEF\xBB\xBFno record\n"[..], &one, &three, b"{\n  \"a\": 1\n}\n", &two, b"cut off"].concat();
    let limits = Limits { total_bytes: joined.len() as u64 - 1000, ..Limits::default() };
    for (archive, limits) in [
        (&archive[..], &Limits::default()),
        (&archive[..archive.len() - 2000], &Limits::default()),
        (&archive, &limits),
        (&gzip(&tar(&parts)), &Limits::default()),
        (&gzip(&joined), &Limits::default()),
        (&gzip(&joined), &limits),
    ] {
        let found = shared(archive, limits, &knowledge);
        // Megabytes that nobody wants to see.
        assert!(found == Some(alone(archive, limits, &knowledge)), "{} bytes, {limits:?}", archive.len());
    }
}

#[test]
fn what_needs_one_reader_is_left_to_one() {
    let knowledge = Knowledge::built_in().unwrap();
    let (one, two) = (part(9), part(10));
    let shared = |archive: &[u8]| shared(archive, &Limits::default(), &knowledge);
    let parts = [("nsdebuglog.log", &two[..]), ("nsdebuglog.1.log", &one)];
    assert!(shared(&zip(&parts).finish()).is_some());
    // The longer log may repeat the shorter one.
    let longer = [&one[..], &two].concat();
    assert!(shared(&zip(&[("nsdebuglog.log", &longer), ("nsdebuglog.1.log", &one)]).finish()).is_none());
    // Nothing to cut at, or not by bytes.
    let wide: Vec<u8> = longer.iter().flat_map(|byte| [*byte, 0]).collect();
    assert!(shared(&zip(&[("nsdebuglog.log", &wide)]).finish()).is_none());
    // More sorts of messages than are told apart: which are left out depends on the order.
    let letters = |number: u32| char::from(b'a' + (number % 26) as u8);
    let odd = |number: u32| {
        let word: String = [number / 676, number / 26, number].map(letters).into_iter().collect();
        format!("2025/11/06 09:00:00.000 stAgentSvc p1 t2 info odd.cpp:7 Something odd {word}\n")
    };
    let noise: Vec<u8> = (0..6000).flat_map(|number| odd(number).into_bytes()).collect();
    assert!(shared(&zip(&[("nsdebuglog.log", &[&longer[..], &noise, &two].concat())]).finish()).is_none());
}
