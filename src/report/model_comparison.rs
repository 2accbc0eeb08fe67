//! What other logs add to the report: moments of the same log, a healthy one as baseline, one taken after the change.

use serde::{Deserialize, Serialize};

use super::model::Evidence;

/// A span in which something may have broken, where nobody says when.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CandidateMoment {
    pub from: String,
    pub to: String,
    pub host: String,
    pub process: Option<String>,
    /// What stands out there, as a sentence.
    pub why: String,
}

/// How this log differs from one that was taken while things worked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BaselineSummary {
    /// Name of the bundle.
    pub name: String,
    pub first: Option<String>,
    pub last: Option<String>,
    pub differences: Vec<Difference>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// `client_version`, `os`, `steering_configuration`, `traffic_mode`, `exceptions_missing`, `exceptions_added`,
    /// `no_longer_excepted`, `new_hosts`, `new_processes`, `none`.
    pub id: String,
    pub text: String,
}

/// What a log that was taken after the change shows of the suspects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    /// Name of the later bundle.
    pub name: String,
    /// What of it counts: from the end of the earlier log to its own.
    pub from: Option<String>,
    pub to: Option<String>,
    /// The answer in one sentence.
    pub says: String,
    pub suspects: Vec<VerifiedSuspect>,
    /// New entries that did nothing for the suspects and can be removed.
    pub unneeded: Vec<UnneededEntry>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VerifiedSuspect {
    /// Of the suspect in the earlier log.
    pub rank: u32,
    pub host: String,
    pub process: Option<String>,
    /// `bypassed`, `undecrypted`, `calm`, `still_retrying`, `still_refused`, `blocked` or `not_seen`.
    pub state: String,
    pub says: String,
    /// What to do or to try next.
    pub next: String,
    /// Connections since the change.
    pub flows: u64,
    pub evidence: Vec<Evidence>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UnneededEntry {
    pub entry: String,
    /// Name of the certificate-pinned app that holds it.
    pub app: Option<String>,
    /// `never_hit`, `no_suspect` or `doubled`.
    pub reason: String,
    pub says: String,
}

/// A documented REST call that enters the hosts of a suggestion into a URL list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Automation {
    /// Method and path, below the tenant's address.
    pub call: String,
    /// JSON.
    pub body: String,
    /// The call that puts the change into force.
    pub deploy: String,
    /// What must be set up once by hand for it to work.
    pub says: String,
}
