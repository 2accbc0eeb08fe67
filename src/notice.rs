//! What the reader should know about the input: something skipped, cut off, repaired or not understood.
//!
//! A notice holds no sentence: `id` names the text `notice.<id>` of the locale files, `arguments` fill its placeholders.

use crate::provenance::MemberId;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub id: &'static str,
    pub arguments: Vec<(&'static str, String)>,
    pub member: Option<MemberId>,
    pub line: Option<u32>,
}

impl Notice {
    #[must_use]
    pub fn new(id: &'static str) -> Self {
        Self { id, arguments: Vec::new(), member: None, line: None }
    }

    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "numbers and text are handed over as they are")]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arguments.push((name, value.to_string()));
        self
    }

    #[must_use]
    pub fn in_member(mut self, member: MemberId) -> Self {
        self.member = Some(member);
        self
    }

    #[must_use]
    pub fn at_line(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }
}
