//! The page's stories, each in every engine and from both origins.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use browser_tests::{Engine, Look, Origin, Visit, quiet_visit};
use serde_json::json;

/// The bundle behind “Try an example”.
fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/demo.zip")
}

/// The host that is broken in the example.
const CULPRIT: &str = "edge-003.messenger.example";

/// A chosen bundle reaches the worker, in whichever way this engine allows, and comes back as suspects with a setting.
async fn a_chosen_bundle_is_ranked(visit: &Visit) -> Result<()> {
    visit.choose("file-input", &example()).await?;
    the_culprit_is_first(visit).await
}

/// The same bundle, dropped on the window.
async fn a_dropped_bundle_is_ranked(visit: &Visit) -> Result<()> {
    visit.drop_on("body", &example()).await?;
    the_culprit_is_first(visit).await
}

/// Before everything is read, the first log answers, and the page says that this is not all.
async fn the_first_log_answers_early(visit: &Visit) -> Result<()> {
    // Too short a moment to be asked for: an observer writes down what it sees.
    let watch = "
        const find = (name) => document.querySelector(`[data-testid='${name}']`);
        new MutationObserver(() => {
            if (find('suspect-row') && find('partial')) document.body.dataset.partial = find('partial').textContent;
        }).observe(document.body, { childList: true, subtree: true });";
    visit.run(watch, json!({})).await?;
    visit.choose("file-input", &example()).await?;
    the_culprit_is_first(visit).await?;
    let said = visit.run("return document.body.dataset.partial ?? ''", json!({})).await?;
    ensure!(said.as_str().is_some_and(|said| said.contains("Partial result")), "the page said {said}");
    Ok(())
}

async fn the_culprit_is_first(visit: &Visit) -> Result<()> {
    let read = "return document.querySelector(\"[data-testid='suspect-row']\") && !document.querySelector(\"[data-testid='progress']\")";
    visit.until("everything is read", async || Ok(visit.run(read, json!({})).await? == true)).await?;
    let first = visit.text_where("suspect-row", |text| text.contains('.')).await?;
    // The name may be broken over lines.
    let first: String = first.split_whitespace().collect();
    ensure!(first.contains(CULPRIT), "the first row says `{first}`");
    ensure!(visit.text("suspect-host").await? == CULPRIT, "the detail is not that of the first suspect");
    let suggestion = visit.text("suggestion").await?;
    ensure!(suggestion.contains("SSL Decryption") && suggestion.contains(CULPRIT), "suggested first: `{suggestion}`");
    // The lines arrive after the ranking.
    visit.text_where("evidence", |text| text.contains(CULPRIT)).await?;
    Ok(())
}

/// A file that is no bundle is refused in a sentence that names it; a name that would turn the writing is written out.
async fn what_is_no_bundle_is_refused(visit: &Visit) -> Result<()> {
    let mut file = tempfile::Builder::new().prefix("holiday\u{202e}").suffix(".txt").tempfile()?;
    file.write_all(b"twelve bytes")?;
    visit.choose("file-input", file.path()).await?;
    visit.text_where("notice", |text| text.contains("holiday\\u{202e}")).await?;
    Ok(())
}

macro_rules! everywhere {
    ($($story:ident)*) => { $(
        mod $story {
            use super::*;

            everywhere!(@ $story chromium_file Chromium File);
            everywhere!(@ $story chromium_http Chromium Http);
            everywhere!(@ $story firefox_file Firefox File);
            everywhere!(@ $story firefox_http Firefox Http);
            everywhere!(@ $story webkit_file WebKit File);
            everywhere!(@ $story webkit_http WebKit Http);
        }
    )* };
    (@ $story:ident $name:ident $engine:ident $origin:ident) => {
        #[tokio::test]
        async fn $name() -> Result<()> {
            quiet_visit(stringify!($story), Engine::$engine, Origin::$origin, Look::default(), super::$story).await
        }
    };
}

everywhere! {
    a_chosen_bundle_is_ranked
    a_dropped_bundle_is_ranked
    the_first_log_answers_early
    what_is_no_bundle_is_refused
}
