//! The log view: which lines are listed, which match, how one gets from match to match and to a time, and which the report
//! rests on.

use anyhow::{Result, ensure};
use browser_tests::{Bundle, CULPRIT, Visit, in_chromium, in_every_engine};
use serde_json::json;
use tempfile::NamedTempFile;
use thirtyfour::prelude::Key;

/// Lines of the troubled hour.
const ALL: &str = "113 lines";

async fn the_log_is_open(visit: &Visit) -> Result<NamedTempFile> {
    let log = visit.read_broken(&Bundle::of_a_troubled_hour()).await?;
    visit.click("tab-log").await?;
    visit.text_where("log-total", |text| text == ALL).await?;
    Ok(log)
}

/// What stands in the table, from the first row in sight on.
async fn rows_where(visit: &Visit, wanted: impl Fn(&[String]) -> bool) -> Result<Vec<String>> {
    visit.contents_where("[data-testid='log-table'] [data-testid='log-line']", wanted).await
}

async fn search_for(visit: &Visit, words: &str) -> Result<()> {
    let field = visit.find("log-search").await?;
    field.clear().await?;
    field.send_keys(words).await?;
    Ok(())
}

/// Levels and source files are counted; those that are pressed are listed, and all again when they are let go.
async fn lines_are_filtered(visit: &Visit) -> Result<()> {
    let _log = the_log_is_open(visit).await?;
    visit.text_where("log-level-error", |text| text.starts_with("Error") && text.ends_with('1')).await?;
    visit.text_where("log-level-info", |text| text.ends_with("111")).await?;
    visit.attribute_is("[data-testid='log-level-error']", "aria-pressed", "false").await?;
    visit.click("log-level-error").await?;
    visit.text_where("log-total", |text| text == "1 lines").await?;
    visit.attribute_is("[data-testid='log-level-error']", "aria-pressed", "true").await?;
    rows_where(visit, |rows| rows.len() == 1 && rows[0].contains("is stale")).await?;
    visit.find("log-level-warning").await?.send_keys(Key::Enter + "").await?;
    visit.text_where("log-total", |text| text == "2 lines").await?;
    rows_where(visit, |rows| rows.len() == 2 && rows[1].contains("is written out")).await?;
    visit.click("log-level-error").await?;
    rows_where(visit, |rows| rows.len() == 1 && rows[0].contains("is written out")).await?;
    visit.click("log-level-warning").await?;
    visit.text_where("log-total", |text| text == ALL).await?;
    visit.unfold("[data-testid='view-log'] details").await?;
    visit.click("log-source-cache.cpp").await?;
    visit.text_where("log-total", |text| text == "1 lines").await?;
    rows_where(visit, |rows| rows.len() == 1 && rows[0].contains("cache.cpp:7")).await?;
    // A level that this source never wrote.
    visit.click("log-level-warning").await?;
    visit.text_where("log-total", |text| text == "0 lines").await?;
    visit.text_where("log-nothing", |text| text == "No line meets these conditions.").await?;
    visit.click("log-source-cache.cpp").await?;
    visit.click("log-level-warning").await?;
    visit.text_where("log-total", |text| text == ALL).await?;
    Ok(())
}

/// Matches are counted and marked, for words and for an expression; from the last one goes on to the first, and back.
async fn matches_are_walked(visit: &Visit) -> Result<()> {
    let _log = the_log_is_open(visit).await?;
    search_for(visit, "wss-primary").await?;
    visit.text_where("log-total", |text| text == "9 of 113 lines match").await?;
    let chosen = async |wanted: &str| {
        let ends = format!("2025/11/06 {wanted}.409 ");
        visit.text_where("log-chosen", |text| text.contains(&ends) && text.contains("wss-primary")).await
    };
    // At the incident's window, whose first match comes after the others' tries.
    chosen("15:34:00").await?;
    let marked = visit.contents("[data-testid='log-table'] mark").await?;
    ensure!(!marked.is_empty() && marked.iter().all(|mark| mark == "wss-primary"), "marked: {marked:?}");
    visit.click("log-next").await?;
    chosen("15:34:06").await?;
    visit.click("log-previous").await?;
    chosen("15:34:00").await?;
    visit.click("log-previous").await?;
    chosen("15:34:48").await?;
    visit.find("log-search").await?.send_keys(Key::Enter + "").await?;
    chosen("15:34:00").await?;
    visit.find("log-search").await?.send_keys(Key::Enter + "").await?;
    chosen("15:34:06").await?;
    visit.find("log-search").await?.send_keys(Key::Shift + Key::Enter).await?;
    chosen("15:34:00").await?;
    search_for(visit, "15:3[34]:0\\d.* process: (slack|chat)\\.exe").await?;
    visit.text_where("log-total", |text| text == "0 of 113 lines match").await?;
    visit.click("log-pattern").await?;
    // Two tries of slack.exe in that time, and two of three hosts by chat.exe.
    visit.text_where("log-total", |text| text == "8 of 113 lines match").await?;
    visit.click("log-only").await?;
    visit.text_where("log-total", |text| text == "8 of 8 lines match").await?;
    let rows = rows_where(visit, |rows| rows.len() == 8).await?;
    let fits = |row: &String| row.contains("process: slack.exe") || row.contains("process: chat.exe");
    ensure!(rows.iter().all(fits), "listed: {rows:?}");
    search_for(visit, "(").await?;
    visit.text_where("log-refused", |text| text.contains("This expression cannot be read.")).await?;
    visit.click("log-pattern").await?;
    visit
        .until("the refusal has gone", async || Ok(visit.contents("[data-testid='log-refused']").await?.is_empty()))
        .await
}

