//! The page's stories, each in every engine and from both origins.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Result, ensure};
use browser_tests::{CULPRIT, Engine, Look, Origin, Visit, example, quiet_visit, quiet_visit_in_chromium};
use serde_json::json;

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
    visit.everything_is_read().await?;
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

/// So much text that several workers read it: a day's flows, and one host that is tried again and again.
fn long_log() -> Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix("nsdebuglog").suffix(".log").tempfile()?;
    let mut text = String::new();
    for number in 0..48_000 {
        let (hour, minute, second) = (number / 3600, number / 60 % 60, number % 60);
        let host = if number / 300 == 100 { "broken".to_owned() } else { format!("host{}", number % 700) };
        text += &format!(
            "2025/11/06 {hour:02}:{minute:02}:{second:02}.409 stAgentSvc p17fc tb44 info tunnel.cpp:878 nsTunnel TLS \
             [sessId {number}] Tunneling flow from addr: 192.0.2.7:{}, process: app.exe to host: {host}.example.com, \
             addr: 198.51.100.4:443 to nsProxy\n{{\n",
            50_000 + number % 900
        );
    }
    file.write_all(text.as_bytes())?;
    Ok(file)
}

/// On a machine with several processors, several workers read it, in whichever way this engine allows.
async fn a_long_log_is_ranked(visit: &Visit) -> Result<()> {
    let log = long_log()?;
    visit.choose("file-input", log.path()).await?;
    visit.text_where("evidence", |text| text.contains("broken.example.com")).await?;
    Ok(())
}

/// From now on the page believes in so many processors, and its workers are known to the test.
async fn with_processors(visit: &Visit, processors: u32) -> Result<()> {
    let know = "
        Object.defineProperty(navigator, 'hardwareConcurrency', { value: given, configurable: true });
        globalThis.start ??= steerscopeWorker;
        globalThis.started = [];
        globalThis.left = () => started.filter((worker) => !worker.isOver).length;
        globalThis.steerscopeWorker = () => {
            const worker = start();
            const terminate = worker.terminate.bind(worker);
            worker.terminate = () => { worker.isOver = true; terminate(); };
            started.push(worker);
            return worker;
        };";
    visit.run(know, json!(processors)).await.map(|_| ())
}

/// What the views say of the log once it is read, and how many workers were started for it.
async fn read_by(visit: &Visit, processors: u32, log: &Path) -> Result<(serde_json::Value, serde_json::Value)> {
    with_processors(visit, processors).await?;
    visit.choose("file-input", log).await?;
    let begun = "return started.length > 0";
    visit.until("the reading has begun", async || Ok(visit.run(begun, json!({})).await? == true)).await?;
    what_the_views_say(visit).await
}

async fn what_the_views_say(visit: &Visit) -> Result<(serde_json::Value, serde_json::Value)> {
    visit.everything_is_read().await?;
    visit.text_where("evidence", |text| text.contains("broken.example.com")).await?;
    let say = "
        const said = [];
        const say = (views) => {
            if (views.length === 0) return done(said);
            document.querySelector(`[data-testid='tab-${views[0]}']`).click();
            setTimeout(() => { said.push(document.getElementById('results').textContent); say(views.slice(1)); }, 500);
        };
        say(['timeline', 'coverage', 'knowledge', 'answer']);";
    Ok((visit.run_async(say, json!({})).await?, visit.run("return started.length", json!({})).await?))
}

/// Several workers side by side find what one finds, and are ended.
async fn several_workers_find_what_one_finds(visit: &Visit) -> Result<()> {
    let log = long_log()?;
    let (one, workers) = read_by(visit, 1, log.path()).await?;
    ensure!(workers == 1, "{workers} workers for one processor");
    let (three, workers) = read_by(visit, 3, log.path()).await?;
    ensure!(workers == 3, "{workers} workers for three processors");
    ensure!(three == one, "one worker found {one}, three found {three}");
    let left = visit.run("return left()", json!({})).await?;
    ensure!(left == 1, "{left} workers are left");
    Ok(())
}

/// A worker that dies beside the page's own one costs time, no more.
async fn a_dead_reader_is_made_up_for(visit: &Visit) -> Result<()> {
    let log = long_log()?;
    let (one, _) = read_by(visit, 1, log.path()).await?;
    with_processors(visit, 3).await?;
    let die = "
        const start = steerscopeWorker;
        globalThis.steerscopeWorker = () => {
            const worker = start();
            if (started.length === 3) {
                setTimeout(() => { worker.terminate(); worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' })); }, 30);
            }
            return worker;
        };";
    visit.run(die, json!({})).await?;
    visit.choose("file-input", log.path()).await?;
    let died = "return started.length >= 3 && left() === 1";
    visit.until("a reader has died", async || Ok(visit.run(died, json!({})).await? == true)).await?;
    let (found, _) = what_the_views_say(visit).await?;
    ensure!(found == one, "one worker found {one}, those that were left {found}");
    Ok(())
}

/// Cancelling ends all workers; another log can be opened.
async fn cancelling_ends_every_reader(visit: &Visit) -> Result<()> {
    let log = long_log()?;
    with_processors(visit, 3).await?;
    // Too short a moment for a person.
    let cancel = "
        new MutationObserver((_, observer) => {
            const cancel = document.querySelector(\"[data-testid='cancel']\");
            if (cancel && started.length > 2) { observer.disconnect(); cancel.click(); }
        }).observe(document.body, { childList: true, subtree: true });";
    visit.run(cancel, json!({})).await?;
    visit.choose("file-input", log.path()).await?;
    let ended = "return started.length > 2 && left() === 1 && !document.querySelector(\"[data-testid='progress']\")";
    visit.until("all are ended", async || Ok(visit.run(ended, json!({})).await? == true)).await?;
    a_chosen_bundle_is_ranked(visit).await
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

/// What needs a hold on the page's workers is tried in the engine that gives it.
mod in_chromium {
    use super::*;

    #[tokio::test]
    async fn long_log() -> Result<()> {
        quiet_visit_in_chromium("long_log", a_long_log_is_ranked).await
    }

    #[tokio::test]
    async fn long_log_in_firefox() -> Result<()> {
        quiet_visit("long_log", Engine::Firefox, Origin::File, Look::default(), a_long_log_is_ranked).await
    }

    #[tokio::test]
    async fn several_workers() -> Result<()> {
        quiet_visit_in_chromium("several_workers", several_workers_find_what_one_finds).await
    }

    #[tokio::test]
    async fn dead_reader() -> Result<()> {
        quiet_visit_in_chromium("dead_reader", a_dead_reader_is_made_up_for).await
    }

    #[tokio::test]
    async fn cancelled_readers() -> Result<()> {
        quiet_visit_in_chromium("cancelled_readers", cancelling_ends_every_reader).await
    }
}
