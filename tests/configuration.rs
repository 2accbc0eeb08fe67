//! The bundle's own configuration in the report: what is excepted already, where, and what lets out too much.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

#[path = "support/story.rs"]
mod story;

use story::{Story, story};

fn drive_fails() -> Story {
    story().at("15:34:00").retries("drive.exe", "api.drive.example").broke_at("15:34")
}

fn configured(story: &Story) -> Vec<String> {
    let report = story.report();
    let suspect = report.suspects.iter().find(|suspect| suspect.host == "api.drive.example").unwrap();
    suspect.configured.clone()
}

fn entries(story: &Story, remedy: &str) -> Option<String> {
    story.report().suggestions.iter().find(|suggestion| suggestion.remedy == remedy).map(|found| found.paste.clone())
}

const EXCEPTED: &str = r#"{"names":["*.drive.example"],"ips":[],"fail_close":{}}"#;
const PINNED: &str = r#"{"certPinnedAppList":[{"action":1,"appName":"Drive","processName":"drive.exe","app_domains":["drive.example"],
    "mode":"tunnel","rowID":"custom_1","tunnel_domains":[]}],"status":"success","steering_config_name":"Office"}"#;

#[test]
fn without_configuration_nothing_is_said() {
    let report = drive_fails().report();
    assert!(report.configuration.files.is_empty());
    assert!(report.suspects[0].configured.is_empty());
    assert_eq!(report.device.steering_configuration, None);
}

#[test]
fn a_suspect_that_is_excepted_already_says_so_and_is_not_excepted_again() {
    let story = drive_fails().with_file("nsexception.json", EXCEPTED);
    assert_eq!(configured(&story), ["Already excepted by domain exception *.drive.example."]);
    let finding = story.finding("already_excepted");
    assert!(finding.title.contains("the log shows it steered"), "{}", finding.title);
    assert_eq!(finding.evidence.len(), 9);
    assert_eq!(entries(&story, "domain_exception"), None);
    let report = story.report();
    let first = &report.suggestions[0];
    assert_eq!(first.remedy, "do_not_decrypt");
    assert!(first.warnings[0].contains("already there as domain exception"), "{:?}", first.warnings);
}

#[test]
fn a_pinned_app_that_has_the_host_is_not_proposed_again() {
    let story = drive_fails().with_file("nsbypass.json", PINNED);
    assert_eq!(
        configured(&story),
        ["Already excepted by certificate-pinned app “Drive”, by tunnel: drive.exe: drive.example."]
    );
    assert_eq!(entries(&story, "pinned_app_exception"), None);
    assert_eq!(entries(&story, "domain_exception").as_deref(), Some("api.drive.example"));
}

#[test]
fn a_pinned_app_of_the_process_is_extended() {
    let other = PINNED.replace("\"drive.example\"", "\"sync.drive.example\"");
    let story = drive_fails().with_file("nsbypass.json", &other);
    assert_eq!(
        configured(&story),
        ["Neighbour excepted: certificate-pinned app “Drive”, by tunnel: drive.exe: sync.drive.example."]
    );
    let report = story.report();
    let pinned = report.suggestions.iter().find(|suggestion| suggestion.remedy == "pinned_app_exception").unwrap();
    assert_eq!(pinned.paste, "api.drive.example");
    assert!(pinned.warnings[0].contains("add the domains to it"), "{:?}", pinned.warnings);
}

#[test]
fn an_exception_of_the_other_place_is_no_exception_here() {
    let inside = format!("{{\"onPrem\":{EXCEPTED}}}");
    let remote = "CTunnelMgr Client location is remote and traffic mode is 3, DNS 1";
    let story = drive_fails().with_file("nsexception.json", &inside).at("15:00:01").says(remote);
    assert_eq!(configured(&story), ["Excepted only on-premises, by domain exception *.drive.example."]);
    assert!(!story.has_finding("already_excepted"));
    assert_eq!(entries(&story, "domain_exception").as_deref(), Some("api.drive.example"));
    let on_premises = remote.replace("remote", "on-prem");
    let story = drive_fails().with_file("nsexception.json", &inside).at("15:00:01").says(&on_premises);
    assert!(story.finding("already_excepted").title.contains("the cloud passes it"));
    assert_eq!(entries(&story, "domain_exception"), None);
    let somewhere = drive_fails().with_file("nsexception.json", &inside);
    assert_eq!(entries(&somewhere, "domain_exception").as_deref(), Some("api.drive.example"));
}

#[test]
fn a_host_that_is_set_aside_names_its_entry() {
    let bypass = "BypassAppMgr bypassing flow to exception host: meet.example, process: meet.exe, Dest IP: 198.51.100.63, Dest Port: 443";
    let exceptions = r#"{"names":["meet.example"],"ips":[],"fail_close":{}}"#;
    let story = drive_fails().at("15:34:20").says(bypass).with_file("nsexception.json", exceptions);
    let report = story.report();
    let aside = report.set_aside.iter().find(|aside| aside.host == "meet.example").unwrap();
    assert_eq!(aside.configured, ["Already excepted by domain exception meet.example."]);
}

