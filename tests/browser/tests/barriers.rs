//! The rules of accessibility, against states of the page that come only when somebody does something: parts that are
//! opened, boxes, errors, a search, a chart that is brought closer. In the one engine that the rules are run in.

use anyhow::{Result, ensure};
use browser_tests::{Bundle, Visit, in_chromium};
use serde_json::json;
use thirtyfour::prelude::Key;

/// What shuts readers out of the page as it stands; each state is looked at, then all are told.
#[derive(Default)]
struct Barriers(Vec<String>);

impl Barriers {
    async fn of(&mut self, state: &str, visit: &Visit) -> Result<()> {
        self.0.extend(visit.barriers().await?.into_iter().map(|barrier| format!("{state}: {barrier}")));
        Ok(())
    }

    fn are_none(self) -> Result<()> {
        ensure!(self.0.is_empty(), "{}", self.0.join("\n"));
        Ok(())
    }
}

/// Opens everything that can be opened, until nothing shut is left.
async fn unfold_all(visit: &Visit) -> Result<()> {
    let open = "const shut = [...document.querySelectorAll('#results details:not([open])')];
        for (const part of shut) part.open = true; return shut.length";
    visit.until("everything is open", async || Ok(visit.run(open, json!({})).await? == 0)).await
}

async fn opened_parts(visit: &Visit) -> Result<()> {
    let mut barriers = Barriers::default();
    let _log = visit.read_broken(&Bundle::of_a_troubled_hour()).await?;
    visit.text_where("signals", |text| text.contains("2025/11/06 15:34:00.409")).await?;
    unfold_all(visit).await?;
    visit.find("set-aside-row").await?;
    visit.find("what-if-text").await?.send_keys("domain_exception:*.chat.example").await?;
    visit.text_where("what-if-answer", |text| text.contains("files.chat.example")).await?;
    barriers.of("everything opened", visit).await?;
    visit.find("aside-filter").await?.send_keys("no such host").await?;
    visit.text_where("set-aside", |text| text.contains("No host matches.")).await?;
    barriers.of("no host matches", visit).await?;
    visit.click("tab-timeline").await?;
    visit.find("timeline-row").await?;
    visit.click("timeline-incident").await?;
    visit.text_where("timeline-span", |text| !text.contains("15:00:00")).await?;
    unfold_all(visit).await?;
    barriers.of("the timeline brought closer", visit).await?;
    visit.click("question-change").await?;
    visit.find("incident-at").await?;
    barriers.of("the question above another view", visit).await?;
    barriers.are_none()
}

async fn boxes(visit: &Visit) -> Result<()> {
    let mut barriers = Barriers::default();
    let _log = visit.read_broken(&Bundle::of_a_troubled_hour()).await?;
    visit.click("export").await?;
    visit.find("replacement").await?;
    barriers.of("the preview of a report without names", visit).await?;
    visit.click("export-markdown").await?;
    visit.text_where("export-said", |said| said.ends_with("saved.")).await?;
    barriers.of("a report was saved", visit).await?;
    visit.press(Key::Escape + "").await?;
    visit.click("shortcuts").await?;
    visit.find("shortcuts-dialog-close").await?;
    barriers.of("the keys over an answer", visit).await?;
    barriers.are_none()
}

async fn errors(visit: &Visit) -> Result<()> {
    let mut barriers = Barriers::default();
    let archive = Bundle::of_a_quiet_hour().locked("three geese")?;
    visit.choose("file-input", archive.path()).await?;
    visit.find("password").await?;
    barriers.of("the password is asked for", visit).await?;
    visit.press("two geese" + Key::Enter).await?;
    visit.text_where("locked", |text| text.contains("does not open this archive")).await?;
    barriers.of("the password is wrong", visit).await?;
    let _log = visit.read(&Bundle::of_a_troubled_hour()).await?;
    let no_log = browser_tests::file(".txt", b"twelve bytes")?;
    visit.choose("file-input", no_log.path()).await?;
    visit.find("problem").await?;
    barriers.of("a file is refused", visit).await?;
    visit.click("problem-close").await?;
    visit.find("incident-at").await?.send_keys("after lunch").await?;
    visit.text_where("incident-error", |text| text.contains("after lunch")).await?;
    barriers.of("a time cannot be read", visit).await?;
    visit.click("tab-knowledge").await?;
    let broken = browser_tests::file(".toml", b"[[message]]\nname = cache_stale\n")?;
    visit.choose("knowledge-file", broken.path()).await?;
    visit.text_where("knowledge-refused", |text| text.contains("line 2")).await?;
    barriers.of("knowledge is refused", visit).await?;
    visit.click("tab-coverage").await?;
    visit.unfold("[data-testid='reading-limits']").await?;
    let field = visit.find("limit-member-bytes").await?;
    field.send_keys(Key::Control + "a").await?;
    field.send_keys("much" + Key::Tab).await?;
    visit.text_where("limit-error", |text| text.contains("much")).await?;
    barriers.of("a limit is none", visit).await?;
    barriers.are_none()
}

async fn searches(visit: &Visit) -> Result<()> {
    let mut barriers = Barriers::default();
    let _log = visit.read_broken(&Bundle::of_a_troubled_hour()).await?;
    visit.click("tab-log").await?;
    visit.find("log-search").await?.send_keys("wss-primary").await?;
    visit.text_where("log-chosen", |text| text.contains("wss-primary")).await?;
    unfold_all(visit).await?;
    barriers.of("lines match", visit).await?;
    visit.find("log-jump").await?.send_keys("soon" + Key::Enter).await?;
    visit.text_where("log-jump-error", |text| text.contains("soon")).await?;
    visit.find("log-search").await?.clear().await?;
    visit.find("log-search").await?.send_keys("(").await?;
    visit.click("log-pattern").await?;
    visit.find("log-refused").await?;
    visit.click("log-level-error").await?;
    barriers.of("neither time nor expression can be read", visit).await?;
    visit.click("tab-flows").await?;
    visit.find("virtual-row").await?;
    visit.click("facet-include").await?;
    visit.find("flows-filter").await?.send_keys("no such host").await?;
    visit.text_where("flows-total", |text| text == "0 connections").await?;
    barriers.of("no connection is listed", visit).await?;
    visit.click("tab-lookup").await?;
    visit.find("lookup-text").await?.send_keys("curl: (60) SSL certificate problem\nzzz qqq").await?;
    visit.text_where("lookup-answers", |text| text.contains("curl 60")).await?;
    barriers.of("an error text is explained", visit).await?;
    barriers.are_none()
}

in_chromium! {
    opened_parts
    boxes
    errors
    searches
}
