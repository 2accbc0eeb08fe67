//! The part of the report that tells the course of events.

use serde::{Deserialize, Serialize};

use super::Evidence;

/// What lasted and what happened, in time order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TimelineSummary {
    pub sessions: Vec<SessionSummary>,
    pub outages: Vec<OutageSummary>,
    pub steering: Vec<SteeringSummary>,
    pub events: Vec<EventSummary>,
    /// Events that are not listed, farthest from the incident.
    pub events_left_out: u64,
}

/// A tunnel from up to down on one gateway.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionSummary {
    pub from: String,
    /// Null if it was still up at the end of the log.
    pub to: Option<String>,
    /// `TLS` or `DTLS`.
    pub protocol: Option<String>,
    pub gateway: Option<String>,
    pub address: Option<String>,
    pub pop: Option<String>,
    /// As the client names the reason.
    pub ended_by: Option<String>,
    /// The reason as a sentence, where it is documented.
    pub ended_by_says: Option<String>,
    pub evidence: Vec<Evidence>,
}

/// A span without a tunnel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct OutageSummary {
    pub from: String,
    pub to: String,
    pub seconds: i64,
    pub context: Option<String>,
    /// The wording of its beginning is not a documented one.
    pub uncertain: bool,
    pub evidence: Vec<Evidence>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SteeringSummary {
    pub at: Option<String>,
    /// `remote`, `on-prem` or `N/A`.
    pub location: Option<String>,
    pub says: String,
    pub evidence: Vec<Evidence>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventSummary {
    pub at: String,
    /// Time of the last of several equal ones in a row.
    pub until: Option<String>,
    /// How many equal ones in a row.
    pub times: u64,
    pub kind: String,
    /// What it is about: `tunnel`, `client`, `configuration`, `network` or `private_access`.
    pub lane: String,
    pub says: String,
    pub evidence: Vec<Evidence>,
}
