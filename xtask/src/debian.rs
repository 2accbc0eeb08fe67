//! System packages by `apt-get`, as root or through `sudo` where that asks nothing.

use anyhow::{Result, bail};

use crate::command::{answer, command, run};
use crate::place::on_path;

/// Installs `packages`, or says in one sentence what is missing for `purpose`.
pub(crate) fn install(packages: &[&str], purpose: &str, duration: &str) -> Result<()> {
    let list = packages.join(" ");
    if on_path("apt-get").is_none() {
        bail!("{purpose} needs {list}; this system has no apt-get, so please install them and start again");
    }
    println!("Installing {list} for {purpose} with apt-get ({duration}).");
    let mut prefix = Vec::new();
    if answer(command("id").arg("-u")).as_deref() != Some("0") {
        if answer(command("sudo").args(["-n", "true"])).is_none() {
            bail!("{purpose} needs {list}; please run `sudo apt-get install {list}` and start again");
        }
        prefix.extend(["sudo", "-n"]);
    }
    // Another apt may be at work: wait for it.
    prefix.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=600"]);
    let apt_get = |arguments: &[&str]| {
        let mut apt_get = command(prefix[0]);
        apt_get.args(&prefix[1..]).args(arguments);
        apt_get
    };
    // An outdated list of packages may still do.
    if let Err(error) = run(&mut apt_get(&["update"])) {
        eprintln!("  {error:#}; going on with the package lists at hand");
    }
    run(apt_get(&["install", "--yes", "--no-install-recommends"]).args(packages).stdout(std::process::Stdio::null()))
}
