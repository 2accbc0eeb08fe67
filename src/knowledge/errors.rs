//! Error texts, states and codes that an administrator meets in the console, in a client log or in an integration, each with cause and remedy.
//!
//! Holds what is known; finding the rows for a pasted text is the business of `report::lookup`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::catalogue::{KnowledgeError, check_distinct, check_row, parse};
use crate::language::Bilingual;

const FILES: &[&str] = &[
    include_str!("errors/client_log.toml"),
    include_str!("errors/client_status.toml"),
    include_str!("errors/console.toml"),
    include_str!("errors/curl.toml"),
    include_str!("errors/errno.toml"),
    include_str!("errors/openssl.toml"),
    include_str!("errors/sockets.toml"),
    include_str!("errors/sophos.toml"),
    include_str!("errors/tools.toml"),
    include_str!("errors/tray.toml"),
    include_str!("errors/tunnel_states.toml"),
];

/// Family of the client status events.
pub const CLIENT_STATUS: &str = "client_status";

#[derive(Clone, Debug, Default)]
pub struct Errors {
    rows: Vec<ErrorRow>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorRow {
    pub id: String,
    pub family: String,
    /// The product whose integration shows the message; missing for what every integration of the family may show.
    pub integration: Option<String>,
    /// What the user sees. `finish time` and `{name}` stand for something short that varies.
    pub title: Bilingual,
    /// Other wordings under which it is met.
    pub says: Vec<String>,
    /// Numbers under which it is met, several where platforms differ.
    pub codes: Vec<String>,
    pub code_words: CodeWords,
    pub cause: Bilingual,
    pub remedy: Bilingual,
    /// Who caused a client status event, and what the client is afterwards.
    pub actor: Option<String>,
    pub status: Option<String>,
    /// Why a client status event leaves the client off, where that explains a fault; names `finding.client_disabled.<…>`.
    pub off_because: Option<String>,
    /// Ids of tools whose fix is a remedy too.
    pub tools: Vec<String>,
    /// What to know about every message of the family.
    pub hint: Option<Bilingual>,
    /// What no source confirmed; shown wherever the row is shown.
    pub unverified: Option<Bilingual>,
    pub references: Vec<String>,
}

/// What must stand before a number, so that it is read as a code of this kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeWords {
    /// Words that settle the kind (`curl`, `verify`), close before the number.
    #[serde(default)]
    pub strong: Vec<String>,
    /// Words that many kinds share (`code`, `err`), directly before the number, heeded when no strong word decides.
    #[serde(default)]
    pub weak: Vec<String>,
    /// A number of five digits or more needs no word.
    #[serde(default)]
    pub long_alone: bool,
}

impl Errors {
    /// The catalogue that ships with the program.
    pub fn built_in() -> Result<Self, KnowledgeError> {
        let mut errors = Self::default();
        for toml in FILES {
            errors.extend(toml)?;
        }
        Ok(errors)
    }

    /// Adds the rows of one file in the built-in format; with an error nothing is added.
    pub fn extend(&mut self, toml: &str) -> Result<(), KnowledgeError> {
        let rows = read_rows(parse(toml)?)?;
        check_distinct(self.rows.iter().chain(&rows).map(|row| row.id.as_str()))?;
        self.rows.extend(rows);
        Ok(())
    }

    #[must_use]
    pub fn rows(&self) -> &[ErrorRow] {
        &self.rows
    }

    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&ErrorRow> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// The row of a number within a family, such as `of_code("curl", "60")`.
    #[must_use]
    pub fn of_code(&self, family: &str, code: &str) -> Option<&ErrorRow> {
        self.rows.iter().find(|row| row.family == family && row.codes.iter().any(|own| own == code))
    }

    /// The row of a client status event by its English name, as logs and the console show it, another wording or its number.
    #[must_use]
    pub fn client_event(&self, name: &str) -> Option<&ErrorRow> {
        let name = name.trim();
        let events = || self.rows.iter().filter(|row| row.family == CLIENT_STATUS);
        let is_named = |own: &String| own.eq_ignore_ascii_case(name);
        events()
            .find(|row| is_named(&row.title.english))
            .or_else(|| events().find(|row| row.says.iter().any(is_named) || row.codes.iter().any(|code| code == name)))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    family: String,
    references: Vec<String>,
    #[serde(default)]
    code_words: CodeWords,
    /// Family → what to know about each of its messages.
    #[serde(default)]
    hint: BTreeMap<String, Bilingual>,
    unverified: Option<Bilingual>,
    error: Vec<WrittenRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRow {
    id: String,
    family: Option<String>,
    integration: Option<String>,
    title: Bilingual,
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    codes: Vec<String>,
    cause: Bilingual,
    remedy: Bilingual,
    actor: Option<String>,
    status: Option<String>,
    off_because: Option<String>,
    #[serde(default)]
    tools: Vec<String>,
    unverified: Option<Bilingual>,
    references: Option<Vec<String>>,
}

fn read_rows(file: File) -> Result<Vec<ErrorRow>, KnowledgeError> {
    let mut rows = Vec::new();
    for row in file.error {
        let references = row.references.unwrap_or_else(|| file.references.clone());
        check_row(&row.id, &references)?;
        if [&row.title, &row.cause, &row.remedy].into_iter().any(Bilingual::is_empty) {
            return Err(KnowledgeError::Row { id: row.id, what: "title, cause or remedy is empty" });
        }
        let family = row.family.unwrap_or_else(|| file.family.clone());
        rows.push(ErrorRow {
            id: row.id,
            hint: file.hint.get(&family).cloned(),
            family,
            integration: row.integration,
            title: row.title,
            says: row.says,
            codes: row.codes,
            code_words: file.code_words.clone(),
            cause: row.cause,
            remedy: row.remedy,
            actor: row.actor,
            status: row.status,
            off_because: row.off_because,
            tools: row.tools,
            unverified: row.unverified.or_else(|| file.unverified.clone()),
            references,
        });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = r#"
        family = "client_status"
        references = ["https://docs.example.com/"]
        [[error]]
        id = "up"
        codes = ["1"]
        title = { en = "Tunnel Up", ja = "Tunnel Up(確立)" }
        cause = { en = "it is up", ja = "確立した" }
        remedy = { en = "none", ja = "なし" }
    "#;

    #[test]
    fn events_are_found_by_name_and_code() {
        let mut errors = Errors::default();
        errors.extend(SAMPLE).unwrap();
        assert_eq!(errors.client_event("tunnel up").unwrap().id, "up");
        assert_eq!(errors.of_code(CLIENT_STATUS, "1").unwrap().id, "up");
        assert_eq!(errors.of_code("curl", "1"), None);
        assert_eq!(errors.extend(SAMPLE), Err(KnowledgeError::Duplicate("up".to_owned())));
    }
}
