//! All records of the logs at hand, in one order of time: any of them can be shown and all of them searched.
//!
//! Text is kept deflated in blocks, a tenth of its size, and inflated block by block where it is looked at. Filled by a
//! pass of its own, only when somebody asks for lines, log by log, so that whoever fills it can do other things between.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::io::{Read as _, Write as _};
use std::ops::Range;

use flate2::Compression;
use flate2::bufread::DeflateDecoder;
use flate2::write::DeflateEncoder;
use foldhash::fast::FixedState;

use super::time::Timestamp;
use super::{Level, Reader, Record, Repeats, logs};
use crate::bundle::{Bundle, Extent, Member, MemberVisitor, text};
use crate::provenance::{MemberId, Provenance};

/// Text of a block before it is deflated: large enough to deflate well, small enough to inflate for one line.
const BLOCK: usize = 256 * 1024;
/// Bytes kept of one record.
const KEPT: usize = 64 * 1024;

/// Place, time and text of every record, numbered in the order of reading.
#[derive(Default)]
pub struct Ledger {
    rows: Vec<Row>,
    blocks: Vec<Block>,
    in_time: Vec<u32>,
    /// Names of source files, by `Row::source`.
    pub sources: Vec<String>,
    /// Records beyond the limit.
    pub left_out: u64,
}

#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub at: Timestamp,
    pub provenance: Provenance,
    /// Where its text begins in the block; it ends where the next one begins.
    start: u32,
    pub source: u16,
    pub level: Level,
}

struct Block {
    /// Number of its first record.
    first: u32,
    deflated: Box<[u8]>,
}

/// How much is kept at most; what comes after is counted.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    pub records: usize,
    /// Of deflated text.
    pub bytes: usize,
}

impl Default for Room {
    /// With the rest of an analysis this stays below the 4 GB that a page's program can have.
    fn default() -> Self {
        Self { records: 8_000_000, bytes: 512 << 20 }
    }
}

impl Ledger {
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The numbers of the records in order of time; those of one time as they were read.
    #[must_use]
    pub fn in_time(&self) -> &[u32] {
        &self.in_time
    }

    /// The records in blocks, by their numbers: what is read together costs one inflation.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// The numbers of a block's records.
    #[must_use]
    pub fn numbers(&self, block: usize) -> Range<u32> {
        let first = |block: usize| self.blocks.get(block).map_or(self.rows.len() as u32, |block| block.first);
        first(block)..first(block + 1)
    }

    /// Shows `see` the text of those records of a block that are `wanted`: as it stands in the log, cut where it is very
    /// long.
    pub fn read_block(&self, block: usize, wanted: impl Fn(u32) -> bool, mut see: impl FnMut(u32, &[u8])) {
        let numbers = self.numbers(block);
        if !numbers.clone().any(&wanted) {
            return;
        }
        let mut text = Vec::with_capacity(BLOCK + BLOCK / 4);
        let deflated = self.blocks.get(block).map_or(&[][..], |block| &block.deflated);
        // Written by `close_block`: it inflates.
        let _ = DeflateDecoder::new(deflated).read_to_end(&mut text);
        let end = numbers.end;
        for number in numbers.filter(|number| wanted(*number)) {
            let start = |number: u32| self.rows[number as usize].start as usize;
            let stop = if number + 1 < end { start(number + 1) } else { text.len() };
            see(number, text.get(start(number)..stop).unwrap_or_default());
        }
    }

    /// The block that holds a record.
    #[must_use]
    pub fn block_of(&self, number: u32) -> usize {
        self.blocks.partition_point(|block| block.first <= number).saturating_sub(1)
    }
}

/// A ledger that is being filled.
pub struct Filling {
    ledger: Ledger,
    room: Room,
    /// What is to be read at a time, by the position of its bundle.
    waiting: VecDeque<(usize, BTreeSet<MemberId>)>,
    logs: usize,
    block: Vec<u8>,
    block_first: u32,
    deflated: usize,
    sources: HashMap<Vec<u8>, u16, FixedState>,
    reader: Option<Reader>,
    /// A record that stands in two copies of a log counts once, as everywhere.
    repeats: Option<Repeats>,
}

impl Filling {
    #[must_use]
    pub fn new(bundles: &[Bundle], room: Room) -> Self {
        let mut waiting = VecDeque::new();
        let mut logs_of_all = 0;
        for (position, bundle) in bundles.iter().enumerate() {
            let logs = logs(bundle);
            logs_of_all += logs.len();
            // Where one log can only be reached through the others, they are passed through once.
            if bundle.are_at_hand(&logs) {
                waiting.extend(logs.into_iter().map(|log| (position, BTreeSet::from([log]))));
            } else {
                waiting.push_back((position, logs));
            }
        }
        Self {
            ledger: Ledger::default(),
            room,
            waiting,
            logs: logs_of_all,
            block: Vec::new(),
            block_first: 0,
            deflated: 0,
            sources: HashMap::default(),
            reader: None,
            repeats: (logs_of_all > 1).then(Repeats::default),
        }
    }

