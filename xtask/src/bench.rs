//! Time and memory on bundles of a given size: the command line beside `unzip | rg`, and the packed page in two browsers.
//! With all sizes it writes what it measured to `docs/benchmark.md`, and the main table to README.md.
//!
//! Everything of one row is measured in one run, in turns, so that a busy machine slows all of it alike; the table says
//! how busy it was. Medians of five, also of the ratios: each run is compared with the `unzip | rg` right before it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::command::{command, run, said};
use crate::tools::Tools;
use crate::{build, debian, pack, place, test};

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
    /// As a multiple of `unzip | rg`, right before it.
    ratio: Option<f64>,
    /// In bytes.
    peak: Option<f64>,
    /// As a share of the text.
    share: Option<f64>,
}

/// Measures bundles of `size`; where all sizes were asked for, writes what was found.
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
    let (mut main, mut waits, mut tasks) = (String::from(HEAD), String::from(WAITS_HEAD), String::from(TASKS_HEAD));
    for (name, bytes, members) in bundles {
        let bundle = bundle(name, *bytes, *members)?;
        let packed = fs::metadata(&bundle)?.len();
        let load = load();
        let text = format!("{} MB, {members} member{}", bytes / MEGABYTE, if *members > 1 { "s" } else { "" });
        let measured = measure_bundle(&bundle, *bytes, page.as_ref())?;
        for row in measured.rows {
            let _ = writeln!(main, "| {text} ({} MB zip) | {} | {load} |", packed / MEGABYTE, row.cells());
        }
        for (engine, [painted, ready, ranked_again]) in measured.waits {
            let _ = writeln!(waits, "| {text} | {engine} | {painted:.0} | {ready:.0} | {ranked_again:.0} |");
        }
        for (view, milliseconds) in measured.tasks {
            let _ = writeln!(tasks, "| {text} | {view} | {milliseconds} |");
        }
    }
    let sizes = page.map(|page| format!("\nThe page by parts:\n\n```text\n{}\n```\n", page.sizes)).unwrap_or_default();
    let details = if browsers { format!("{waits}{tasks}{sizes}") } else { String::new() };
    println!("\n{main}{details}");
    if size == "all" && browsers {
        let path = place::checkout().join("docs/benchmark.md");
        fs::write(&path, format!("{PREFACE}{main}{details}"))
            .with_context(|| format!("cannot write {}", path.display()))?;
        let readme = place::checkout().join("README.md");
        let text = fs::read_to_string(&readme).context("cannot read README.md")?;
        fs::write(&readme, with_table(&text, &main)?).context("cannot write README.md")?;
        println!("files: {}, {}", path.display(), readme.display());
    }
    Ok(())
}

/// README.md with its table of times replaced.
fn with_table(readme: &str, table: &str) -> Result<String> {
    let missing = || format!("README.md lacks `{TABLE_BEGINS}` or `{TABLE_ENDS}`");
    let (before, rest) = readme.split_once(TABLE_BEGINS).with_context(missing)?;
    let (_, after) = rest.split_once(TABLE_ENDS).with_context(missing)?;
    Ok(format!("{before}{TABLE_BEGINS}\n{table}{TABLE_ENDS}{after}"))
}

const TABLE_BEGINS: &str = "<!-- figures of `cargo xtask bench` -->";
const TABLE_ENDS: &str = "<!-- end of figures -->";

const PREFACE: &str = "\
# Time and memory

Written by `cargo xtask bench --size all`: synthetic logs of about 200 bytes a line, medians of five runs on one machine, each
in turns with `unzip | rg` and compared with the one right before it; *load* is how many processes wanted to run before, on how
many processors. In a browser the time runs from choosing the file, two seconds after the page was ready, to the first suspect,
from `file://`. *Peak* is the highest resident memory of the process as the kernel counts it; in a browser, what the page's
process took on top of what it had with the page open and empty; that holds a fixed part, which a bundle of some kilobytes needs
as well (the engine compiles the program while it runs). The text is never in memory as a whole: what grows with it is the table
of flows, 40 bytes each, and the lists of what belongs together, 16 more.

`cargo bench` times each stage by itself. `cargo xtask count` counts the instructions of each stage on a log of 2 MB under
valgrind and compares them, within a tenth, with `examples/instructions.tsv`; two counts on one machine differ by less than a
thousandth.

";

const HEAD: &str = "\
| text | what | seconds | to `unzip \\| rg` | peak | of the text | load |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
";

const WAITS_HEAD: &str = "
Milliseconds from opening the file, in a browser that has been up for two seconds, until the page is painted and until it can
be used; and, with the bundle open, from the question for another reported time until its answer stands there, the longest of
five such questions and of one for a window of an hour to both sides.

| text, members | engine | painted | ready | another time |
| --- | --- | ---: | ---: | ---: |
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
            shown(self.peak.map(|bytes| format!("{:.0} MB", bytes / MEGABYTE as f64))),
            shown(self.share.map(|share| format!("{share:.2}"))),
        )
    }
}

/// Views and their longest tasks in milliseconds.
type Tasks = Vec<(String, u64)>;

