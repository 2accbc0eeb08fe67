//! The report in the forms in which it is passed on. All of them say the same: each is written from one [`Document`].

mod answers;
mod document;
mod html;
mod markdown;
mod table;
mod text;

pub use answers::{answers_json, answers_text, triage_json, triage_text, what_if_json, what_if_text};
pub use document::{Block, Document, document};
pub use table::{FlowRow, flow_rows, flows_csv, flows_ndjson, suspects_csv};

use super::Report;
use crate::knowledge::texts::Texts;

/// JSON with stable field names, indented, with a line end.
#[must_use]
pub fn json(report: &Report) -> String {
    let mut text = serde_json::to_string_pretty(report).unwrap_or_default();
    text.push('\n');
    text
}

/// For a terminal.
#[must_use]
pub fn text(report: &Report, texts: &Texts) -> String {
    text::write(&document(report, texts))
}

/// For a ticket.
#[must_use]
pub fn markdown(report: &Report, texts: &Texts) -> String {
    markdown::write(&document(report, texts))
}

/// One file that needs nothing else.
#[must_use]
pub fn html(report: &Report, texts: &Texts) -> String {
    html::write(&document(report, texts), &report.language)
}
