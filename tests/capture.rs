//! Captures of real clients that met a chain they do not trust (`captures/make.py`): what each of them is seen to do.
//!
//! The same must come out whatever link and file format the packets stand in, and whatever bytes are handed over, no panic.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

#[path = "support/story.rs"]
mod story;

use proptest::prelude::*;
use steerscope::bundle::{self, Input, Limits};
use steerscope::capture::{self, Capture, Outcome, Refusal};
use steerscope::provenance::MemberId;
use steerscope::timeline::Timeline;
use story::story;

fn file(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures").join(name);
    #[allow(clippy::disallowed_methods, reason = "a test reads its files")]
    std::fs::read(path).unwrap()
}

fn read(bytes: Vec<u8>) -> Capture {
    let input = Input { name: "nspktdump.pcap".to_owned(), source: Box::new(std::io::Cursor::new(bytes)) };
    let mut bundles = vec![bundle::open("bundle", vec![input], &Limits::default(), MemberId(0)).unwrap()];
    capture::read(&mut bundles, &Timeline::default()).0
}

/// Outcome of each connection: `curl-13 alert 48`.
fn outcomes(capture: &Capture) -> Vec<String> {
    let outcome = |outcome: Outcome| match outcome {
        Outcome::Accepted => "accepted".to_owned(),
        Outcome::Unknown => "unknown".to_owned(),
        Outcome::Refused(Refusal::Alert(code)) => format!("alert {code}"),
        Outcome::Refused(refusal) => refusal.id().to_owned(),
    };
    let name = |name: &Option<String>| name.clone().unwrap_or_default().replace(".example.com", "");
    capture.conversations.iter().map(|row| format!("{} {}", name(&row.server_name), outcome(row.outcome))).collect()
}

#[track_caller]
fn check(name: &str, expected: &[&str]) {
    assert_eq!(outcomes(&read(file(name))), expected, "{name}");
}

#[test]
fn openssl_and_what_is_built_on_it_say_no_in_clear() {
    check("curl.pcap", &["curl-13 alert 48", "curl-12 alert 48"]);
    check("openssl.pcap", &["openssl-13 alert 48", "openssl-12 alert 48"]);
    check("python.pcap", &["python-13 alert 48", "python-12 alert 48"]);
}

#[test]
fn browsers_say_no_encrypted_or_by_leaving() {
    let twice = |name: &str, modern: &str, old: &str| {
        let of = |version: &str, outcome: &str| format!("{name}-{version} {outcome}");
        [of("13", modern), of("13", modern), of("12", old), of("12", old)]
    };
    assert_eq!(outcomes(&read(file("chromium.pcap"))), twice("chromium", "encrypted_alert", "alert 46"));
    assert_eq!(outcomes(&read(file("firefox.pcap"))), twice("firefox", "encrypted_alert", "no_data"));
}

#[test]
fn node_checks_late_and_leaves() {
    check("node.pcap", &["node-13 abandoned", "node-12 no_data"]);
}

#[test]
fn a_reset_after_the_certificate_is_told_apart() {
    check("reset.pcap", &["reset-13 reset", "reset-12 reset"]);
}

#[test]
fn who_accepts_sends_data() {
    check("accepted.pcap", &["accepted-13 accepted", "accepted-12 accepted"]);
}

#[test]
fn the_issuer_is_seen_up_to_tls_1_2() {
    let issuer = |name: &str| {
        let rows = read(file(name)).conversations;
        rows.iter().map(|row| row.issuer.clone().and_then(|issuer| issuer.common_name)).collect::<Vec<_>>()
    };
    assert_eq!(issuer("curl.pcap"), [None, Some("ca.example.goskope.com".to_owned())]);
    assert_eq!(issuer("other_inspection.pcap"), [Some("mitmproxy".to_owned())]);
}

#[test]
fn a_client_hello_names_its_protocols() {
    let rows = read(file("chromium.pcap")).conversations;
    assert_eq!(rows[0].protocols, ["h2", "http/1.1"]);
    assert!(rows[0].offers_encrypted_hello);
    assert!(!read(file("curl.pcap")).conversations[0].offers_encrypted_hello);
}

