//! Everything CI checks, in one go; the first failing step ends it and is named.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
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
    let tools = tools::for_testing()?;
    tools::axe()?;
    println!("Set-up is complete.");
    Ok((toolchain, tools))
}

pub(crate) fn everything() -> Result<()> {
    let started = Instant::now();
    let mut steps = Steps::default();
    // Linking page and worker keeps one processor busy for minutes; the steps before the browsers' need not wait for it.
    let pack = Aside::start("pack")?;
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
    steps.step("pack, the rest of it", || pack.finish())?;
    let (toolchain, tools) = steps.step("set-up", set_up)?;
    let page = place::packed_page();
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
    steps.step("tests of the worker protocol", || {
        // In that profile too: only the tests themselves are left to build.
        let mut test = command("cargo");
        test.args(["test", "--locked", "--profile", build::PROFILE, "--features", "web", "--target", WASM]);
        test.args(["--test", "protocol", "--test", "file_source"]);
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

/// A command of this program that runs beside the steps; ended with them.
struct Aside {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Aside {
    fn start(name: &'static str) -> Result<Self> {
        let log = place::checkout().join("target").join(format!("{name}.log"));
        std::fs::create_dir_all(log.with_file_name("")).context("cannot create target")?;
        let output = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = Command::new(std::env::current_exe().context("where is this program?")?);
        command.arg(name).stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        println!("`cargo xtask {name}` runs beside the next steps and writes to {}.", log.display());
        Ok(Self { name, child: command.spawn()?, log })
    }

    /// Waits for its end and shows what it said.
    fn finish(mut self) -> Result<()> {
        let status = self.child.wait()?;
        print!("{}", String::from_utf8_lossy(&std::fs::read(&self.log)?));
        ensure!(status.success(), "`cargo xtask {}` failed ({status})", self.name);
        Ok(())
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // It has ended, or a step before failed and nobody waits for it; what it started ends by itself.
        let _ = self.child.kill();
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
        self.passed.push(format!("{name} {} s", started.elapsed().as_secs()));
        Ok(outcome)
    }
}

fn cargo(arguments: &[&str]) -> Result<()> {
    run(command("cargo").args(arguments))
}
