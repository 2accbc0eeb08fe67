//! The reader of one member: chunks of bytes in, records out, the same records however the bytes are cut.
//!
//! It holds one record and a few hundred undecided bytes, whatever the length of the log or of a line. Stops at the
//! record: which members are read, and in which order, is decided in `record`.

use memchr::{memchr, memchr2};
use serde::{Deserialize, Serialize};

use super::header::{self, Calendar, Head, Header, LONGEST};
use super::time::Timestamp;
use super::{Level, Record};
use crate::bundle::text::{self, Text};
use crate::provenance::{MemberId, Provenance};

/// Bytes kept of one message. The longest seen is a dump that the client itself cuts at about 4062 characters.
pub const MESSAGE_CAP: usize = 64 * 1024;
/// Bytes kept of the lines that continue one record.
pub const CONTINUATION_CAP: usize = 256 * 1024;
/// Text without a line feed that is looked at before it is settled what ends a line.
pub(super) const LINE_END_SOUGHT: usize = 16 * 1024;
/// Lines kept as a sample of those that belong to no record, and the bytes shown of each.
const SAMPLES: usize = 3;
const SAMPLE_LENGTH: usize = 160;

/// A line that belongs to no record: before the first one, or with a time stamp and an unknown header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unrecognised {
    /// Counted from 1.
    pub line: u32,
    /// Its start, safe to show.
    pub text: String,
}

impl Tally {
    /// Adds what was met behind it, in the same member.
    pub(crate) fn append(&mut self, later: Self) {
        self.lines = later.lines;
        self.records += later.records;
        self.unrecognised_lines = self.unrecognised_lines.saturating_add(later.unrecognised_lines);
        self.unrecognised.extend(later.unrecognised);
        self.unrecognised.truncate(SAMPLES);
        self.clipped_bytes += later.clipped_bytes;
        self.clipped_line = self.clipped_line.or(later.clipped_line);
    }
}

/// What a [`Reader`] has met so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Physical lines, the last one also without a line end.
    pub lines: u32,
    pub records: u64,
    /// Lines that belong to no record; blank lines are not counted.
    pub unrecognised_lines: u32,
    /// The first of them.
    pub unrecognised: Vec<Unrecognised>,
    /// Bytes left out of messages and continuations that are longer than [`MESSAGE_CAP`] and [`CONTINUATION_CAP`].
    pub clipped_bytes: u64,
    /// The record in which bytes were first left out.
    pub clipped_line: Option<u32>,
}

pub struct Reader {
    member: MemberId,
    text: Text,
    /// Text not yet taken: the last line so far, or less of it than a header may need.
    buffer: Vec<u8>,
    line_end: LineEnd,
    /// The first part of the present line was taken already.
    inside_line: bool,
    /// Bytes of the next piece that belong to a header already read.
    header_rest: usize,
    calendar: Calendar,
    pending: Pending,
    tally: Tally,
}

/// What ends a line: a line feed, and in a text that begins without any, as old programs write it, also a carriage return.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LineEnd {
    Unsettled,
    LineFeed,
    CarriageReturn,
}

/// The record whose end is not known yet.
#[derive(Default)]
struct Pending {
    header: Option<Header>,
    line: u32,
    /// Header and message.
    head: Vec<u8>,
    /// The lines after it, each with a line feed before it.
    continuation: Vec<u8>,
    /// The present line continues the record, and its line feed has been set.
    continuing: bool,
    clipped: u64,
}

impl Reader {
    #[must_use]
    pub fn new(member: MemberId) -> Self {
        Self {
            member,
            text: Text::default(),
            buffer: Vec::new(),
            line_end: LineEnd::Unsettled,
            inside_line: false,
            header_rest: 0,
            calendar: Calendar::default(),
            pending: Pending::default(),
            tally: Tally::default(),
        }
    }

    /// Reads on from the start of a line, behind so many lines of the member.
    pub(super) fn inside(member: MemberId, lines: u32) -> Self {
        let tally = Tally { lines, ..Tally::default() };
        Self { text: Text::plain(), line_end: LineEnd::LineFeed, tally, ..Self::new(member) }
    }

