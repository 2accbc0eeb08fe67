//! Where things are: the checkout, what it builds, and the tools, which outlive the checkout.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

pub(crate) fn checkout() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}

/// What Trunk makes; `Trunk.toml` names it.
pub(crate) fn trunk_output() -> PathBuf {
    checkout().join("target/trunk")
}

pub(crate) fn packed_page() -> PathBuf {
    checkout().join("dist/steerscope.html")
}

pub(crate) fn quick_page() -> PathBuf {
    checkout().join("target/quick/steerscope.html")
}

/// One folder per tool and version, per user: `$XDG_CACHE_HOME/steerscope`, else `~/.cache/steerscope`.
pub(crate) fn tools() -> Result<PathBuf> {
    let cache = match env::var_os("XDG_CACHE_HOME").filter(|path| Path::new(path).is_absolute()) {
        Some(path) => PathBuf::from(path),
        None => env::home_dir().context("no home directory to keep tools in; set XDG_CACHE_HOME")?.join(".cache"),
    };
    Ok(cache.join("steerscope/tools"))
}

/// The first file of that name on PATH.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}
