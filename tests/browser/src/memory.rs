//! What the processes of a browser need, as the kernel counts it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// The highest resident memory, in bytes, that a process below `root` with one of these words in its command line has
/// had so far. Of several, the one with the most: the tab that works.
pub(crate) fn peak_below(root: u32, words: &[&str]) -> Result<u64> {
    let mut parents: BTreeMap<u32, u32> = BTreeMap::new();
    for entry in fs::read_dir("/proc").context("no /proc")? {
        let Some(process) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if let Some(parent) = field(process, "PPid:") {
            parents.insert(process, parent as u32);
        }
    }
    let is_below = |mut process: u32| {
        while let Some(parent) = parents.get(&process) {
            if *parent == root {
                return true;
            }
            process = *parent;
        }
        false
    };
    let runs_pages = |process: u32| {
        let line = fs::read(Path::new("/proc").join(process.to_string()).join("cmdline")).unwrap_or_default();
        words.iter().any(|word| String::from_utf8_lossy(&line).contains(word))
    };
    let peaks = parents.keys().filter(|process| is_below(**process) && runs_pages(**process));
    let peak = peaks.filter_map(|process| field(*process, "VmHWM:")).max();
    Ok(peak.context("no process of the page is running")? * 1024)
}

fn field(process: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}
