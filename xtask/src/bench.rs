//! Time and memory on bundles of a given size: the command line beside `unzip | rg`, and the packed page in two browsers.
//!
//! Everything of one row is measured in one run, in turns, so that a busy machine slows all of it alike; the table says
//! how busy it was. Medians of five.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::command::{answer, command, run};
use crate::{build, debian, place, test};

const RUNS: usize = 5;
const MEGABYTE: u64 = 1_000_000;
/// How often a running program is asked for its memory.
const ASK_AGAIN: Duration = Duration::from_millis(2);
const FLOWS: &str = "Tunneling flow|Action: Tunnel";

/// Name, bytes of text, members.
const BUNDLES: [(&str, u64, u64); 4] =
    [("30m", 30 * MEGABYTE, 1), ("300m", 300 * MEGABYTE, 1), ("300m", 300 * MEGABYTE, 2), ("1g", 1000 * MEGABYTE, 1)];

struct Row {
    what: String,
    seconds: f64,
    /// As a multiple of `unzip | rg`.
    ratio: Option<f64>,
    peak: Option<u64>,
    /// As a share of the text.
    share: Option<f64>,
}

/// Measures bundles of `size` and writes the table to `docs/benchmark.md` when all sizes were asked for.
pub(crate) fn measure(size: &str, browsers: bool) -> Result<()> {
    let bundles: Vec<_> = BUNDLES.iter().filter(|(name, ..)| size == "all" || size == *name).collect();
    if bundles.is_empty() {
        bail!("--size is one of 30m, 300m, 1g and all");
    }
    for (program, package) in [("rg", "ripgrep"), ("unzip", "unzip")] {
        if place::on_path(program).is_none() {
            debian::install(&[package], "the benchmark", "some seconds")?;
        }
    }
    run(command("cargo").args(["build", "--release", "--locked", "--features", "cli", "--bin", "steerscope"]))?;
    let page = if browsers { Some(page()?) } else { None };
    let mut table = String::from(HEAD);
    let mut tasks = String::from(TASKS_HEAD);
    for (name, bytes, members) in bundles {
        let bundle = bundle(name, *bytes, *members)?;
        let packed = fs::metadata(&bundle)?.len();
        let load = load();
        let (rows, of_views) = rows(&bundle, *bytes, page.as_ref())?;
        for (view, milliseconds) in of_views {
            let _ = writeln!(tasks, "| {} MB, {members} | {view} | {milliseconds} |", bytes / MEGABYTE);
        }
        for row in rows {
            let text = format!("{} MB, {members} member{}", bytes / MEGABYTE, if *members > 1 { "s" } else { "" });
            let _ = writeln!(table, "| {text} ({} MB zip) | {} | {load} |", packed / MEGABYTE, row.cells());
        }
    }
    if browsers {
        table.push_str(&tasks);
    }
    println!("\n{table}");
    if size == "all" {
        let path = place::checkout().join("docs/benchmark.md");
        fs::create_dir_all(place::checkout().join("docs"))?;
        fs::write(&path, format!("{PREFACE}{table}")).with_context(|| format!("cannot write {}", path.display()))?;
        println!("file: {}", path.display());
    }
    Ok(())
}

const PREFACE: &str = "\
# Time and memory

Written by `cargo xtask bench --size all`: synthetic logs of about 200 bytes a line, medians of five runs in turns on one
machine. *Peak* is the highest resident memory of the process as the kernel counts it; in a browser, what the page's process
took on top of what it had with the page open and empty; that holds a fixed part, which a bundle of some kilobytes needs as
well (the engine compiles the program while it runs). The text is never in memory as a whole: what grows with it is the
table of flows, 40 bytes each.

";

const HEAD: &str = "\
| text | what | seconds | to `unzip \\| rg` | peak | of the text | load |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
";

const TASKS_HEAD: &str = "
The longest task of the page's own thread in Chromium, in ms: while the log is read and answered, and while each view is
opened and used. 0 means that none took 50 ms, which is the least that the browser tells of.

| text, members | what | longest task |
| --- | --- | ---: |
";

impl Row {
    fn cells(&self) -> String {
        let shown = |value: Option<String>| value.unwrap_or_default();
        format!(
            "{} | {:.2} | {} | {} | {}",
            self.what,
            self.seconds,
            shown(self.ratio.map(|ratio| format!("{ratio:.2}"))),
            shown(self.peak.map(|bytes| format!("{} MB", bytes / MEGABYTE))),
            shown(self.share.map(|share| format!("{share:.2}"))),
        )
    }
}

/// Views and their longest tasks in milliseconds.
type Tasks = Vec<(String, u64)>;