    /// Takes the next bytes of the member and hands every record that is complete by now to `sink`.
    pub fn push(&mut self, chunk: &[u8], sink: &mut impl FnMut(Record<'_>)) {
        self.push_raw(chunk, &mut |record, _| sink(record));
    }

    /// As [`Reader::push`], and the sink also gets everything of the record's first line before its message.
    pub(super) fn push_raw(&mut self, chunk: &[u8], sink: &mut impl FnMut(Record<'_>, &[u8])) {
        self.text.push(chunk, &mut self.buffer);
        self.take(false, sink);
    }

    /// Hands the last record to `sink`. To be called once, after the last chunk.
    pub fn finish(&mut self, sink: &mut impl FnMut(Record<'_>)) -> Tally {
        self.finish_raw(&mut |record, _| sink(record))
    }

    pub(super) fn finish_raw(&mut self, sink: &mut impl FnMut(Record<'_>, &[u8])) -> Tally {
        self.text.finish(&mut self.buffer);
        self.take(true, sink);
        self.emit(sink);
        std::mem::take(&mut self.tally)
    }

    /// The line of the record whose end is not known yet.
    pub(super) fn open_line(&self) -> Option<u32> {
        self.pending.header.is_some().then_some(self.pending.line)
    }

    /// Whether the text goes on as its bytes are, with line feeds: another reader may go on [`Reader::inside`] of it.
    pub(super) fn may_be_left(&self) -> bool {
        self.text.is_plain() && self.line_end == LineEnd::LineFeed
    }

    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    fn take(&mut self, last: bool, sink: &mut impl FnMut(Record<'_>, &[u8])) {
        if !self.settle_line_end(last) {
            return;
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut at = 0;
        while at < buffer.len() {
            let rest = &buffer[at..];
            let end = match self.line_end {
                LineEnd::CarriageReturn => memchr2(b'\r', b'\n', rest),
                _ => memchr(b'\n', rest),
            };
            if let Some(end) = end {
                self.piece(&rest[..end], end, true, sink);
                self.end_line();
                at += end + 1;
            } else if last {
                self.piece(rest, rest.len(), true, sink);
                self.end_line();
                at = buffer.len();
            } else if rest.len() > 2 * LONGEST {
                let taken = rest.len() - LONGEST;
                self.piece(rest, taken, false, sink);
                self.inside_line = true;
                at += taken;
            } else {
                break;
            }
        }
        buffer.drain(..at);
        self.buffer = buffer;
    }

    /// Whether it is known by now what ends a line. A carriage return inside a line of a text with line feeds is text.
    fn settle_line_end(&mut self, last: bool) -> bool {
        if self.line_end == LineEnd::Unsettled {
            let start = &self.buffer[..self.buffer.len().min(LINE_END_SOUGHT)];
            if memchr(b'\n', start).is_some() {
                self.line_end = LineEnd::LineFeed;
            } else if last || start.len() == LINE_END_SOUGHT {
                let carriage_return = memchr(b'\r', start).is_some();
                self.line_end = if carriage_return { LineEnd::CarriageReturn } else { LineEnd::LineFeed };
            }
        }
        self.line_end != LineEnd::Unsettled
    }

    /// Takes the first `taken` bytes of `line`, which is the rest of a line (`whole`) or as much of it as is at hand; then
    /// at least [`LONGEST`] bytes follow the taken ones, so that a header is either whole or none.
    fn piece(&mut self, line: &[u8], taken: usize, whole: bool, sink: &mut impl FnMut(Record<'_>, &[u8])) {
        let mut start = 0;
        let mut from = std::mem::take(&mut self.header_rest);
        if !self.inside_line {
            match header::head(line, whole, &mut self.calendar) {
                Head::Record(header) => {
                    self.emit(sink);
                    from = header.message;
                    self.begin(header);
                }
                Head::Unrecognised => {
                    self.emit(sink);
                    self.count_unrecognised(line);
                }
                Head::Text if self.pending.header.is_none() => self.count_unrecognised(line),
                Head::Text => {}
            }
        }
        while let Some((next, header)) = header::embedded(line, from, taken, whole, &mut self.calendar) {
            self.append(&line[start..next]);
            self.end_message();
            self.emit(sink);
            start = next;
            from = next + header.message;
            self.begin(header);
        }
        self.append(&line[start..taken]);
        if !whole {
            self.header_rest = from.saturating_sub(taken);
        }
    }

    fn begin(&mut self, header: Header) {
        self.pending.header = Some(header);
        self.pending.line = self.tally.lines + 1;
        self.pending.head.clear();
        self.pending.continuation.clear();
        self.pending.continuing = false;
        self.pending.clipped = 0;
    }

    fn append(&mut self, text: &[u8]) {
        let pending = &mut self.pending;
        if pending.header.is_none() || text.is_empty() {
            return;
        }
        let (kept, cap) = if pending.continuing || pending.line != self.tally.lines + 1 {
            if !pending.continuing && pending.continuation.len() < CONTINUATION_CAP {
                pending.continuation.push(b'\n');
            }
            pending.continuing = true;
            (&mut pending.continuation, CONTINUATION_CAP)
        } else {
            (&mut pending.head, MESSAGE_CAP)
        };
        let room = cap.saturating_sub(kept.len()).min(text.len());
        kept.extend_from_slice(&text[..room]);
        pending.clipped += (text.len() - room) as u64;
    }

    fn end_line(&mut self) {
        self.end_message();
        self.tally.lines = self.tally.lines.saturating_add(1);
        self.inside_line = false;
        self.pending.continuing = false;
    }

    fn end_message(&mut self) {
        if self.pending.continuing {
            trim_end(&mut self.pending.continuation, b"\r");
            // The line was blank.
            if self.pending.continuation.last() == Some(&b'\n') {
                self.pending.continuation.pop();
            }
        }
    }

    fn emit(&mut self, sink: &mut impl FnMut(Record<'_>, &[u8])) {
        let pending = &mut self.pending;
        let Some(header) = pending.header.take() else { return };
        trim_end(&mut pending.head, b" \t\r\0");
        self.tally.records += 1;
        if pending.clipped > 0 {
            self.tally.clipped_bytes += pending.clipped;
            self.tally.clipped_line.get_or_insert(pending.line);
        }
        let head = pending.head.as_slice();
        let message = head.get(header.message..).unwrap_or_default();
        let continuation = pending.continuation.strip_prefix(b"\n").unwrap_or_default();
        let message_text = decoded(message);
        let continuation_text = decoded(continuation);
        let record = Record {
            at: header.at,
            process: &head[header.process],
            process_id: &head[header.process_id],
            thread_id: &head[header.thread_id],
            level: header.level,
            source_file: &head[header.source_file],
            source_line: header.source_line,
            message: message_text.as_ref().map_or(message, String::as_bytes),
            continuation: continuation_text.as_ref().map_or(continuation, String::as_bytes),
            provenance: Provenance { member: self.member, line: pending.line },
        };
        sink(record, &head[..head.len() - message.len()]);
    }

    fn count_unrecognised(&mut self, line: &[u8]) {
        let line = &line[..line.len().min(SAMPLE_LENGTH)];
        if line.trim_ascii().is_empty() {
            return;
        }
        self.tally.unrecognised_lines = self.tally.unrecognised_lines.saturating_add(1);
        if self.tally.unrecognised.len() < SAMPLES {
            let text = text::shown(line.trim_ascii_end(), false);
            self.tally.unrecognised.push(Unrecognised { line: self.tally.lines + 1, text });
        }
    }
}

fn decoded(text: &[u8]) -> Option<String> {
    if text.is_ascii() { None } else { text::shift_jis(text) }
}

fn trim_end(text: &mut Vec<u8>, blanks: &[u8]) {
    let kept = text.iter().rposition(|byte| !blanks.contains(byte)).map_or(0, |last| last + 1);
    text.truncate(kept);
}

/// The first and last time, the count of each level and every jump of the clock, over the records of one member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// Time and line of the record that stands first.
    opening: Option<(Timestamp, u32)>,
    previous: Option<Timestamp>,
    /// Records of each [`Level`], in the order of its variants.
    pub levels: [u64; 6],
    /// Where the clock goes back by more than [`BACKWARDS`] or is silent for more than [`SILENCE`]; the first
    /// [`JUMPS`] of them.
    pub jumps: Vec<Jump>,
    /// All of them.
    pub jump_count: u32,
}

/// Two neighbouring records whose times do not follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jump {
    pub before: Timestamp,
    pub after: Timestamp,
    /// Line of the second record.
    pub line: u32,
}

/// Threads write past each other by milliseconds; more is a clock that was set.
pub const BACKWARDS: i64 = 2 * super::time::SECOND;
/// A running client writes every few minutes at the least.
pub const SILENCE: i64 = 30 * super::time::MINUTE;
pub const JUMPS: usize = 64;

impl Span {
    pub fn add(&mut self, record: &Record<'_>) {
        let at = record.at;
        self.step(at, record.provenance.line);
        self.opening = self.opening.or(Some((at, record.provenance.line)));
        self.previous = Some(at);
        self.first = Some(self.first.map_or(at, |first| first.min(at)));
        self.last = Some(self.last.map_or(at, |last| last.max(at)));
        self.levels[record.level as usize] += 1;
    }

    fn step(&mut self, at: Timestamp, line: u32) {
        let Some(before) = self.previous else { return };
        if !(-BACKWARDS..=SILENCE).contains(&at.since(before)) {
            self.jump_count = self.jump_count.saturating_add(1);
            if self.jumps.len() < JUMPS {
                self.jumps.push(Jump { before, after: at, line });
            }
        }
    }

    /// Adds the records that follow in the same member.
    pub(crate) fn append(&mut self, later: Self) {
        let Some((at, line)) = later.opening else { return };
        self.step(at, line);
        self.opening = self.opening.or(later.opening);
        self.previous = later.previous;
        self.first = [self.first, later.first].into_iter().flatten().min();
        self.last = self.last.max(later.last);
        for (level, more) in self.levels.iter_mut().zip(later.levels) {
            *level += more;
        }
        self.jump_count = self.jump_count.saturating_add(later.jump_count);
        self.jumps.extend(later.jumps);
        self.jumps.truncate(JUMPS);
    }

    #[must_use]
    pub fn of_level(&self, level: Level) -> u64 {
        self.levels[level as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records of `log`, one line of text each, cut into chunks of `size`.
    fn read(log: &[u8], size: usize) -> (Vec<String>, Tally) {
        let mut records = Vec::new();
        let mut sink = |record: Record<'_>| {
            records.push(format!(
                "{} {} {}:{} {:?} {} [{}]",
                record.provenance.line,
                &record.at.to_string()[11..],
                String::from_utf8_lossy(record.source_file),
                record.source_line,
                record.level,
                text::shown(record.message, false),
                text::shown(record.continuation, false),
            ));
        };
        let mut reader = Reader::new(MemberId(0));
        for chunk in log.chunks(size) {
            reader.push(chunk, &mut sink);
        }
        let tally = reader.finish(&mut sink);
        (records, tally)
    }

    #[track_caller]
    fn check(log: impl AsRef<[u8]>, expected: &[&str]) -> Tally {
        let log = log.as_ref();
        let (records, tally) = read(log, usize::MAX);
        assert_eq!(records, expected);
        for size in [1, 2, 7, 600, 5000] {
            assert_eq!(read(log, size), (records.clone(), tally.clone()), "chunks of {size}");
        }
        tally
    }

    const A: &str = "2024/04/28 11:02:28.409 stAgentSvc p17fc tb44 info tunnel.cpp:878 nsTunnel DTLS one";
    const B: &str = "2024/04/28 11:02:29.409 stAgentSvc p17fc tb44 warning b.cpp:9 two";

    #[test]
    fn joins_continuation_lines() {
        let tally = check(
            format!("{A}\r\n\"key\": 1,\r\n\t}}\r\n\r\n{B}\n\n"),
            &[
                "1 11:02:28.409000 tunnel.cpp:878 Info nsTunnel DTLS one [\"key\": 1,\\u{a}\\u{9}}]",
                "5 11:02:29.409000 b.cpp:9 Warning two []",
            ],
        );
        assert_eq!((tally.lines, tally.records, tally.unrecognised_lines), (6, 2, 0));
    }

    #[test]
    fn splits_records_joined_on_one_line() {
        check(
            format!("{A} {B}\r{A}\n"),
            &[
                "1 11:02:28.409000 tunnel.cpp:878 Info nsTunnel DTLS one []",
                "1 11:02:29.409000 b.cpp:9 Warning two []",
                "1 11:02:28.409000 tunnel.cpp:878 Info nsTunnel DTLS one []",
            ],
        );
    }

    #[test]
    fn carriage_returns_end_lines_where_there_is_no_line_feed() {
        let tally = check(
            format!("{A}\r\"key\": 1,\r{B}\r"),
            &[
                "1 11:02:28.409000 tunnel.cpp:878 Info nsTunnel DTLS one [\"key\": 1,]",
                "3 11:02:29.409000 b.cpp:9 Warning two []",
            ],
        );
        assert_eq!(tally.lines, 3);
        let many = format!("{A}\r").repeat(LINE_END_SOUGHT / A.len() + 5);
        let (records, tally) = read(format!("{many}{B}\nrest\n{A}").as_bytes(), 1000);
        assert_eq!(records.len() + 1, tally.lines as usize);
        assert_eq!(read(format!("{many}{B}\nrest\n{A}").as_bytes(), 7), (records, tally));
    }

    #[test]
    fn keeps_stray_carriage_returns_and_bytes() {
        check(
            [A.as_bytes(), b"\rtwo \xFF\r\n", B.as_bytes()].concat(),
            &[
                "1 11:02:28.409000 tunnel.cpp:878 Info nsTunnel DTLS one\\u{d}two \\xff []",
                "2 11:02:29.409000 b.cpp:9 Warning two []",
            ],
        );
    }

    #[test]
    fn counts_what_belongs_to_no_record() {
        let tally = check(
            format!("Dear support,\n\n{A}\n2024/04/28 11:02:28.409 nsTunnel cut header\nits end\n{B}"),
            &["3 11:02:28.409000 tunnel.cpp:878 Info nsTunnel DTLS one []", "6 11:02:29.409000 b.cpp:9 Warning two []"],
        );
        assert_eq!(tally.unrecognised_lines, 3);
        assert_eq!(tally.unrecognised[1].line, 4);
        assert_eq!(tally.unrecognised[0].text, "Dear support,");
    }

    #[test]
    fn reads_shift_jis_messages() {
        let (name, _, _) = encoding_rs::SHIFT_JIS.encode("ユーザー");
        check([B.as_bytes(), b" ", &name].concat(), &["1 11:02:29.409000 b.cpp:9 Warning two ユーザー []"]);
    }

    #[test]
    fn bounds_endless_lines_and_dumps() {
        let filler = "x".repeat(MESSAGE_CAP * 3);
        let dump = "dump dump dump\n".repeat(CONTINUATION_CAP / 5);
        let log = format!("{B} {filler} {A}\n{dump}{B}");
        let mut lengths = Vec::new();
        let mut sink = |record: Record<'_>| lengths.push((record.message.len(), record.continuation.len()));
        let mut reader = Reader::new(MemberId(0));
        for chunk in log.as_bytes().chunks(1000) {
            reader.push(chunk, &mut sink);
            assert!(reader.buffer.len() < LINE_END_SOUGHT + 3 * LONGEST);
        }
        let tally = reader.finish(&mut sink);
        assert_eq!(lengths.len(), 3);
        assert!(lengths[0].0 < MESSAGE_CAP && lengths[0].0 > MESSAGE_CAP / 2);
        assert!(lengths[1].1 <= CONTINUATION_CAP && lengths[1].1 > CONTINUATION_CAP / 2);
        assert!(tally.clipped_bytes > 2 * MESSAGE_CAP as u64);
        assert_eq!(tally.clipped_line, Some(1));
        let (records, other) = read(log.as_bytes(), 77);
        assert_eq!((records.len(), other), (3, tally));
    }

    #[test]
    fn finds_jumps_of_the_clock() {
        let mut span = Span::default();
        let mut reader = Reader::new(MemberId(0));
        let log = format!("{B}\n{A}\n{}\n{}", A.replace("11:02", "13:02"), A.replace("11:02", "10:02"));
        let mut sink = |record: Record<'_>| span.add(&record);
        reader.push(log.as_bytes(), &mut sink);
        reader.finish(&mut sink);
        assert_eq!(span.jumps.iter().map(|jump| jump.line).collect::<Vec<_>>(), [3, 4]);
        assert_eq!(span.first.map(|at| at.to_string()).as_deref(), Some("2024-04-28T10:02:28.409000"));
        assert_eq!(span.of_level(Level::Info), 3);
    }
}
