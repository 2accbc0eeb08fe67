//! What the report says of the members of a bundle together: order, copies, and why something was not read.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

#[path = "support/archives.rs"]
#[expect(dead_code, reason = "shared with tests that need more of it")]
mod archives;

use archives::{Zip, gzip, input, log, tar, utf16};
use steerscope::bundle::{self, Input, Limits};
use steerscope::incident::Incident;
use steerscope::knowledge::Knowledge;
use steerscope::language::Language;
use steerscope::provenance::MemberId;
use steerscope::report::{self, Report};

fn report(bundles: Vec<Vec<Input>>, language: Language) -> Report {
    let mut opened = Vec::new();
    let mut next = 0;
    for inputs in bundles {
        let name = inputs[0].name.clone();
        let bundle = bundle::open(&name, inputs, &Limits::default(), MemberId(next)).unwrap();
        next += bundle.members.len() as u32;
        opened.push(bundle);
    }
    let knowledge = Knowledge::built_in().unwrap();
    let analysis = steerscope::analyze(&mut opened, &knowledge, &mut |_| {});
    report::compose(&analysis, &Incident::default(), &knowledge, language)
}

/// Members as `path read records`, and the ids of the notices that matter here.
#[track_caller]
fn check(bundles: Vec<Vec<Input>>, members: &[&str], notices: &[&str]) -> Report {
    let report = report(bundles, Language::English);
    let seen: Vec<String> = report
        .bundles
        .iter()
        .flat_map(|bundle| &bundle.members)
        .map(|member| format!("{} {} {}", member.path, member.read, member.records))
        .collect();
    assert_eq!(seen, members);
    let ids: Vec<&str> =
        report.notices.iter().map(|notice| notice.id.as_str()).filter(|id| *id != "unknown_messages").collect();
    assert_eq!(ids, notices);
    report
}

/// Records that count.
fn counted(report: &Report) -> u64 {
    report.coverage.days.iter().map(|day| day.records).sum()
}

#[test]
fn a_rotation_counts_once_in_whatever_archive_it_stands() {
    let text = log(40);
    let bytes = text.as_bytes();
    let archive = tar(&[("nsdebuglog.1.log", bytes), ("copy/nsdebuglog.1.log", bytes)]);
    for bytes in [archive.clone(), gzip(&archive)] {
        let members = ["nsdebuglog.1.log whole 40", "copy/nsdebuglog.1.log not 0"];
        let report = check(vec![vec![input("b.tar", bytes)]], &members, &["log_repeats"]);
        assert_eq!(counted(&report), 40);
        assert!(report.bundles[0].members[1].why.as_ref().unwrap().contains("all of its 40 records"));
    }
    let files = vec![
        input("a/nsdebuglog.log", bytes),
        input("b/nsdebuglog.log.gz", gzip(bytes)),
        input("c/nsdebuglog.txt", utf16(&text)),
    ];
    let members = ["a/nsdebuglog.log whole 40", "b/nsdebuglog.log.gz not 0", "c/nsdebuglog.txt not 0"];
    assert_eq!(counted(&check(vec![files], &members, &["log_repeats", "log_repeats"])), 40);
}

#[test]
fn a_part_that_grew_between_two_bundles_counts_once() {
    let (short, long) = (log(40), log(100));
    let earlier = || vec![input("monday.zip", Zip::default().deflated("nsdebuglog.log", short.as_bytes()).finish())];
    let later = || vec![input("tuesday.tgz", gzip(&tar(&[("nsdebuglog.1.log", long.as_bytes())])))];
    let members = ["nsdebuglog.log whole 40", "nsdebuglog.1.log whole 100"];
    let report = check(vec![earlier(), later()], &members, &["log_repeats_start"]);
    assert_eq!(counted(&report), 100);
    let text = &report.notices[0].text;
    assert!(text.contains("tuesday.tgz!/nsdebuglog.1.log") && text.contains("monday.zip!/nsdebuglog.log"), "{text}");
    let members = ["nsdebuglog.1.log whole 100", "nsdebuglog.log not 0"];
    assert_eq!(counted(&check(vec![later(), earlier()], &members, &["log_repeats"])), 100);
}

