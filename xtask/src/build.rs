//! From source to the single file: Trunk builds page and worker, `pack` puts them together.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::command::{command, run};
use crate::toolchain::Toolchain;
use crate::tools::Tools;
use crate::{pack, place, toolchain, tools};

/// Of Cargo.toml, named in `www/index.html` too; trades a little speed for much size.
pub(crate) const PROFILE: &str = "page";

/// Does the set-up for it, builds and packs; where the single file is.
pub(crate) fn packed() -> Result<PathBuf> {
    packed_with(&toolchain::ensure()?, &tools::for_building()?)
}

pub(crate) fn packed_with(toolchain: &Toolchain, tools: &Tools) -> Result<PathBuf> {
    println!("Building page and worker (about 4 minutes at first on two cores, then 1).");
    let trunk = tools.find("trunk").context("trunk is missing from the tools folder and from PATH")?;
    let mut build = command(trunk);
    build.args(["build", "--release", "--locked"]).env("TRUNK_SKIP_VERSION_CHECK", "true").env_remove("NO_COLOR");
    run(toolchain.apply(tools.apply(&mut build)?))?;
    let packed = pack::pack(&place::trunk_output(), &place::checkout().join("www"))?;
    let path = place::packed_page();
    std::fs::create_dir_all(place::checkout().join("dist")).context("cannot create dist")?;
    std::fs::write(&path, &packed.html).with_context(|| format!("cannot write {}", path.display()))?;
    println!("\n{}", packed.facts);
    println!("file: {}", path.display());
    Ok(path)
}
