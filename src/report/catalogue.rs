//! The message shapes in use, for whoever wants to add one.

use serde::{Deserialize, Serialize};

use crate::analysis::Analysis;
use crate::knowledge::Knowledge;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// In the order in which they are tried.
    pub messages: Vec<MessageShape>,
    pub vendor_rows: usize,
    pub tools: usize,
    pub error_texts: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageShape {
    pub name: String,
    /// What the message means.
    pub event: String,
    /// How well it is known: `R` seen with its header, `F` as a fragment, `P` in a parser, `V` in documentation.
    pub grade: String,
    pub sample: String,
    pub reference: String,
    /// Records of the log that have it.
    pub records: u64,
}

#[must_use]
pub fn catalogue(knowledge: &Knowledge, analysis: Option<&Analysis>) -> Catalogue {
    let records = |index: usize| analysis.and_then(|analysis| analysis.timeline.shapes.get(&index).copied());
    let messages = knowledge.shapes.all().iter().enumerate().map(|(index, shape)| MessageShape {
        name: shape.name.clone(),
        event: shape.event.name().to_owned(),
        grade: shape.grade.clone(),
        sample: shape.sample.clone(),
        reference: shape.reference.clone(),
        records: records(index).unwrap_or(0),
    });
    Catalogue {
        messages: messages.collect(),
        vendor_rows: knowledge.vendors.rows().len(),
        tools: knowledge.tools.rows().len(),
        error_texts: knowledge.errors.rows().len(),
    }
}
