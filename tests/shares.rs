//! Several readers side by side find what one reader finds, or leave the reading to one.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

#[path = "support/archives.rs"]
#[expect(dead_code, reason = "shared with tests that need more of it")]
mod archives;

use archives::{Odd, Zip, gzip, input, tar};
use steerscope::analysis::share::{self, Joined, Piece};
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

/// What so many readers find, each with the archive for itself; `None` where the reading is left to one.
fn shared(archive: &[u8], limits: &Limits, readers: usize, knowledge: &Knowledge) -> Option<String> {
    let mut bundles = opened(archive, limits);
    let shares = share::shares(&mut bundles, readers)?;
    assert_eq!(shares.len(), readers);
    let mut joined = Joined::new(&bundles);
    let (own, others) = shares.split_first()?;
    if !joined.read(&mut bundles, own, knowledge, &mut |_| {}, &mut |_| {}) {
        return None;
    }
    for share in others {
        let mut give = |piece| joined.add(sent(piece));
        if !share::read(&mut opened(archive, limits), share, knowledge, &mut give, &mut |_| {}) {
            return None;
        }
    }
    Some(shown(&joined.analysis(&mut bundles, knowledge)?, knowledge))
}

/// As it arrives at another worker of the page.
#[cfg(feature = "worker")]
fn sent(piece: Piece) -> Piece {
    // Only what was read whole goes from worker to worker.
    let Ok(bytes) = postcard::to_allocvec(&piece) else { return piece };
    postcard::from_bytes(&bytes).unwrap()
}

#[cfg(not(feature = "worker"))]
fn sent(piece: Piece) -> Piece {
    piece
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
    let (usual, dump) = (Limits::default(), "{ \"key\": 1,\n".repeat(300_000).into_bytes());
    let returns = String::from_utf8_lossy(&joined).replace('\n', "\r\n").into_bytes();
    let cut_off = Limits { bytes_per_member: one.len() as u64 * 2, ..usual };
    let lying = |length| Odd { declared_length: Some(length), ..Odd::default() };
    let lying =
        |length| Zip::default().odd("nsdebuglog.log", &joined, lying(length)).deflated("nsdebuglog.1.log", &two);
    let with_empty =
        zip(&[("nsdebuglog.log", &joined), ("nsdebuglog.1.log", b""), ("nsdebuglog.2.log", &two)]).finish();
    let odd = Odd { wrong_checksum: true, ..Odd::default() };
    let wrong = Zip::default().odd("nsdebuglog.log", &joined, odd).deflated("nsdebuglog.1.log", &two).finish();
    let cases = [
        ("as it should be", &archive[..], &usual),
        ("cut off", &archive[..archive.len() - 2000], &usual),
        ("a wrong checksum", &wrong, &usual),
        ("a log", &joined, &usual),
        ("longer than is read", &joined, &cut_off),
        ("other line ends", &returns, &usual),
        ("long records", &[&one[..], &dump, &two, &dump].concat(), &usual),
        ("an empty log", &with_empty, &usual),
        ("too short a length", &lying(joined.len() as u32 / 2).finish(), &usual),
        ("too long a length", &lying(joined.len() as u32 * 2).finish(), &usual),
    ];
    let check = |(what, archive, limits): (&str, &[u8], &Limits)| {
        let expected = alone(archive, limits, &knowledge);
        for readers in [2, 5] {
            let Some(found) = shared(archive, limits, readers, &knowledge) else { panic!("{what}: left to one") };
            // Megabytes that nobody wants to see.
            let differing = found.lines().zip(expected.lines()).find(|(found, expected)| found != expected);
            assert!(found == expected, "{what}, {readers} readers: {differing:?}");
        }
    };
    let check = &check;
    // Side by side: it is the longest of all tests.
    std::thread::scope(|scope| {
        for case in cases {
            scope.spawn(move || check(case));
        }
    });
}

#[test]
fn what_needs_one_reader_is_left_to_one() {
    let knowledge = Knowledge::built_in().unwrap();
    let (one, two) = (part(9), part(10));
    let shared_within = |archive: &[u8], limits: &Limits| shared(archive, limits, 2, &knowledge);
    let shared = |archive: &[u8]| shared_within(archive, &Limits::default());
    let parts = [("nsdebuglog.log", &two[..]), ("nsdebuglog.1.log", &one)];
    assert!(shared(&zip(&parts).finish()).is_some());
    // The longer log may repeat the shorter one.
    let longer = [&one[..], &two].concat();
    assert!(shared(&zip(&[("nsdebuglog.log", &longer), ("nsdebuglog.1.log", &one)]).finish()).is_none());
    // What is left out depends on the order in which all are read.
    let limits = Limits { total_bytes: (one.len() + two.len()) as u64 - 1000, ..Limits::default() };
    assert!(shared_within(&zip(&parts).finish(), &limits).is_none());
    let lying = Odd { declared_length: Some(longer.len() as u32 - 2000), ..Odd::default() };
    assert!(shared_within(&Zip::default().odd("nsdebuglog.log", &longer, lying).finish(), &limits).is_none());
    // A stream is passed through from its beginning, and does not say how long it is.
    assert!(shared(&gzip(&tar(&parts))).is_none() && shared(&gzip(&longer)).is_none());
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
