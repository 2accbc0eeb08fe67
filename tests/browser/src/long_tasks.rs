//! For how long the page answers nobody while it opens a log and shows its views: by the Long Tasks API, which Chromium has.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value, json};

use crate::visit::Visit;

/// From now on the page keeps the milliseconds of its longest task; 0 while none took 50.
pub async fn watch(visit: &Visit) -> Result<()> {
    let watch = "
        globalThis.longest = 0;
        new PerformanceObserver((list) => {
            for (const task of list.getEntries()) longest = Math.max(longest, Math.round(task.duration));
        }).observe({ type: 'longtask' });";
    visit.run(watch, json!({})).await.map(|_| ())
}

/// Does `deed` in a task of the page's own: what a driver does itself is not counted.
pub async fn set_going(visit: &Visit, deed: &str) -> Result<()> {
    let script =
        format!("setTimeout(() => {{ try {{ {deed}; done(''); }} catch (error) {{ done(String(error)); }} }})");
    let said = visit.run_async(&script, json!({})).await?;
    ensure!(said == "", "`{deed}` ended in {said}");
    Ok(())
}

/// The longest task since it was asked last, or since the page is watched.
pub async fn longest(visit: &Visit) -> Result<Value> {
    let longest = "const told = longest; longest = 0; return told";
    visit.run(longest, json!({})).await
}

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

/// The longest task of each deed in the views of an opened log, and of the opening.
pub async fn of_each_deed(visit: &Visit) -> Result<Map<String, Value>> {
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
    let settle = async || tokio::time::sleep(Duration::from_secs(1)).await;
    let mut told = Map::new();
    told.insert("opening".to_owned(), longest(visit).await?);
    for (name, deed, done) in DEEDS {
        set_going(visit, &format!("{TOOLS} {deed}")).await?;
        visit.comes(done).await.with_context(|| format!("after {name}"))?;
        settle().await;
        told.insert(name.to_owned(), longest(visit).await?);
    }
    Ok(told)
}