#[test]
fn parts_stand_in_the_order_of_time_with_their_gaps() {
    let at = |hour: &str, day: &str| log(30).replace(" 11:", &format!(" {hour}:")).replace("04/28", day);
    let zip = Zip::default()
        .deflated("nsdebuglog.log", at("15", "04/29").as_bytes())
        .stored("notes.txt", b"seen by the desk")
        .deflated("nsdebuglog.1.log", at("10", "04/28").as_bytes())
        .deflated("nsdebuglog.2.log", at("08", "04/28").as_bytes());
    let members =
        ["nsdebuglog.2.log whole 30", "nsdebuglog.1.log whole 30", "nsdebuglog.log whole 30", "notes.txt not 0"];
    let report = check(vec![vec![input("b.zip", zip.finish())]], &members, &["log_parts_apart", "log_days"]);
    assert!(report.notices[0].text.contains("nsdebuglog.2.log, which ends at 2024-04-28 08:00:29"));
    let days: Vec<_> = report.coverage.days.iter().map(|day| (day.date.as_str(), day.records)).collect();
    assert_eq!(days, [("2024-04-28", 60), ("2024-04-29", 30)]);
    assert_eq!(report.coverage.gaps.len(), 2);
}

#[test]
fn logs_of_the_same_time_are_told() {
    let other = log(40).replace(".409", ".500");
    let zip =
        Zip::default().deflated("nsdebuglog.log", log(40).as_bytes()).deflated("pc2/nsdebuglog.log", other.as_bytes());
    let members = ["nsdebuglog.log whole 40", "pc2/nsdebuglog.log whole 40"];
    check(vec![vec![input("b.zip", zip.finish())]], &members, &["log_parts_overlap"]);
}

#[test]
fn the_first_log_gives_an_early_answer() {
    let part = |hour: &str| log(500).replace(" 11:", &format!(" {hour}:"));
    let zip = Zip::default()
        .deflated("nsdebuglog.2.log", part("08").as_bytes())
        .deflated("nsdebuglog.1.log", part("09").as_bytes())
        .deflated("nsdebuglog.log", part("10").as_bytes())
        .finish();
    let open =
        |bytes: Vec<u8>| vec![bundle::open("b", vec![input("b", bytes)], &Limits::default(), MemberId(0)).unwrap()];
    let knowledge = Knowledge::built_in().unwrap();
    let mut early = Vec::new();
    let whole = steerscope::analyze_in_parts(&mut open(zip), &knowledge, &mut |_| {}, &mut |analysis| {
        let read = analysis.bundles[0].members.iter().filter(|member| member.reading.is_some()).count();
        early.push((read, analysis.timeline.flows.len()));
    });
    assert_eq!((early, whole.timeline.flows.len()), (vec![(1, 500)], 1500));
    // Most of it is read: the whole answer comes soon enough.
    let two = Zip::default()
        .deflated("nsdebuglog.1.log", part("08").as_bytes())
        .deflated("nsdebuglog.log", log(400).as_bytes())
        .finish();
    steerscope::analyze_in_parts(&mut open(two), &knowledge, &mut |_| {}, &mut |_| panic!("an early answer"));
}

#[test]
fn every_member_that_is_not_read_says_why() {
    let sealed: Vec<u8> = (0..4000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let zip = Zip::default()
        .deflated("nsdebuglog.log", log(3).as_bytes())
        .stored("nsconfig.json.enc", &sealed)
        .stored("nsdebuglog.2.log.enc", &sealed)
        .stored("driver.etl", &[0; 100])
        .stored("Application.evtx", b"ElfFile\0\0\0\0\0\0\0")
        .stored("blob.bin", &sealed)
        .stored("nspktdump.pcap", b"\xD4\xC3\xB2\xA1\x02\0\x04\0")
        .stored("nsbranding.json", br#"{"OrgKey":"x"}"#)
        .stored("readme.txt", b"hello")
        .finish();
    for language in [Language::English, Language::Japanese] {
        let report = report(vec![vec![input("b.zip", zip.clone())]], language);
        let unread: Vec<_> = report.bundles[0].members.iter().filter(|member| member.read == "not").collect();
        assert_eq!(unread.len(), 8);
        for member in unread {
            let why = member.why.as_ref().expect("a reason");
            let names = match member.path.as_str() {
                "nsconfig.json.enc" | "nsdebuglog.2.log.enc" => ".enc",
                "driver.etl" => "ETL",
                "Application.evtx" => "EVTX",
                "blob.bin" => "unknown binary",
                path => path,
            };
            assert!(why.contains(names), "{why}");
        }
    }
}
