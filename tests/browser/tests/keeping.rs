//! What is shown is kept: while other files are read, when they are refused, in files, and in a report that opens again.

use std::io::Write as _;

use anyhow::{Result, ensure};
use browser_tests::{CULPRIT, Visit, example, in_chromium, in_every_engine};
use serde_json::json;
use tempfile::NamedTempFile;
use thirtyfour::prelude::{By, Key};

fn file(ending: &str, content: &[u8]) -> Result<NamedTempFile> {
    let mut file = tempfile::Builder::new().suffix(ending).tempfile()?;
    file.write_all(content)?;
    Ok(file)
}

async fn there_are(visit: &Visit, number: usize, test_id: &str) -> Result<()> {
    let by = || By::Css(format!("[data-testid='{test_id}']"));
    visit
        .until(
            &format!("there are {number} `{test_id}`"),
            async || Ok(visit.page.find_all(by()).await?.len() == number),
        )
        .await
}

/// What is no log changes nothing but says so; what was ticked off is not lost without a question.
async fn a_refused_file_changes_nothing(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.find("incident-at").await?.send_keys("15:35").await?;
    visit.text_where("incident-window", |text| text.contains("15:33:00")).await?;
    visit.click("tab-first-steps").await?;
    visit.click("step-tick").await?;
    visit.click("tab-answer").await?;
    let picture = file(".png", b"\x89PNG\r\n\x1a\nno log at all")?;
    visit.choose("file-input", picture.path()).await?;
    visit.page.dismiss_alert().await?;
    visit.text_where("suspect-host", |text| text == CULPRIT).await?;
    there_are(visit, 0, "problem").await?;
    visit.choose("file-input", picture.path()).await?;
    visit.page.accept_alert().await?;
    visit.text_where("notice", |text| text.contains("PNG")).await?;
    visit.text_where("suspect-host", |text| text == CULPRIT).await?;
    visit.text_where("incident-window", |text| text.contains("15:33:00")).await?;
    visit.text_where("intake", |text| text.contains("demo.zip") && !text.contains(".png")).await?;
    there_are(visit, 0, "open-again").await?;
    visit.click("problem-close").await?;
    there_are(visit, 0, "problem").await?;
    // The worker of before still answers.
    visit.find("incident-at").await?.send_keys(":30").await?;
    visit.text_where("incident-window", |text| text.contains("15:33:30")).await?;
    visit.click("tab-first-steps").await?;
    ensure!(visit.find("step-tick").await?.is_selected().await?, "what was ticked off is lost");
    Ok(())
}

/// Another log, or one beside it, that is not read to its end leaves what was shown before.
async fn cancelling_leads_back(visit: &Visit) -> Result<()> {
    let deaf = "
        globalThis.hearing = steerscopeWorker;
        globalThis.steerscopeWorker = () => Object.assign(hearing(), { postMessage: () => {} });";
    visit.read_example().await?;
    visit.find("suspect-row").await?.send_keys(Key::Down + "").await?;
    let second = visit.text_where("suspect-host", |text| text != CULPRIT).await?;
    for field in ["file-input", "baseline-input"] {
        // A worker that hears nothing reads for ever.
        visit.run(deaf, json!({})).await?;
        visit.choose(field, &example()).await?;
        visit.find("progress").await?;
        visit.run("globalThis.steerscopeWorker = hearing", json!({})).await?;
        visit.click("cancel").await?;
        visit.text_where("suspect-host", |text| text == second).await?;
        there_are(visit, 0, "baseline-remove").await?;
    }
    visit.click("tab-log").await?;
    visit.text_where("log-total", |text| text == "8,707 lines").await?;
    Ok(())
}

/// A report that was saved opens again with its question and what was ticked off, is ticked off further, and is saved again.
async fn a_saved_report_opens_again(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.find("incident-at").await?.send_keys("15:35").await?;
    visit.find("incident-hint").await?.send_keys("messenger").await?;
    visit.text_where("signals", |text| text.contains("reported: “messenger”")).await?;
    visit.click("tab-first-steps").await?;
    visit.click("step-tick").await?;
    visit.keep_what_is_saved().await?;
    visit.click("export").await?;
    visit.click("export-json").await?;
    let saved = file(".json", visit.saved().await?.as_bytes())?;
    visit.text_where("export-said", |text| text == "steerscope-report.json saved.").await?;
    visit.press(Key::Escape + "").await?;
    visit.choose("file-input", saved.path()).await?;
    visit
        .until("the ticks are there", async || visit.find("step-tick").await?.is_selected().await.map_err(Into::into))
        .await?;
    visit.click("tab-answer").await?;
    visit.text_where("intake", |text| text.contains("A saved report")).await?;
    visit.text_where("suspect-host", |text| text == CULPRIT).await?;
    visit.text_where("evidence", |text| text.contains(CULPRIT)).await?;
    let field = "return document.querySelector(`[data-testid='${given}']`).value";
    let at = visit.run(field, json!("incident-at")).await?;
    ensure!(at == json!("Nov 6, 2025 15:33:00 – 15:37:00"), "the field says {at}");
    ensure!(visit.run(field, json!("incident-hint")).await? == json!("messenger"), "the hint is lost");
    // Nothing is said about connections that nobody can count.
    visit.click("tab-timeline").await?;
    visit.find("timeline-row").await?;
    there_are(visit, 0, "timeline-legend").await?;
    visit.click("tab-first-steps").await?;
    let ticks = visit.page.find_all(By::Css("[data-testid='step-tick']")).await?;
    ticks[1].click().await?;
    visit.click("export").await?;
    there_are(visit, 0, "redact").await?;
    there_are(visit, 0, "export-flows_csv").await?;
    visit.click("export-json").await?;
    let again = visit.saved().await?;
    let marks = |text: &str| -> Result<usize> {
        let report: serde_json::Value = serde_json::from_str(text)?;
        Ok(report["marks"].as_array().map_or(0, Vec::len))
    };
    ensure!(marks(&again)? == 2, "both ticks are to be saved, not {}", marks(&again)?);
    visit.press(Key::Escape + "").await?;
    // Of another log nobody asked that question.
    visit.click("tab-answer").await?;
    visit.read_example().await?;
    visit.text_where("incident-window", |text| text.contains("15:33:00")).await?;
    let at = visit.run(field, json!("incident-at")).await?;
    ensure!(at == json!("15:35"), "what was typed before came back as {at}");
    Ok(())
}

/// Every connection is a row of the file, with pseudonyms unless they are not wanted.
async fn connections_are_saved(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.keep_what_is_saved().await?;
    visit.click("export").await?;
    visit.find("replacement").await?;
    visit.click("export-flows_csv").await?;
    let redacted = visit.saved().await?;
    visit.click("redact").await?;
    visit.click("export-flows_csv").await?;
    let whole = visit.saved().await?;
    for text in [&redacted, &whole] {
        ensure!(text.lines().count() == 7122, "{} lines", text.lines().count());
        ensure!(text.contains(CULPRIT), "the host is missing");
    }
    ensure!(whole.contains("192.0.2.7"), "the address is missing");
    ensure!(!redacted.contains("192.0.2.7") && redacted.contains("address-1"), "the address was left in");
    Ok(())
}

in_every_engine! {
    a_saved_report_opens_again
    connections_are_saved
}

in_chromium! {
    a_refused_file_changes_nothing
    cancelling_leads_back
}
