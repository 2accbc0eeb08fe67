//! Names and lines whose characters would turn the writing round: they are written out in the ranking's list, among the
//! connections, in the log and among the messages without a shape.

use anyhow::{Result, ensure};
use browser_tests::{Bundle, Visit, in_chromium};
use serde_json::json;

/// Turns what follows it round.
const TURN: char = '\u{202e}';

/// Fails if the character itself stands in the page.
async fn nothing_is_turned(visit: &Visit, selector: &str) -> Result<()> {
    let script = "return [...document.querySelectorAll(given[0])].map((element) => element.outerHTML)
        .filter((text) => text.includes(given[1])).map((text) => text.slice(0, 400))";
    let turned = visit.run(script, json!([selector, TURN])).await?;
    ensure!(turned == json!([]), "turned round in {selector}: {turned}");
    Ok(())
}

async fn misleading_characters_are_written_out(visit: &Visit) -> Result<()> {
    let _log = visit.read_broken(&Bundle::of_a_troubled_hour()).await?;
    let rows = "[data-testid='suspect-row']";
    visit.contents_where(rows, |rows| rows.iter().any(|row| row.contains("photo\\u{202e}gpj.exe"))).await?;
    nothing_is_turned(visit, rows).await?;
    // Its sentences name the process too.
    let choose = "[...document.querySelectorAll(\"[data-testid='suspect-row']\")]
        .find((row) => row.textContent.includes('photo'))?.click()";
    visit.run(choose, json!({})).await?;
    visit.text_where("signals", |text| text.contains("photo\\u{202e}gpj.exe")).await?;
    nothing_is_turned(visit, "#results").await?;
    visit.click("tab-flows").await?;
    visit.find("flows-filter").await?.send_keys("picture").await?;
    visit.text_where("flows-total", |text| text == "4 connections").await?;
    visit.content_where("virtual-row", |text| text.contains("photo\\u{202e}gpj.exe")).await?;
    nothing_is_turned(visit, "#results").await?;
    visit.click("tab-log").await?;
    visit.find("log-search").await?.send_keys("is written out").await?;
    visit.text_where("log-chosen", |text| text.contains("what is \\u{202e}odd is written out")).await?;
    let line = "[data-testid='log-line'][aria-pressed='true']";
    visit.contents_where(line, |lines| lines.len() == 1 && lines[0].contains("\\u{202e}odd")).await?;
    nothing_is_turned(visit, "#results").await?;
    visit.click("tab-knowledge").await?;
    let unknown = "[data-testid='unknown-message'] code";
    visit.contents_where(unknown, |texts| texts.iter().any(|text| text.contains("what is \\u{202e}odd"))).await?;
    nothing_is_turned(visit, "#results").await?;
    Ok(())
}

in_chromium! {
    misleading_characters_are_written_out
}
