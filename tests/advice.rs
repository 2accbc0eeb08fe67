//! What is proposed, in which order and with which words: the least loss first, the narrowest entry, the cost told.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

#[path = "support/story.rs"]
mod story;

use steerscope::report::Suggestion;
use story::{Story, story};

fn broken() -> Story {
    story().at("15:34:00").retries("drive.exe", "api.drive.example").broke_at("15:34")
}

fn suggestion(story: &Story, remedy: &str) -> Suggestion {
    let report = story.report();
    report.suggestions.into_iter().find(|suggestion| suggestion.remedy == remedy).unwrap()
}

#[test]
fn the_ladder_rises_from_the_least_loss() {
    let report = broken().report();
    let remedies: Vec<&str> = report.suggestions.iter().map(|suggestion| suggestion.remedy.as_str()).collect();
    assert_eq!(remedies, ["do_not_decrypt", "pinned_app_exception", "domain_exception"]);
    let first: Vec<bool> = report.suggestions.iter().map(|suggestion| suggestion.try_first).collect();
    assert_eq!(first, [true, false, false]);
    assert!(report.suggestions.iter().all(|suggestion| !suggestion.loses.is_empty()));
    let after = |rung: usize| report.suggestions[rung].steps.last().unwrap();
    for rung in [0, 1] {
        let told = after(rung);
        assert!(told.contains("go to the next") && told.contains("if it works, do not add the others"), "{told}");
    }
    assert!(after(2).contains("inspection is not the cause"), "{}", after(2));
}

#[test]
fn each_platform_is_told_what_it_has() {
    let on = |os: &str, remedy: &str| {
        let story = broken().at("15:00:01");
        let story =
            story.says(&format!("Config setting STA user agent: {os};Netskope ST Agent 126.0.0.2400;DEVICE-0001"));
        suggestion(&story, remedy).steps.join(" ")
    };
    for (os, modes, tray) in [
        ("Windows NT 11.0 x64", true, true),
        ("Mac OS X 14.5", true, true),
        ("Linux", false, true),
        ("iOS 17", false, false),
        ("Android 9", false, false),
    ] {
        let pinned = on(os, "pinned_app_exception");
        assert_eq!(pinned.contains("choose Bypass + Tunnel"), modes, "{os}: {pinned}");
        assert_eq!(pinned.contains("exist on Windows and macOS only"), !modes, "{os}: {pinned}");
        for steps in [pinned, on(os, "domain_exception")] {
            assert_eq!(steps.contains("nsdiag"), tray, "{os}: {steps}");
        }
    }
}

#[test]
fn not_decrypting_does_not_cure_the_detour() {
    let warnings = suggestion(&broken(), "do_not_decrypt").warnings;
    assert!(warnings.iter().any(|warning| warning.contains("detour through the data centre")), "{warnings:?}");
}

#[test]
fn a_tool_with_its_own_store_trusts_the_authority_first() {
    let story = story().at("15:34:00").retries("python.exe", "files.packages.example").broke_at("15:34");
    let first = &story.report().suggestions[0];
    assert_eq!((first.remedy.as_str(), first.try_first), ("trust_netskope_ca", true));
    assert!(first.entries.is_empty());
    assert!(first.steps.last().unwrap().contains("go to the next suggestion"), "{:?}", first.steps);
}

#[test]
fn the_decryption_policy_matches_the_name_of_the_connection() {
    let policy = suggestion(&broken(), "do_not_decrypt");
    assert_eq!(policy.paste, "api.drive.example");
    assert_eq!(policy.console.as_deref(), Some("Policies > SSL Decryption"));
    assert!(policy.steps.iter().any(|step| step.contains("SNI")), "{:?}", policy.steps);
}

#[test]
fn a_pinned_app_names_process_and_domains_without_wildcard() {
    let app = suggestion(&broken(), "pinned_app_exception");
    assert_eq!(app.process.as_deref(), Some("drive.exe"));
    assert!(app.entries.iter().all(|entry| !entry.contains('*')));
    let steps = app.steps.join(" ");
    for part in
        ["App Definition > Certificate Pinned Apps", "drive.exe", "Exceptions > New Exception", "Advanced Options"]
    {
        assert!(steps.contains(part), "{part}: {steps}");
    }
}

#[test]
fn a_domain_exception_says_that_it_frees_every_process() {
    let domain = suggestion(&broken(), "domain_exception");
    assert!(domain.steps[0].contains("Steering Configuration"), "{:?}", domain.steps);
    assert!(domain.warnings.iter().any(|warning| warning.contains("Every process")), "{:?}", domain.warnings);
}

#[test]
fn a_host_under_a_default_exception_is_no_suspect() {
    let report = story().at("15:34:00").retries("storeagent.exe", "gs.apple.com").broke_at("15:34").report();
    assert!(report.suspects.iter().all(|suspect| suspect.host != "gs.apple.com"));
    let aside = report.set_aside.iter().find(|aside| aside.host == "gs.apple.com").unwrap();
    assert_eq!(aside.reason, "do_not_decrypt_known");
}

#[test]
fn an_empty_result_asks_for_a_test_with_the_client_off() {
    let report = story().broke_at("15:34").report();
    let steps = report.suggestions[0].steps.join(" ");
    assert_eq!(report.suggestions[0].remedy, "none");
    for part in ["Disable All Client Services", "Security Cloud Platform > Devices", "new log"] {
        assert!(steps.contains(part), "{part}: {steps}");
    }
}

#[test]
fn a_hint_may_be_an_app_a_url_or_a_host() {
    for hint in ["drive", "https://api.drive.example/path", "drive.example"] {
        let report = broken().hint(hint).report();
        assert!(report.suspects[0].signals.iter().any(|signal| signal.id == "hint"), "{hint}");
    }
}

#[test]
fn suggestions_link_to_the_page_that_backs_them() {
    let report = broken().report();
    assert!(report.suggestions.iter().all(|suggestion| {
        suggestion.reference.as_deref().is_some_and(|link| link.starts_with("https://docs.netskope.com/"))
    }));
}
