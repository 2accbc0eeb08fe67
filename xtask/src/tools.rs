//! Programs the build and the tests call, each in a pinned version: from PATH if it has that version, else from the tools
//! folder, else installed there.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::command::{answer, command, run};
use crate::{debian, place};

/// A program built from its crate. Quick to build matters, quick to run does not.
struct CargoTool {
    package: &'static str,
    program: &'static str,
    version: &'static str,
    locked: bool,
    duration: &'static str,
}

const TRUNK: CargoTool =
    CargoTool { package: "trunk", program: "trunk", version: "0.21.14", locked: true, duration: "4 to 5 minutes" };
/// Of one version with the crate `wasm-bindgen` in `Cargo.toml`, and with `Trunk.toml`. Its own lock file is out of step.
const WASM_BINDGEN: CargoTool = CargoTool {
    package: "wasm-bindgen-cli",
    program: "wasm-bindgen",
    version: "0.2.130",
    locked: false,
    duration: "2 minutes",
};
const GECKODRIVER: CargoTool = CargoTool {
    package: "geckodriver",
    program: "geckodriver",
    version: "0.37.1",
    locked: false,
    duration: "2 minutes",
};
const BINARYEN: &str = "132.0.0";
const AXE: &str = "4.14.1";

/// Folders to put in front of PATH.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tools {
    folders: Vec<PathBuf>,
}

impl Tools {
    pub(crate) fn apply<'command>(&self, command: &'command mut Command) -> Result<&'command mut Command> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = self.folders.iter().cloned().chain(std::env::split_paths(&path));
        let joined: OsString = std::env::join_paths(folders).context("PATH cannot take the tools folder")?;
        Ok(command.env("PATH", joined))
    }

    /// Where `program` of these tools is, or on PATH.
    pub(crate) fn find(&self, program: &str) -> Option<PathBuf> {
        self.folders
            .iter()
            .map(|folder| folder.join(program))
            .find(|path| path.exists())
            .or_else(|| place::on_path(program))
    }
}

/// Trunk, wasm-bindgen and wasm-opt.
pub(crate) fn for_building() -> Result<Tools> {
    let mut tools = Tools::default();
    tools.folders.extend(cargo_tool(&TRUNK)?);
    tools.folders.extend(cargo_tool(&WASM_BINDGEN)?);
    tools.folders.extend(binaryen()?);
    Ok(tools)
}

/// What `for_building` gives, and geckodriver.
pub(crate) fn for_testing() -> Result<Tools> {
    let mut tools = for_building()?;
    tools.folders.extend(cargo_tool(&GECKODRIVER)?);
    Ok(tools)
}

fn cargo_tool(tool: &CargoTool) -> Result<Option<PathBuf>> {
    if has_version(Path::new(tool.program), tool.version) {
        return Ok(None);
    }
    let CargoTool { package, program, version, duration, .. } = tool;
    let home = place::tools()?.join(format!("{package}-{version}"));
    let folder = home.join("bin");
    if has_version(&folder.join(program), version) {
        return Ok(Some(folder));
    }
    println!("Building {package} {version} into {} (once per user, {duration} on two cores).", home.display());
    std::fs::create_dir_all(&home).with_context(|| format!("cannot create {}", home.display()))?;
    let mut install = command("cargo");
    install
        .current_dir(&home)
        .args(["install", package, "--quiet", "--force", "--version", version, "--root"])
        .arg(&home);
    if tool.locked {
        install.arg("--locked");
    }
    for setting in ["lto=false", "opt-level=0", "codegen-units=64", "debug=false"] {
        install.args(["--config", &format!("profile.release.{setting}")]);
    }
    run(&mut install).with_context(|| format!("{package} {version} could not be built from its crate"))?;
    if !has_version(&folder.join(program), version) {
        bail!("{package} was built, but {} does not answer with version {version}", folder.join(program).display());
    }
    Ok(Some(folder))
}

/// Debian's own binaryen is too old: it breaks the tables that wasm-bindgen writes.
fn binaryen() -> Result<Option<PathBuf>> {
    let major = BINARYEN.split('.').next().unwrap_or(BINARYEN);
    if has_version(Path::new("wasm-opt"), major) {
        return Ok(None);
    }
    let folder = npm("binaryen", BINARYEN, "wasm-opt", "100 MB")?.join(".bin");
    if !has_version(&folder.join("wasm-opt"), major) {
        bail!("binaryen was installed, but {} does not answer with version {major}", folder.join("wasm-opt").display());
    }
    Ok(Some(folder))
}

/// The script that the browser tests look for barriers with.
pub(crate) fn axe() -> Result<PathBuf> {
    let script = npm("axe-core", AXE, "the accessibility rules", "3 MB")?.join("axe-core/axe.min.js");
    if script.exists() { Ok(script) } else { bail!("axe-core was installed, but {} is missing", script.display()) }
}

/// Installs a package of npm once per user; its `node_modules`.
fn npm(package: &str, version: &str, what: &str, size: &str) -> Result<PathBuf> {
    let home = place::tools()?.join(format!("{package}-{version}"));
    let modules = home.join("node_modules");
    if modules.join(package).exists() {
        return Ok(modules);
    }
    if place::on_path("npm").is_none() || place::on_path("node").is_none() {
        debian::install(&["nodejs", "npm"], what, "about a minute")?;
    }
    println!("Installing {what} (npm's {package} {version}) into {} ({size}, some seconds).", home.display());
    std::fs::create_dir_all(&home).with_context(|| format!("cannot create {}", home.display()))?;
    run(command("npm")
        .args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
        .arg(&home)
        .arg(format!("{package}@{version}")))
    .with_context(|| format!("{what} could not be installed"))?;
    Ok(modules)
}

fn has_version(program: &Path, version: &str) -> bool {
    answer(command(program).arg("--version"))
        .is_some_and(|text| text.lines().next().is_some_and(|line| line.split_whitespace().any(|word| word == version)))
}
