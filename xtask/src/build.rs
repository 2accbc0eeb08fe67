//! From source to the single file: Trunk builds page and worker, `pack` puts them together.

use std::path::{Path, PathBuf};

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

/// As `packed`, but hardly optimised and large: for trying a change out. Not in `dist`, so that nobody hands it on.
pub(crate) fn packed_quickly() -> Result<PathBuf> {
    let (toolchain, tools) = (toolchain::ensure()?, tools::for_building()?);
    println!("Building page and worker hardly optimised (about 2 minutes at first on two cores, then half of one).");
    let build = ["build", "--locked"];
    // A debugger's names would be most of the size.
    let profile = [("CARGO_PROFILE_DEV_OPT_LEVEL", "1"), ("CARGO_PROFILE_DEV_DEBUG", "false")];
    pack_into(&place::quick_page(), &toolchain, &tools, &build, &profile)
}

pub(crate) fn packed_with(toolchain: &Toolchain, tools: &Tools) -> Result<PathBuf> {
    println!("Building page and worker (about 4 minutes at first on two cores, then 1).");
    pack_into(&place::packed_page(), toolchain, tools, &["build", "--release", "--locked"], &[])
}

fn pack_into(
    path: &Path,
    toolchain: &Toolchain,
    tools: &Tools,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Result<PathBuf> {
    let trunk = tools.find("trunk").context("trunk is missing from the tools folder and from PATH")?;
    let mut build = command(trunk);
    build.args(arguments).envs(variables.iter().copied());
    build.env("TRUNK_SKIP_VERSION_CHECK", "true").env_remove("NO_COLOR");
    run(toolchain.apply(tools.apply(&mut build)?))?;
    let packed = pack::pack(&place::trunk_output(), &place::checkout().join("www"))?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    }
    std::fs::write(path, &packed.html).with_context(|| format!("cannot write {}", path.display()))?;
    println!("\n{}", packed.facts);
    println!("file: {}", path.display());
    Ok(path.to_owned())
}
