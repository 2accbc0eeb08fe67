//! Opens a bundle in the packed page from `file://` and prints, in one line of JSON, the milliseconds until the page was
//! painted and ready, the seconds until the first suspect stood there, the memory of the page's process, the milliseconds
//! that another reported time or a wider window took at most and, with `views` where the browser tells it, for how long the
//! page answered nobody while each view was shown: `measure chromium bundle.zip [views]`. For `cargo xtask bench`.

#![allow(clippy::print_stdout, reason = "its answer")]
#![allow(clippy::disallowed_methods, reason = "a program of the developers")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use browser_tests::{Engine, Look, Origin, Visit, visit_after};
use serde_json::{Map, Value, json};

const PATIENCE: Duration = Duration::from_mins(5);

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
            visit.run(WATCH, json!({})).await?;
        }
        let started = Instant::now();
        visit.choose("file-input", &bundle).await?;
        so(visit, "[data-testid='suspect-row']").await?;
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
        let tasks = if views { tasks(visit).await? } else { Map::new() };
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

/// Waits until there is such an element. The page itself watches: asking it again and again would take a processor's time.
async fn so(visit: &Visit, selector: &str) -> Result<()> {
    let started = Instant::now();
    while visit.run_async(WATCH_FOR, json!(selector)).await? != true {
        ensure!(started.elapsed() < PATIENCE, "no {selector} within {} s", PATIENCE.as_secs());
    }
    Ok(())
}

/// Whether the element is there within ten seconds.
const WATCH_FOR: &str = "
    const is_there = () => document.querySelector(given) !== null;
    if (is_there()) {
        done(true);
        return;
    }
    const watch = new MutationObserver(() => is_there() && end());
    const end = () => {
        watch.disconnect();
        clearTimeout(patience);
        done(is_there());
    };
    const patience = setTimeout(end, 10_000);
    watch.observe(document.documentElement, { childList: true, subtree: true });";

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

/// Chromium tells of every task that took 50 ms or more.
const WATCH: &str = "
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
        for (const task of list.getEntries()) longest = Math.max(longest, Math.round(task.duration));
    }).observe({ type: 'longtask' });";

/// What is done in the views, and an element that is there once it has been answered.
const DEEDS: [(&str, &str, &str); 23] = [
    ("first steps", "open('first-steps')", "[data-testid='view-first-steps']"),
    ("timeline", "open('timeline')", "[data-testid='timeline-table']"),
    ("timeline: zoom", "find('timeline-in').click()", "[data-testid='timeline-table']"),
    ("connections", "open('flows')", "[data-testid='facet-include']"),
    ("connections: the end", "find('flows-table').scrollTop = 1e9", "[data-testid='flows-table']"),
    ("connections: filter", "type('flows-filter', 'example')", "[data-testid='flows-table']"),
    ("log", "open('log')", "[data-testid='log-line']"),
    ("log: the end", "find('log-table').scrollTop = 1e9", "[data-testid='log-line']"),
    ("log: search", "type('log-search', 'flow')", "[data-testid='log-chosen']"),
    ("configuration", "open('configuration')", "[data-testid='view-configuration']"),
    ("coverage", "open('coverage')", "[data-testid='member']"),
    ("knowledge", "open('knowledge')", "[data-testid='view-knowledge'] table"),
    ("error texts", "open('lookup')", "[data-testid='lookup-text']"),
    ("error texts: one", "type('lookup-text', 'curl: (60)')", "[data-testid='lookup-answers'] > *"),
    ("answer", "open('answer')", "[data-testid='suspect-row']"),
    ("answer: set aside", "find('set-aside').querySelector('details').open = true", "[data-testid='set-aside-row']"),
    ("japanese", "speak('ja')", "html[lang='ja'] [data-testid='suspect-row']"),
    ("english", "speak('en')", "html[lang='en'] [data-testid='suspect-row']"),
    ("saving", "find('export').click()", "[data-testid='replacement']"),
    ("saving: report", "save('json')", "[data-saved='steerscope-report.json']"),
    ("saving: connections", "save('flows_csv')", "[data-saved='steerscope-flows.csv']"),
    (
        "saving: connections with their names",
        "delete document.body.dataset.saved; find('redact').click(); save('flows_csv')",
        "[data-saved='steerscope-flows.csv']",
    ),
    ("keys", "document.querySelector('dialog[open]').close(); find('shortcuts').click()", "dialog[open] .key-list"),
];

/// The longest task in milliseconds of each; 0 where none took 50 ms.
async fn tasks(visit: &Visit) -> Result<Map<String, Value>> {
    const TOOLS: &str = "
        const find = (name) => document.querySelector(`[data-testid='${name}']`);
        const open = (view) => find(`tab-${view}`).click();
        const type = (name, text) => {
            find(name).value = text;
            find(name).dispatchEvent(new Event('input', { bubbles: true }));
        };
        const speak = (language) => {
            find('language').value = language;
            find('language').dispatchEvent(new Event('change', { bubbles: true }));
        };
        const save = (format) => {
            // The file itself is not needed.
            HTMLAnchorElement.prototype.click = function () { document.body.dataset.saved = this.download; };
            find(`export-${format}`).click();
        };";
    // What a deed sets going after it was answered.
    let settle = async || tokio::time::sleep(Duration::from_millis(1500)).await;
    let mut longest = Map::new();
    longest.insert("opening".to_owned(), visit.run("return longest", json!({})).await?);
    for (name, deed, done) in DEEDS {
        visit.run(&format!("{TOOLS} longest = 0; {deed}"), json!({})).await?;
        so(visit, done).await.with_context(|| format!("after {name}"))?;
        settle().await;
        longest.insert(name.to_owned(), visit.run("return longest", json!({})).await?);
    }
    Ok(longest)
}
