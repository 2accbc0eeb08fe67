//! Whatever happened to a bundle on its way: what can be read is read, the rest is told, nothing panics or hangs.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, also in its helpers")]

#[path = "support/archives.rs"]
mod archives;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor, Write as _};
use std::sync::LazyLock;

use archives::{Odd, Zip, deflated, gzip, input, log, tar, utf16};
use proptest::prelude::*;
use steerscope::bundle::MemberKind::{Capture, Configuration, DiagnosticText, Other, Secret};
use steerscope::bundle::{self, Bundle, BundleError, Extent, Input, Limits};
use steerscope::knowledge::texts::Texts;
use steerscope::language::Language;
use steerscope::notice::Notice;
use steerscope::provenance::MemberId;
use steerscope::record::{self, Reader, Record};
use zip::write::SimpleFileOptions;
use zip::{AesMode, CompressionMethod, ZipWriter};

fn open(name: &str, bytes: impl Into<Vec<u8>>) -> Result<Bundle, BundleError> {
    open_all(vec![input(name, bytes)])
}

fn open_all(inputs: Vec<Input>) -> Result<Bundle, BundleError> {
    let name = inputs.first().map(|input| input.name.clone()).unwrap_or_default();
    bundle::open(&name, inputs, &Limits::default(), MemberId(0))
}

/// What a bundle gives: per log its path, records and extent, and the ids of all notices in order.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    logs: Vec<(String, u64, &'static str)>,
    records: Vec<String>,
    notices: BTreeSet<&'static str>,
}

fn read(mut bundle: Bundle) -> Seen {
    let mut records = Vec::new();
    let reading = record::read(&mut bundle, &mut |_, record| records.push(text(&record)), &mut |_| {});
    let logs = reading.members.iter().map(|read| {
        let path = bundle.member(read.member).unwrap().path.clone();
        let extent = match read.read {
            Extent::Whole => "whole",
            Extent::Partly(_) => "partly",
            Extent::Not(_) => "not",
        };
        (path, read.tally.records, extent)
    });
    for notice in bundle.notices.iter().chain(&reading.notices) {
        assert_has_sentences(notice);
    }
    Seen {
        logs: logs.collect(),
        notices: bundle.notices.iter().chain(&reading.notices).map(|notice| notice.id).collect(),
        records,
    }
}

/// In every language, and with a value for each of its placeholders.
fn assert_has_sentences(notice: &Notice) {
    static TEXTS: LazyLock<[Texts; 2]> =
        LazyLock::new(|| [Language::English, Language::Japanese].map(|language| Texts::built_in(language).unwrap()));
    for texts in &*TEXTS {
        let key = format!("notice.{}", notice.id);
        let (_, placeholders) = texts.placeholders().find(|(known, _)| *known == key).expect(&key);
        let has_value = |name: &&str| notice.arguments.iter().any(|(known, _)| known == name);
        assert!(placeholders.iter().all(has_value), "{key}: {placeholders:?} of {:?}", notice.arguments);
    }
}

fn text(record: &Record<'_>) -> String {
    format!(
        "{} {} {:?} {} {}",
        record.provenance.line,
        record.at,
        record.level,
        String::from_utf8_lossy(record.message),
        String::from_utf8_lossy(record.continuation)
    )
}

#[track_caller]
fn check(name: &str, bytes: impl Into<Vec<u8>>, logs: &[(&str, u64, &str)], notices: &[&str]) {
    let seen = read(open(name, bytes).unwrap());
    let found: Vec<_> = seen.logs.iter().map(|(path, records, extent)| (path.as_str(), *records, *extent)).collect();
    assert_eq!(found, logs);
    assert_eq!(seen.notices.into_iter().collect::<Vec<_>>(), notices);
}

#[track_caller]
fn check_error(name: &str, bytes: impl Into<Vec<u8>>, expected: &str) {
    let error = open(name, bytes).err().expect("no bundle");
    assert_has_sentences(&error.notice());
    assert!(error.to_string().contains(expected), "{error}");
}

