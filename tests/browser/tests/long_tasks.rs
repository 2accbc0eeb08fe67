//! For how long the page answers nobody, with 300 MB of log. The milliseconds are reported, not judged: they are those of the
//! machine too. That they are measured, and that every view answers, is.

use std::io::{BufWriter, Write as _};

use anyhow::{Result, ensure};
use browser_tests::{Visit, in_chromium, long_tasks};
use serde_json::{Value, json};

const BYTES: u64 = 300_000_000;

/// Every view is opened and used, after a wait of the test's own was seen.
async fn the_views_of_a_long_log_answer(visit: &Visit) -> Result<()> {
    let log = log()?;
    long_tasks::watch(visit).await?;
    long_tasks::set_going(visit, "const until = performance.now() + 80; while (performance.now() < until);").await?;
    let seen = async || Ok(long_tasks::longest(visit).await?.as_u64().is_some_and(|longest| longest >= 80));
    visit.until("the test's own task is seen", seen).await?;

    visit.choose("file-input", log.path()).await?;
    visit.comes("[data-testid='suspect-row']").await?;
    visit.comes("[data-testid='evidence'] code").await?;
    let tasks = long_tasks::of_each_deed(visit).await?;
    ensure!(tasks.values().all(Value::is_u64), "a deed was not measured: {tasks:?}");
    let longest = tasks.values().filter_map(Value::as_u64).max().unwrap_or_default();
    // Past the capture of the tests' output: the figure is what the test is for.
    let (deeds, tasks) = (tasks.len(), json!(tasks));
    writeln!(std::io::stderr(), "longest task of {deeds} deeds: {longest} ms (0: none took 50 ms): {tasks}")?;
    Ok(())
}

fn log() -> Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix("nsdebuglog").suffix(".log").tempfile()?;
    let mut out = BufWriter::new(&mut file);
    let mut left = BYTES;
    for line in scenario::busy_device(BYTES) {
        out.write_all(line.as_bytes())?;
        left = left.saturating_sub(line.len() as u64);
        if left == 0 {
            break;
        }
    }
    out.flush()?;
    drop(out);
    Ok(file)
}

in_chromium! { the_views_of_a_long_log_answer }
