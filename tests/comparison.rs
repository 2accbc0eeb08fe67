//! What a healthy log, logs of other devices, and a log taken after the change add.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

#[path = "support/story.rs"]
mod story;

use steerscope::Analysis;
use steerscope::advice::what_if::Entry;
use steerscope::bundle::Bundle;
use steerscope::knowledge::Knowledge;
use steerscope::language::Language;
use steerscope::report::redact::Redaction;
use steerscope::report::{self, Report, Verification, export};
use story::{Story, empty_story, story};

const HOST: &str = "api.drive.example";

fn broken() -> Story {
    story().at("15:34:00").retries("drive.exe", HOST).broke_at("15:34")
}

fn read(stories: &[&Story]) -> (Analysis, Vec<Bundle>) {
    let mut bundles: Vec<Bundle> = Vec::new();
    for story in stories {
        let first = bundles.iter().map(|bundle| bundle.members.len()).sum::<usize>();
        bundles.push(story.bundle(first as u32));
    }
    let analysis = steerscope::analyze(&mut bundles, &Knowledge::built_in().unwrap(), &mut |_| {});
    (analysis, bundles)
}

fn report(analysis: &Analysis, story: &Story) -> Report {
    report::compose(analysis, &story.incident(), &Knowledge::built_in().unwrap(), Language::English)
}

fn signals(report: &Report) -> Vec<&str> {
    assert_eq!(report.suspects[0].host, HOST);
    report.suspects[0].signals.iter().map(|signal| signal.id.as_str()).collect()
}

fn compared(healthy: &Story, story: &Story) -> Report {
    let (mut analysis, _) = read(&[story]);
    analysis.compare_with(read(&[healthy]).0);
    report(&analysis, story)
}

#[test]
fn a_host_that_the_healthy_log_does_not_know_gains_points() {
    let report = compared(&story().at("16:30:00").says("alive"), &broken());
    assert!(signals(&report).contains(&"not_in_baseline"));
    let baseline = report.baseline.unwrap();
    let ids: Vec<&str> = baseline.differences.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["new_hosts", "new_processes"]);
}

#[test]
fn a_burst_as_usual_in_the_healthy_log_loses_points() {
    let usual = story().at("15:10:00").retries("drive.exe", HOST);
    let score = |report: &Report| report.suspects.iter().find(|suspect| suspect.host == HOST).unwrap().score;
    let (alone, _) = read(&[&broken()]);
    assert!(score(&compared(&usual, &broken())) + 5.0 < score(&report(&alone, &broken())));
}

