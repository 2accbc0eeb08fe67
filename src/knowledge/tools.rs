//! Command-line tools and development frameworks, where they look for certificate authorities, and how to make them trust the Netskope CA.
//!
//! One process (`python.exe`, `node.exe`, `java.exe`) runs many tools: all of them are offered, none is chosen.
//! In the fixes `<bundle.pem>` stands for the combined bundle of the row `combined_bundle`, where a setting replaces the default roots, and `<nscacert.pem>` for Netskope's CA alone, where it adds.

use std::collections::HashMap;

use serde::Deserialize;

use super::catalogue::{KnowledgeError, Platform, check_row, parse, process_key};
use crate::language::Bilingual;

const FILES: &[&str] = &[include_str!("tools.toml")];

/// Placeholder of the combined bundle in [`Fix::run`] and [`Fix::says`].
pub const BUNDLE: &str = "<bundle.pem>";

/// Id of the row that tells how to build it.
pub const COMBINED_BUNDLE: &str = "combined_bundle";

#[derive(Clone, Debug, Default)]
pub struct Tools {
    rows: Vec<Tool>,
    /// Process → rank of the process in the row's own list, and the row.
    by_process: HashMap<String, Vec<(usize, usize)>>,
    /// Process patterns with `*`, for the few that need one.
    patterns: Vec<(String, usize, usize)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    pub id: String,
    pub name: Bilingual,
    /// Names as a client log shows them, the most telling first; `*` stands for anything.
    #[serde(default)]
    pub processes: Vec<String>,
    /// Missing where the row is no tool.
    pub own_store: Option<OwnStore>,
    pub store: Option<Bilingual>,
    /// What the tool prints when it refuses the inspection certificate.
    #[serde(default)]
    pub symptoms: Vec<String>,
    /// Ways to cure it, the best first; one is enough unless its text says otherwise.
    pub fix: Vec<Fix>,
    pub note: Option<Bilingual>,
    /// What no source confirmed; shown wherever the row is shown.
    pub unverified: Option<Bilingual>,
    pub references: Vec<String>,
}

/// Does trusting the CA in the operating system leave the tool unmoved?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OwnStore {
    Yes,
    Partly,
    No,
    Pinned,
    Unknown,
}

impl OwnStore {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            OwnStore::Yes => "yes",
            OwnStore::Partly => "partly",
            OwnStore::No => "no",
            OwnStore::Pinned => "pinned",
            OwnStore::Unknown => "unknown",
        }
    }
}

/// One way: a line to run or set, a sentence, or both.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fix {
    pub run: Option<String>,
    pub says: Option<Bilingual>,
    /// Empty means every platform of the tool.
    #[serde(default)]
    pub on: Vec<Platform>,
}

impl Tool {
    /// Does some way need the combined bundle to be built first?
    #[must_use]
    pub fn needs_bundle(&self) -> bool {
        let names_bundle = |text: &str| text.contains(BUNDLE);
        self.fix.iter().any(|fix| {
            fix.run.as_deref().is_some_and(names_bundle)
                || fix.says.as_ref().is_some_and(|says| names_bundle(&says.english))
        })
    }
}

impl Tools {
    /// The catalogue that ships with the program.
    pub fn built_in() -> Result<Self, KnowledgeError> {
        let mut tools = Self::default();
        for toml in FILES {
            tools.extend(toml)?;
        }
        Ok(tools)
    }

    /// Adds the rows of one file in the built-in format; with an error nothing is added.
    pub fn extend(&mut self, toml: &str) -> Result<(), KnowledgeError> {
        let File { tool: rows } = parse(toml)?;
        for (position, row) in rows.iter().enumerate() {
            check_row(&row.id, &row.references)?;
            let refuse = |what| Err(KnowledgeError::Row { id: row.id.clone(), what });
            if row.fix.is_empty() || row.fix.iter().any(|fix| fix.run.is_none() && fix.says.is_none()) {
                return refuse("a fix needs `run` or `says`");
            }
            if self.rows.iter().chain(&rows[..position]).any(|other| other.id == row.id) {
                return Err(KnowledgeError::Duplicate(row.id.clone()));
            }
        }
        for row in rows {
            self.add(row);
        }
        Ok(())
    }

    #[must_use]
    pub fn rows(&self) -> &[Tool] {
        &self.rows
    }

    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Tool> {
        self.rows.iter().find(|tool| tool.id == id)
    }

    /// Every tool that may be behind this process, those that name it first in front.
    #[must_use]
    pub fn of_process(&self, process: &str) -> Vec<&Tool> {
        let key = process_key(process);
        let mut found: Vec<(usize, usize)> = self.by_process.get(&key).cloned().unwrap_or_default();
        let matching = self.patterns.iter().filter(|(pattern, ..)| fits(pattern, &key));
        found.extend(matching.map(|(_, rank, row)| (*rank, *row)));
        found.sort_unstable();
        let mut tools: Vec<&Tool> = Vec::new();
        for (_, row) in found {
            if !tools.iter().any(|tool| tool.id == self.rows[row].id) {
                tools.push(&self.rows[row]);
            }
        }
        tools
    }

    fn add(&mut self, tool: Tool) {
        let position = self.rows.len();
        for (rank, process) in tool.processes.iter().enumerate() {
            let key = process_key(process);
            if key.contains('*') {
                self.patterns.push((key, rank, position));
            } else {
                self.by_process.entry(key).or_default().push((rank, position));
            }
        }
        self.rows.push(tool);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    tool: Vec<Tool>,
}

/// `*` stands for any text, also none.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((head, mut rest_of_pattern)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut rest) = text.strip_prefix(head) else { return false };
    while let Some((part, after)) = rest_of_pattern.split_once('*') {
        let Some(found) = rest.find(part) else { return false };
        rest = &rest[found + part.len()..];
        rest_of_pattern = after;
    }
    rest.ends_with(rest_of_pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = r#"
        [[tool]]
        id = "general"
        name = "Python"
        processes = ["python.exe", "python3.*"]
        own_store = "yes"
        references = ["https://docs.example.com/"]
        [[tool.fix]]
        run = "CA=<bundle.pem>"
        [[tool]]
        id = "special"
        name = { en = "a tool", ja = "ツール" }
        processes = ["tool-*-x.exe", "python.exe"]
        own_store = "partly"
        references = ["https://docs.example.com/"]
        [[tool.fix]]
        says = { en = "nothing", ja = "なし" }
    "#;

    fn of(process: &str) -> String {
        let mut tools = Tools::default();
        tools.extend(SAMPLE).unwrap();
        tools.of_process(process).iter().map(|tool| tool.id.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn one_process_fits_several_tools() {
        assert_eq!(of("Python.exe"), "general special");
        assert_eq!(of("python"), "general special");
    }

    #[test]
    fn a_star_stands_for_anything() {
        assert_eq!(of("python3.12"), "general");
        assert_eq!(of("/opt/bin/python3.12"), "general");
        assert_eq!(of("tool-one-x.exe"), "special");
        assert_eq!(of("tool-one-y.exe"), "");
        assert_eq!(of("python4"), "");
        assert!(fits("*a*b*", "xaxbx"));
        assert!(!fits("ab*b", "ab"));
    }

    #[test]
    fn a_fix_that_replaces_the_roots_needs_the_bundle() {
        let mut tools = Tools::default();
        tools.extend(SAMPLE).unwrap();
        assert!(tools.by_id("general").unwrap().needs_bundle());
        assert!(!tools.by_id("special").unwrap().needs_bundle());
        assert_eq!(tools.extend(SAMPLE), Err(KnowledgeError::Duplicate("general".to_owned())));
    }
}