#[test]
fn datagrams_tell_of_names_and_quic() {
    let names = read(file("names.pcap")).unresolved;
    let told: Vec<String> = names.iter().map(|row| format!("{} {}", row.name, row.failure.id())).collect();
    assert_eq!(told, ["failing.example.com SERVFAIL", "silent.example.com timeout", "unknown.example.com NXDOMAIN"]);
    let quic = read(file("quic.pcap")).quic;
    assert_eq!((quic.len(), quic[0].answered), (1, false));
}

#[test]
fn cooked_captures_are_read() {
    check("cooked.pcap", &["cooked alert 48"]);
    check("cooked2.pcap", &["cooked2 alert 48"]);
}

/// Packets of a classic capture: time in seconds and microseconds, and bytes.
fn packets(bytes: &[u8]) -> Vec<(u32, u32, Vec<u8>)> {
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let mut packets = Vec::new();
    let mut at = 24;
    while at + 16 <= bytes.len() {
        let length = number(at + 8) as usize;
        packets.push((number(at), number(at + 4), bytes[at + 16..at + 16 + length].to_vec()));
        at += 16 + length;
    }
    packets
}

/// A classic capture in either byte order, in micro- or nanoseconds.
fn pcap(packets: &[(u32, u32, Vec<u8>)], link: u32, big: bool, nano: bool) -> Vec<u8> {
    let word = |value: u32| if big { value.to_be_bytes() } else { value.to_le_bytes() };
    let half = |value: u16| if big { value.to_be_bytes() } else { value.to_le_bytes() };
    let mut bytes = word(if nano { 0xA1B2_3C4D } else { 0xA1B2_C3D4 }).to_vec();
    bytes.extend([half(2), half(4)].concat());
    bytes.extend([word(0), word(0), word(65_535), word(link)].concat());
    for (seconds, fraction, data) in packets {
        let fraction = if nano { fraction * 1000 } else { *fraction };
        bytes.extend([word(*seconds), word(fraction), word(data.len() as u32), word(data.len() as u32)].concat());
        bytes.extend(data);
    }
    bytes
}

fn pcapng(packets: &[(u32, u32, Vec<u8>)], link: u16, big: bool) -> Vec<u8> {
    let word = |value: u32| if big { value.to_be_bytes() } else { value.to_le_bytes() };
    let half = |value: u16| if big { value.to_be_bytes() } else { value.to_le_bytes() };
    let block = |kind: u32, body: &[u8]| {
        let padded = [body, &vec![0; body.len().wrapping_neg() % 4]].concat();
        let length = word(padded.len() as u32 + 12);
        [&word(kind)[..], &length, &padded, &length].concat()
    };
    let section = [&word(0x1A2B_3C4D)[..], &half(1), &half(0), &[0xFF; 8]].concat();
    let interface = [&half(link)[..], &half(0), &word(0)].concat();
    let mut bytes = [block(0x0A0D_0D0A, &section), block(1, &interface)].concat();
    for (seconds, fraction, data) in packets {
        let ticks = u64::from(*seconds) * 1_000_000 + u64::from(*fraction);
        let length = word(data.len() as u32);
        let head = [word(0), word((ticks >> 32) as u32), word(ticks as u32), length, length].concat();
        bytes.extend(block(6, &[&head[..], data].concat()));
    }
    bytes
}

#[test]
fn the_same_connections_stand_in_every_format() {
    for name in ["curl.pcap", "chromium.pcap", "accepted.pcap", "quic.pcap"] {
        let ethernet = packets(&file(name));
        let with = |front: &[u8]| -> Vec<(u32, u32, Vec<u8>)> {
            let rebuilt = |data: &Vec<u8>| [front, &data[14..]].concat();
            ethernet.iter().map(|(seconds, fraction, data)| (*seconds, *fraction, rebuilt(data))).collect()
        };
        let plain = read(file(name));
        let cooked = [&[0; 14][..], &[0x08, 0x00]].concat();
        for (what, bytes) in [
            ("big-endian", pcap(&ethernet, 1, true, false)),
            ("nanoseconds", pcap(&ethernet, 1, false, true)),
            ("raw IP", pcap(&with(&[]), 101, false, false)),
            ("null", pcap(&with(&[2, 0, 0, 0]), 0, false, false)),
            ("loop", pcap(&with(&[0, 0, 0, 2]), 108, false, false)),
            ("cooked", pcap(&with(&cooked), 113, false, false)),
            ("pcapng", pcapng(&ethernet, 1, false)),
            ("big-endian pcapng", pcapng(&ethernet, 1, true)),
            ("two sections", [pcapng(&[], 101, true), pcapng(&ethernet, 1, false)].concat()),
        ] {
            let other = read(bytes);
            assert_eq!(other.conversations, plain.conversations, "{name}: {what}");
            assert_eq!(other.quic, plain.quic, "{name}: {what}");
        }
    }
}

