//! Cuts text into records: one header, its message and the lines that continue it.
//!
//! Stops at the header's fields: what a message means is the business of `event`. Nothing is kept but one record and the
//! tallies, so a log of any length is read in the same memory.

mod evidence;
pub(crate) mod header;
mod ledger;
mod order;
mod reader;
mod repeat;
mod segment;
pub mod time;

pub use evidence::lines;
pub use ledger::{Filling, Ledger, Room};
pub use order::{Part, order};
pub use reader::{BACKWARDS, CONTINUATION_CAP, JUMPS, Jump, MESSAGE_CAP, Reader, SILENCE, Span, Tally, Unrecognised};
pub use repeat::{Repeat, Repeats, begin_alike};
pub use segment::{Segment, SegmentReading, SegmentVisitor, read_segments};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::bundle::{Bundle, Extent, Member, MemberKind, MemberVisitor};
use crate::notice::Notice;
use crate::provenance::{MemberId, Provenance};
use time::Timestamp;

/// One entry of a log. Borrowed from the reading buffer: a visitor keeps what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    pub at: Timestamp,
    pub process: &'a [u8],
    pub process_id: &'a [u8],
    pub thread_id: &'a [u8],
    pub level: Level,
    /// `tunnel.cpp` of `tunnel.cpp:878`; the number moves with each release.
    pub source_file: &'a [u8],
    pub source_line: u32,
    /// Tag and message up to the end of the first line, without line end and trailing blanks.
    pub message: &'a [u8],
    /// The lines that continue the record, joined by `\n`; empty for most.
    pub continuation: &'a [u8],
    pub provenance: Provenance,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    Critical,
    Error,
    Warning,
    Info,
    Debug,
    Unknown,
}

/// What reading one log gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberReading {
    pub member: MemberId,
    /// Decompressed bytes, in the member's own encoding.
    pub bytes: u64,
    pub tally: Tally,
    /// First and last time, levels, jumps of the clock.
    pub span: Span,
    pub read: Extent,
}

/// All logs of a bundle, in archive order; a later stage orders them by time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub members: Vec<MemberReading>,
    /// What the reader should know about the text; why a member was not read whole stands in its `read`.
    pub notices: Vec<Notice>,
}

impl Reading {
    /// Of logs of `bundle` that were read apart.
    #[must_use]
    pub fn of(bundle: &Bundle, members: Vec<MemberReading>) -> Self {
        let told = members.iter().filter_map(|reading| Some(notices(bundle.member(reading.member)?, reading)));
        Self { notices: told.flatten().collect(), members }
    }
}

/// How far the reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The member that is being read.
    pub member: MemberId,
    /// Decompressed bytes of it, and its records.
    pub member_bytes: u64,
    pub member_records: u64,
    /// Decompressed bytes of all members so far.
    pub bytes: u64,
    /// Decompressed bytes that the archive declares for all logs; `None` when it does not say. It may be wrong.
    pub expected_bytes: Option<u64>,
    /// Records so far, of all members.
    pub records: u64,
}

/// The logs of `bundle` that can be read. Of what is clearly no text or stands there twice, the bundle has told.
#[must_use]
pub fn logs(bundle: &Bundle) -> BTreeSet<MemberId> {
    let is_log = |member: &&Member| matches!(member.kind, MemberKind::ClientLog | MemberKind::PrivateAccessLog);
    bundle.members.iter().filter(is_log).map(|log| log.id).filter(|log| bundle.unread(*log).is_none()).collect()
}