// Forms

#[test]
fn reads_every_form_of_bundle() {
    let log = log(40);
    let bytes = log.as_bytes();
    let zip = Zip::default().deflated("Logs/nsdebuglog.log", bytes).stored("nsconfig.json", b"{}").finish();
    check("bundle.zip", zip.clone(), &[("Logs/nsdebuglog.log", 40, "whole")], &[]);
    check("renamed", zip.clone(), &[("Logs/nsdebuglog.log", 40, "whole")], &[]);
    check("nsdebuglog.log", bytes, &[("nsdebuglog.log", 40, "whole")], &[]);
    check("note.txt", bytes, &[("note.txt", 40, "whole")], &[]);
    check("nsdebuglog.1.log.gz", gzip(bytes), &[("nsdebuglog.1.log.gz", 40, "whole")], &[]);
    check("a.txt", utf16(&log), &[("a.txt", 40, "whole")], &[]);
    check("a.txt", log.replace('\n', "\r\n"), &[("a.txt", 40, "whole")], &[]);
    check("a.txt", log.replace('\n', " "), &[("a.txt", 40, "whole")], &[]);
    let deep = format!("{}/nsdebuglog.log", "folder".repeat(20));
    let tar = tar(&[("nsdebuglog.log", bytes), (deep.as_str(), bytes), ("npadebuglog.log", b"")]);
    let logs = [("nsdebuglog.log", 40, "whole"), (deep.as_str(), 40, "whole"), ("npadebuglog.log", 0, "whole")];
    check("bundle.tar", tar.clone(), &logs, &["log_empty"]);
    check("bundle.tar.gz", gzip(&tar), &logs, &["log_empty"]);
    check(
        "ticket.zip",
        Zip::default()
            .stored("logs.zip", &zip)
            .deflated("more/logs.tgz", &gzip(&tar))
            .deflated("nsdebuglog.2.log.gz", &gzip(bytes))
            .finish(),
        &[
            ("logs.zip!/Logs/nsdebuglog.log", 40, "whole"),
            ("more/logs.tgz!/nsdebuglog.log", 40, "whole"),
            (&format!("more/logs.tgz!/{deep}"), 40, "whole"),
            ("more/logs.tgz!/npadebuglog.log", 0, "whole"),
            ("nsdebuglog.2.log.gz", 40, "whole"),
        ],
        &["log_empty"],
    );
}

#[test]
fn reads_a_folder_and_several_archives() {
    let log = log(3);
    let zip = || Zip::default().deflated("nsdebuglog.log", log.as_bytes()).finish();
    let seen = read(
        open_all(vec![
            input("logs/nsdebuglog.log", log.as_bytes()),
            input("logs/photo.png", *b"\x89PNG\r\n\x1a\n"),
            input("one.zip", zip()),
            input("two.zip", zip()),
        ])
        .unwrap(),
    );
    let paths: Vec<_> = seen.logs.iter().map(|(path, ..)| path.as_str()).collect();
    assert_eq!(paths, ["logs/nsdebuglog.log", "one.zip!/nsdebuglog.log"]);
    assert!(seen.notices.contains("member_twin"));
}

#[test]
fn says_why_there_is_no_bundle() {
    check_error("photo.png", *b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "the format of this file is PNG");
    check_error("paper.pdf", *b"%PDF-1.7 text", "the format of this file is PDF");
    check_error("noise.bin", (0..=255).collect::<Vec<u8>>(), "the format of this file is unknown binary");
    check_error("notes.txt", *b"Dear support,\nit does not work.\n", "no line of a Netskope Client log");
    check_error("empty.zip", Zip::default().finish(), "holds no file");
    check_error("empty.txt", *b"", "no line of a Netskope Client log");
    check_error("cut.zip", *b"PK\x03\x04\x14\0", "too damaged");
    assert!(matches!(open_all(Vec::new()), Err(BundleError::Empty { .. })));
}