#[test]
fn an_exception_of_the_healthy_log_that_is_gone_is_told() {
    let healthy = story().at("15:10:00").bypasses("drive.exe", HOST);
    let healthy = healthy.with_file("nsexception.json", r#"{"names":["*.drive.example"],"ips":[],"fail_close":{}}"#);
    let now = broken().with_file("nsexception.json", r#"{"names":["login.example.com"],"ips":[],"fail_close":{}}"#);
    let report = compared(&healthy, &now);
    assert!(signals(&report).contains(&"excepted_in_baseline"));
    let baseline = report.baseline.unwrap();
    let text = |id: &str| baseline.differences.iter().find(|row| row.id == id).unwrap().text.clone();
    assert!(text("exceptions_missing").contains("*.drive.example"));
    assert!(text("exceptions_added").contains("login.example.com"));
    assert!(text("no_longer_excepted").contains(HOST));
}

#[test]
fn the_same_burst_on_another_device_gains_points() {
    let device = |number: u32| {
        let agent =
            format!("Config setting STA user agent: Windows NT 11.0 x64;Netskope ST Agent 126.0.0;DEVICE-{number:04}");
        let quiet = (0..60).fold(empty_story().at("15:00:00").says(&agent), |story, minute| {
            story.at(&format!("15:{minute:02}:30")).steers("mail.exe", "mail.example.net")
        });
        quiet.at("15:34:00").retries("drive.exe", HOST).broke_at("15:34")
    };
    let (alone, _) = read(&[&device(1)]);
    assert!(!signals(&report(&alone, &device(1))).contains(&"other_devices"));
    let (two, _) = read(&[&device(1), &device(2)]);
    assert!(signals(&report(&two, &device(1))).contains(&"other_devices"));
    // Two bundles of one device prove nothing twice.
    let later = device(1).at("15:50:00").says("later");
    let (same, _) = read(&[&device(1), &later]);
    assert!(!signals(&report(&same, &device(1))).contains(&"other_devices"));
}

fn verified(before: &Story, after: &Story) -> Verification {
    let (analysis, _) = read(&[before]);
    let (later, mut bundles) = read(&[after]);
    let knowledge = Knowledge::built_in().unwrap();
    let mut verification = report::verify(&analysis, &before.incident(), &later, &knowledge, Language::English);
    report::attach_verification(&mut verification, &later, &mut bundles);
    verification
}

/// State of the first suspect in a log that goes on after the earlier one.
fn state(after: impl FnOnce(Story) -> Story) -> String {
    let verification = verified(&broken(), &after(broken().at("16:20:00")));
    assert_eq!(verification.suspects[0].host, HOST);
    verification.suspects[0].state.clone()
}

#[test]
fn what_became_of_a_suspect_is_told() {
    assert_eq!(state(|after| after.steers("drive.exe", HOST)), "calm");
    assert_eq!(state(|after| after.bypasses("drive.exe", HOST)), "bypassed");
    assert_eq!(state(|after| after.steers("drive.exe", HOST).at("16:40:00").bypasses("drive.exe", HOST)), "bypassed");
    assert_eq!(state(|after| after.retries("drive.exe", HOST)), "still_retrying");
    assert_eq!(state(|after| after.steers("other.exe", HOST)), "not_seen");
    let tunneled = format!("BypassAppMgr Bypassing connection by tunneling from process: drive.exe, host: {HOST}");
    assert_eq!(state(|after| after.says(&tunneled)), "undecrypted");
    let dropped = format!("BypassAppMgr Dropping connection from process: drive.exe, host: {HOST}");
    assert_eq!(state(|after| after.says(&dropped)), "blocked");
    let verification = verified(&broken(), &broken().at("16:20:00").bypasses("drive.exe", HOST));
    assert!(verification.suspects[0].evidence[0].text.as_ref().unwrap().contains("exception host"));
    assert!(verified(&broken(), &broken()).says.contains("does not reach beyond"));
}

#[test]
fn entries_that_did_nothing_are_named() {
    let before = broken().with_file("nsexception.json", r#"{"names":["old.example.com"],"ips":[],"fail_close":{}}"#);
    let after = broken()
        .at("16:20:00")
        .bypasses("drive.exe", HOST)
        .bypasses("mail.exe", "mail.example.net")
        .with_file(
            "nsexception.json",
            r#"{"names":["old.example.com","api.drive.example","mail.example.net","never.example.org"],"ips":[],"fail_close":{}}"#,
        );
    let unneeded: Vec<(String, String)> =
        verified(&before, &after).unneeded.into_iter().map(|row| (row.entry, row.reason)).collect();
    let expected = [("mail.example.net", "no_suspect"), ("never.example.org", "never_hit")];
    assert_eq!(unneeded, expected.map(|(entry, reason)| (entry.to_owned(), reason.to_owned())));
}

#[test]
fn without_a_time_moments_are_offered() {
    let mut story = broken();
    story = story.at("15:10:00").retries("sync.exe", "files.example.org");
    let (analysis, _) = read(&[&story]);
    let report = report::compose(
        &analysis,
        &steerscope::incident::Incident::default(),
        &Knowledge::built_in().unwrap(),
        Language::English,
    );
    let hosts: Vec<&str> = report.incident.candidate_moments.iter().map(|moment| moment.host.as_str()).collect();
    assert!(hosts.contains(&HOST) && hosts.contains(&"files.example.org"), "{hosts:?}");
    assert_eq!(Some(&report.incident.candidate_moments[0].from), report.incident.from.as_ref());
}

#[test]
fn entries_in_force_count_in_a_replay() {
    let story = broken().at("15:40:00").bypasses("mail.exe", "app.example.com").with_file(
        "nsexception.json",
        r#"{"names":["*.example.com","app.example.com","*.unused.example","*.amazonaws.com"],"ips":[],"fail_close":{}}"#,
    );
    let (analysis, _) = read(&[&story]);
    let entries = [Entry::parse("domain_exception:app.example.com").unwrap()];
    let knowledge = Knowledge::built_in().unwrap();
    let answer = report::what_if(&analysis, &story.incident(), &entries, &knowledge);
    assert_eq!(answer.redundant, ["domain_exception:app.example.com"]);
    assert_eq!(answer.existing_redundant, ["app.example.com"]);
    assert_eq!(answer.existing_never_hit, ["*.amazonaws.com", "*.unused.example"]);
    assert_eq!(answer.existing_too_broad, ["*.amazonaws.com"]);
}

#[test]
fn every_form_of_the_report_tells_of_it() {
    let (mut analysis, _) = read(&[&broken()]);
    analysis.compare_with(read(&[&story()]).0);
    let knowledge = Knowledge::built_in().unwrap();
    for language in [Language::English, Language::Japanese] {
        let texts = knowledge.texts(language);
        let mut report = report::compose(&analysis, &broken().incident(), &knowledge, language);
        let (after, _) = read(&[&broken().at("16:20:00").bypasses("drive.exe", HOST)]);
        report.verification = Some(report::verify(&analysis, &broken().incident(), &after, &knowledge, language));
        let verification = report.verification.clone().unwrap();
        let baseline = report.baseline.clone().unwrap();
        for form in [export::text(&report, texts), export::html(&report, texts)] {
            assert!(form.contains(&verification.says) && form.contains(&verification.suspects[0].says));
            assert!(form.contains(&baseline.differences[0].text));
            assert!(form.contains("/api/v2/policy/urllist"));
        }
    }
}

#[test]
fn names_of_every_log_are_redacted() {
    let later = empty_story()
        .at("16:20:00")
        .says("Config setting STA user agent: Windows NT 11.0 x64;Netskope ST Agent 126.0.0.2400;DEVICE-0002");
    let ((analysis, _), (later, _)) = (read(&[&broken()]), read(&[&later]));
    let mut redaction = Redaction::of(&[&analysis, &later]).unwrap();
    assert_eq!(redaction.text("DEVICE-0001, DEVICE-0002"), "device-1, device-2");
    assert_eq!(redaction.replacements().len(), 2);
}

/// The log names neither tenant nor user: they stand in hosts and paths.
#[test]
fn what_tells_whose_log_it_is_is_redacted() {
    let story = empty_story()
        .at("15:00:00")
        .says("Config setting STA user agent: Windows NT 11.0 x64;Netskope ST Agent 126.0.0.2400;DEVICE-0001")
        .says("nsTunnel DTLS SSL connected to the gslbgw server: gateway-example-corp.goskope.com(192.0.2.35):443 successfully")
        .says("nsTunnel DTLS [sessId 1] Tunneling flow from addr: 192.0.2.7:50000, process: stagentsvc.exe to host: addon-example-corp.goskope.com, addr: 198.51.100.9:443 to nsProxy")
        .says("nsTunnel DTLS [sessId 1] Tunneling flow from addr: 192.0.2.7:50001, process: git.exe to host: git.intra.example, addr: 10.1.2.3:443 to nsProxy");
    let (analysis, _) = read(&[&story]);
    let rows = [
        "gateway-example-corp.goskope.com addon-Example-Corp.goskope.com git.intra.example www.example.com",
        r"C:\Users\Taro Yamada\AppData C:\Users\hanako said /home/taro/x device-0001",
        "192.0.2.7:50001 10.1.2.3 192.0.2.99",
    ]
    .join("\n");
    let mut redaction = Redaction::of(&[&analysis]).unwrap();
    let rows = redaction.text(&rows);
    for left_in in
        ["example-corp", "Example-Corp", "intra", "Taro", "Yamada", "taro", "hanako", "device-0001", "192.0.2", "10.1"]
    {
        assert!(!rows.contains(left_in), "{left_in}: {rows}");
    }
    // The same in whatever report of this log.
    let again = Redaction::of(&[&analysis]).unwrap().text("10.1.2.3");
    assert!(again.starts_with("address-") && rows.contains(&again), "{again}: {rows}");
    assert!(rows.contains("www.example.com") && rows.contains(r"\AppData") && rows.contains(" said "), "{rows}");
}
