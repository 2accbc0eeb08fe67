//! What may stand between a log and its answer: a password, which is asked for again where it is wrong; and a file that
//! has gone when it is to be read once more.

use anyhow::{Result, ensure};
use browser_tests::{Bundle, CULPRIT, Visit, file, in_chromium, in_every_engine};
use serde_json::json;
use thirtyfour::prelude::Key;

/// The question has the focus, and is told to screen readers.
async fn it_is_asked(visit: &Visit, told: &str) -> Result<()> {
    visit.text_where("locked", |text| text.contains(told) && text.contains("Password of the archive")).await?;
    let script = "return document.activeElement.dataset.testid === 'password'
        && document.activeElement.type === 'password' && Boolean(document.activeElement.closest('[role=alert]'))";
    visit.until("the field has the focus", async || Ok(visit.run(script, json!({})).await? == true)).await
}

async fn an_encrypted_archive_is_opened(visit: &Visit) -> Result<()> {
    let archive = Bundle::of_a_troubled_hour().locked("three geese")?;
    visit.choose("file-input", archive.path()).await?;
    it_is_asked(visit, ".zip: the archive is encrypted. Give its password.").await?;
    visit.press("two geese" + Key::Enter).await?;
    it_is_asked(visit, ".zip: the password does not open this archive. Check it and try again.").await?;
    ensure!(visit.contents("[data-testid='suspect-row']").await?.is_empty(), "there are suspects of what nobody read");
    visit.press(Key::Control + "a").await?;
    visit.press("three geese" + Key::Enter).await?;
    visit.everything_is_read().await?;
    ensure!(visit.contents("[data-testid='locked']").await?.is_empty(), "the question stays");
    visit.find("incident-at").await?.send_keys("15:34").await?;
    visit.text_where("suspect-row", |text| text.contains("wss-primary.slack.com")).await?;
    // The lines are read anew from the archive.
    visit.text_where("signals", |text| text.contains("2025/11/06 15:34:00.409")).await?;
    let kept =
        "return Object.values(localStorage).concat(Object.values(sessionStorage), location.href, document.cookie)
        .some((text) => text.includes('geese'))";
    ensure!(visit.run(kept, json!({})).await? == false, "the password is kept");
    Ok(())
}

/// Who has no password goes back to what was shown before.
async fn the_question_is_left(visit: &Visit) -> Result<()> {
    visit.read_example().await?;
    let archive = Bundle::of_a_quiet_hour().locked("three geese")?;
    visit.choose("file-input", archive.path()).await?;
    it_is_asked(visit, "Give its password.").await?;
    visit.tab_to("locked-cancel").await?;
    visit.press(Key::Enter + "").await?;
    visit
        .until("the question has gone", async || Ok(visit.contents("[data-testid='locked']").await?.is_empty()))
        .await?;
    visit.text_where("suspect-host", |text| text == CULPRIT).await?;
    visit.text_where("intake", |text| text.contains("demo.zip")).await?;
    visit.text_where("evidence", |text| text.contains(CULPRIT)).await?;
    Ok(())
}

/// Added knowledge has the log read again; where its file has gone, the page says which one is to be chosen again.
async fn a_file_that_has_gone_is_told(visit: &Visit) -> Result<()> {
    let log = visit.read(&Bundle::of_a_troubled_hour()).await?;
    let name = log.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    drop(log);
    visit.click("tab-knowledge").await?;
    let shape = "[[message]]\nname = \"started\"\nevent = \"context\"\nshape = \"it has started\"\ngrade = \"R\"\n\
                 sample = \"it has started\"\nreference = \"https://example.com/\"\n";
    let shape = file(".toml", shape.as_bytes())?;
    visit.choose("knowledge-file", shape.path()).await?;
    visit.text_where("problem", |text| text.contains(&name) && text.contains("choose it again")).await?;
    Ok(())
}

in_every_engine! {
    an_encrypted_archive_is_opened
    a_file_that_has_gone_is_told
}

in_chromium! {
    the_question_is_left
}