/// What was found of one bundle.
struct Measured {
    rows: Vec<Row>,
    /// By engine: until painted, until ready, until another time is answered.
    waits: Vec<(&'static str, [f64; 3])>,
    tasks: Tasks,
}

fn measure_bundle(bundle: &Path, bytes: u64, page: Option<&Page>) -> Result<Measured> {
    let steerscope = release().join("steerscope");
    let unzip = || -> Result<f64> {
        let line = format!("unzip -p '{}' '*.log' | rg -c '{FLOWS}'", bundle.display());
        Ok(timed(command("sh").args(["-c", &line]))?.0)
    };
    let row = |what: &str, seconds: Vec<f64>, unzip: &[f64], peak: Option<f64>| Row {
        what: what.to_owned(),
        // Each against the one beside it: a machine that others use too is not as fast all the time.
        ratio: Some(median(seconds.iter().zip(unzip).map(|(seconds, unzip)| seconds / unzip).collect())),
        seconds: median(seconds),
        peak,
        share: peak.map(|peak| peak / bytes as f64),
    };
    let (mut baseline, mut native) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        baseline.push(unzip()?);
        native.push(timed(command(&steerscope).arg("triage").arg(bundle).args(["--format", "json"]))?);
    }
    let peak = native.iter().map(|(_, peak)| *peak as f64).reduce(f64::max);
    let mut rows = vec![
        row("`unzip -p \\| rg -c`", baseline.clone(), &baseline, None),
        row("`triage`", native.into_iter().map(|(seconds, _)| seconds).collect(), &baseline, peak),
    ];
    let (mut waits, mut tasks) = (Vec::new(), Tasks::new());
    for engine in ["chromium", "firefox"] {
        let Some(page) = page else { break };
        let mut seen: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        let mut baseline = Vec::new();
        for run in 0..RUNS {
            baseline.push(unzip()?);
            let mut measure = command(&page.program);
            measure.arg(engine).arg(bundle).env("STEERSCOPE_PAGE", &page.html);
            // The views take their time, and tell the same each time.
            if run == 0 {
                measure.arg("views");
            }
            let said = said(page.tools.apply(&mut measure)?)?;
            tasks.extend(measured_tasks(&said));
            for name in ["seconds", "painted", "ready", "ranked_again"] {
                seen.entry(name).or_default().push(number(&said, name)?);
            }
            let taken = number::<f64>(&said, "peak")? - number::<f64>(&said, "before")?;
            seen.entry("taken").or_default().push(taken.max(0.0));
        }
        let middle = |name: &str| median(seen.get(name).cloned().unwrap_or_default());
        rows.push(row(engine, seen.get("seconds").cloned().unwrap_or_default(), &baseline, Some(middle("taken"))));
        waits.push((engine, [middle("painted"), middle("ready"), middle("ranked_again")]));
    }
    Ok(Measured { rows, waits, tasks })
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

/// The packed page, how large it is by parts, and the program that opens it.
struct Page {
    html: PathBuf,
    sizes: String,
    program: PathBuf,
    /// With the driver of Firefox.
    tools: Tools,
}

fn page() -> Result<Page> {
    let (toolchain, tools) = test::set_up()?;
    let html = build::packed_with(&toolchain, &tools)?;
    let facts = pack::pack(&place::trunk_output(), &place::checkout().join("www"))?.facts;
    let mut measure = command("cargo");
    run(measure.args(["build", "--locked", "--package", "browser-tests", "--example", "measure"]))?;
    let sizes = facts.lines().filter(|line| line.contains(" bytes")).collect::<Vec<_>>().join("\n");
    Ok(Page { html, sizes, program: target().join("debug/examples/measure"), tools })
}

/// The bundle of this size, made once.
pub(crate) fn bundle(name: &str, bytes: u64, members: u64) -> Result<PathBuf> {
    let folder = target().join("bench");
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("bundle-{name}-{members}.zip"));
    if !path.exists() {
        let part = path.with_extension("part");
        let make = ["build", "--release", "--locked", "--package", "scenario", "--example", "bulk_bundle"];
        // It is quick enough without link-time optimisation, which takes longer than it.
        run(command("cargo").args(make).env("CARGO_PROFILE_RELEASE_LTO", "off"))?;
        let mut make = command(release().join("examples/bulk_bundle"));
        run(make.arg(bytes.to_string()).arg(members.to_string()).arg(&part))?;
        fs::rename(&part, &path)?;
    }
    Ok(path)
}

fn release() -> PathBuf {
    target().join("release")
}

pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| place::checkout().join("target"), PathBuf::from)
}

/// Processes that wanted to run during the last minute, and processors.
fn load() -> String {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!("{} on {processors}", load.split(' ').next().unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_times_is_replaced_and_nothing_else() {
        let readme = format!("before\n{TABLE_BEGINS}\nold\n{TABLE_ENDS}\nafter\n");
        let expected = format!("before\n{TABLE_BEGINS}\n| new |\n{TABLE_ENDS}\nafter\n");
        assert_eq!(with_table(&readme, "| new |\n").ok(), Some(expected));
        assert!(with_table("no place for it", "").is_err());
        assert!(with_table(include_str!("../../README.md"), "").is_ok());
    }

    #[test]
    fn an_answer_of_the_measuring_program_is_read() {
        let said = r#"{"peak":7,"ready":81.5,"tasks":{"log":0,"log: search":61}}"#;
        assert_eq!(number::<f64>(said, "ready").ok(), Some(81.5));
        assert_eq!(measured_tasks(said), [("log".to_owned(), 0), ("log: search".to_owned(), 61)]);
        assert!(number::<f64>(said, "seconds").is_err());
    }
}
