//! The settings that can free a host, with what each gives up and what its console field accepts.

use serde::Deserialize;

use super::catalogue::{KnowledgeError, check_row, parse};

/// In order of loss.
#[derive(Clone, Debug, Default)]
pub struct Remedies {
    rows: Vec<RemedyRow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemedyRow {
    pub id: Remedy,
    /// 0 loses nothing; a higher number loses more.
    pub loss: u8,
    pub syntax: HostSyntax,
    /// Path in the console's menu.
    pub console: Option<String>,
    pub reference: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    TrustNetskopeCa,
    DoNotDecrypt,
    PinnedAppException,
    DomainException,
    /// No setting: a finding explains the incident.
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum HostSyntax {
    #[serde(rename = "none")]
    None,
    #[serde(rename = "leading wildcard")]
    LeadingWildcard,
    #[serde(rename = "parent domain")]
    ParentDomain,
}

impl Remedy {
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        let all =
            [Self::TrustNetskopeCa, Self::DoNotDecrypt, Self::PinnedAppException, Self::DomainException, Self::None];
        all.into_iter().find(|remedy| remedy.id() == id)
    }

    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::TrustNetskopeCa => "trust_netskope_ca",
            Self::DoNotDecrypt => "do_not_decrypt",
            Self::PinnedAppException => "pinned_app_exception",
            Self::DomainException => "domain_exception",
            Self::None => "none",
        }
    }
}

impl Remedies {
    pub fn built_in() -> Result<Self, KnowledgeError> {
        #[derive(Deserialize)]
        struct File {
            remedy: Vec<RemedyRow>,
        }
        let mut rows = parse::<File>(include_str!("remedies.toml"))?.remedy;
        for row in &rows {
            check_row(row.id.id(), std::slice::from_ref(&row.reference))?;
        }
        rows.sort_by_key(|row| row.loss);
        Ok(Self { rows })
    }

    #[must_use]
    pub fn all(&self) -> &[RemedyRow] {
        &self.rows
    }

    #[must_use]
    pub fn of(&self, remedy: Remedy) -> Option<&RemedyRow> {
        self.rows.iter().find(|row| row.id == remedy)
    }
}