#[test]
fn hosts_of_microsoft_name_the_default_rule() {
    let story = story().at("15:34:00").retries("teams.exe", "teams.microsoft.com").broke_at("15:34");
    let report = story.report();
    let suspect = report.suspects.iter().find(|suspect| suspect.host == "teams.microsoft.com").unwrap();
    assert!(suspect.configured.iter().any(|sentence| sentence.contains("Default Microsoft rule likely")));
}

#[test]
fn an_action_that_is_not_documented_is_shown_as_it_is() {
    let blocked = PINNED.replace("\"action\":1", "\"action\":3");
    let story = drive_fails().with_file("nsbypass.json", &blocked);
    assert!(configured(&story)[0].contains("with action 3"), "{:?}", configured(&story));
    let report = story.report();
    let app = &report.configuration.pinned_apps[0];
    assert_eq!((app.action.as_deref(), app.custom, app.mode.as_deref()), (Some("3"), true, Some("tunnel")));
    assert!(app.action_says.contains("Action 3"), "{}", app.action_says);
    assert!(!story.has_finding("already_excepted"));
    let pinned = report.suggestions.iter().find(|suggestion| suggestion.remedy == "pinned_app_exception").unwrap();
    assert!(pinned.warnings[0].contains("“Drive”") && pinned.warnings[0].contains("action 3"), "{:?}", pinned.warnings);
}

#[test]
fn entries_that_let_everything_out_are_findings() {
    let any = PINNED.replace("\"drive.example\"", "\"*\"").replace("drive.exe", "other.exe");
    let wide = r#"{"names":["*.co.jp"],"ips":["0.0.0.0/0"],"fail_close":{}}"#;
    let report = drive_fails().with_file("nsbypass.json", &any).with_file("nsexception.json", wide).report();
    let risks: Vec<&str> = report.configuration.risks.iter().map(|risk| risk.id.as_str()).collect();
    assert_eq!(risks, ["pinned_app_any_host", "all_addresses", "broad_domain"]);
    let findings = report.findings.iter().filter(|finding| finding.id == "configuration_risk");
    assert_eq!(findings.count(), 3);
}

#[test]
fn the_device_is_described_from_its_configuration() {
    let steering = r#"{"domains":[],"traffic_mode":"web","steering_config_name":"Office"}"#;
    let client = r#"{"clientConfig":{"configurationName":"Laptops","failClose":{"fail_close":"1"}}}"#;
    let report = drive_fails().with_file("nssteering.json", steering).with_file("nsconfig.json", client).report();
    assert_eq!(report.device.steering_configuration.as_deref(), Some("Office"));
    assert_eq!(report.device.traffic_mode.as_deref(), Some("web"));
    assert_eq!(report.configuration.client_configuration.as_deref(), Some("Laptops"));
    assert_eq!(report.configuration.settings[0].says, "Fail close, no traffic without a tunnel: 1.");
    assert_eq!(report.configuration.files.len(), 2);
    assert!(report.bundles[0].members.iter().all(|member| member.read == "whole"));
}

#[test]
fn an_encrypted_file_is_a_notice() {
    let report = drive_fails().with_file("nssteering.json", "k93+encrypted==").report();
    assert!(report.notices.iter().any(|notice| notice.id == "configuration_unreadable"));
}

#[test]
fn secrets_are_in_no_form_of_the_report() {
    use steerscope::knowledge::Knowledge;
    use steerscope::language::Language;
    use steerscope::report::export;
    let secret = "S3CR3T";
    let client = format!(
        r#"{{"clientConfig":{{"configurationName":"Laptops","token":"{secret}","email":"{secret}@example.com"}},"unknown":"{secret}"}}"#
    );
    let branding = format!(r#"{{"OrgKey":"{secret}","UserKey":"{secret}","UserEmail":"{secret}@example.com"}}"#);
    let report = drive_fails().with_file("nsconfig.json", &client).with_file("nsbranding.json", &branding).report();
    let knowledge = Knowledge::built_in().unwrap();
    let texts = knowledge.texts(Language::English);
    let all = [export::json(&report), export::text(&report, texts), export::html(&report, texts)].concat();
    assert!(!all.contains(secret));
    assert!(report.notices.iter().any(|notice| notice.id == "secret_in_bundle"));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 60, ..Default::default() })]
    #[test]
    fn any_text_in_a_configuration_file_is_no_harm(text in ".{0,300}", entry in "[a-z0-9*./:@-]{0,24}") {
        let exceptions = format!(r#"{{"names":["{entry}",{{"name":"{entry}"}}],"ips":["{entry}",{{"x":["{entry}"]}}],"fail_close":{{}}}}"#);
        let apps = format!(r#"{{"certPinnedAppList":[{{"processName":"{entry}","isRegex":1,"app_domains":["{entry}"]}},7,null]}}"#);
        let story = drive_fails()
            .with_file("nsexception.json", &exceptions)
            .with_file("nsbypass.json", &apps)
            .with_file("nssteering.json", &text);
        let report = story.report();
        proptest::prop_assert!(report.configuration.exceptions.iter().all(|exception| !exception.entry.contains('@')));
    }
}
