//! Opens a bundle in the packed page from `file://` and prints, in one line of JSON, the milliseconds until the page was
//! painted and ready, the seconds until the first suspect stood there, the memory of the page's process, the milliseconds
//! that another reported time or a wider window took at most and, with `views` where the browser tells it, for how long the
//! page answered nobody while each view was shown: `measure chromium bundle.zip [views]`. For `cargo xtask bench`.

#![allow(clippy::print_stdout, reason = "its answer")]
#![allow(clippy::disallowed_methods, reason = "a program of the developers")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use browser_tests::{Engine, Look, Origin, long_tasks, visit_after};
use serde_json::{Map, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let engine = match arguments.next().as_deref() {
        Some("chromium") => Engine::Chromium,
        Some("firefox") => Engine::Firefox,
        _ => bail!("which engine? chromium or firefox, then a bundle"),
    };
    let bundle = PathBuf::from(arguments.next().context("which bundle?")?);
    let views = arguments.next().is_some_and(|word| word == "views") && engine == Engine::Chromium;
    // People open the page in a browser that is up.
    let pause = Duration::from_secs(2);
    visit_after(pause, "measure", engine, Origin::File, Look::default(), async |visit| {
        let ready = visit.ready_after().await?;
        let painted = visit.run(PAINTED, json!({})).await?;
        // Nobody chooses a file sooner, and the worker's program is compiled meanwhile.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let before = visit.peak_memory()?;
        if views {
            long_tasks::watch(visit).await?;
        }
        let started = Instant::now();
        visit.choose("file-input", &bundle).await?;
        visit.comes("[data-testid='suspect-row']").await?;
        let seconds = started.elapsed().as_secs_f64();
        // The lines of evidence are read after the ranking.
        tokio::time::sleep(Duration::from_secs_f64(seconds.clamp(1.0, 20.0))).await;
        let peak = visit.peak_memory()?;
        let mut ranked_again = 0.0_f64;
        for (field, value) in QUESTIONS {
            let took = visit.run_async(RANK_AGAIN, json!({ "field": field, "value": value })).await?;
            ranked_again = ranked_again.max(took.as_f64().context("the page did not say how long it took")?);
            // As above.
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let tasks = if views { long_tasks::of_each_deed(visit).await? } else { Map::new() };
        let measured = json!({
            "painted": painted,
            "ready": ready,
            "seconds": seconds,
            "before": before,
            "peak": peak,
            "ranked_again": ranked_again,
            "tasks": tasks,
        });
        println!("{measured}");
        Ok(())
    })
    .await
}

/// Other questions: a field and what it says then. Times within the first hours, which each bundle has, then a wider window.
const QUESTIONS: [(&str, &str); 6] = [
    ("incident-at", "2025-11-01 01:00"),
    ("incident-at", "2025-11-01 00:17"),
    ("incident-at", "2025-11-01 01:44"),
    ("incident-at", "2025-11-01 00:42"),
    ("incident-at", "2025-11-01 02:03"),
    ("incident-within", "1h"),
];

const PAINTED: &str = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null";

/// Another question is typed or chosen: from asking the worker until the answer stands there. The pause in which somebody
/// may go on typing is not counted.
const RANK_AGAIN: &str = "
    const find = (name) => document.querySelector(`[data-testid='${name}']`);
    const said = () => find('incident-window')?.textContent;
    const before = said();
    const post = Worker.prototype.postMessage;
    let asked;
    Worker.prototype.postMessage = function (...message) {
        asked ??= performance.now();
        return post.apply(this, message);
    };
    new MutationObserver((_, observer) => {
        if (!said() || said() === before) return;
        observer.disconnect();
        Worker.prototype.postMessage = post;
        done(performance.now() - asked);
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
    const field = find(given.field);
    field.value = given.value;
    for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }));";
