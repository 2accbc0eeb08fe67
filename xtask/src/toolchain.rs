//! A compiler for `wasm32-unknown-unknown`: rustup's own, or, where its servers cannot be reached, Debian's compiler with
//! the standard library built from source.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::command::{answer, command, run};
use crate::{debian, place};

const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy"];
const DEBIAN_TOOLCHAIN: &str = "steerscope-debian";

/// Environment variables under which cargo, and Trunk, build for the browser.
#[derive(Debug, Clone)]
pub(crate) struct Toolchain {
    variables: Vec<(&'static str, String)>,
}

impl Toolchain {
    pub(crate) fn apply<'command>(&self, command: &'command mut Command) -> &'command mut Command {
        command.envs(self.variables.iter().map(|(name, value)| (name, value)))
    }
}

/// Set `STEERSCOPE_TOOLCHAIN=debian` to take Debian's compiler although rustup has the target.
pub(crate) fn ensure() -> Result<Toolchain> {
    let debian_wanted = std::env::var("STEERSCOPE_TOOLCHAIN").is_ok_and(|choice| choice == "debian");
    let mut variables =
        if !debian_wanted && (rustup_has_target() || rustup_adds_target()) { Vec::new() } else { debian_toolchain()? };
    variables.push(("CARGO_ENCODED_RUSTFLAGS", flags()));
    Ok(Toolchain { variables })
}

/// As in `.cargo/config.toml`, and no path of this machine in the product, so that every machine builds the same bytes.
fn flags() -> String {
    let mut flags = vec!["-Ctarget-feature=+simd128".to_owned(), "--cfg=erase_components".to_owned()];
    let cargo_home =
        std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    for (folder, name) in [(Some(place::checkout()), "/steerscope"), (cargo_home, "/cargo")] {
        if let Some(folder) = folder {
            flags.push(format!("--remap-path-prefix={}={name}", folder.display()));
        }
    }
    flags.join("\u{1f}")
}

fn rustup_has_target() -> bool {
    answer(command("rustc").args(["--print", "target-libdir", "--target", TARGET]))
        .is_some_and(|folder| Path::new(&folder).is_dir())
}

fn rustup_adds_target() -> bool {
    println!("Adding the target {TARGET} with rustup (20 MB, a few seconds).");
    if run(command("timeout").args(["120", "rustup", "target", "add", TARGET])).is_ok() {
        return rustup_has_target();
    }
    println!("rustup could not add the target; taking Debian's compiler and building its standard library.");
    false
}

fn debian_toolchain() -> Result<Vec<(&'static str, String)>> {
    let installed = || {
        Path::new("/usr/bin/rustc").exists()
            && Path::new("/usr/bin/cargo-clippy").exists()
            && Path::new("/usr/lib/rustlib/src/rust/library/std").exists()
    };
    if !installed() {
        debian::install(&DEBIAN_PACKAGES, "a wasm compiler", "90 MB, about a minute")?;
    }
    if !installed() {
        bail!("{} are installed, but /usr/bin/rustc or the library's source is missing", DEBIAN_PACKAGES.join(" "));
    }
    run(command("rustup").args(["toolchain", "link", DEBIAN_TOOLCHAIN, "/usr"]))?;
    println!("Its standard library is built with the page (under a minute more).");
    Ok(vec![
        ("RUSTUP_TOOLCHAIN", DEBIAN_TOOLCHAIN.to_owned()),
        ("RUSTC_BOOTSTRAP", "1".to_owned()),
        ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort".to_owned()),
        ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker()?.display().to_string()),
    ])
}

/// rustup's own `rust-lld`; Debian's compiler brings none.
fn linker() -> Result<PathBuf> {
    let library = answer(command("rustc").args(["--print", "target-libdir"])).context("rustc does not run")?;
    let linker = Path::new(&library).with_file_name("bin").join("rust-lld");
    if linker.exists() { Ok(linker) } else { bail!("no linker for wasm: {} is missing", linker.display()) }
}
