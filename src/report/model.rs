//! The report as both front ends show it: plain fields, finished sentences, every list in its final order.
//!
//! Field names are a published contract (`schema`): fields may be added, none renamed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use super::model_comparison::*;
pub use super::model_configuration::*;
pub use super::model_timeline::*;

pub const SCHEMA: u32 = 1;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub schema: u32,
    pub language: String,
    pub bundles: Vec<BundleSummary>,
    pub device: DeviceSummary,
    #[serde(default)]
    pub configuration: ConfigurationSummary,
    pub coverage: CoverageSummary,
    pub incident: IncidentSummary,
    pub findings: Vec<Finding>,
    /// How to take a better log on this device, where this one does not allow a judgement.
    #[serde(default)]
    pub collect_again: Vec<String>,
    /// What to check before any setting is changed, with what the log answers already.
    #[serde(default)]
    pub first_steps: Vec<FirstStep>,
    /// Of the first steps, those that the administrator ticked off.
    #[serde(default)]
    pub marks: BTreeSet<String>,
    #[serde(default)]
    pub timeline: TimelineSummary,
    /// Where a healthy log was given.
    #[serde(default)]
    pub baseline: Option<BaselineSummary>,
    /// Where a log taken after the change was given.
    #[serde(default)]
    pub verification: Option<Verification>,
    pub suspects: Vec<Suspect>,
    pub set_aside: Vec<SetAside>,
    pub suggestions: Vec<Suggestion>,
    /// Messages without a shape in the catalogue, most frequent first.
    #[serde(default)]
    pub unknown_messages: Vec<UnknownMessage>,
    pub notices: Vec<Notice>,
}

/// One check of the first steps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FirstStep {
    pub id: String,
    /// What to do or to ask, with the exact commands of this device and how to undo them.
    pub text: String,
    /// `open`, `answered_yes` or `answered_no`.
    pub state: String,
    /// What answers it, or why it is still open.
    pub why: String,
}

/// Records of one source file whose text differs in numbers only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UnknownMessage {
    pub source_file: String,
    /// The message with each word that holds a digit replaced by `*`.
    pub template: String,
    pub count: u64,
    /// The first of them.
    pub first: Evidence,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BundleSummary {
    pub name: String,
    pub members: Vec<MemberSummary>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MemberSummary {
    pub path: String,
    /// `client_log`, `private_access_log`, `other_log`, `configuration`, `diagnostic_text`, `capture`, `secret`, `other`.
    pub kind: String,
    pub records: u64,
    /// Lines that are no part of any record, kept and counted.
    pub unrecognised_lines: u64,
    pub first: Option<String>,
    pub last: Option<String>,
    /// `whole`, `partly` or `not`.
    pub read: String,
    pub why: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DeviceSummary {
    pub platform: Option<String>,
    pub client_version: Option<String>,
    pub os: Option<String>,
    pub steering_configuration: Option<String>,
    pub traffic_mode: Option<String>,
    pub tunnel_protocol: Option<String>,
    pub gateway: Option<String>,
    pub pop: Option<String>,
    #[serde(default)]
    pub gateway_address: Option<String>,
    /// As the client's Configuration window names it.
    #[serde(default)]
    pub organization: Option<String>,
    #[serde(default)]
    pub client_configuration: Option<String>,
    /// Managed or not, or a class of the tenant's own.
    #[serde(default)]
    pub device_classification: Option<String>,
    #[serde(default)]
    pub private_access: Option<String>,
    #[serde(default)]
    pub private_access_gateway: Option<String>,
    /// `remote`, `on-prem`, `N/A`, or what `nsdiag -f` says.
    #[serde(default)]
    pub on_premises_check: Option<String>,
    /// When the configuration was fetched last, as far as the log goes.
    #[serde(default)]
    pub configuration_updated: Option<String>,
    /// `updated` or `failed`.
    #[serde(default)]
    pub configuration_status: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CoverageSummary {
    pub first: Option<String>,
    pub last: Option<String>,
    pub gaps: Vec<Span>,
    /// Every day that has records, in order.
    #[serde(default)]
    pub days: Vec<DaySummary>,
    /// The level at which the log was taken, as far as its records tell: `debug`, `info`, `warning`, `error`, `critical`.
    pub level: Option<String>,
    /// `ok` or `cannot_judge`.
    pub judgement: String,
    pub reasons: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DaySummary {
    /// `2025-11-06`, by the device's own clock.
    pub date: String,
    pub records: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Span {
    pub from: String,
    pub to: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IncidentSummary {
    pub from: Option<String>,
    pub to: Option<String>,
    /// `given`, `inferred` or `none`.
    pub source: String,
    pub hints: Vec<String>,
    /// Where no time was given: spans that may be meant, the most likely first. The report is about the first.
    #[serde(default)]
    pub candidate_moments: Vec<CandidateMoment>,
}

/// One line of a log that a statement rests on. `text` is the line as the log has it, filled where it could be fetched.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    pub member: String,
    pub line: u32,
    pub text: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub id: String,
    /// `error`, `warning` or `note`.
    pub severity: String,
    pub title: String,
    pub detail: String,
    /// What to do about it.
    pub next_step: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub evidence: Vec<Evidence>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Suspect {
    pub rank: u32,
    pub host: String,
    pub registrable_domain: Option<String>,
    pub process: Option<String>,
    /// The service the host is known for, from the vendor catalogue.
    pub service: Option<String>,
    pub score: f64,
    /// `strong`, `likely` or `weak`.
    pub confidence: String,
    /// What the confidence means, as a sentence.
    pub confidence_says: String,
    pub onset: String,
    pub flows_in_window: u64,
    pub flows_outside: u64,
    /// What the bundle's configuration says about the host, as sentences.
    #[serde(default)]
    pub configured: Vec<String>,
    pub signals: Vec<Signal>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    pub id: String,
    /// Added to the score; the points of a suspect add up to it.
    pub points: f64,
    pub says: String,
    pub evidence: Vec<Evidence>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SetAside {
    pub host: String,
    pub process: Option<String>,
    pub reason: String,
    /// The reason as a sentence.
    pub says: String,
    pub flows: u64,
    /// What the bundle's configuration says about the host, as sentences.
    #[serde(default)]
    pub configured: Vec<String>,
    pub evidence: Vec<Evidence>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    pub rank: u32,
    pub remedy: String,
    pub title: String,
    /// Ranks of the suspects that it frees.
    pub suspects: Vec<u32>,
    pub process: Option<String>,
    pub platforms: Vec<String>,
    /// What the administrator types, one entry a string, in the syntax of the setting.
    pub entries: Vec<String>,
    /// The entries as the console's field takes them, comma-separated.
    pub paste: String,
    /// The same by a documented REST call, where there is one.
    #[serde(default)]
    pub automation: Option<Automation>,
    pub loses: String,
    pub try_first: bool,
    pub also_frees: Vec<String>,
    pub console: Option<String>,
    pub steps: Vec<String>,
    pub warnings: Vec<String>,
    pub reference: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    pub id: String,
    pub text: String,
    pub member: Option<String>,
    pub line: Option<u32>,
}
