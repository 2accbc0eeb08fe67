//! What users paste, and what the lookup makes of it.

#![expect(clippy::unwrap_used, reason = "what is missing here fails the test")]

use std::sync::LazyLock;

use proptest::prelude::*;
use steerscope::knowledge::errors::{CLIENT_STATUS, Errors};
use steerscope::knowledge::tools::Tools;
use steerscope::language::Language;
use steerscope::report::lookup::{Answer, Lookup, Match};

#[test]
fn every_integration_message_is_found_with_a_real_time() {
    let times = ["2025-11-06 15:34:38", "2025年11月6日 15時34分", "Nov 6, 2025, 3:34:38 PM", "", "11/6/25 3:34 PM JST"];
    let errors = Errors::built_in().unwrap();
    let families = ["api", "log_collector", "ndr"];
    let rows: Vec<_> = errors.rows().iter().filter(|row| families.contains(&row.family.as_str())).collect();
    assert_eq!(rows.len(), 26);
    for row in rows {
        for title in [&row.title.english, &row.title.japanese] {
            for time in times {
                let shown = title.replace("<finish time>", time).replace("finish time", time);
                check_contains(&shown, &row.id);
                check_contains(&format!("[Okta] エラー: 「{shown}」 と表示されました"), &row.id);
                check_contains(&shown.replace([' ', '。', '、', '.', ','], ""), &row.id);
                check_contains(&wide(&shown), &row.id);
            }
            check_contains(&format!("1 件目\r\n{title}\r\nsecond line\r\n"), &row.id);
        }
    }
}

#[test]
fn a_shared_message_gives_the_general_answer_before_the_integrations() {
    check(
        "認証情報が無効なため、同期は 2025/11/06 15:34 に失敗しました。",
        "api_credentials_invalid duo_credentials_invalid",
    );
    check(
        "証明書が無効なため、同期は 15:34 に失敗しました。",
        "api_certificate_invalid fortianalyzer_certificate_invalid okta_certificate_invalid",
    );
    check(
        "Okta: 証明書が無効なため、同期は 15:34 に失敗しました。",
        "api_certificate_invalid okta_certificate_invalid fortianalyzer_certificate_invalid",
    );
}

#[test]
fn every_row_is_found_from_its_own_wordings() {
    let errors = Errors::built_in().unwrap();
    for row in errors.rows() {
        for says in &row.says {
            check_contains(&says.replace("{what}", "config").replace("{host}", "a.example.com"), &row.id);
        }
    }
}

#[test]
fn codes_are_read_with_the_words_before_them() {
    check_first("curl 60", "curl_60");
    check_first("curl: (60) SSL certificate problem: unable to get local issuer certificate", "curl_60");
    check_first("downloader curl_easy_perform failed, code 28, error Timeout was reached", "curl_28");
    check_first("code 28, error Timeout was reached", "curl_28");
    check_first("CURLE_COULDNT_CONNECT", "curl_7");
    check_first("nsssl DTLS failed to connect to gateway.example.com:443, err: 10065", "winsock_10065");
    check_first("err: 10065", "winsock_10065");
    check_first("10054", "winsock_10054");
    check_first("WSAETIMEDOUT", "winsock_10060");
    check("verify err: 19", "openssl_verify_19");
    check("verify error:num=20:unable to get local issuer certificate", "openssl_verify_20");
    check("Verify return code: 10 (certificate has expired)", "openssl_verify_10");
    check_first("peer cert verify err: 18, errMsg: self signed certificate", "openssl_verify_18");
    check_first("connect failed errno=51", "errno_enetunreach");
    check_first("err:51", "errno_enetunreach");
    check_first("err:2", "errno_enoent");
    check_contains("nsTunnel DTLS nsssl_connect failed, err: -1", "client_handshake_failed");
    check_contains("restapi Failed to download SSL resolve EDNS, Error: -2", "client_download_failed");
    check_contains("60", "curl_60");
    check_contains("28", "curl_28");
}

#[test]
fn throttling_is_found_by_its_number() {
    for text in ["429", "MS Graph API returned 429", "Microsoft エラーコード 429", "error code: 429", "HTTP 429"]
    {
        check_first(text, "api_throttled_429");
    }
    check_first("Microsoft エラー 509", "api_throttled_509");
    check_first("509", "api_throttled_509");
    check("port 4290, 14:29", "");
}

