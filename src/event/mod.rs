//! Gives records their meaning: a record with a known message shape becomes a [`Flow`] or an [`Event`].
//!
//! Works on one member at a time, so that members can be read side by side; merging them is the business of `timeline`.
//! Stops at single records: what follows from several of them is decided later.

pub mod flow;
mod kind;
mod names;
mod unknown;

use std::collections::BTreeMap;

pub use flow::{Decision, Flow, Reason};
pub use kind::EventKind;
pub use names::{NO_NAME, NameId, Names};
pub use unknown::UnknownMessages;

use crate::knowledge::shape::{Match, Shapes};
use crate::provenance::Provenance;
use crate::record::time::{MINUTE, Timestamp};
use crate::record::{Level, Record};

/// Everything that one member's records mean.
#[derive(Clone, Debug, Default)]
pub struct Events {
    pub names: Names,
    /// Flow lines in the order of the log.
    pub flows: Vec<Flow>,
    /// All other lines with a meaning, in the order of the log.
    pub events: Vec<Event>,
    /// Records of each minute of the device's clock that has any.
    pub minutes: BTreeMap<i64, u32>,
    pub levels: BTreeMap<Level, u64>,
    /// How many records had each shape, by its position in the catalogue.
    pub shapes: BTreeMap<usize, u64>,
    pub unknown: UnknownMessages,
    /// Records by the process column of the header, such as `stAgentSvc`.
    pub writers: BTreeMap<String, u64>,
    minute: (i64, u32),
}

/// A line that says something about the client, the tunnel or the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub at: Timestamp,
    pub kind: EventKind,
    pub fields: Vec<(String, String)>,
    pub provenance: Provenance,
}

impl Event {
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// The longest text of continuation lines that an event keeps.
const CONTINUATION_LIMIT: usize = 16 * 1024;

/// A log has a handful of writers; what comes after that is noise that must not grow without bound.
const WRITERS: usize = 64;

/// A log of flow lines alone has one in so many bytes.
const BYTES_A_FLOW: u64 = 160;
/// More is not believed beforehand.
const MOST_EXPECTED: u64 = 2 << 30;

impl Events {
    /// Makes room for a member that is said to have so many bytes. Room that stays empty costs no memory, but a table that
    /// grows step by step leaves its former places behind, and memory of WebAssembly never shrinks.
    pub fn expect(&mut self, bytes: u64) {
        let flows = (bytes.min(MOST_EXPECTED) / BYTES_A_FLOW) as usize;
        // Without it the table grows as any other.
        let _ = self.flows.try_reserve_exact(flows);
    }

    /// Adds what `record` means. Records come in the order of their member.
    pub fn interpret(&mut self, record: &Record<'_>, shapes: &Shapes) {
        self.count(record);
        match shapes.find(record.message) {
            Some(found) => {
                *self.shapes.entry(found.index).or_default() += 1;
                self.keep(record, &found);
            }
            None => self.unknown.add(record),
        }
    }

    fn finish(&mut self) {
        let (minute, count) = std::mem::take(&mut self.minute);
        if count > 0 {
            *self.minutes.entry(minute).or_default() += count;
        }
    }

    /// Gives back the room that was not needed; no record follows.
    pub fn close(&mut self) {
        self.finish();
        self.flows.shrink_to_fit();
        self.events.shrink_to_fit();
    }

    fn keep(&mut self, record: &Record<'_>, found: &Match<'_, '_>) {
        match EventKind::from_name(&found.shape.event) {
            Some(EventKind::Flow) => self.flows.extend(flow::read(record, found, &mut self.names)),
            Some(EventKind::Context) | None => {}
            Some(kind) => {
                let mut fields: Vec<(String, String)> =
                    found.fields().map(|(name, value)| (name.to_owned(), lossy(value))).collect();
                if kind.reads_continuation() && !record.continuation.is_empty() {
                    let end = record.continuation.len().min(CONTINUATION_LIMIT);
                    fields.push(("continuation".to_owned(), lossy(&record.continuation[..end])));
                }
                self.events.push(Event { at: record.at, kind, fields, provenance: record.provenance });
            }
        }
    }

    fn count(&mut self, record: &Record<'_>) {
        let minute = record.at.0.div_euclid(MINUTE);
        if minute != self.minute.0 {
            self.finish();
            self.minute.0 = minute;
        }
        self.minute.1 += 1;
        *self.levels.entry(record.level).or_default() += 1;
        if let Some(count) = self.writers.get_mut(std::str::from_utf8(record.process).unwrap_or_default()) {
            *count += 1;
        } else if self.writers.len() < WRITERS {
            self.writers.insert(lossy(record.process), 1);
        }
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