#[test]
fn lists_what_is_no_log() {
    let zip = Zip::default()
        .deflated("nsbypass.json", br#"{"certPinnedAppList":[]}"#)
        .stored("nspktdump.pcap", b"\xD4\xC3\xB2\xA1\x02\0\x04\0")
        .stored("nsbranding.json", br#"{"OrgKey":"x"}"#)
        .stored("diag.txt", b"Orgname:: Example.\nTunnel status:: NSTUNNEL_CONNECTED.")
        .stored("trace.etl", &[0; 100])
        .finish();
    let mut bundle = open("b.zip", zip).unwrap();
    let kinds: Vec<_> = bundle.members.iter().map(|member| member.kind).collect();
    assert_eq!(kinds, [Configuration, Capture, Secret, DiagnosticText, Other]);
    let unread: Vec<_> = (0..5).map(|id| bundle.unread(MemberId(id)).map(|notice| notice.id)).collect();
    assert_eq!(unread, [None, None, Some("member_secret"), None, Some("member_foreign")]);
    assert_eq!(bundle.read_all(MemberId(0), 100).0, br#"{"certPinnedAppList":[]}"#);
    let (start, extent) = bundle.read_all(MemberId(0), 5);
    assert_eq!((start.as_slice(), matches!(extent, Extent::Partly(_))), (&b"{\"cer"[..], true));
}

#[test]
fn fetches_evidence_lines() {
    let dump = format!("{}  \"key\": 1\n\u{202e}x\n{}", log(1), log(5).replace("11:00", "12:00"));
    let tar = gzip(&tar(&[("nsdebuglog.log", dump.as_bytes()), ("nsdebuglog.1.log", log(9).as_bytes())]));
    let mut bundle = open("b.tgz", tar).unwrap();
    let wanted = BTreeMap::from([(MemberId(0), BTreeSet::from([1, 4, 99])), (MemberId(1), BTreeSet::from([2]))]);
    let lines = record::lines(&mut bundle, &wanted);
    let keys: Vec<_> = lines.keys().map(|(member, line)| (member.0, *line)).collect();
    assert_eq!(keys, [(0, 1), (0, 4), (1, 2)]);
    assert!(lines[&(MemberId(0), 1)].ends_with("to nsProxy\n  \"key\": 1\n\\u{202e}x"));
    assert_eq!(lines[&(MemberId(1), 2)], log(2).lines().nth(1).unwrap());
}

#[test]
fn evidence_is_the_same_whatever_lies_between() {
    let dump =
        format!("{}  \"key\": 1\r\n\n\t}}\n{} {}", log(4000), log(1).trim_end(), log(2).replace("11:00", "12:00"));
    let text = format!("{dump}{}{}", log(3000).replace('\n', "\r\n"), log(1).trim_end());
    let all: BTreeSet<u32> = (1..=text.matches('\n').count() as u32 + 2).collect();
    let fetch = |lines: &BTreeSet<u32>| {
        let zip = Zip::default().deflated("nsdebuglog.log", text.as_bytes()).finish();
        record::lines(&mut open("b.zip", zip).unwrap(), &BTreeMap::from([(MemberId(0), lines.clone())]))
    };
    let every = fetch(&all);
    assert!(every.len() > 7000);
    for few in [vec![1, 4000, 4001, 4004], vec![3999, 4005, 6000], vec![2, 400, 4002], vec![7005], vec![5000, 9999]] {
        let few = BTreeSet::from_iter(few);
        let expected = every.iter().filter(|((_, line), _)| few.contains(line)).map(|(key, text)| (*key, text.clone()));
        assert_eq!(fetch(&few), expected.collect(), "{few:?}");
    }
}

#[test]
fn reads_a_text_with_a_long_preface() {
    let mail = format!("{}\n{}", "Dear support, ".repeat(3000), log(7));
    check("mail.txt", mail, &[("mail.txt", 7, "whole")], &["lines_unrecognised"]);
}

#[test]
fn opens_encrypted_archives_with_their_password() {
    use zip::unstable::write::FileOptionsExt as _;
    let log = log(50);
    let methods = [
        SimpleFileOptions::default().with_deprecated_encryption(b"secret").unwrap(),
        SimpleFileOptions::default().with_aes_encryption(AesMode::Aes256, "secret"),
    ];
    for options in methods {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file("nsdebuglog.log", options.compression_method(CompressionMethod::Deflated)).unwrap();
        writer.write_all(log.as_bytes()).unwrap();
        let bytes = writer.finish().unwrap().into_inner();
        let open = |password| {
            let inputs = vec![input("b.zip", bytes.as_slice())];
            bundle::open_with_password("b.zip", inputs, &Limits::default(), MemberId(0), password)
        };
        assert!(matches!(open(None), Err(BundleError::PasswordNeeded { .. })));
        assert!(matches!(open(Some(b"wrong")), Err(BundleError::WrongPassword { .. })));
        assert_eq!(read(open(Some(b"secret")).unwrap()).records.len(), 50);
    }
}

// Damage

#[test]
fn keeps_what_stands_before_a_cut() {
    let logs = log(600);
    let (first, second) = logs.split_at(logs.len() / 2);
    let first = &first[..first.rfind('\n').unwrap()];
    let odd = Odd { described_behind: true, ..Odd::default() };
    let zips = [
        Zip::default()
            .deflated("nsdebuglog.1.log", first.as_bytes())
            .deflated("nsdebuglog.log", second.as_bytes())
            .finish(),
        Zip::default()
            .odd("nsdebuglog.1.log", first.as_bytes(), odd)
            .odd("nsdebuglog.log", second.as_bytes(), odd)
            .finish(),
        Zip::default()
            .stored("nsdebuglog.1.log", first.as_bytes())
            .stored("nsdebuglog.log", second.as_bytes())
            .finish(),
        gzip(&tar(&[("nsdebuglog.1.log", first.as_bytes()), ("nsdebuglog.log", second.as_bytes())])),
        tar(&[("nsdebuglog.1.log", first.as_bytes()), ("nsdebuglog.log", second.as_bytes())]),
        gzip(logs.as_bytes()),
        logs.clone().into_bytes(),
    ];
    for (form, whole) in zips.iter().enumerate() {
        let all = read(open("b", whole.clone()).unwrap()).records;
        let mut before = 0;
        for part in 1..50 {
            let cut = whole.len() * part / 50;
            let Ok(bundle) = open("b", &whole[..cut]) else {
                assert!(part < 5, "form {form}, cut at {part}/50: no bundle");
                continue;
            };
            let seen = read(bundle);
            // The last record may be cut inside its message.
            let kept = seen.records.len();
            let same = seen.records.iter().zip(&all).take_while(|(cut, whole)| cut == whole).count();
            assert!(same + 1 >= kept && kept <= all.len(), "form {form}, cut at {part}/50: {same} of {kept}");
            assert!(kept >= before, "form {form}, cut at {part}/50");
            before = kept;
        }
        assert!(before > all.len() * 9 / 10, "form {form}: {before}");
    }
}

#[test]
fn tells_what_is_wrong_with_a_zip() {
    let log = log(500);
    let bytes = log.as_bytes();
    let odd = |odd: Odd| Zip::default().odd("nsdebuglog.log", bytes, odd).finish();
    let name = "nsdebuglog.log";
    check("b.zip", odd(Odd { zip64: true, ..Odd::default() }), &[(name, 500, "whole")], &[]);
    check("b.zip", odd(Odd { described_behind: true, ..Odd::default() }), &[(name, 500, "whole")], &[]);
    check("b.zip", odd(Odd { declared_length: Some(7), ..Odd::default() }), &[(name, 500, "whole")], &[]);
    check("b.zip", odd(Odd { wrong_checksum: true, ..Odd::default() }), &[(name, 500, "partly")], &["member_checksum"]);
    let unknown = Zip::default().entry(name, 12, bytes, bytes, Odd::default()).finish();
    check("b.zip", unknown, &[(name, 0, "not")], &["member_method"]);

    let mut headless = Zip::default().deflated("nsdebuglog.1.log", bytes).deflated(name, bytes).finish();
    headless[..2].fill(0);
    check("b.zip", headless, &[(name, 500, "whole")], &["archive_recovered"]);

    let mut bad = odd(Odd::default());
    let middle = bad.len() / 2;
    bad[middle..middle + 40].fill(0xFF);
    let seen = read(open("b.zip", bad).unwrap());
    assert!(seen.logs[0].1 > 100 && seen.logs[0].2 == "partly", "{:?}", seen.logs);
}

#[test]
fn notices_twins_links_and_overlaps() {
    let log = log(20);
    let bytes = log.as_bytes();
    let name = "nsdebuglog.log";
    check(
        "b.zip",
        Zip::default().deflated(name, bytes).deflated(name, b"2024/04/28 11:02:28 a p1 t1 4 a.c:1 x").finish(),
        &[(name, 20, "whole"), (name, 1, "whole")],
        &["archive_duplicate_names"],
    );
    check(
        "b.zip",
        Zip::default().deflated(name, bytes).again("nsdebuglog.1.log").finish(),
        &[(name, 20, "whole")],
        &["archive_overlapping", "member_twin"],
    );
    let link = Odd { link: true, ..Odd::default() };
    check(
        "b.zip",
        Zip::default().odd("passwd", b"/etc/passwd", link).deflated(name, bytes).finish(),
        &[(name, 20, "whole")],
        &["member_link"],
    );
    check("b.tar", tar(&[("a->", b""), (name, bytes)]), &[(name, 20, "whole")], &["member_link"]);
}

#[test]
fn passes_over_a_damaged_tar_header() {
    let (first, second) = (log(4), log(5));
    let whole = tar(&[("nsdebuglog.log", first.as_bytes()), ("nsdebuglog.1.log", second.as_bytes())]);
    let mut damaged = whole.clone();
    damaged[512 + 1024] ^= 1;
    check("b.tar.gz", gzip(&damaged), &[("nsdebuglog.log", 4, "whole")], &["archive_damaged"]);
    // Without its first header it is no tar, but the text is still there.
    damaged = whole;
    damaged[0] ^= 1;
    check("b.tar.gz", gzip(&damaged), &[("b.tar.gz", 9, "whole")], &["clock_set_back", "lines_unrecognised"]);
}

#[test]
fn shows_hostile_names_and_touches_no_file() {
    let log = log(1);
    let names: [&[u8]; 6] = [
        b"../../nsdebuglog.log",
        b"/etc/nsdebuglog",
        b"C:\\nsdebuglog",
        b"nsdebuglog\0.log",
        "\u{202e}gol.golgubedsn nsdebuglog".as_bytes(),
        b"\xFFnsdebuglog",
    ];
    let zip =
        names.iter().fold(Zip::default(), |zip, name| zip.deflated(name, [log.as_bytes(), name].concat().as_slice()));
    let bundle = open("\u{202e}b.zip", zip.finish()).unwrap();
    assert_eq!(bundle.name, "\\u{202e}b.zip");
    let paths: Vec<_> = bundle.members.iter().map(|member| member.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "../../nsdebuglog.log",
            "/etc/nsdebuglog",
            "C:\\nsdebuglog",
            "nsdebuglog\\u{0}.log",
            "\\u{202e}gol.golgubedsn nsdebuglog",
            "\\xffnsdebuglog"
        ]
    );
    assert_eq!(read(bundle).records.len(), 6);
}

// Size

#[test]
fn stops_at_every_limit() {
    let log = log(2000);
    let bytes = log.as_bytes();
    let zip = || {
        Zip::default()
            .deflated("nsdebuglog.1.log", bytes)
            .deflated("nsdebuglog.log", &bytes[..bytes.len() / 2])
            .finish()
    };
    let under = |limits: Limits, bytes: Vec<u8>| {
        let bundle = bundle::open("b", vec![input("b", bytes)], &limits, MemberId(0)).unwrap();
        let seen = read(bundle);
        (seen.logs.into_iter().map(|(_, records, extent)| (records, extent)).collect::<Vec<_>>(), seen.notices)
    };
    let defaults = Limits::default();

    let (logs, notices) = under(Limits { members: 1, ..defaults }, zip());
    assert_eq!((logs, notices), (vec![(2000, "whole")], BTreeSet::from(["too_many_members"])));

    let (logs, notices) = under(Limits { bytes_per_member: 100_000, ..defaults }, zip());
    assert!(logs.iter().all(|(records, extent)| *records > 300 && *extent == "partly"), "{logs:?}");
    assert_eq!(notices, BTreeSet::from(["member_too_large"]));

    let (logs, notices) = under(Limits { total_bytes: bytes.len() as u64 + 100_000, ..defaults }, zip());
    assert_eq!((logs[0], logs[1].1), ((2000, "whole"), "partly"));
    assert_eq!(notices, BTreeSet::from(["bundle_too_large"]));

    let (logs, notices) = under(Limits { ratio: 2, ratio_from: 50_000, ..defaults }, zip());
    assert_eq!(logs[0].1, "partly");
    assert_eq!(notices, BTreeSet::from(["bundle_ratio"]));

    let nested = (0..5).fold(zip(), |inner, _| Zip::default().stored("inner.zip", &inner).finish());
    let (logs, notices) = under(defaults, nested);
    assert_eq!((logs, notices), (Vec::new(), BTreeSet::from(["archive_too_deep"])));

    let nested = Zip::default().stored("inner.zip", &zip()).finish();
    let (logs, notices) = under(Limits { nested_archive_bytes: 1000, ..defaults }, nested);
    assert_eq!((logs, notices), (Vec::new(), BTreeSet::from(["nested_archive_too_large"])));
}

/// One MiB of blanks after a record, as DEFLATE packs it: about 1000 : 1.
fn bomb(mebibytes: usize) -> Vec<u8> {
    let mut data = log(1).into_bytes();
    data.resize(mebibytes * 1024 * 1024, b' ');
    data
}

#[test]
fn survives_bombs() {
    let limits = Limits { ratio_from: 4 * 1024 * 1024, ..Limits::default() };
    let bomb = bomb(16);
    let zip = Zip::default().deflated("nsdebuglog.log", &bomb).finish();
    for (name, bytes) in [
        ("zip", zip.clone()),
        ("gz", gzip(&bomb)),
        ("tgz", gzip(&tar(&[("nsdebuglog.log", &bomb)]))),
        ("nested", Zip::default().deflated("a.zip", &Zip::default().deflated("b.zip", &zip).finish()).finish()),
        ("gz of gz", gzip(&gzip(&bomb))),
    ] {
        let bundle = bundle::open(name, vec![input(name, bytes)], &limits, MemberId(0)).unwrap();
        let seen = read(bundle);
        assert_eq!(seen.logs[0].2, "partly", "{name}");
        assert_eq!(seen.records.len(), 1, "{name}");
        assert!(seen.notices.contains("bundle_ratio"), "{name}: {:?}", seen.notices);
    }
    let many = (0..2000).fold(Zip::default().deflated("nsdebuglog.0.log", &bomb), |zip, number| {
        zip.again(&format!("nsdebuglog.{number}.log"))
    });
    let seen = read(bundle::open("many", vec![input("many", many.finish())], &limits, MemberId(0)).unwrap());
    assert!(seen.notices.contains("archive_overlapping") && seen.notices.contains("member_twin"));
}

#[test]
fn lists_seventy_thousand_members() {
    let zip = (0..70_000).fold(Zip::default().deflated("nsdebuglog.log", log(3).as_bytes()), |zip, number| {
        zip.stored(format!("{number}.txt"), b"")
    });
    let bundle = open("b.zip", zip.finish()).unwrap();
    assert_eq!(bundle.members.len(), 50_000);
    let notice = bundle.notices.iter().find(|notice| notice.id == "too_many_members").unwrap();
    assert_eq!(notice.arguments[1].1, "20001");
    assert_eq!(read(bundle).records.len(), 3);
}

#[test]
fn reads_a_huge_line() {
    let line = format!("{} {} {}", log(1).trim_end(), "x".repeat(30_000_000), log(2));
    let zip = Zip::default().deflated("nsdebuglog.log", line.as_bytes()).finish();
    check("b.zip", zip, &[("nsdebuglog.log", 3, "whole")], &["text_clipped"]);
}

/// A text of any length that is never in memory: `start`, then the letter x, then `end`.
struct Endless {
    start: Vec<u8>,
    end: Vec<u8>,
    length: u64,
    position: u64,
}

impl io::Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end_at = self.length - self.end.len() as u64;
        let (piece, filler) = if self.position < self.start.len() as u64 {
            (&self.start[self.position as usize..], 0)
        } else if self.position < end_at {
            (&[][..], end_at - self.position)
        } else {
            (&self.end[(self.position - end_at) as usize..], 0)
        };
        let count = buffer.len().min(piece.len().max(usize::try_from(filler).unwrap()));
        buffer[..count].fill(b'x');
        let copied = count.min(piece.len());
        buffer[..copied].copy_from_slice(&piece[..copied]);
        self.position += count as u64;
        Ok(count)
    }
}

