//! Messages that no shape knows, grouped by source file and by their text with the numbers taken out.
//!
//! Counted and kept with an example, so that a reader can add a shape; bounded, so that noise cannot fill the memory.

use std::collections::BTreeMap;

use memchr::memchr;
use serde::{Deserialize, Serialize};

use crate::provenance::Provenance;
use crate::record::Record;

/// Different templates that are told apart; records beyond that are counted together.
const TEMPLATE_LIMIT: usize = 4096;
/// Longest template, in bytes of the message.
const TEMPLATE_LENGTH: usize = 160;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct UnknownMessages {
    /// By source file, [`BETWEEN`] and message template.
    templates: BTreeMap<Box<[u8]>, Unknown>,
    /// Records of templates beyond the limit.
    pub further: u64,
    /// Room for the next key.
    #[serde(skip)]
    key: Vec<u8>,
}

/// Stands in no source file: blanks end it.
const BETWEEN: u8 = b' ';

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    pub count: u64,
    pub first: Provenance,
}

impl UnknownMessages {
    pub(super) fn add(&mut self, record: &Record<'_>) {
        let mut key = std::mem::take(&mut self.key);
        key.clear();
        key.extend_from_slice(record.source_file);
        key.push(BETWEEN);
        template(record.message, &mut key);
        self.insert(&key, Unknown { count: 1, first: record.provenance });
        self.key = key;
    }

    pub fn absorb(&mut self, other: Self) {
        self.further += other.further;
        for (key, unknown) in other.templates {
            self.insert(&key, unknown);
        }
    }

    #[must_use]
    pub(super) fn is_crowded(&self) -> bool {
        self.templates.len() >= TEMPLATE_LIMIT
    }

    #[must_use]
    pub fn records(&self) -> u64 {
        self.templates.values().map(|unknown| unknown.count).sum::<u64>() + self.further
    }

    /// Source file, template and count, most frequent first.
    #[must_use]
    pub fn most_frequent(&self) -> Vec<(String, String, Unknown)> {
        let mut rows: Vec<_> = self
            .templates
            .iter()
            .map(|(key, unknown)| {
                let (file, template) = key.split_at(memchr(BETWEEN, key).unwrap_or(key.len()));
                let template = template.get(1..).unwrap_or_default();
                (String::from_utf8_lossy(file).into_owned(), String::from_utf8_lossy(template).into_owned(), *unknown)
            })
            .collect();
        rows.sort_by(|a, b| b.2.count.cmp(&a.2.count).then_with(|| (&a.0, &a.1).cmp(&(&b.0, &b.1))));
        rows
    }

    fn insert(&mut self, key: &[u8], unknown: Unknown) {
        if let Some(known) = self.templates.get_mut(key) {
            known.count += unknown.count;
            known.first = known.first.min(unknown.first);
        } else if self.templates.len() < TEMPLATE_LIMIT {
            self.templates.insert(key.into(), unknown);
        } else {
            self.further += unknown.count;
        }
    }
}

/// Appends the message with each word that holds a digit replaced by `*`.
fn template(message: &[u8], template: &mut Vec<u8>) {
    let message = &message[..message.len().min(TEMPLATE_LENGTH)];
    for (number, word) in message.split(|byte| *byte == b' ').enumerate() {
        if number > 0 {
            template.push(b' ');
        }
        if word.iter().any(u8::is_ascii_digit) {
            template.push(b'*');
        } else {
            template.extend_from_slice(word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::template;

    #[test]
    fn templates_hide_what_varies() {
        let mut found = Vec::new();
        template(b"session 12 of 192.0.2.1 closed", &mut found);
        assert_eq!(found, b"session * of * closed");
    }
}
