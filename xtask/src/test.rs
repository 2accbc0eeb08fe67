//! Everything CI checks, in one go; the first failing step ends it and is named.

use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::command::{command, run};
use crate::toolchain::Toolchain;
use crate::tools::Tools;
use crate::{browsers, build, fuzz, instructions, toolchain, tools};

/// What the other commands need, installed.
pub(crate) fn set_up() -> Result<(Toolchain, Tools)> {
    let toolchain = toolchain::ensure()?;
    browsers::ensure()?;
    let tools = tools::for_testing()?;
    tools::axe()?;
    println!("Set-up is complete.");
    Ok((toolchain, tools))
}

pub(crate) fn everything() -> Result<()> {
    let started = Instant::now();
    let mut steps = Steps::default();
    // What needs no set-up comes first: it fails fastest.
    steps.step("format", || cargo(&["fmt", "--all", "--check"]))?;
    // With the command line and what of the page's worker needs no browser: one build of the core serves all. The core
    // alone is what `fuzz` builds.
    let native = "steerscope/cli,steerscope/worker";
    steps.step("clippy", || {
        let clippy = ["clippy", "--locked", "--workspace", "--all-targets", "--features", native];
        cargo(&[&clippy[..], &["--", "-D", "warnings"]].concat())
    })?;
    steps.step("tests of core and command line", || cargo(&["test", "--locked", "--features", native]))?;
    steps.step("tests of the packer", || cargo(&["test", "--locked", "--package", "xtask"]))?;
    steps.step("instructions of each stage", || instructions::count(false))?;
    steps.step("fuzz targets", || fuzz::each_target(None))?;
    steps.step("documentation", || {
        let mut doc = command("cargo");
        run(doc.args(["doc", "--locked", "--no-deps", "--features", "cli"]).env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    let (toolchain, tools) = steps.step("set-up", set_up)?;
    let page = steps.step("pack", || build::packed_with(&toolchain, &tools))?;
    steps.step("clippy of the page", || {
        // In the page's profile, which shares the macros' dependencies with the build just done.
        let mut clippy = command("cargo");
        clippy.args([
            "clippy",
            "--locked",
            "--profile",
            build::PROFILE,
            "--features",
            "web",
            "--lib",
            "--bins",
            "--target",
            WASM,
        ]);
        run(toolchain.apply(clippy.args(["--", "-D", "warnings"])))
    })?;
    steps.step("tests of the worker in a browser", || {
        // In that profile too: only the tests themselves are left to build.
        let mut test = command("cargo");
        test.args(["test", "--locked", "--profile", build::PROFILE, "--features", "worker", "--target", WASM]);
        test.args(["--test", "worker"]);
        let runner = tools.find("wasm-bindgen-test-runner").context("wasm-bindgen-test-runner is missing")?;
        let driver = tools.find("chromedriver").context("chromedriver is missing")?;
        test.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner).env("CHROMEDRIVER", driver);
        run(toolchain.apply(tools.apply(&mut test)?))
    })?;
    steps.step("tests in the browsers", || {
        let mut test = command("cargo");
        test.args(["test", "--locked", "--package", "browser-tests"])
            .env("STEERSCOPE_PAGE", &page)
            .env("STEERSCOPE_AXE", tools::axe()?)
            .env("RUST_LIB_BACKTRACE", "0");
        // Two browsers at a time: more would wait for each other on a small machine.
        test.args(["--no-fail-fast", "--", "--test-threads", "2"]);
        run(tools.apply(&mut test)?)
    })?;
    println!(
        "\nAll {} steps passed in {} s: {}.",
        steps.passed.len(),
        started.elapsed().as_secs(),
        steps.passed.join(", ")
    );
    Ok(())
}

const WASM: &str = "wasm32-unknown-unknown";

#[derive(Default)]
struct Steps {
    passed: Vec<String>,
}

impl Steps {
    fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n== {name}");
        let started = Instant::now();
        let outcome = work().with_context(|| format!("the step \"{name}\" failed"))?;
        let passed = format!("{name} {} s", started.elapsed().as_secs());
        println!("-- passed: {passed}");
        self.passed.push(passed);
        Ok(outcome)
    }
}

fn cargo(arguments: &[&str]) -> Result<()> {
    run(command("cargo").args(arguments))
}
