//! Several readers side by side find what one reader finds, or leave the reading to one.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

#[path = "support/archives.rs"]
#[expect(dead_code, reason = "shared with tests that need more of it")]
mod archives;

use archives::{Zip, gzip, input, tar};
use steerscope::analysis::share;
use steerscope::bundle::{self, Bundle, Limits};
use steerscope::incident::Incident;
use steerscope::knowledge::Knowledge;
use steerscope::language::Language;
use steerscope::provenance::MemberId;
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

/// What two readers find; `None` where the reading is left to one.
fn shared(archive: &[u8], limits: &Limits, knowledge: &Knowledge) -> Option<String> {
    let mut bundles = opened(archive, limits);
    let shares = share::shares(&mut bundles, 2);
    let read = shares.iter().map(|logs| share::read(&mut opened(archive, limits), logs, knowledge)).collect();
    let joined = (shares.len() == 2).then(|| share::join(&mut bundles, read, knowledge))??;
    Some(shown(&joined, knowledge))
}

fn zip(parts: &[(&str, &[u8])]) -> Zip {
    parts.iter().fold(Zip::default(), |zip, (name, bytes)| zip.deflated(name, bytes))
}

#[test]
fn two_readers_find_what_one_finds() {
    let knowledge = Knowledge::built_in().unwrap();
    let (one, two, three) = (part(9), part(10), part(12));
    let parts = [("nsdebuglog.log", &three[..]), ("nsdebuglog.1.log", &two), ("nsdebuglog.2.log", &one)];
    let archive = zip(&parts).finish();
    let alone = analyze(&mut opened(&archive, &Limits::default()), &knowledge, &mut |_| {});
    assert_eq!(alone.timeline.flows.len(), 3 * (0..LINES).filter(|line| line % 11 != 0).count());
    assert_eq!(shared(&archive, &Limits::default(), &knowledge).as_deref(), Some(&*shown(&alone, &knowledge)));
}

#[test]
fn what_needs_one_reader_is_left_to_one() {
    let knowledge = Knowledge::built_in().unwrap();
    let (one, two) = (part(9), part(10));
    let shared = |archive: &[u8], limits: &Limits| shared(archive, limits, &knowledge);
    let parts = [("nsdebuglog.log", &two[..]), ("nsdebuglog.1.log", &one)];
    assert!(shared(&zip(&parts).finish(), &Limits::default()).is_some());
    // The longer log may repeat the shorter one.
    let longer = [&one[..], &two].concat();
    let grown = zip(&[("nsdebuglog.log", &longer), ("nsdebuglog.1.log", &one)]).finish();
    assert!(shared(&grown, &Limits::default()).is_none());
    // The readers count for themselves, a limit counts for all.
    let limits = Limits { total_bytes: 2 * one.len() as u64 - 1, ..Limits::default() };
    assert!(shared(&zip(&parts).finish(), &limits).is_none());
    let cut = zip(&parts).finish();
    assert!(shared(&cut[..cut.len() * 2 / 3], &Limits::default()).is_none());
    // A tar is passed through as a whole.
    assert!(shared(&gzip(&tar(&parts)), &Limits::default()).is_none());
}