#[test]
fn states_and_events_are_found_as_the_log_shows_them() {
    check(
        "2024/04/30 16:34:24.470 stAgentSvc p6ff8 ta9d4 info tunnel.cpp:292 nsTunnel DTLS disconnecting nsTunnel, context = NSTUNNEL_DISCONNECTED_BYUSER",
        "tunnel_disconnected_by_user",
    );
    check("Tunnel status:: NSTUNNEL_CONNECTING.", "tunnel_connecting");
    check("Tunnel down due to GRE", "status_gre");
    check("tunnel down due to secure forwarder", "status_secure_forwarder");
    check("Tunnel Down", "status_tunnel_down");
    check("Admin Disabled", "status_admin_disabled");
    check("{\"client_status\": {\"event\": \"User Disabled\"}}", "status_user_disabled");
    check("Change in network", "status_network_change");
    check("client status code 4", "status_config_error");
    check("Log has not been collected", "log_not_collected");
    check("アイコンが赤くなった、アイコンが赤", "tray_fail_close");
    check_first(
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain (_ssl.c:1000)",
        "certificate_verify_failed",
    );
}

#[test]
fn status_events_are_complete() {
    let errors = Errors::built_in().unwrap();
    for code in 0..=11 {
        let row = errors.of_code(CLIENT_STATUS, &code.to_string()).unwrap();
        assert!(row.actor.is_some() && row.status.is_some(), "{}", row.id);
    }
    let events: Vec<_> = errors.rows().iter().filter(|row| row.family == CLIENT_STATUS).collect();
    assert_eq!(events.len(), 18);
    assert!(events.iter().all(|row| row.actor.is_some() && row.status.is_some()));
    assert_eq!(errors.client_event("tunnel down due to gre").unwrap().id, "status_gre");
    let answer = &find("Admin Disabled", Language::English)[0];
    assert_eq!((answer.actor.as_deref(), answer.status.as_deref()), (Some("Admin"), Some("Disabled")));
    assert_eq!(answer.code.as_deref(), Some("8"));
}

#[test]
fn a_similar_text_gives_neighbours_marked_near() {
    check_near("sync failed since credentials were invalid", "api_credentials_invalid");
    check_near("認証情報が正しくないので同期に失敗しました", "api_credentials_invalid");
    check_near("証明書が無効のため同期失敗", "api_certificate_invalid");
    check_near("要求が制限されたため同期に失敗", "api_throttled");
    check_near("log has not yet been collect", "log_not_collected");
    check_near("NSTUNNEL_DISCONNECTED_TIMEOUT", "tunnel_disconnected");
    check_near("tunnel went down due to configuration", "status_config_error");
}

#[test]
fn nonsense_gives_nothing() {
    for text in [
        "",
        " \n ",
        "🦀",
        "qwertz uiop asdf",
        "本日は晴天なり",
        "hello world",
        "12345678901234567890",
        "lorem ipsum dolor sit amet",
        "192.0.2.1:443",
        "会議は三時からです",
        "-",
    ] {
        check(text, "");
    }
}

#[test]
fn ids_do_not_depend_on_the_language_but_the_words_do() {
    let errors = Errors::built_in().unwrap();
    for row in errors.rows() {
        let text = &row.title.english;
        let (english, japanese) = (find(text, Language::English), find(text, Language::Japanese));
        let ids = |answers: &[Answer]| answers.iter().map(|answer| answer.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&english), ids(&japanese));
    }
    let japanese = &find("curl 60", Language::Japanese)[0];
    assert_eq!(japanese.title, "curl 60: 相手の証明書を信頼できない");
    assert!(japanese.reference.starts_with("https://curl.se/"));
}

#[test]
fn tools_bring_their_fix() {
    let answer = &find("PKIX path building failed", Language::English)[0];
    assert!(
        answer.fixes.iter().any(|fix| fix.starts_with("Gradle") && fix.contains("trustStore")),
        "{:?}",
        answer.fixes
    );
}

#[test]
fn a_fix_with_the_bundle_says_what_the_bundle_is() {
    let answer = &find("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", Language::Japanese)[0];
    assert_eq!(answer.fixes.last().unwrap(), "<bundle.pem>: 結合したバンドルを作る");
}

