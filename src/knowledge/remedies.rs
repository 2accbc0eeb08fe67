//! The settings that can free a host, with what each gives up and what its console field accepts.

use serde::Deserialize;

use super::catalogue::{KnowledgeError, Platform, check_row, parse};

/// In order of loss.
#[derive(Clone, Debug, Default)]
pub struct Remedies {
    rows: Vec<RemedyRow>,
    clients: Vec<ClientRow>,
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

/// What applying a setting differs in on some platforms.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientRow {
    pub platforms: Vec<Platform>,
    /// A certificate-pinned app is known by its process; else its entry acts as a domain exception.
    pub matches_process: bool,
    /// Keys of sentences, in their order.
    pub pinned_app_steps: Vec<String>,
    pub pinned_app_warnings: Vec<String>,
    /// Key of the sentence that tells how the client fetches the change at once.
    pub refresh: String,
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
            client: Vec<ClientRow>,
        }
        let File { remedy: mut rows, client: clients } = parse(include_str!("remedies.toml"))?;
        for row in &rows {
            check_row(row.id.id(), std::slice::from_ref(&row.reference))?;
        }
        for row in &clients {
            let first = row.platforms.first().map_or("", |platform| platform.id());
            check_row(first, std::slice::from_ref(&row.reference))?;
        }
        rows.sort_by_key(|row| row.loss);
        Ok(Self { rows, clients })
    }

    #[must_use]
    pub fn all(&self) -> &[RemedyRow] {
        &self.rows
    }

    #[must_use]
    pub fn clients(&self) -> &[ClientRow] {
        &self.clients
    }

    /// The row of a platform; the first where the log does not tell it.
    #[must_use]
    pub fn client(&self, platform: Option<Platform>) -> Option<&ClientRow> {
        let of = |platform: Platform| self.clients.iter().find(|row| row.platforms.contains(&platform));
        platform.map_or(self.clients.first(), of)
    }

    #[must_use]
    pub fn of(&self, remedy: Remedy) -> Option<&RemedyRow> {
        self.rows.iter().find(|row| row.id == remedy)
    }
}
