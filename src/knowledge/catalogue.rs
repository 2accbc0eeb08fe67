//! What every catalogue of data files shares: the rules a row must keep, platforms, and how a process name is compared.
//!
//! A row that breaks a rule is refused with its id, so that somebody who adds files with `--knowledge` sees what to mend.

use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KnowledgeError {
    #[error("not a knowledge file of this kind: {0}")]
    Format(String),
    #[error("id `{0}` is taken")]
    Duplicate(String),
    #[error("`{id}`: {what}")]
    Row { id: String, what: &'static str },
    #[error("{file}: {what}")]
    File { file: String, what: String },
}

impl KnowledgeError {
    #[must_use]
    pub fn in_file(file: &str, what: impl std::fmt::Display) -> Self {
        Self::File { file: file.to_owned(), what: what.to_string() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    Windows,
    Macos,
    Linux,
    Ios,
    Android,
    Chromeos,
}

impl Platform {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Platform::Windows => "windows",
            Platform::Macos => "macos",
            Platform::Linux => "linux",
            Platform::Ios => "ios",
            Platform::Android => "android",
            Platform::Chromeos => "chromeos",
        }
    }
}

/// The name under which a process is compared: last part of a path, lower case, without `.exe`.
#[must_use]
pub fn process_key(process: &str) -> String {
    let name = process.rsplit(['/', '\\']).next().unwrap_or(process).trim().to_lowercase();
    match name.strip_suffix(".exe") {
        Some(stem) => stem.to_owned(),
        None => name,
    }
}

pub(super) fn parse<File: DeserializeOwned>(toml: &str) -> Result<File, KnowledgeError> {
    toml::from_str(toml).map_err(|error| KnowledgeError::Format(error.to_string()))
}

/// No two rows of a catalogue share an id.
pub(super) fn check_distinct<'id>(ids: impl Iterator<Item = &'id str>) -> Result<(), KnowledgeError> {
    let mut ids: Vec<&str> = ids.collect();
    ids.sort_unstable();
    match ids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(KnowledgeError::Duplicate(pair[0].to_owned())),
        None => Ok(()),
    }
}

pub(super) fn check_row(id: &str, references: &[String]) -> Result<(), KnowledgeError> {
    let refuse = |what| Err(KnowledgeError::Row { id: id.to_owned(), what });
    let snake_case = id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if id.is_empty() || !snake_case {
        return refuse("an id has lower-case letters, digits and underscores only");
    }
    if references.is_empty() {
        return refuse("a reference is missing");
    }
    let is_link = |text: &String| {
        let address = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        address.is_some_and(|address| address.contains('.') && !address.contains(char::is_whitespace))
    };
    if !references.iter().all(is_link) {
        return refuse("a reference is an http or https address");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_are_compared_without_path_case_and_exe() {
        assert_eq!(process_key("C:\\Tools\\Python.EXE"), "python");
        assert_eq!(process_key("/usr/bin/python3.11"), "python3.11");
        assert_eq!(process_key(" Google Chrome Helper "), "google chrome helper");
    }

    #[test]
    fn a_row_without_a_link_is_refused() {
        assert!(check_row("one", &["https://docs.example.com/page".to_owned()]).is_ok());
        assert!(check_row("one", &[]).is_err());
        assert!(check_row("one", &["docs.example.com".to_owned()]).is_err());
        assert!(check_row("One", &["https://docs.example.com/".to_owned()]).is_err());
    }
}
