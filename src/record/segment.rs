//! Reads a log in segments: several readers, each with a segment of its own, find every record once, and the same records
//! as one reader.
//!
//! A segment is a stretch of the decompressed bytes, widened to whole records: it begins with the first record that begins
//! at its start or behind it, and ends where the next segment begins. That depends on the text alone, so neighbours agree
//! on it without a word. What stands before a segment is inflated and its lines are counted, no more; nothing behind it is
//! inflated. Stops at the segment: who reads which, and how what was found is joined, is the business of `analysis::share`.

use std::collections::BTreeMap;

use memchr::{memchr, memchr_iter};
use serde::{Deserialize, Serialize};

use super::header::{self, Calendar, Head, LONGEST};
use super::reader::{LINE_END_SOUGHT, Reader, Tally};
use super::{Progress, Record, Span};
use crate::bundle::{Bundle, Extent, Member, MemberVisitor, text};
use crate::provenance::MemberId;

/// Some of the records of one log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    pub member: MemberId,
    /// Decompressed bytes before it, and before the next one; `None` for the last one of a log.
    pub from: u64,
    pub to: Option<u64>,
}

/// What reading a segment gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentReading {
    pub member: MemberId,
    /// The bytes in which its records stand.
    pub from: u64,
    pub to: u64,
    pub tally: Tally,
    pub span: Span,
    /// How much of its log was read, of the last segment of a log.
    pub read: Option<Extent>,
}

/// Takes the records of segments, one segment after the other.
pub trait SegmentVisitor {
    fn record(&mut self, record: Record<'_>);

    /// No more records of this segment follow.
    fn end(&mut self, reading: SegmentReading);
}

/// Reads these segments, at most one of each log. `progress` counts the bytes of the segments alone.
///
/// Answers `false` where a log must be read by one reader: in another encoding than that of its bytes, or with other line
/// ends than line feeds.
pub fn read_segments(
    bundle: &mut Bundle,
    segments: &BTreeMap<MemberId, Segment>,
    visitor: &mut dyn SegmentVisitor,
    progress: &mut dyn FnMut(Progress),
) -> bool {
    let before = Progress {
        member: MemberId(0),
        member_bytes: 0,
        member_records: 0,
        bytes: 0,
        expected_bytes: None,
        records: 0,
    };
    let mut reading = Segments { wanted: segments, visitor, progress, before, current: None, fit: true };
    bundle.read_each(&|member| segments.contains_key(&member.id), &mut reading);
    reading.fit
}

struct Segments<'a> {
    wanted: &'a BTreeMap<MemberId, Segment>,
    visitor: &'a mut dyn SegmentVisitor,
    progress: &'a mut dyn FnMut(Progress),
    /// The state before the current log.
    before: Progress,
    current: Option<Current>,
    fit: bool,
}

impl MemberVisitor for Segments<'_> {
    fn wants_all(&self, member: &Member) -> bool {
        self.wanted.get(&member.id).is_none_or(|segment| segment.to.is_none())
    }

    fn bytes(&mut self, member: &Member, chunk: &[u8]) -> bool {
        let Some(segment) = self.wanted.get(&member.id).filter(|_| self.fit) else { return false };
        let current = self.current.get_or_insert_with(|| Current::new(*segment));
        self.fit = current.suits(chunk);
        let goes_on = self.fit && current.push(chunk, false, self.visitor);
        let (bytes, records) = (current.to - current.from, current.reader.tally().records);
        (self.progress)(Progress {
            member: member.id,
            member_bytes: bytes,
            member_records: records,
            bytes: self.before.bytes + bytes,
            records: self.before.records + records,
            ..self.before
        });
        goes_on
    }

    fn end(&mut self, member: &Member, extent: &Extent) {
        let Some(segment) = self.wanted.get(&member.id).filter(|_| self.fit) else { return };
        let mut current = self.current.take().unwrap_or_else(|| Current::new(*segment));
        self.fit = current.beginning.as_deref().is_none_or(text::is_plain);
        if !self.fit {
            return;
        }
        current.push(&[], true, self.visitor);
        let Current { mut reader, mut span, from, to, .. } = current;
        let visitor = &mut *self.visitor;
        let tally = reader.finish(&mut |record| {
            span.add(&record);
            visitor.record(record);
        });
        self.before.bytes += to - from;
        self.before.records += tally.records;
        let read = segment.to.is_none().then(|| extent.clone());
        visitor.end(SegmentReading { member: member.id, from, to, tally, span, read });
    }
}