    /// Logs that were read, and how many there are.
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        (self.logs - self.waiting.iter().map(|(_, logs)| logs.len()).sum::<usize>(), self.logs)
    }

    /// Reads what comes next; the ledger once there is nothing left.
    pub fn go_on(&mut self, bundles: &mut [Bundle]) -> Option<Ledger> {
        if let Some((position, logs)) = self.waiting.pop_front()
            && let Some(bundle) = bundles.get_mut(position)
        {
            bundle.read_each(&|member| logs.contains(&member.id), self);
        }
        if !self.waiting.is_empty() {
            return None;
        }
        self.close_block();
        let mut ledger = std::mem::take(&mut self.ledger);
        let rows = &ledger.rows;
        ledger.in_time = (0..rows.len() as u32).collect();
        ledger.in_time.sort_by_key(|number| rows[*number as usize].at);
        Some(ledger)
    }

    fn add(&mut self, record: &Record<'_>, head: &[u8]) {
        if self.repeats.as_mut().is_some_and(|repeats| repeats.is_repeated(record)) {
            return;
        }
        if self.ledger.rows.len() >= self.room.records || self.deflated >= self.room.bytes {
            self.ledger.left_out += 1;
            return;
        }
        let start = self.block.len();
        self.block.extend_from_slice(head);
        self.block.extend_from_slice(record.message);
        if !record.continuation.is_empty() {
            self.block.push(b'\n');
            self.block.extend_from_slice(record.continuation);
        }
        self.block.truncate(start + KEPT);
        let row = Row {
            at: record.at,
            provenance: record.provenance,
            start: start as u32,
            source: self.source(record.source_file),
            level: record.level,
        };
        self.ledger.rows.push(row);
        if self.block.len() >= BLOCK {
            self.close_block();
        }
    }

    fn source(&mut self, name: &[u8]) -> u16 {
        if let Some(number) = self.sources.get(name) {
            return *number;
        }
        // A client has some hundred source files; what comes after the last number is noise.
        let number = u16::try_from(self.ledger.sources.len()).unwrap_or(u16::MAX);
        if number < u16::MAX {
            self.sources.insert(name.to_owned(), number);
            self.ledger.sources.push(text::shown(name, false));
        }
        number
    }

    fn close_block(&mut self) {
        if self.block_first as usize == self.ledger.rows.len() {
            return;
        }
        let mut encoder = DeflateEncoder::new(Vec::with_capacity(self.block.len() / 8), Compression::fast());
        // Into memory: it cannot fail.
        let _ = encoder.write_all(&self.block);
        let deflated = encoder.finish().unwrap_or_default().into_boxed_slice();
        self.deflated += deflated.len();
        self.ledger.blocks.push(Block { first: self.block_first, deflated });
        self.block_first = self.ledger.rows.len() as u32;
        self.block.clear();
    }
}

impl MemberVisitor for Filling {
    fn bytes(&mut self, member: &Member, chunk: &[u8]) -> bool {
        let mut reader = self.reader.take().unwrap_or_else(|| Reader::new(member.id));
        reader.push_raw(chunk, &mut |record, head| self.add(&record, head));
        self.reader = Some(reader);
        true
    }

    fn end(&mut self, _: &Member, _: &Extent) {
        if let Some(mut reader) = self.reader.take() {
            reader.finish_raw(&mut |record, head| self.add(&record, head));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::bundle::{Input, Limits, open};

    fn line(second: u32, message: &str) -> String {
        format!("2025/11/06 15:00:{second:02}.000 stAgentSvc p17fc tb44 info tunnel.cpp:1 nsTunnel {message}\n")
    }

    fn filled(logs: &[(&str, String)], room: Room) -> Ledger {
        let inputs = logs.iter().map(|(name, text)| Input {
            name: (*name).to_owned(),
            source: Box::new(Cursor::new(text.clone().into_bytes())),
        });
        let mut bundles = [open("logs", inputs.collect(), &Limits::default(), MemberId(0)).unwrap()];
        let mut filling = Filling::new(&bundles, room);
        for read in 1.. {
            if let Some(ledger) = filling.go_on(&mut bundles) {
                return ledger;
            }
            assert_eq!(filling.progress(), (read, logs.len()));
        }
        unreachable!()
    }

    fn text(ledger: &Ledger, position: usize) -> String {
        let number = ledger.in_time()[position];
        let mut found = Vec::new();
        ledger.read_block(ledger.block_of(number), |wanted| wanted == number, |_, text| found.extend_from_slice(text));
        String::from_utf8(found).unwrap()
    }

    #[test]
    fn records_of_all_members_stand_in_time_order_with_their_text() {
        let long = "x".repeat(90_000);
        let early = line(1, "one") + &line(5, &long) + "  more\n" + &line(6, "last");
        let late: String = (0..4000).map(|number| line(3, &format!("number {number}"))).collect();
        let ledger = filled(&[("nsdebuglog.log", late), ("nsdebuglog.1.log", early)], Room::default());
        assert_eq!((ledger.rows().len(), ledger.left_out), (4003, 0));
        assert!(ledger.blocks() > 1);
        assert!(text(&ledger, 0).ends_with("nsTunnel one"));
        assert!(text(&ledger, 1).ends_with("number 0"));
        assert!(text(&ledger, 4000).ends_with("number 3999"));
        assert_eq!(text(&ledger, 4001).len(), KEPT);
        assert!(text(&ledger, 4002).ends_with("nsTunnel last"));
        assert_eq!(ledger.sources, ["tunnel.cpp"]);
    }

    #[test]
    fn a_copy_that_has_grown_adds_what_is_new() {
        let short: String = (0..20).map(|second| line(second, "a")).collect();
        let long: String = (0..30).map(|second| line(second, "a")).collect();
        let ledger = filled(&[("nsdebuglog.1.log", short), ("old/nsdebuglog.1.log", long)], Room::default());
        assert_eq!(ledger.rows().len(), 30);
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let log: String = (0..50).map(|second| line(second, "a")).collect();
        let ledger = filled(&[("nsdebuglog.log", log)], Room { records: 30, ..Room::default() });
        assert_eq!((ledger.rows().len(), ledger.left_out, text(&ledger, 29).is_empty()), (30, 20, false));
        assert!(filled(&[("nsdebuglog.log", line(1, "a"))], Room { bytes: 0, ..Room::default() }).rows().is_empty());
    }
}