#[test]
fn a_capture_that_ends_early_is_said_to() {
    let bytes = file("curl.pcap");
    for length in [30, 500, bytes.len() - 1] {
        let capture = read(bytes[..length].to_vec());
        assert!(capture.files[0].is_partial, "{length}");
    }
    assert!(!read(bytes).files[0].is_partial);
}

/// Seconds after 15:00 on 2025-11-06 at UTC+9, as a capture on that device has them.
const THREE_O_CLOCK_IN_TOKYO: u32 = 1_762_408_800;

/// The capture of `name` with its first packet at `seconds` after three o'clock.
fn moved(name: &str, seconds: u32) -> Vec<u8> {
    let mut packets = packets(&file(name));
    let first = packets[0].0;
    for packet in &mut packets {
        packet.0 = packet.0 - first + THREE_O_CLOCK_IN_TOKYO + seconds;
        packet.1 = 0;
    }
    pcap(&packets, 1, false, false)
}

#[test]
fn a_refusal_proves_a_host_and_the_log_tells_the_zone() {
    let told = story()
        .at("15:20:00")
        .steers("sync.exe", "curl-13.example.com")
        .steers("browser.exe", "www.example.net")
        .at("15:20:01")
        .steers("sync.exe", "curl-12.example.com")
        .with_bytes("nspktdump.pcap", &moved("curl.pcap", 20 * 60))
        .broke_at("15:20");
    let report = told.report();
    let first = &report.suspects[0];
    assert_eq!((first.host.as_str(), first.confidence.as_str()), ("curl-13.example.com", "strong"));
    let signal = first.signals.iter().find(|signal| signal.id == "certificate_refused").unwrap();
    assert!(signal.evidence[0].text.as_ref().unwrap().contains("client alert 48 (unknown CA)"), "{signal:?}");
    assert_eq!(signal.evidence[0].member, "nspktdump.pcap");
    assert!(told.has_finding("certificate_refused") && told.has_finding("inspection_seen"));
    let joined = report.notices.iter().find(|notice| notice.id == "capture_joined").unwrap();
    assert!(joined.text.contains("UTC+09:00"), "{}", joined.text);
    let member = report.bundles[0].members.iter().find(|member| member.kind == "capture").unwrap();
    assert_eq!((member.read.as_str(), member.why.as_deref()), ("whole", None));
}

#[test]
fn another_inspector_is_named() {
    let told = story().with_bytes("nspktdump.pcap", &file("other_inspection.pcap"));
    let finding = told.finding("other_tls_inspection");
    assert!(finding.title.contains("mitmproxy") && finding.detail.contains("other.example.com"), "{finding:?}");
    assert!(told.report().notices.iter().any(|notice| notice.id == "capture_unjoined"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..2000), big in any::<bool>(), link in prop_oneof![Just(0_u16), Just(1), Just(101), Just(113), Just(276)]) {
        let packets: Vec<(u32, u32, Vec<u8>)> = bytes.chunks(90).map(|chunk| (1, 1, chunk.to_vec())).collect();
        read(pcap(&packets, u32::from(link), big, false));
        read(pcapng(&packets, link, big));
        read([&[0xD4, 0xC3, 0xB2, 0xA1][..], &bytes].concat());
        read([&[0x0A, 0x0D, 0x0D, 0x0A][..], &bytes].concat());
    }

    #[test]
    fn damaged_captures_are_survived(place in any::<prop::sample::Index>(), value in any::<u8>(), times in 1_usize..20) {
        for name in ["chromium.pcap", "curl.pcap", "names.pcap"] {
            let mut bytes = file(name);
            for step in 0..times {
                let at = (place.index(bytes.len()) + step * 37) % bytes.len();
                bytes[at] = value.wrapping_add(step as u8);
            }
            if bytes.starts_with(&[0xD4, 0xC3, 0xB2, 0xA1]) {
                read(bytes);
            }
        }
    }
}