impl io::Seek for Endless {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.position = match to {
            io::SeekFrom::Start(position) => position,
            io::SeekFrom::End(offset) => self.length.checked_add_signed(offset).unwrap(),
            io::SeekFrom::Current(offset) => self.position.checked_add_signed(offset).unwrap(),
        };
        Ok(self.position)
    }
}

#[test]
fn reads_a_line_of_a_gigabyte() {
    let start = log(1).trim_end().as_bytes().to_vec();
    let end = format!(" {}", log(2)).into_bytes();
    let source = Endless { start, end, length: 1 << 30, position: 0 };
    let bundle = open_all(vec![Input { name: "nsdebuglog.log".into(), source: Box::new(source) }]).unwrap();
    let seen = read(bundle);
    assert_eq!(seen.logs, [("nsdebuglog.log".to_owned(), 3, "whole")]);
    assert_eq!(seen.notices, BTreeSet::from(["text_clipped"]));
    assert!(seen.records[0].len() < record::MESSAGE_CAP + 200);
}

#[test]
fn tells_how_far_it_is() {
    let (first, second) = (log(2000), log(900).replace("2024/04/28", "2024/04/29"));
    let zip =
        Zip::default().deflated("nsdebuglog.1.log", first.as_bytes()).deflated("nsdebuglog.log", second.as_bytes());
    let mut bundle = open("b.zip", zip.finish()).unwrap();
    let mut told = Vec::new();
    record::read(&mut bundle, &mut |_, _| {}, &mut |progress| told.push(progress));
    let all = (first.len() + second.len()) as u64;
    assert!(told.len() > 8 && told.is_sorted_by_key(|progress| (progress.bytes, progress.records)));
    assert!(told.iter().all(|progress| progress.expected_bytes == Some(all)));
    let last = told.last().unwrap();
    assert_eq!((last.member, last.member_bytes, last.bytes), (MemberId(1), second.len() as u64, all));
    assert!(last.records >= 2898);
}

