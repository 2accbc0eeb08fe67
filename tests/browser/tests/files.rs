//! What the saved files hold: the report for a ticket, for a printer, for other programs, rows for a spreadsheet; and the
//! names that do not stand in them.

use anyhow::{Context as _, Result, ensure};
use browser_tests::{Bundle, Visit, in_chromium, in_every_engine};
use serde_json::{Value, json};

/// The text of the file of that kind.
async fn saved(visit: &Visit, kind: &str, name: &str) -> Result<String> {
    let button = format!("export-{kind}");
    // The third engine's window shrinks with each file that is saved.
    visit.find(&button).await?.scroll_into_view().await?;
    visit.click(&button).await?;
    let text = visit.saved().await?;
    visit.text_where("export-said", |said| said == format!("{name} saved.")).await?;
    Ok(text)
}

fn holds(kind: &str, text: &str, parts: &[&str]) -> Result<()> {
    let missing: Vec<&&str> = parts.iter().filter(|part| !text.contains(**part)).collect();
    ensure!(missing.is_empty(), "the {kind} lacks {missing:?}:\n{text}");
    Ok(())
}

/// Each kind of file says what the page says, in its own way; a name that a spreadsheet would run is made safe.
async fn files_hold_the_answer(visit: &Visit) -> Result<()> {
    let _log = visit.read_broken(&Bundle::of_a_troubled_hour()).await?;
    visit.text_where("signals", |text| text.contains("2025/11/06 15:34:00.409")).await?;
    visit.keep_what_is_saved().await?;
    visit.click("export").await?;
    visit.click("redact").await?;
    visit
        .until("it is not redacted", async || Ok(visit.contents("[data-testid='redaction']").await?.is_empty()))
        .await?;
    let markdown = saved(visit, "markdown", "steerscope-report.md").await?;
    holds(
        "Markdown",
        &markdown,
        &[
            "# Netskope triage report",
            "- Incident: 2025-11-06 15:32:00 – 2025-11-06 15:36:00 (as reported)",
            "### Error: Connections were blocked by configuration",
            "| 1 | wss-primary.slack.com | slack.exe |",
            "=cmd\\|calc.exe",
            "photo\\\\u{202e}gpj.exe",
            "15:34:00.409 stAgentSvc p17fc tb44 info tunnel.cpp:1148 nsTunnel DTLS",
            "files.chat.example",
        ],
    )?;
    let html = saved(visit, "html", "steerscope-report.html").await?;
    holds(
        "HTML",
        &html,
        &["<!doctype html>", "Content-Security-Policy", "<h1>Netskope triage report</h1>", "wss-primary.slack.com"],
    )?;
    ensure!(!html.contains("<script"), "the report can run something");
    let json = saved(visit, "json", "steerscope-report.json").await?;
    let report: Value = serde_json::from_str(&json).context("the report is no JSON")?;
    ensure!(report["schema"] == 1 && report["language"] == "en", "it is of schema {}", report["schema"]);
    ensure!(report["incident"]["source"] == "given", "the incident is {}", report["incident"]);
    let first = &report["suspects"][0];
    ensure!(first["host"] == "wss-primary.slack.com" && first["process"] == "slack.exe", "the first is {first}");
    ensure!(first["signals"][0]["evidence"][0]["member"] == "nsdebuglog.log", "nothing proves it: {first}");
    let suspects = saved(visit, "suspects_csv", "steerscope-suspects.csv").await?;
    let mut rows = suspects.lines();
    let head = "rank,host,registrable_domain,process,score,confidence,onset,flows_in_window,flows_outside";
    ensure!(rows.next() == Some(head), "the head is not as promised: {suspects}");
    ensure!(
        rows.next().is_some_and(|row| row.starts_with("1,wss-primary.slack.com,slack.com,slack.exe,")),
        "{suspects}"
    );
    holds(
        "list of suspects",
        &suspects,
        &[",sheet.example.org,example.org,'=cmd|calc.exe,", ",photo\\u{202e}gpj.exe,"],
    )?;
    let flows = saved(visit, "flows_csv", "steerscope-flows.csv").await?;
    let head = "at,decision,reason,process,host,src,dst_ip,dst_port,bundle,member,line";
    ensure!(flows.lines().next() == Some(head), "the head is not as promised: {flows}");
    // Each connection line of the log, whatever became of it.
    ensure!(flows.lines().count() == 1 + 107, "{} rows", flows.lines().count());
    holds(
        "list of connections",
        &flows,
        &[
            "2025-11-06T15:33:01.409000,tunnel,,'=cmd|calc.exe,sheet.example.org,192.0.2.7:50123,198.51.100.4,443,",
            ",block,pinned_app,drive.exe,api.drive.example,",
            ",bypass,domain_exception,meeting.exe,media.meeting.example,192.0.2.7:50123,198.51.100.9,443,",
        ],
    )?;
    for text in [&markdown, &html, &json, &suspects, &flows] {
        ensure!(!text.contains(",=cmd"), "a spreadsheet would run it: {text}");
    }
    Ok(())
}

/// Names of the user, the device and the tenant, mail and network addresses stand in no file that is saved without them.
async fn names_are_left_out(visit: &Visit) -> Result<()> {
    const NAMES: [&str; 7] =
        ["alice", "sampletenant", "DEVICE-0001", "corp.example", "gateway-nrt1", "192.0.2.", "198.51.100."];
    let _log = visit.read_broken(&Bundle::of_a_troubled_hour()).await?;
    // The lines are part of the report.
    visit.text_where("signals", |text| text.contains("2025/11/06 15:34:00.409")).await?;
    visit.keep_what_is_saved().await?;
    visit.click("export").await?;
    let shown = visit.text_where("redaction", |text| text.contains("user-1")).await?;
    for name in ["Alice.Sample", "sampletenant", "alice.sample@corp.example", "192.0.2.7", "gateway-nrt1.example.com"] {
        ensure!(shown.to_lowercase().contains(&name.to_lowercase()), "the preview does not name {name}: {shown}");
    }
    for (kind, name) in [
        ("markdown", "steerscope-report.md"),
        ("html", "steerscope-report.html"),
        ("json", "steerscope-report.json"),
        ("suspects_csv", "steerscope-suspects.csv"),
        ("flows_csv", "steerscope-flows.csv"),
    ] {
        let text = saved(visit, kind, name).await?;
        let lower = text.to_lowercase();
        let left: Vec<&&str> = NAMES.iter().filter(|name| lower.contains(&name.to_lowercase())).collect();
        ensure!(left.is_empty(), "the {kind} names {left:?}:\n{text}");
        // Without the host it would be of no use.
        ensure!(text.contains("wss-primary.slack.com"), "the {kind} lacks the host");
        if kind == "json" {
            let named = ["user-1", "tenant-1", "mail-1", "gateway-1", "address-"];
            holds("JSON", &text, &named)?;
        }
    }
    // The same report, with the names, for those who may know them: what was looked for is there.
    visit.find("redact").await?.scroll_into_view().await?;
    visit.click("redact").await?;
    let whole = saved(visit, "json", "steerscope-report.json").await?.to_lowercase();
    let absent: Vec<&&str> = NAMES.iter().filter(|name| !whole.contains(&name.to_lowercase())).collect();
    ensure!(absent.is_empty(), "nothing proves that {absent:?} were left out");
    let rows = visit.run("return document.querySelectorAll(\"[data-testid='replacement']\").length", json!({})).await?;
    ensure!(rows == 0, "the preview stays for a report that is saved whole");
    Ok(())
}

in_every_engine! {
    files_hold_the_answer
}

in_chromium! {
    names_are_left_out
}
