//! Opens a bundle in the packed page from `file://` and prints, in one line of JSON, the seconds until the first suspect
//! stands there and the memory of the page's process: `measure chromium bundle.zip`. For `cargo xtask bench`.

#![allow(clippy::print_stdout, reason = "its answer")]
#![allow(clippy::disallowed_methods, reason = "a program of the developers")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use browser_tests::{Engine, Look, Origin, visit};
use serde_json::json;

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
    visit("measure", engine, Origin::File, Look::default(), async |visit| {
        let before = visit.peak_memory()?;
        let started = Instant::now();
        visit.choose("file-input", &bundle).await?;
        let shown = "return document.querySelector(\"[data-testid='suspect-row']\") !== null";
        while visit.run(shown, json!({})).await?.as_bool() != Some(true) {
            ensure!(started.elapsed() < PATIENCE, "no suspect within {} s", PATIENCE.as_secs());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let seconds = started.elapsed().as_secs_f64();
        // The lines of evidence are read after the ranking.
        tokio::time::sleep(Duration::from_secs_f64(seconds.clamp(1.0, 20.0))).await;
        println!("{}", json!({ "seconds": seconds, "before": before, "peak": visit.peak_memory()? }));
        Ok(())
    })
    .await
}