#[test]
fn lines_end_by_carriage_returns_alone() {
    let text = format!("{}  \"key\": 1\n{}", log(1), log(3).replace("11:00", "12:00")).replace('\n', "\r");
    let mut bundle = open("nsdebuglog.log", text).unwrap();
    let wanted = BTreeMap::from([(MemberId(0), BTreeSet::from([1, 4]))]);
    let lines = record::lines(&mut bundle, &wanted);
    assert!(lines[&(MemberId(0), 1)].ends_with("to nsProxy\n  \"key\": 1"));
    assert_eq!(lines[&(MemberId(0), 4)], log(3).lines().nth(1).unwrap().replace("11:00", "12:00"));
    assert_eq!(read(bundle).records.len(), 4);
}

// Laws

/// Pieces of logs, whole and broken, so that chance meets every branch.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(log(1).into_bytes()),
        Just(log(2).into_bytes()),
        Just(log(1).trim_end().as_bytes().to_vec()),
        Just(b"2024/04/28 11:02:28.409 stAgentSvc p17fc ".to_vec()),
        Just(b"tb44 info tunnel.cpp:878".to_vec()),
        Just(b"[pc:2025-11-05 12:40:29.9 +09:00] [err] a.cpp:1:f(): x\n".to_vec()),
        Just(vec![b'x'; 700]),
        Just(vec![b' '; 300]),
        prop_oneof![
            Just(b"\n".to_vec()),
            Just(b"\r\n".to_vec()),
            Just(b"\r".to_vec()),
            Just(b"/".to_vec()),
            Just(b"2024/".to_vec())
        ],
        proptest::collection::vec(any::<u8>(), 0..40),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

