//! A short search with each fuzz target: the seed corpus and what libFuzzer makes of it. Built with the stable compiler, so
//! that no nightly is needed; `fuzz/` works with cargo-fuzz too.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::command::{answer, command, run};
use crate::place;

const TARGETS: [&str; 4] = ["bundle", "capture", "record", "text"];
/// Long enough for the corpus and some tens of thousands of mutations.
const SECONDS: u32 = 5;

/// What libFuzzer needs from the compiler, as cargo-fuzz sets it, without a sanitizer: this is safe Rust.
const FLAGS: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg",
    "fuzzing",
];

pub(crate) fn each_target(seconds: Option<u32>) -> Result<()> {
    let host = host()?;
    // A folder of its own: other flags would build everything else again.
    let folder = place::checkout().join("target/fuzz");
    let mut build = command("cargo");
    build.args(["build", "--release", "--locked", "--manifest-path", "fuzz/Cargo.toml", "--target", &host]);
    // Named, so that the flags do not reach build scripts. RUSTC_BOOTSTRAP opens `-Cpasses` to the stable compiler.
    build
        .env("CARGO_TARGET_DIR", &folder)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}"));
    run(&mut build)?;
    for target in TARGETS {
        let found = folder.join("found").join(target);
        std::fs::create_dir_all(&found).with_context(|| format!("cannot create {}", found.display()))?;
        let program: PathBuf = [folder.as_path(), host.as_ref(), "release".as_ref(), target.as_ref()].iter().collect();
        let mut search = command(program);
        search.arg(format!("-max_total_time={}", seconds.unwrap_or(SECONDS)));
        search.args(["-verbosity=0", "-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2048"]);
        // A finding is written here, and libFuzzer says its name.
        search.arg(format!("-artifact_prefix={}/failed-{target}-", folder.display()));
        search.arg(&found).arg(place::checkout().join("fuzz/corpus").join(target));
        run(&mut search).with_context(|| format!("the fuzz target {target} failed"))?;
    }
    Ok(())
}

fn host() -> Result<String> {
    let version = answer(command("rustc").arg("-vV")).context("rustc does not run")?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say its host")?.to_owned())
}
