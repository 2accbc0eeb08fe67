//! `cargo xtask`: sets up, builds, packs, serves and tests steerscope. Each command does the set-up it needs.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "talks to the person at the terminal")]
#![allow(clippy::disallowed_methods, reason = "the core has no files, clock or environment; this program has")]

mod bench;
mod browsers;
mod build;
mod command;
mod debian;
mod fuzz;
mod instructions;
mod pack;
mod place;
mod serve;
mod test;
mod toolchain;
mod tools;

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use lexopt::ValueExt as _;
use lexopt::prelude::{Long, Short, Value};

const USAGE: &str = "\
cargo xtask setup                   install what the other commands need
cargo xtask run [--open] [--once] [--quick]
                                    build the single file and serve it on 127.0.0.1
cargo xtask pack [--quick]          build the single file, dist/steerscope.html
cargo xtask test                    check and test everything, browsers too
cargo xtask test-page               of that, what builds for the browser: pack, clippy, tests of the worker
cargo xtask fuzz [--seconds N]      search with each fuzz target for N seconds (5)
cargo xtask bench [--size SIZE] [--native]
                                    measure time and memory on 30m, 300m (default), 1g or all
cargo xtask count [--write]         compare the instructions of each stage with those stated, or state them

--open  open the page in the default browser
--once  build, print where the file is, and exit
--quick  build hardly optimised, into target/quick; for trying a change out
--native  measure the command line alone, without browsers
--write  state what is counted now";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let mut verb = None;
    let (mut open, mut once, mut quick, mut native, mut write) = (false, false, false, false, false);
    let mut size = "300m".to_owned();
    let mut seconds = None;
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("open") => open = true,
            Long("once") => once = true,
            Long("quick") => quick = true,
            Long("native") => native = true,
            Long("write") => write = true,
            Long("size") => size = arguments.value()?.string()?,
            Long("seconds") => seconds = Some(arguments.value()?.parse()?),
            Long("help") | Short('h') => {
                println!("{USAGE}");
                return Ok(());
            }
            Value(word) if verb.is_none() => verb = Some(word.string()?),
            other => bail!("{}\n\n{USAGE}", other.unexpected()),
        }
    }
    std::env::set_current_dir(place::checkout()).context("the checkout is not where it was when xtask was built")?;
    let packed = if quick { build::packed_quickly } else { build::packed };
    match verb.as_deref() {
        Some("setup") => test::set_up().map(|_| ()),
        Some("pack") => packed().map(|_| ()),
        Some("run") => {
            let page = packed()?;
            if once { Ok(()) } else { serve::until_interrupted(&page, open) }
        }
        Some("test") => test::everything(),
        Some("test-page") => test::page(),
        Some("fuzz") => fuzz::each_target(seconds),
        Some("count") => instructions::count(write),
        Some("bench") => bench::measure(&size, !native),
        _ => bail!("which command?\n\n{USAGE}"),
    }
}