fn records_of<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> (Vec<String>, record::Tally) {
    let mut records = Vec::new();
    let mut sink = |record: Record<'_>| records.push(format!("{record:?}"));
    let mut reader = Reader::new(MemberId(0));
    for chunk in chunks {
        reader.push(chunk, &mut sink);
    }
    let tally = reader.finish(&mut sink);
    (records, tally)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_chunking_gives_the_same_records(log in pieces(), sizes in proptest::collection::vec(1..900_usize, 1..40)) {
        let whole = records_of(std::iter::once(log.as_slice()));
        let mut rest = log.as_slice();
        let mut chunks = Vec::new();
        for size in sizes.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (chunk, left) = rest.split_at(*size.min(&rest.len()));
            chunks.push(chunk);
            rest = left;
        }
        prop_assert_eq!(records_of(chunks.into_iter()), whole);
    }

    #[test]
    fn a_cut_log_gives_the_first_records(log in pieces(), cut in any::<prop::sample::Index>()) {
        // Without any line feed, carriage returns end the lines.
        let log = [b"\n", log.as_slice()].concat();
        let (whole, _) = records_of(std::iter::once(log.as_slice()));
        let cut = cut.index(log.len() + 1);
        let (kept, _) = records_of(std::iter::once(&log[..cut]));
        let same = kept.iter().zip(&whole).take_while(|(kept, whole)| kept == whole).count();
        // The record at the cut may end differently, and its cut header may be text of the one before.
        prop_assert!(same + 2 >= kept.len() && kept.len() <= whole.len() + 1);
    }

    #[test]
    fn any_bytes_are_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..2000), name in ".{0,20}") {
        if let Ok(bundle) = open(&name, bytes) {
            read(bundle);
        }
    }

    #[test]
    fn any_damage_is_no_harm(form in 0..5_usize, hits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let log = log(30);
        let bytes = log.as_bytes();
        let zip = Zip::default().deflated("nsdebuglog.log", bytes).stored("a.txt", b"text").finish();
        let tar = tar(&[("nsdebuglog.log", bytes), ("logs.zip", &zip)]);
        let mut damaged = match form {
            0 => zip,
            1 => tar,
            2 => gzip(&tar),
            3 => Zip::default().stored("logs.zip", &zip).stored("logs.tar", &tar).finish(),
            _ => deflated(bytes),
        };
        for (place, byte) in hits {
            let place = place.index(damaged.len());
            damaged[place] = byte;
        }
        if let Ok(mut bundle) = open("b", damaged) {
            let reading = record::read(&mut bundle, &mut |_, _| {}, &mut |_| {});
            prop_assert!(reading.members.iter().all(|member| member.tally.records <= 60));
        }
    }
}