#[test]
fn integration_messages_say_where_the_console_tells_more() {
    let answers = find("証明書が無効なため、同期は 15:34 に失敗しました。", Language::Japanese);
    assert!(answers.iter().all(|answer| answer.hint.as_ref().unwrap().contains("接続方法")));
    assert!(answers.iter().all(|answer| answer.unverified.is_some()));
}

proptest! {
    #[test]
    fn any_text_is_answered(text in ".{0,200}", mixed in "[a-zA-Z0-9 :.,_\\-同期に失敗しました\n\"]{0,200}") {
        let _ = find(&text, Language::English);
        let errors = Errors::default();
        let tools = Tools::default();
        let _ = Lookup::new(&errors, &tools, Language::Japanese).triage_messages(&text);
        let _ = find(&mixed, Language::Japanese);
    }
}

#[test]
fn a_list_of_messages_is_counted() {
    let errors = Errors::built_in().unwrap();
    let tools = Tools::built_in().unwrap();
    let table = "Time,Integration,Message\n\
        2025-11-06 15:34,Okta,証明書が無効なため、同期は 2025-11-06 15:34 に失敗しました。\n\
        2025-11-06 15:35,Cisco Duo,\"認証情報が無効なため、同期は 15:35 に失敗しました。\"\n\
        2025-11-06 15:36,Mimecast,証明書が無効なため、同期は 15:36 に失敗しました。\n\n\
        2025-11-06 15:37,Okta,何か別の表示\n";
    let triage = Lookup::new(&errors, &tools, Language::Japanese).triage_messages(table);
    let counts: Vec<_> = triage.counts.iter().map(|count| (count.id.as_str(), count.lines.clone())).collect();
    assert_eq!(
        counts,
        [
            ("api_certificate_invalid", vec![2, 4]),
            ("api_credentials_invalid", vec![3]),
            ("duo_credentials_invalid", vec![3]),
            ("okta_certificate_invalid", vec![2]),
        ]
    );
    assert_eq!((triage.messages, triage.unknown, triage.examples[0].line), (4, 1, 6));
}

#[test]
fn answers_are_written_as_the_contract_says() {
    let json = serde_json::to_value(find("curl 60", Language::English)).unwrap();
    for field in ["id", "title", "family", "cause", "remedy", "code", "match", "reference"] {
        assert!(json[0].get(field).is_some(), "{field}");
    }
    assert_eq!((json[0]["match"].as_str(), json[0]["code"].as_str()), (Some("exact"), Some("60")));
}

fn find(text: &str, language: Language) -> Vec<Answer> {
    static KNOWLEDGE: LazyLock<(Errors, Tools)> =
        LazyLock::new(|| (Errors::built_in().unwrap(), Tools::built_in().unwrap()));
    static LOOKUPS: LazyLock<[Lookup<'static>; 2]> =
        LazyLock::new(|| Language::ALL.map(|language| Lookup::new(&KNOWLEDGE.0, &KNOWLEDGE.1, language)));
    LOOKUPS[language as usize].answers(text)
}

fn ids(answers: &[Answer]) -> String {
    answers.iter().map(|answer| answer.id.as_str()).collect::<Vec<_>>().join(" ")
}

fn check(text: &str, wanted: &str) {
    assert_eq!(ids(&find(text, Language::English)), wanted, "{text}");
}

fn check_first(text: &str, wanted: &str) {
    let answers = find(text, Language::English);
    assert_eq!(answers.first().map(|answer| answer.id.as_str()), Some(wanted), "{text}: {}", ids(&answers));
    assert_eq!(answers[0].matched, Match::Exact, "{text}");
}

fn check_contains(text: &str, wanted: &str) {
    let answers = find(text, Language::Japanese);
    let found = answers.iter().any(|answer| answer.id == wanted && answer.matched == Match::Exact);
    assert!(found, "{wanted} in {text}: {}", ids(&answers));
}

fn check_near(text: &str, wanted: &str) {
    let answers = find(text, Language::English);
    assert!(answers.iter().any(|answer| answer.id == wanted), "{wanted} near {text}: {}", ids(&answers));
    assert!(answers.iter().all(|answer| answer.matched == Match::Near), "{text}");
}

/// The same text in full width.
fn wide(text: &str) -> String {
    let widen = |character: char| match character {
        ' ' => '\u{3000}',
        '!'..='~' => char::from_u32(character as u32 + 0xFEE0).unwrap(),
        other => other,
    };
    text.chars().map(widen).collect()
}
