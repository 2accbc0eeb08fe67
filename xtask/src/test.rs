//! Everything CI checks, in one go; the first failing step ends it and is named.

use std::fs::File;
use std::process::Child;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use crate::command::{command, run};
use crate::toolchain::Toolchain;
use crate::tools::Tools;
use crate::{browsers, build, fuzz, instructions, place, toolchain, tools};

/// What the other commands need, installed.
pub(crate) fn set_up() -> Result<(Toolchain, Tools)> {
    let toolchain = toolchain::ensure()?;
    browsers::ensure()?;
    instructions::ensure()?;
    let tools = tools::for_testing()?;
    tools::axe()?;
    println!("Set-up is complete.");
    Ok((toolchain, tools))
}

/// The command line and what of the page's worker needs no browser: one build of the core serves all. The core alone is what
/// `fuzz` builds.
pub(crate) const NATIVE: &str = "steerscope/cli,steerscope/worker";

pub(crate) fn everything() -> Result<()> {
    let started = Instant::now();
    let mut steps = Steps::default();
    // What needs no set-up comes first: it fails fastest.
    steps.step("format", || cargo(&["fmt", "--all", "--check"]))?;
    steps.step("clippy", || {
        let clippy = ["clippy", "--locked", "--workspace", "--all-targets", "--features", NATIVE];
        cargo(&[&clippy[..], &["--", "-D", "warnings"]].concat())
    })?;
    let (_, tools) = steps.step("set-up", set_up)?;
    // Most of building the page keeps one processor busy and leaves the others to the next steps.
    let page = Beside::start("test-page")?;
    steps.step("tests of core and command line", || cargo(&["test", "--locked", "--features", NATIVE]))?;
    steps.step("tests of the packer", || cargo(&["test", "--locked", "--package", "xtask"]))?;
    steps.step("instructions of each stage", || instructions::count(false))?;
    steps.step("fuzz targets", || fuzz::each_target(None))?;
    steps.step("documentation", || {
        let mut doc = command("cargo");
        run(doc.args(["doc", "--locked", "--no-deps", "--features", "cli"]).env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    steps.step("the page: pack, clippy, tests of the worker (begun earlier)", || page.finish())?;
    steps.step("tests in the browsers", || {
        let mut test = command("cargo");
        test.args(["test", "--locked", "--package", "browser-tests"])
            .env("STEERSCOPE_PAGE", place::packed_page())
            .env("STEERSCOPE_AXE", tools::axe()?)
            .env("RUST_LIB_BACKTRACE", "0");
        // Two browsers at a time: more would wait for each other on a small machine.
        test.args(["--no-fail-fast", "--", "--test-threads", "2"]);
        run(tools.apply(&mut test)?)
    })?;
    steps.tell(started);
    Ok(())
}

/// Of [`everything`] what builds for the browser.
pub(crate) fn page() -> Result<()> {
    let started = Instant::now();
    let mut steps = Steps::default();
    let (toolchain, tools) = steps.step("set-up", set_up)?;
    steps.step("pack", || build::packed_with(&toolchain, &tools))?;
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
        // In seconds; the machine may be busy with other steps.
        test.env("WASM_BINDGEN_TEST_TIMEOUT", "120").env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
        run(toolchain.apply(tools.apply(&mut test)?))
    })?;
    steps.tell(started);
    Ok(())
}

/// Another `cargo xtask` that runs meanwhile; ended with this one.
struct Beside {
    program: Child,
    log: std::path::PathBuf,
}

impl Beside {
    fn start(verb: &str) -> Result<Self> {
        let log = place::checkout().join("target").join(format!("{verb}.log"));
        let output = File::create(&log).with_context(|| format!("cannot create {}", log.display()))?;
        println!("\n`cargo xtask {verb}` runs beside the next steps and writes to {}.", log.display());
        let own = std::env::current_exe().context("xtask does not know where it is")?;
        let mut program = command(own);
        program.arg(verb).stderr(output.try_clone().context("cannot share the log")?).stdout(output);
        Ok(Self { program: program.spawn().context("xtask does not start itself")?, log })
    }

    /// Waits for its end and shows what it printed.
    fn finish(mut self) -> Result<()> {
        let status = self.program.wait().context("xtask was lost")?;
        print!("{}", std::fs::read_to_string(&self.log).unwrap_or_default());
        ensure!(status.success(), "it failed ({status}); its own message stands above");
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
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

    fn tell(&self, started: Instant) {
        let seconds = started.elapsed().as_secs();
        println!("\nAll {} steps passed in {seconds} s: {}.", self.passed.len(), self.passed.join(", "));
    }
}

fn cargo(arguments: &[&str]) -> Result<()> {
    run(command("cargo").args(arguments))
}