/// Takes the records of a bundle, one member after the other.
pub trait Visitor {
    fn record(&mut self, member: &Member, record: Record<'_>);

    /// No more records of this member follow.
    fn end(&mut self, member: &Member, reading: &MemberReading) {
        let _ = (member, reading);
    }
}

/// [`read_with`] for those who need nothing but the records.
pub fn read(
    bundle: &mut Bundle,
    visit: &mut impl FnMut(&Member, Record<'_>),
    progress: &mut dyn FnMut(Progress),
) -> Reading {
    struct Each<'a, F>(&'a mut F);
    impl<F: FnMut(&Member, Record<'_>)> Visitor for Each<'_, F> {
        fn record(&mut self, member: &Member, record: Record<'_>) {
            (self.0)(member, record);
        }
    }
    read_with(bundle, &mut Each(visit), progress)
}

/// Hands every record of every client log and private access log of `bundle` to `visitor`, in archive order.
///
/// Left out are logs of which [`Bundle::unread`] says why: encrypted, binary, standing in the bundle twice. `progress` is called at each piece of text, about every 64 KiB.
/// Reading never fails: what is no record is counted, and what could not be read is told by `read` of its member.
pub fn read_with(bundle: &mut Bundle, visitor: &mut impl Visitor, progress: &mut dyn FnMut(Progress)) -> Reading {
    let logs = logs(bundle);
    let wanted = |member: &Member| logs.contains(&member.id);
    let expected_bytes =
        logs.iter().try_fold(0_u64, |sum, log| Some(sum.saturating_add(bundle.declared_length(*log)?)));
    let mut reading = Logs {
        visitor,
        progress,
        current: None,
        reading: Reading::default(),
        before: Progress {
            member: MemberId(0),
            member_bytes: 0,
            member_records: 0,
            bytes: 0,
            expected_bytes,
            records: 0,
        },
    };
    bundle.read_each(&wanted, &mut reading);
    reading.reading
}

struct Logs<'a, V> {
    visitor: &'a mut V,
    progress: &'a mut dyn FnMut(Progress),
    current: Option<(Reader, Span, u64)>,
    reading: Reading,
    /// The state before the current member.
    before: Progress,
}

impl<V: Visitor> MemberVisitor for Logs<'_, V> {
    fn bytes(&mut self, member: &Member, chunk: &[u8]) -> bool {
        let (reader, span, bytes) = self.current.get_or_insert_with(|| (Reader::new(member.id), Span::default(), 0));
        *bytes += chunk.len() as u64;
        let visitor = &mut *self.visitor;
        reader.push(chunk, &mut |record| {
            span.add(&record);
            visitor.record(member, record);
        });
        let records = reader.tally().records;
        (self.progress)(Progress {
            member: member.id,
            member_bytes: *bytes,
            member_records: records,
            bytes: self.before.bytes + *bytes,
            records: self.before.records + records,
            ..self.before
        });
        true
    }

    fn end(&mut self, member: &Member, extent: &Extent) {
        let (mut reader, mut span, bytes) =
            self.current.take().unwrap_or_else(|| (Reader::new(member.id), Span::default(), 0));
        let visitor = &mut *self.visitor;
        let tally = reader.finish(&mut |record| {
            span.add(&record);
            visitor.record(member, record);
        });
        self.before.bytes += bytes;
        self.before.records += tally.records;
        let read = MemberReading { member: member.id, bytes, tally, span, read: extent.clone() };
        self.reading.notices.extend(notices(member, &read));
        visitor.end(member, &read);
        self.reading.members.push(read);
    }
}

/// What an administrator should know about the text of one log.
fn notices(member: &Member, reading: &MemberReading) -> Vec<Notice> {
    let about = |id: &'static str| Notice::new(id).with("path", &member.path).in_member(member.id);
    let mut notices = Vec::new();
    if let Extent::Partly(notice) | Extent::Not(notice) = &reading.read {
        notices.push(notice.clone());
    }
    let tally = &reading.tally;
    if tally.records == 0 && reading.read == Extent::Whole {
        notices.push(about(if reading.bytes == 0 { "log_empty" } else { "log_without_records" }));
    } else if let Some(first) = tally.unrecognised.first() {
        notices.push(
            about("lines_unrecognised")
                .with("count", tally.unrecognised_lines)
                .with("lines", tally.lines)
                .with("sample", &first.text)
                .with("line", first.line)
                .at_line(first.line),
        );
    }
    if let Some(line) = tally.clipped_line {
        notices.push(about("text_clipped").with("bytes", tally.clipped_bytes).with("line", line).at_line(line));
    }
    let mut backwards = reading.span.jumps.iter().filter(|jump| jump.after < jump.before);
    if let Some(jump) = backwards.next() {
        notices.push(
            about("clock_set_back")
                .with("from", jump.before)
                .with("to", jump.after)
                .with("count", backwards.count() + 1)
                .with("line", jump.line)
                .at_line(jump.line),
        );
    }
    notices
}

impl Level {
    pub const ALL: [Self; 6] = [Self::Critical, Self::Error, Self::Warning, Self::Info, Self::Debug, Self::Unknown];

    /// As the report names it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Unknown => "unknown",
        }
    }
}