fn rows(bundle: &Path, bytes: u64, page: Option<&(PathBuf, PathBuf)>) -> Result<(Vec<Row>, Tasks)> {
    let steerscope = release().join("steerscope");
    let (mut baseline, mut native) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let mut shell = command("sh");
        let line = format!("unzip -p '{}' '*.log' | rg -c '{FLOWS}'", bundle.display());
        baseline.push(timed(shell.args(["-c", &line]))?);
        let mut triage = command(&steerscope);
        native.push(timed(triage.arg("triage").arg(bundle).args(["--format", "json"]))?);
    }
    let unzip = median(baseline.iter().map(|(seconds, _)| *seconds).collect());
    let row = |what: &str, seconds: f64, peak: Option<u64>| Row {
        what: what.to_owned(),
        seconds,
        ratio: Some(seconds / unzip),
        peak,
        share: peak.map(|peak| peak as f64 / bytes as f64),
    };
    let seconds = median(native.iter().map(|(seconds, _)| *seconds).collect());
    let peak = native.iter().map(|(_, peak)| *peak).max();
    let mut tasks: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut rows = vec![row("`unzip -p \\| rg -c`", unzip, None), row("`triage`", seconds, peak)];
    for engine in ["chromium", "firefox"] {
        let Some((page, measure)) = page else { break };
        let mut seen = Vec::new();
        for _ in 0..RUNS {
            let said = answer(command(measure).arg(engine).arg(bundle).env("STEERSCOPE_PAGE", page))
                .with_context(|| format!("{} {engine} {} failed", measure.display(), bundle.display()))?;
            let (peak, before): (u64, u64) = (number(&said, "peak")?, number(&said, "before")?);
            for (view, milliseconds) in measured_tasks(&said) {
                tasks.entry(view).or_default().push(milliseconds);
            }
            seen.push((number(&said, "seconds")?, peak.saturating_sub(before)));
        }
        let seconds = median(seen.iter().map(|(seconds, _)| *seconds).collect());
        let mut peaks: Vec<u64> = seen.iter().map(|(_, peak)| *peak).collect();
        peaks.sort_unstable();
        rows.push(row(engine, seconds, Some(peaks[peaks.len() / 2])));
    }
    let middle = |mut values: Vec<u64>| {
        values.sort_unstable();
        values[values.len() / 2]
    };
    Ok((rows, tasks.into_iter().map(|(view, values)| (view, middle(values))).collect()))
}

/// Seconds and peak memory of a program that prints more than anybody reads.
fn timed(command: &mut Command) -> Result<(f64, u64)> {
    let started = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn()?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        let status = fs::read_to_string(&status_file).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes: Option<u64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = peak.max(kibibytes.unwrap_or(0) * 1024);
        std::thread::sleep(ASK_AGAIN);
    };
    if !status.success() {
        bail!("{} failed ({status})", command.get_program().display());
    }
    Ok((started.elapsed().as_secs_f64(), peak))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// `"name":number` of a line of JSON.
fn number<T: std::str::FromStr>(said: &str, name: &str) -> Result<T> {
    let start = format!("\"{name}\":");
    let value = said.split_once(&start).and_then(|(_, rest)| rest.split([',', '}']).next());
    value.and_then(|value| value.parse().ok()).with_context(|| format!("no {name} in {said}"))
}

/// `"tasks":{"name":number,…}` of a line of JSON.
fn measured_tasks(said: &str) -> Tasks {
    let tasks =
        said.split_once("\"tasks\":{").and_then(|(_, rest)| rest.split_once('}')).map_or("", |(tasks, _)| tasks);
    let task = |task: &str| {
        let (name, milliseconds) = task.trim_start_matches('"').split_once("\":")?;
        Some((name.to_owned(), milliseconds.parse().ok()?))
    };
    tasks.split(',').filter_map(task).collect()
}

/// The packed page and the program that opens it.
fn page() -> Result<(PathBuf, PathBuf)> {
    let (toolchain, tools) = test::set_up()?;
    let page = build::packed_with(&toolchain, &tools)?;
    let mut measure = command("cargo");
    run(measure.args(["build", "--locked", "--package", "browser-tests", "--example", "measure"]))?;
    Ok((page, target().join("debug/examples/measure")))
}

/// The bundle of this size, made once.
pub(crate) fn bundle(name: &str, bytes: u64, members: u64) -> Result<PathBuf> {
    let folder = target().join("bench");
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("bundle-{name}-{members}.zip"));
    if !path.exists() {
        let part = path.with_extension("part");
        let make = ["build", "--release", "--locked", "--package", "scenario", "--example", "bulk_bundle"];
        run(command("cargo").args(make))?;
        let mut make = command(release().join("examples/bulk_bundle"));
        run(make.arg(bytes.to_string()).arg(members.to_string()).arg(&part))?;
        fs::rename(&part, &path)?;
    }
    Ok(path)
}

pub(crate) fn release() -> PathBuf {
    target().join("release")
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| place::checkout().join("target"), PathBuf::from)
}

/// Processes that wanted to run during the last minute, and processors.
fn load() -> String {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!("{} on {processors}", load.split(' ').next().unwrap_or("?"))
}
