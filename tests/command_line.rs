//! The command line as somebody types it: exit codes, one clear sentence for each kind of bad input, JSON alone on stdout.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]
#![cfg(feature = "cli")]
#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use std::path::PathBuf;
use std::process::{Command, Output};

fn steerscope(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_steerscope"))
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .env("LANG", "en_US.UTF-8")
        .output()
        .unwrap()
}

fn case(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name).join("nsdebuglog.log");
    path.display().to_string()
}

/// A file of its own for one test.
fn file(name: &str, bytes: &[u8]) -> String {
    let folder = std::env::temp_dir().join(format!("steerscope-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.display().to_string()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[track_caller]
fn fails(arguments: &[&str], code: i32, says: &str) {
    let output = steerscope(arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert!(stderr.contains(says), "{stderr}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_report_is_json_alone() {
    let output =
        steerscope(&["triage", &case("pinned_app_on_macos"), "--at", "15:30", "--format", "json", "--lang", "en"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
    let report = json(&output);
    assert_eq!(report["schema"], 1);
    assert_eq!(report["suspects"][0]["host"], "edge.messenger.example");
    assert_eq!(report["suspects"][0]["process"], "messenger");
    assert_eq!(report["incident"]["from"], "2025-11-06T15:28:00.000000");
    assert_eq!(report["incident"]["source"], "given");
    assert_eq!(report["suggestions"][0]["remedy"], "do_not_decrypt");
    assert_eq!(report["suggestions"][0]["entries"][0], "edge.messenger.example");
    assert_eq!(report["suggestions"][0]["try_first"], true);
    assert_eq!(report["device"]["platform"], "macos");
    let line = report["suspects"][0]["signals"][0]["evidence"][0]["line"].as_u64().unwrap();
    assert!(line > 1);
}

#[test]
fn both_languages_give_the_same_report() {
    let report = |language| {
        let path = case("tool_without_the_ca");
        json(&steerscope(&["triage", &path, "--at", "15:31", "--format", "json", "--lang", language]))
    };
    let (english, japanese) = (report("en"), report("ja"));
    assert_eq!(english["suspects"][0]["host"], japanese["suspects"][0]["host"]);
    assert_eq!(english["suggestions"][0]["remedy"], "trust_netskope_ca");
    assert_eq!(english["suggestions"].as_array().unwrap().len(), japanese["suggestions"].as_array().unwrap().len());
    assert_ne!(english["suggestions"][0]["title"], japanese["suggestions"][0]["title"]);
}

#[test]
fn what_is_no_bundle_is_told_in_one_line() {
    fails(&["triage", "/no/such/bundle.zip"], 1, "/no/such/bundle.zip");
    fails(&["triage", &file("picture.png", b"\x89PNG\r\n\x1a\n0000000000")], 1, "picture.png");
    fails(&["triage", &file("notes.txt", b"dear diary\n")], 1, "no line of a Netskope Client log");
    fails(&["triage", &file("empty.zip", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")], 1, "empty.zip");
    for bad in [&["triage", "/no/such/bundle.zip"][..], &["triage", "/no/such", "/nor/this"][..]] {
        let lines = String::from_utf8(steerscope(bad).stderr).unwrap().lines().count();
        assert_eq!(lines, bad.len() - 1, "one line for each path");
    }
}

#[test]
fn a_wrong_call_is_told_apart_from_bad_input() {
    let path = case("healthy_day");
    fails(&["triage"], 2, "PATH");
    fails(&["triage", &path, "--at", "soon"], 2, "soon");
    fails(&["triage", &path, "--at", "15:30", "--within", "a while"], 2, "a while");
    fails(&["triage", &path, "--at", "2025-11-06 15:30", "--until", "2025-11-06 15:00"], 2, "--until");
    fails(&["triage", &path, "--lang", "fr"], 2, "en or ja");
}

#[test]
fn one_readable_path_of_two_is_enough() {
    let output = steerscope(&["triage", &case("healthy_day"), "/no/such/bundle.zip", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(json(&output)["bundles"].as_array().unwrap().len(), 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("/no/such/bundle.zip"));
}

#[test]
fn a_time_outside_the_log_and_a_log_without_flows_are_reported() {
    let outside = json(&steerscope(&["triage", &case("healthy_day"), "--at", "2025-12-24 10:00", "--format", "json"]));
    assert_eq!(outside["findings"][0]["id"], "outside_span");
    assert_eq!(outside["coverage"]["judgement"], "cannot_judge");
    assert_eq!(outside["suggestions"][0]["remedy"], "none");
    let silent = json(&steerscope(&["triage", &case("level_too_low"), "--at", "14:20", "--format", "json"]));
    let ids: Vec<_> = silent["findings"].as_array().unwrap().iter().map(|finding| finding["id"].clone()).collect();
    assert!(ids.contains(&"no_flows".into()) && ids.contains(&"log_level".into()), "{ids:?}");
}

#[test]
fn flows_are_rows_in_log_order() {
    let output = steerscope(&["flows", &case("already_excepted")]);
    let rows: Vec<serde_json::Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let keys: Vec<&str> = rows[0].as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected =
        ["at", "decision", "reason", "process", "host", "src", "dst_ip", "dst_port", "bundle", "member", "line"];
    expected.sort_unstable();
    assert_eq!(keys, expected);
    assert!(rows.windows(2).all(|pair| pair[0]["at"].as_str() <= pair[1]["at"].as_str()));
    let pinned: Vec<_> = rows.iter().filter(|row| row["host"] == "sync.storage.example").collect();
    assert_eq!(pinned.len(), 12);
    assert!(pinned.iter().all(|row| row["decision"] == "tunnel_undecrypted" && row["reason"] == "pinned_app"));
    assert_eq!(pinned[1]["dst_port"], 443);
    assert!(pinned[0]["dst_ip"].is_null());
}

#[test]
fn flows_in_parquet_are_the_flows_in_json() {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::Field;

    let json = steerscope(&["flows", &case("already_excepted")]).stdout;
    let file = steerscope(&["flows", &case("already_excepted"), "--format", "parquet"]).stdout;
    let path = std::env::temp_dir().join(format!("steerscope-{}.parquet", std::process::id()));
    std::fs::write(&path, file).unwrap();
    let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    std::fs::remove_file(&path).unwrap();
    let expected: Vec<serde_json::Value> =
        String::from_utf8(json).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), expected.len());
    for (row, expected) in rows.iter().zip(&expected) {
        for (name, field) in row.get_column_iter() {
            let value = match field {
                Field::Null => serde_json::Value::Null,
                Field::Int(number) => (*number).into(),
                Field::Str(text) => text.as_str().into(),
                Field::TimestampMicros(at) => steerscope::record::time::Timestamp(*at).to_string().into(),
                other => panic!("{name}: {other:?}"),
            };
            assert_eq!(value, expected[name.as_str()], "{name}");
        }
    }
}

#[test]
fn lookup_explains_in_the_language_asked_for() {
    let answers =
        json(&steerscope(&["lookup", "curl_easy_perform failed, code 28", "--format", "json", "--lang", "ja"]));
    assert_eq!(answers[0]["code"], "28");
    assert_eq!(answers[0]["match"], "exact");
    let both = json(&steerscope(&["lookup", "curl 60", "Tunnel down due to GRE", "--format", "json", "--lang", "en"]));
    assert_eq!(both.as_array().unwrap().len(), 2);
    assert_eq!(both[1]["text"], "Tunnel down due to GRE");
}

#[test]
fn what_if_replays_the_log_under_entries() {
    let path = case("pinned_app_on_macos");
    let entries = ["--entry", "do_not_decrypt:*.messenger.example", "--entry", "domain_exception:nowhere.example"];
    let arguments = [&["whatif", &path, "--at", "15:30", "--format", "json"][..], &entries[..]].concat();
    let answer = json(&steerscope(&arguments));
    let hosts = answer["hosts"].as_array().unwrap();
    assert!(hosts.iter().all(|row| row["host"] == "edge.messenger.example"), "{hosts:?}");
    assert!(
        hosts
            .iter()
            .any(|row| row["process"] == "messenger" && row["flows"] == 8 && row["after"] == "tunnel_undecrypted")
    );
    assert_eq!(answer["flows_changed"], 16);
    assert_eq!(answer["freed_needlessly"].as_array().unwrap().len(), 0);
    assert_eq!(answer["never_hit"][0], "domain_exception:nowhere.example");
    fails(&["whatif", &path, "--entry", "domain_exception:*", "--lang", "en"], 2, "every host");
    let pasted = ["--entry", "do_not_decrypt:messenger.example,*.messenger.example", "--format", "json"];
    let answer = json(&steerscope(&[&["whatif", &path, "--at", "15:30"][..], &pasted[..]].concat()));
    assert_eq!(
        answer["entries"],
        serde_json::json!(["do_not_decrypt:messenger.example", "do_not_decrypt:*.messenger.example"])
    );
}

#[test]
fn a_file_of_messages_is_counted() {
    let path = file("messages.csv", b"time,message\n1,curl: (60) x\n2,curl: (60) y\n3,nothing of the kind\n");
    let counted = json(&steerscope(&["lookup", "--file", &path, "--format", "json", "--lang", "en"]));
    assert_eq!((&counted["messages"], &counted["unknown"]), (&3.into(), &1.into()));
    assert_eq!((&counted["counts"][0]["count"], &counted["examples"][0]["line"]), (&2.into(), &4.into()));
    fails(&["lookup", "--file", "/nowhere.csv", "--lang", "en"], 1, "/nowhere.csv");
}

#[test]
fn a_redacted_report_names_no_device_and_no_address() {
    let output = steerscope(&["triage", &case("pinned_app_on_macos"), "--at", "15:30", "--format", "json", "--redact"]);
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(!text.contains("DEVICE-0001") && !text.contains("192.0.2.7") && !text.contains("203.0.113.5"), "{text}");
    let report = json(&output);
    assert_eq!(report["suspects"][0]["host"], "edge.messenger.example");
    let line = report["suspects"][0]["signals"][0]["evidence"][0]["text"].as_str().unwrap();
    assert!(line.contains("2025/11/06 15:30:38") && line.contains("addr: address-"), "{line}");
}

#[test]
fn limits_are_set_by_name() {
    let case = case("pinned_app_on_macos");
    fails(&["triage", &case, "--limit", "files=3"], 2, "files=3 is no limit");
    let output = steerscope(&["triage", &case, "--limit", "member-bytes=4k", "--format", "json", "--lang", "en"]);
    let report = json(&output);
    assert_eq!(report["bundles"][0]["members"][0]["read"], "partly");
    let why = report["bundles"][0]["members"][0]["why"].as_str().unwrap();
    assert!(why.contains("4,096 bytes") && why.contains("member-bytes"), "{why}");
}

#[test]
fn without_a_terminal_nobody_is_asked_for_a_password() {
    use zip::unstable::write::FileOptionsExt as _;
    let options = zip::write::SimpleFileOptions::default().with_deprecated_encryption(b"secret").unwrap();
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("nsdebuglog.log", options).unwrap();
    std::io::Write::write_all(&mut writer, b"closed").unwrap();
    let path = file("locked.zip", &writer.finish().unwrap().into_inner());
    fails(&["triage", &path, "--lang", "en"], 1, "locked.zip: the archive is encrypted. Run the command in a terminal");
}

#[test]
fn a_healthy_log_and_a_later_one_are_compared() {
    let log = |path: &str| std::fs::read_to_string(path).unwrap();
    let broken = case("pinned_app_on_macos");
    let later = log(&broken)
        + "2025/11/06 18:00:00.000000 stAgentNE p2469 t30255 info bypassAppMgr.cpp:1622 BypassAppMgr bypassing flow to \
           exception host: edge.messenger.example, process: messenger, Dest IP: 198.51.100.4, Dest Port: 443\n";
    let after = file("after.log", later.as_bytes());
    let healthy = case("healthy_day");
    let output = steerscope(&[
        "triage",
        &broken,
        "--at",
        "15:30",
        "--baseline",
        &healthy,
        "--after",
        &after,
        "--format",
        "json",
        "--lang",
        "ja",
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let report = json(&output);
    let verified = &report["verification"]["suspects"][0];
    assert_eq!((&verified["host"], &verified["state"]), (&"edge.messenger.example".into(), &"bypassed".into()));
    assert!(verified["evidence"][0]["text"].as_str().unwrap().contains("exception host"));
    assert!(report["baseline"]["differences"][0]["text"].as_str().is_some());
    fails(&["triage", &broken, "--after", "no-such-file.zip"], 1, "no-such-file.zip");
}