/// The segment that is being read.
struct Current {
    segment: Segment,
    reader: Reader,
    span: Span,
    /// Bytes before the segment, as far as they are known.
    from: u64,
    /// Bytes up to here were taken.
    to: u64,
    /// Line feeds before the segment.
    lines: u32,
    place: Place,
    /// The text's beginning, until it has shown whether the text can be cut.
    beginning: Option<Vec<u8>>,
}

enum Place {
    Before(Edge),
    /// With the edge at which the segment ends, unless it is the last one of its log.
    Within(Option<Edge>),
    Behind,
}

impl Current {
    fn new(segment: Segment) -> Self {
        let reader = Reader::new(segment.member);
        let is_whole = segment.from == 0 && segment.to.is_none();
        let place = match segment.from {
            0 => Place::Within(segment.to.map(Edge::after)),
            from => Place::Before(Edge::after(from)),
        };
        let beginning = (!is_whole).then(Vec::new);
        Self { segment, reader, span: Span::default(), from: 0, to: 0, lines: 0, place, beginning }
    }

    /// Whether a text that goes on with `chunk` can be cut, as far as its beginning tells.
    fn suits(&mut self, chunk: &[u8]) -> bool {
        let Some(beginning) = &mut self.beginning else { return true };
        beginning.extend_from_slice(&chunk[..chunk.len().min(LINE_END_SOUGHT - beginning.len())]);
        if beginning.len() < LINE_END_SOUGHT {
            return true;
        }
        let suits = text::is_plain(beginning) && memchr(b'\n', beginning).is_some();
        self.beginning = None;
        suits
    }

    /// Whether more of the text is wanted; `last` says that there is none.
    fn push(&mut self, chunk: &[u8], last: bool, visitor: &mut dyn SegmentVisitor) -> bool {
        let Self { reader, span, from, to, lines, place, segment, .. } = self;
        let mut take = |reader: &mut Reader, text: &[u8]| {
            reader.push(text, &mut |record| {
                span.add(&record);
                visitor.record(record);
            });
        };
        let behind;
        let mut text = chunk;
        if let Place::Before(edge) = place {
            let mut skip = |text: &[u8]| {
                *from += text.len() as u64;
                *lines = lines.saturating_add(memchr_iter(b'\n', text).count() as u32);
            };
            let found = edge.pass(text, last, &mut skip);
            *to = *from;
            *reader = Reader::inside(segment.member, *lines);
            match found {
                None => return true,
                Some(rest) => behind = rest,
            }
            text = &behind;
            *place = match segment.to {
                Some(end) if end <= *from => Place::Behind,
                Some(end) => Place::Within(Some(Edge::after(end - *from))),
                None => Place::Within(None),
            };
        }
        match place {
            Place::Within(None) => {
                *to += text.len() as u64;
                take(reader, text);
            }
            Place::Within(Some(edge)) => {
                let mut inside = |text: &[u8]| {
                    *to += text.len() as u64;
                    take(reader, text);
                };
                if edge.pass(text, last, &mut inside).is_some() {
                    *place = Place::Behind;
                }
            }
            Place::Before(_) | Place::Behind => {}
        }
        !matches!(place, Place::Behind)
    }
}

/// Looks for the first record that begins at some place of a text or behind it.
struct Edge {
    /// Bytes until the last one before that place: a line feed there makes a line begin at the place itself.
    left: u64,
    /// A line feed and the line behind it, which may be a record's.
    undecided: Vec<u8>,
    calendar: Calendar,
}

impl Edge {
    /// `place` is not 0.
    fn after(place: u64) -> Self {
        Self { left: place.saturating_sub(1), undecided: Vec::new(), calendar: Calendar::default() }
    }