/// A line that an answer rests on is shown among the others, chosen and marked as such, whatever was filtered before.
async fn evidence_is_marked_in_the_log(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    visit.click("tab-log").await?;
    visit.text_where("log-total", |text| text == "8,707 lines").await?;
    search_for(visit, "ipc client").await?;
    visit.click("log-only").await?;
    visit.text_where("log-total", |text| text.contains(" of ") && !text.contains("8,707")).await?;
    visit.click("tab-answer").await?;
    visit.text_where("suspect-host", |text| text == CULPRIT).await?;
    visit.unfold("[data-testid='signals'] [data-testid='evidence']").await?;
    let place = visit.text_where("place", |text| text.contains(".log:")).await?;
    visit.click("place").await?;
    visit.text_where("log-chosen", |text| text.starts_with(&place) && text.contains(CULPRIT)).await?;
    visit.text_where("log-total", |text| text == "8,707 lines").await?;
    let chosen = "[data-testid='log-line'][aria-pressed='true']";
    let lines = visit.contents_where(chosen, |lines| lines.len() == 1).await?;
    ensure!(lines[0].contains(CULPRIT), "chosen is {lines:?}");
    let around = "const line = document.querySelector(given); const cell = line.parentElement;
        const row = line.closest('[aria-rowindex]');
        return [cell.classList.contains('evidence-line'), cell.classList.contains('picked-line'), cell.title,
            row.querySelector('.place').textContent];";
    let around = visit.run(around, json!(chosen)).await?;
    ensure!(around == json!([true, true, "The report rests on this line.", place]), "of {place} it says {around}");
    let others =
        visit.contents("[data-testid='log-table'] [role='cell']:not(.evidence-line) > [data-testid='log-line']");
    ensure!(!others.await?.is_empty(), "every line is marked");
    ensure!(visit.value("log-search").await?.is_empty(), "the search of before still filters");
    Ok(())
}

/// A time leads to its line; what is no time, or not in the log, is told beside the field.
async fn a_time_is_gone_to(visit: &Visit) -> Result<()> {
    let _log = the_log_is_open(visit).await?;
    let go_to = async |time: &str| -> Result<()> {
        let field = visit.find("log-jump").await?;
        field.clear().await?;
        field.send_keys(time + Key::Enter).await?;
        Ok(())
    };
    let field = "[data-testid='log-jump']";
    go_to("15:05").await?;
    visit.text_where("log-chosen", |text| text.contains("2025/11/06 15:05:10.409")).await?;
    visit.attribute_is(field, "aria-invalid", "false").await?;
    go_to("soon").await?;
    visit.text_where("log-jump-error", |text| text.contains("“soon” is no time the log's clock can show.")).await?;
    visit.attribute_is(field, "aria-invalid", "true").await?;
    let told_by = visit.attribute(field, "aria-describedby").await?;
    let told = format!("[data-testid='log-jump-error']#{}", told_by.as_str().unwrap_or_default());
    ensure!(visit.contents(&told).await?.len() == 1, "the field does not name its message, but {told_by}");
    go_to("2025-11-07 09:00").await?;
    let covered = "they go from Nov 6, 2025 15:00:00 to Nov 6, 2025 15:59:30";
    visit.text_where("log-jump-error", |text| text.contains(covered)).await?;
    visit.attribute_is(field, "aria-invalid", "false").await?;
    go_to("Nov 6, 2025 15:34:20 – 15:40:00").await?;
    visit
        .text_where("log-chosen", |text| text.contains("2025/11/06 15:34:20.409") && text.contains("is stale"))
        .await?;
    visit.until("nothing is told", async || Ok(visit.text("log-jump-error").await?.is_empty())).await
}

in_every_engine! {
    matches_are_walked
    evidence_is_marked_in_the_log
}

in_chromium! {
    lines_are_filtered
    a_time_is_gone_to
}
