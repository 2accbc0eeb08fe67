//! How busy the log is over time, for the charts of a page.

use serde::{Deserialize, Serialize};

use crate::analysis::Analysis;
use crate::event::{NO_NAME, NameId};
use crate::incident::Moment;
use crate::record::time::Timestamp;
use crate::timeline::activity::activity as count;
use crate::timeline::{TimeWindow, Timeline};

/// Counts in equal steps from `from` to `to`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    pub from: String,
    pub to: String,
    pub flows: Vec<u32>,
    /// Flows of a process to a host that it had contacted within the minute before.
    pub retries: Vec<u32>,
    /// Failures that the client tells of, and blocked flows.
    pub errors: Vec<u32>,
}

/// Which part of the log, and whose flows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityQuestion {
    /// As the report writes times; without it the log's own beginning or end.
    pub from: Option<String>,
    pub to: Option<String>,
    pub steps: u32,
    pub host: Option<String>,
    pub process: Option<String>,
}

/// More steps than a chart has columns tell nothing.
const MOST_STEPS: u32 = 2000;

/// `None` where the log has no time at all.
#[must_use]
pub fn activity(analysis: &Analysis, question: &ActivityQuestion) -> Option<Activity> {
    let timeline = &analysis.timeline;
    let span = timeline.coverage.span?;
    let from = question.from.as_deref().and_then(time).unwrap_or(span.from);
    let to = question.to.as_deref().and_then(time).unwrap_or(span.to).max(from);
    let only = match &question.host {
        // A host that the log does not know has no flows.
        Some(host) => {
            let process = question.process.as_deref().map(|name| number(timeline, name).unwrap_or(NO_NAME));
            Some((process, number(timeline, host)?))
        }
        None => None,
    };
    let counted = count(timeline, TimeWindow { from, to }, question.steps.min(MOST_STEPS) as usize, only);
    Some(Activity {
        from: from.to_string(),
        to: to.to_string(),
        flows: counted.flows,
        retries: counted.retries,
        errors: counted.errors,
    })
}

pub(super) fn time(text: &str) -> Option<Timestamp> {
    match Moment::parse(text) {
        Ok(Moment::Exact(at)) => Some(at),
        _ => None,
    }
}

fn number(timeline: &Timeline, name: &str) -> Option<NameId> {
    timeline.names.find(name.as_bytes())
}