    /// Hands the text before the record to `before`. Once the record is found, answers with what is at hand of it and of
    /// the text behind it.
    fn pass(&mut self, text: &[u8], last: bool, before: &mut dyn FnMut(&[u8])) -> Option<Vec<u8>> {
        let near = usize::try_from(self.left).unwrap_or(usize::MAX).min(text.len());
        if near > 0 {
            before(&text[..near]);
            self.left -= near as u64;
        }
        self.undecided.extend_from_slice(&text[near..]);
        let mut at = 0;
        while let Some(line_feed) = memchr(b'\n', &self.undecided[at..]) {
            let start = at + line_feed + 1;
            let line = &self.undecided[start..];
            let end = memchr(b'\n', line);
            let whole = end.is_some() || last;
            if !whole && line.len() < LONGEST {
                before(&self.undecided[..start - 1]);
                self.undecided.drain(..start - 1);
                return None;
            }
            let line = &line[..end.unwrap_or(line.len())];
            if let Head::Record(_) = header::head(line, whole, &mut self.calendar) {
                before(&self.undecided[..start]);
                return Some(self.undecided.split_off(start));
            }
            at = start;
        }
        before(&self.undecided);
        self.undecided.clear();
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::{self, Input, Limits};

    struct Found {
        records: Vec<String>,
        readings: Vec<SegmentReading>,
    }

    impl SegmentVisitor for Found {
        fn record(&mut self, record: Record<'_>) {
            self.records.push(format!("{record:?}"));
        }

        fn end(&mut self, reading: SegmentReading) {
            self.readings.push(reading);
        }
    }

    const A: &str = "2024/04/28 11:02:28.409 stAgentSvc p17fc tb44 info tunnel.cpp:878 nsTunnel DTLS one";
    const B: &str = "2024/04/28 11:02:29.409 stAgentSvc p17fc tb44 warning b.cpp:9 two";

    /// The records of the text cut at `cuts`, and what all segments tell together.
    fn read(text: &[u8], cuts: &[u64]) -> Option<(Vec<String>, Tally, Span, Option<Extent>)> {
        let member = MemberId(0);
        let mut found = Found { records: Vec::new(), readings: Vec::new() };
        let starts = [0].iter().chain(cuts);
        let ends = cuts.iter().copied().map(Some).chain([None]);
        for (from, to) in starts.zip(ends) {
            let source = Box::new(std::io::Cursor::new(text.to_vec()));
            let input = Input { name: "nsdebuglog.log".to_owned(), source };
            let mut bundle = bundle::open("log", vec![input], &Limits::default(), member).unwrap();
            let segments = [(member, Segment { member, from: *from, to })].into();
            if !read_segments(&mut bundle, &segments, &mut found, &mut |_| {}) {
                return None;
            }
        }
        let (mut tally, mut span, mut at, mut read) = (Tally::default(), Span::default(), 0, None);
        for reading in found.readings {
            assert_eq!((reading.member, reading.from), (member, at), "{cuts:?}");
            at = reading.to;
            if reading.from < reading.to {
                tally.append(reading.tally);
                span.append(reading.span);
            }
            read = reading.read;
        }
        assert_eq!(at, text.len() as u64, "{cuts:?}");
        Some((found.records, tally, span, read))
    }

    /// That it makes no difference where a text is cut.
    #[track_caller]
    fn check(text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        let whole = read(text, &[]).unwrap();
        assert_eq!(whole.3, Some(Extent::Whole));
        let length = text.len() as u64;
        for cut in (1..length + 3).step_by((text.len() / 600).max(1)) {
            assert_eq!(read(text, &[cut]).unwrap(), whole, "cut at {cut}");
        }
        for several in [[1, 2, 3], [length / 3, length / 2, length - 1], [length - 2, length, length + 9]] {
            assert_eq!(read(text, &several).unwrap(), whole, "cut at {several:?}");
        }
    }

    #[test]
    fn it_makes_no_difference_where_a_log_is_cut() {
        check(format!("{A}\n{B}\n{A}\n{A}"));
        check(format!("Dear support,\n\n{A}\r\n\"key\": 1,\r\n\t}}\r\n\r\n{B}\r\n{A} {B}\r\n"));
        check(format!("{A}\n2024/04/28 11:02:28.409 nsTunnel cut header\nits end\n\n\n{B}\n{{\n{A}\n"));
        check(format!("\u{FEFF}{A}\n{B}\n"));
        check("no record\nat all\n");
        check(format!("{A}\n{}", &B[..40]));
    }

    #[test]
    fn long_lines_and_dumps_are_cut_nowhere() {
        let (filler, dump) = ("x".repeat(3 * LONGEST), "dump dump dump\n".repeat(9000));
        check(format!("{A} {filler} {B}\n{filler}\n{B}\n{dump}{A}\n{B}\n"));
    }

    #[test]
    fn what_is_not_read_by_its_bytes_and_line_feeds_is_not_cut() {
        let log = format!("{A}\n").repeat(LINE_END_SOUGHT / A.len() + 5);
        let wide: Vec<u8> = log.bytes().flat_map(|byte| [byte, 0]).collect();
        assert!(read(&wide, &[]).is_some() && read(&wide, &[wide.len() as u64 / 2]).is_none());
        let returns = log.replace('\n', "\r");
        assert!(
            read(returns.as_bytes(), &[]).is_some() && read(returns.as_bytes(), &[LINE_END_SOUGHT as u64]).is_none()
        );
    }
}
