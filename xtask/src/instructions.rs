//! Counts the instructions of each stage on a small log and compares them with those that `examples/instructions.tsv`
//! states: times are noisy, instructions are not. Valgrind's processor is the same on every machine.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail, ensure};

use crate::command::{command, run};
use crate::test::NATIVE;
use crate::{bench, debian, place};

/// Each stage with the one whose work it contains too.
const STAGES: [(&str, &str); 4] = [("bundle", "none"), ("record", "bundle"), ("event", "record"), ("ranking", "event")];
const BYTES: u64 = 2_000_000;
/// Another compiler or valgrind counts a little differently; a slip on the hot path costs more.
const TOLERANCE: f64 = 0.1;
const STATED: &str = "examples/instructions.tsv";

/// Installs valgrind where it is missing.
pub(crate) fn ensure() -> Result<()> {
    if place::on_path("valgrind").is_some() {
        return Ok(());
    }
    debian::install(&["valgrind"], "counting instructions", "half a minute")
}

/// Compares, or with `write` states what is counted now.
pub(crate) fn count(write: bool) -> Result<()> {
    ensure()?;
    // The program that the tests of the core have built already: it is less optimised, and says as much.
    let mut build = command("cargo");
    run(build.args(["build", "--profile", "test", "--locked", "--features", NATIVE, "--example", "stage"]))?;
    let bundle = bench::bundle("2m", BYTES, 1)?;
    let mut counts = vec![("none", instructions("none", &bundle)?)];
    for (stage, _) in STAGES {
        counts.push((stage, instructions(stage, &bundle)?));
    }
    let of = |name: &str| counts.iter().find(|(stage, _)| *stage == name).map_or(0, |(_, count)| *count);
    let counted: Vec<(&str, u64)> =
        STAGES.iter().map(|(stage, before)| (*stage, of(stage).saturating_sub(of(before)))).collect();
    if write {
        let mut rows = String::from("stage\tinstructions\n");
        for (stage, count) in counted {
            let _ = writeln!(rows, "{stage}\t{count}");
        }
        return fs::write(place::checkout().join(STATED), rows).with_context(|| format!("cannot write {STATED}"));
    }
    let stated = fs::read_to_string(place::checkout().join(STATED)).with_context(|| format!("cannot read {STATED}"))?;
    for (stage, count) in counted {
        let row = stated.lines().find_map(|line| line.strip_prefix(stage)?.strip_prefix('\t'));
        let stated: u64 =
            row.and_then(|count| count.parse().ok()).with_context(|| format!("no {stage} in {STATED}"))?;
        let times = count as f64 / stated as f64;
        println!("  {stage}: {count} instructions, {times:.3} of the {stated} stated");
        ensure!(
            (1.0 - TOLERANCE..=1.0 + TOLERANCE).contains(&times),
            "the stage {stage} takes {times:.2} times the instructions that {STATED} states. If that is meant, \
             write the new count by `cargo xtask count --write`"
        );
    }
    Ok(())
}

fn instructions(stage: &str, bundle: &Path) -> Result<u64> {
    let mut valgrind = command("valgrind");
    valgrind.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]);
    valgrind.arg(bench::target().join("debug/examples/stage")).arg(stage).arg(bundle).stderr(Stdio::piped());
    let output = valgrind.output().context("valgrind does not start")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("valgrind failed on the stage {stage}: {said}");
    }
    // `==123== I   refs:      1,234,567`
    let line = said.lines().find_map(|line| line.split_once("refs:")).with_context(|| format!("no count in {said}"))?;
    Ok(line.1.trim().replace(',', "").parse()?)
}
