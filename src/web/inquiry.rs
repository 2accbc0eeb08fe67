//! What the page asks its worker beside the report: each question gets one answer, found by its ticket.

use serde::{Deserialize, Serialize};

use super::incident_words::IncidentWords;
use crate::advice::what_if::WhatIf;
use crate::report::catalogue::Catalogue;
use crate::report::flow_list::{FacetCounts, FlowQuestion, FlowRow};
use crate::report::log_list::{LogPlace, LogQuestion, LogRow, LogSelection};
use crate::report::lookup::{Answer as Meaning, MessageTriage};
use crate::report::redact::Replacement;
use crate::report::{Activity, ActivityQuestion};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Inquiry {
    /// What a pasted text means.
    Lookup { text: String, language: String },
    /// What a file of messages talks about.
    TriageMessages { text: String, language: String },
    /// The message shapes in use.
    Catalogue,
    /// More knowledge, by file name and text; replaces what was added before. What is open is to be read again.
    Extend { files: Vec<(String, String)> },
    /// What the entries would do to the log.
    WhatIf { entries: Vec<String>, incident: IncidentWords, language: String },
    /// How busy the log is.
    Activity(ActivityQuestion),
    /// What a redaction of the report would replace.
    Redaction,
    /// Selects flows and gives the first rows.
    Flows { question: FlowQuestion, count: u32 },
    /// More rows of the flows selected last.
    FlowRows { first: u32, count: u32 },
    /// Selects lines of the logs, which takes steps: answered by `LogUnderway` or `Log`.
    Log(LogQuestion),
    /// The next step of that.
    LogFurther,
    /// Some of the lines selected last.
    LogRows { first: u32, count: u32 },
    /// Where among them something stands.
    LogPosition(LogPlace),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    Lookup(Vec<Meaning>),
    Triage(MessageTriage),
    Catalogue(Catalogue),
    /// Which files could not be added, and why.
    Extended {
        refused: Vec<(String, String)>,
    },
    WhatIf(WhatIfAnswer),
    /// `None` where the log has no time at all.
    Activity(Option<Activity>),
    Redaction(Vec<Replacement>),
    Flows {
        total: u32,
        facets: Vec<FacetCounts>,
        rows: Vec<FlowRow>,
    },
    FlowRows {
        first: u32,
        rows: Vec<FlowRow>,
    },
    LogUnderway(LogStep),
    Log(LogSelection),
    LogRows {
        first: u32,
        rows: Vec<LogRow>,
    },
    LogPosition(Option<u32>),
    /// It cannot be answered, and why.
    Refused(String),
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WhatIfAnswer {
    /// Entries that no field of the console would accept, one sentence each.
    pub refused: Vec<String>,
    /// What the others would do; nothing without any.
    pub changes: Option<WhatIf>,
}

/// How far a selection of lines is: logs that were read, or pieces of text that were searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogStep {
    pub searching: bool,
    pub done: usize,
    pub of: usize,
}
