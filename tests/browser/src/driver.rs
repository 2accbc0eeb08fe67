//! The processes of one session: the engine's driver, and a display for the engine that cannot do without.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use crate::engine::{Engine, Look};

pub(crate) struct Driver {
    pub(crate) address: String,
    children: Vec<Child>,
    folder: TempDir,
}

impl Driver {
    pub(crate) fn start(engine: Engine, look: Look) -> Result<Self> {
        let folder = TempDir::new().context("cannot make a folder for the driver")?;
        let mut driver = Self { address: String::new(), children: Vec::new(), folder };
        let mut command = Command::new(engine.driver());
        if engine == Engine::WebKit {
            command.env("DISPLAY", driver.start_display()?);
        }
        let port = free_port()?;
        let output = File::create(driver.output())?;
        command
            .arg(format!("--port={port}"))
            .envs(engine.environment(look))
            // What the page saves goes away with the rest.
            .env("HOME", driver.folder.path())
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0);
        let child = command
            .spawn()
            .with_context(|| format!("could not start {}; `cargo xtask setup` does", engine.driver()))?;
        driver.children.push(child);
        driver.address = format!("http://127.0.0.1:{port}");
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if started.elapsed() > Duration::from_secs(20) {
                bail!("{} did not listen within 20 s: {}", engine.driver(), driver.said());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(driver)
    }

    /// The number of the driver's process; the browser's are below it.
    pub(crate) fn id(&self) -> Option<u32> {
        self.children.last().map(Child::id)
    }

    /// What driver and browser printed so far; with Firefox, the page's console too.
    pub(crate) fn said(&self) -> String {
        let bytes = std::fs::read(self.output()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("output")
    }

    fn start_display(&mut self) -> Result<String> {
        let mut child = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("could not start Xvfb; `cargo xtask setup` installs it")?;
        let number = child.stdout.take().map(BufReader::new).and_then(|output| output.lines().next());
        self.children.push(child);
        match number {
            Some(Ok(number)) => Ok(format!(":{number}")),
            _ => bail!("Xvfb gave no display"),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        for child in self.children.iter_mut().rev() {
            // The group, so that no browser outlives its driver.
            let group = format!("-{}", child.id());
            let _ = Command::new("kill").args(["-TERM", "--", &group]).stderr(Stdio::null()).status();
            thread::sleep(Duration::from_millis(100));
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
