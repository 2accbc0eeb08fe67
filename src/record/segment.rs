//! Cuts logs into segments that several readers can read side by side.
//!
//! A segment begins where a record begins, so the records of all segments in their order are those of the log, to the
//! letter. Stops at the cut: who reads a segment, and how what was found is joined, is the business of `analysis::share`.

use std::collections::BTreeSet;

use memchr::{memchr, memchr_iter, memrchr};

use super::header::{self, Calendar, Head};
use super::reader::{LINE_END_SOUGHT, Reader, Tally};
use super::{Record, Span};
use crate::bundle::{Bundle, Extent, Member, MemberVisitor, text};
use crate::provenance::MemberId;

/// Bytes of a segment: so few that it stays in a processor's cache, and so many that handing it over costs nothing.
const LENGTH: usize = 1 << 20;
/// A text without a record in so many bytes is read by one reader.
const LONGEST: usize = 64 << 20;
/// Lines before the end of a segment among which a record is looked for.
const LOOKED_BACK: usize = 512;
/// A reader's buffer stays small.
const PIECE: usize = 64 * 1024;

/// Consecutive lines of one log.
pub struct Segment {
    pub member: MemberId,
    /// Counted over all logs, from 0.
    pub number: usize,
    text: Vec<u8>,
    /// Lines of the log before it; `None` at the log's start, where the encoding is not known yet.
    before: Option<u32>,
}

impl Segment {
    /// Bytes of text.
    #[must_use]
    pub fn length(&self) -> usize {
        self.text.len()
    }

    /// Hands its records to `sink`.
    pub fn read(&self, sink: &mut impl FnMut(Record<'_>)) -> (Tally, Span) {
        let mut reader = match self.before {
            None => Reader::new(self.member),
            Some(lines) => Reader::inside(self.member, lines),
        };
        let mut span = Span::default();
        let mut each = |record: Record<'_>| {
            span.add(&record);
            sink(record);
        };
        for piece in self.text.chunks(PIECE) {
            reader.push(piece, &mut each);
        }
        (reader.finish(&mut each), span)
    }
}

/// One log that was cut.
pub struct Cut {
    pub member: MemberId,
    /// Decompressed bytes.
    pub bytes: u64,
    pub read: Extent,
}

/// Hands the segments of these `logs` to `give`, in the order of the logs, until it answers `false`. `None` if it did, and
/// where a log must be read by one reader: in another encoding than that of its bytes, or without records.
pub fn cut(
    bundle: &mut Bundle,
    logs: &BTreeSet<MemberId>,
    first: usize,
    give: &mut dyn FnMut(Segment) -> bool,
) -> Option<Vec<Cut>> {
    let mut cutter =
        Cutter { give, number: first, text: Vec::new(), before: None, bytes: 0, stopped: false, cuts: Vec::new() };
    bundle.read_each(&|member| logs.contains(&member.id), &mut cutter);
    (!cutter.stopped).then_some(cutter.cuts)
}

struct Cutter<'a> {
    give: &'a mut dyn FnMut(Segment) -> bool,
    number: usize,
    text: Vec<u8>,
    before: Option<u32>,
    bytes: u64,
    stopped: bool,
    cuts: Vec<Cut>,
}

impl MemberVisitor for Cutter<'_> {
    fn bytes(&mut self, member: &Member, chunk: &[u8]) -> bool {
        if !self.stopped {
            self.bytes += chunk.len() as u64;
            self.text.extend_from_slice(chunk);
            if self.text.len() >= LENGTH {
                self.cut(member.id);
            }
        }
        !self.stopped
    }

    fn end(&mut self, member: &Member, extent: &Extent) {
        if !self.text.is_empty() && !self.stopped {
            let text = std::mem::take(&mut self.text);
            self.give(member.id, text);
        }
        self.cuts.push(Cut { member: member.id, bytes: self.bytes, read: extent.clone() });
        (self.before, self.bytes) = (None, 0);
        self.text.clear();
    }
}

impl Cutter<'_> {
    fn cut(&mut self, member: MemberId) {
        let start = &self.text[..LINE_END_SOUGHT];
        if self.before.is_none() && (!text::is_plain(start) || memchr(b'\n', start).is_none()) {
            self.stopped = true;
            return;
        }
        let Some(end) = last_record(&self.text) else {
            self.stopped = self.text.len() >= LONGEST;
            return;
        };
        let mut rest = Vec::with_capacity(LENGTH + PIECE);
        rest.extend_from_slice(&self.text[end..]);
        self.text.truncate(end);
        let lines = memchr_iter(b'\n', &self.text).count() as u32;
        let text = std::mem::replace(&mut self.text, rest);
        let before = self.before.unwrap_or(0);
        self.give(member, text);
        self.before = Some(before.saturating_add(lines));
    }

    fn give(&mut self, member: MemberId, text: Vec<u8>) {
        let segment = Segment { member, number: self.number, text, before: self.before };
        self.number += 1;
        self.stopped |= !(self.give)(segment);
    }
}

/// Where the last record begins, if one is near.
fn last_record(text: &[u8]) -> Option<usize> {
    let mut calendar = Calendar::default();
    let (mut end, mut whole) = (text.len(), false);
    for _ in 0..LOOKED_BACK {
        let line_feed = memrchr(b'\n', &text[..end])?;
        if let Head::Record(_) = header::head(&text[line_feed + 1..end], whole, &mut calendar) {
            return Some(line_feed + 1);
        }
        (end, whole) = (line_feed, true);
    }
    None
}
