//! Writes the page's texts as the page reads them: it parses them before it shows anything, and TOML takes its time.

#![allow(clippy::disallowed_methods, reason = "it reads and writes files to build")]

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let locales = Path::new("src/knowledge/locales");
    let written = PathBuf::from(env::var("OUT_DIR")?);
    for language in ["en", "ja"] {
        let mut texts = String::new();
        for part in ["page", "page-views"] {
            let path = locales.join(format!("{part}.{language}.toml"));
            println!("cargo::rerun-if-changed={}", path.display());
            flatten("", &toml::from_str(&fs::read_to_string(path)?)?, &mut texts);
        }
        fs::write(written.join(format!("page.{language}")), texts)?;
    }
    Ok(())
}

/// Key and sentence by turns, each with a zero behind it.
fn flatten(prefix: &str, table: &toml::Table, texts: &mut String) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(table) => flatten(&key, table, texts),
            // What is no text is refused by the tests, which read the same files.
            _ => *texts += &format!("{key}\0{}\0", value.as_str().unwrap_or_default()),
        }
    }
}
