//! Gives records their meaning: a record with a known message shape becomes a [`Flow`] or an [`Event`].
//!
//! Works on one member at a time, so that members can be read side by side; merging them is the business of `timeline`.
//! Stops at single records: what follows from several of them is decided later.

pub mod flow;
mod names;
mod unknown;

use std::collections::BTreeMap;

pub use flow::{Decision, Flow, Reason};
pub use names::{NO_NAME, NameId, Names};
use serde::{Deserialize, Serialize};
pub use unknown::UnknownMessages;

pub use crate::knowledge::event_kind::EventKind;
use crate::knowledge::shape::{Match, Shape, Shapes};
use crate::provenance::Provenance;
use crate::record::time::{MINUTE, Timestamp};
use crate::record::{Level, Record};

/// Everything that one member's records mean. As bytes it goes from one reader to another, closed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Events {
    pub names: Names,
    /// Flow lines in the order of the log.
    #[serde(with = "flow::packed")]
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
    #[serde(skip)]
    open: Open,
}

/// Counts of records that are entered in the tables of [`Events`] from time to time only: that happens once a minute of
/// the log, not once a record.
#[derive(Clone, Debug, Default)]
struct Open {
    minute: i64,
    records: u32,
    levels: [u64; Level::ALL.len()],
    shapes: Vec<u64>,
    /// The writer of the last record and its records.
    writer: (Vec<u8>, u64),
}

/// A catalogue of shapes with what each of them means.
pub struct Meanings<'k> {
    shapes: &'k Shapes,
    of_shape: Vec<Meaning>,
}

enum Meaning {
    Flow(flow::Plan),
    Event(EventKind),
    /// Known and without consequence.
    Context,
}

impl<'k> Meanings<'k> {
    #[must_use]
    pub fn of(shapes: &'k Shapes) -> Self {
        let meaning = |shape: &Shape| match shape.event {
            EventKind::Flow => Meaning::Flow(flow::Plan::of(shape)),
            EventKind::Context => Meaning::Context,
            kind => Meaning::Event(kind),
        };
        Self { shapes, of_shape: shapes.all().iter().map(meaning).collect() }
    }
}

/// A line that says something about the client, the tunnel or the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

    /// Adds what `record` means. Records come in the order of their member; [`Events::close`] follows the last one.
    pub fn interpret(&mut self, record: &Record<'_>, meanings: &Meanings<'_>) {
        self.count(record);
        match meanings.shapes.find(record.message) {
            Some(found) => {
                if self.open.shapes.len() <= found.index {
                    self.open.shapes.resize(meanings.of_shape.len(), 0);
                }
                self.open.shapes[found.index] += 1;
                match &meanings.of_shape[found.index] {
                    Meaning::Flow(plan) => self.flows.extend(plan.read(record, &found, &mut self.names)),
                    Meaning::Event(kind) => self.keep(record, *kind, &found),
                    Meaning::Context => {}
                }
            }
            None => self.unknown.add(record),
        }
    }

    /// Enters what is counted and gives back the room that was not needed; no record follows.
    pub fn close(&mut self) {
        self.enter_counts();
        self.flows.shrink_to_fit();
        self.events.shrink_to_fit();
    }

    /// Enters what is counted: what other readers found may be appended.
    pub fn enter_counts(&mut self) {
        self.enter_minute();
        self.enter_writer();
        let open = std::mem::take(&mut self.open);
        for (level, count) in Level::ALL.into_iter().zip(open.levels).filter(|(_, count)| *count > 0) {
            *self.levels.entry(level).or_default() += count;
        }
        for (shape, count) in open.shapes.into_iter().enumerate().filter(|(_, count)| *count > 0) {
            *self.shapes.entry(shape).or_default() += count;
        }
    }

    /// Adds what was found behind it in the same member. Names keep the order in which the log shows them.
    pub fn append(&mut self, later: Self) {
        let numbers = self.names.absorb(&later.names);
        self.flows.extend(later.flows.into_iter().map(|flow| flow.renumbered(&numbers)));
        self.events.extend(later.events);
        self.unknown.absorb(later.unknown);
        add_all(&mut self.minutes, later.minutes);
        add_all(&mut self.levels, later.levels);
        add_all(&mut self.shapes, later.shapes);
        add_all(&mut self.writers, later.writers);
    }

    /// Whether so much was met that something was left out, by the order in which it came.
    #[must_use]
    pub fn is_crowded(&self) -> bool {
        self.writers.len() >= WRITERS || self.unknown.is_crowded()
    }

    fn keep(&mut self, record: &Record<'_>, kind: EventKind, found: &Match<'_, '_>) {
        let mut fields: Vec<(String, String)> =
            found.fields().map(|(name, value)| (name.to_owned(), lossy(value))).collect();
        if kind.reads_continuation() && !record.continuation.is_empty() {
            let end = record.continuation.len().min(CONTINUATION_LIMIT);
            fields.push(("continuation".to_owned(), lossy(&record.continuation[..end])));
        }
        self.events.push(Event { at: record.at, kind, fields, provenance: record.provenance });
    }

    fn count(&mut self, record: &Record<'_>) {
        let minute = record.at.0.div_euclid(MINUTE);
        if minute != self.open.minute {
            self.enter_minute();
            self.open.minute = minute;
        }
        self.open.records += 1;
        self.open.levels[record.level as usize] += 1;
        if record.process != self.open.writer.0 {
            self.enter_writer();
            self.open.writer.0.extend_from_slice(record.process);
        }
        self.open.writer.1 += 1;
    }

    fn enter_minute(&mut self) {
        let records = std::mem::take(&mut self.open.records);
        if records > 0 {
            *self.minutes.entry(self.open.minute).or_default() += records;
        }
    }

    fn enter_writer(&mut self) {
        let (writer, records) = &mut self.open.writer;
        if *records > 0 {
            let name = lossy(writer);
            if self.writers.len() < WRITERS || self.writers.contains_key(&name) {
                *self.writers.entry(name).or_default() += *records;
            }
        }
        writer.clear();
        *records = 0;
    }
}

pub(crate) fn add_all<Key: Ord, Count: std::ops::AddAssign + Default>(
    into: &mut BTreeMap<Key, Count>,
    from: BTreeMap<Key, Count>,
) {
    for (key, count) in from {
        *into.entry(key).or_default() += count;
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
