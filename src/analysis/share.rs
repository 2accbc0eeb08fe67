//! The same reading by several readers side by side, each with its own hold on the same files.
//!
//! ```text
//! shares ─▶ read (one reader for each share) ─▶ pieces ─▶ Joined, in the order of the shares ─▶ Analysis
//! ```
//!
//! Nothing is handed over while they read: a reader inflates what stands before its share once more, which costs a
//! fraction of reading it, and shares are cut so that all end at the same time. The answer is that of [`analyze`], to the
//! letter: where it might differ, because logs repeat each other, stand in another encoding, reach a limit or hold no end
//! of different messages, the reading is left to one. Threads and workers are the front end's.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Analysis, ReadBundle, concluded, declared, early, joined};
#[cfg(doc)]
use super::{analyze, analyze_in_parts};
use crate::bundle::{Bundle, Extent};
use crate::event::{Events, Meanings};
use crate::knowledge::Knowledge;
use crate::provenance::MemberId;
use crate::record::{
    self, MemberReading, Progress, Reading, Record, Segment, SegmentReading, SegmentVisitor, Span, Tally,
};

/// Text of less than this is read before other readers have begun.
const WORTH_IT: u64 = 8 << 20;
/// What it costs to read a byte that was inflated, in the cost of inflating it.
const READING: u64 = 3;
/// Flows and events that are handed over together: few enough that other copies of them cost little memory.
const PIECE: usize = 50_000;

/// What one reader reads: neighbouring segments of the logs.
#[derive(Clone, Debug)]
pub struct Share {
    segments: BTreeMap<MemberId, Segment>,
    /// Decompressed bytes, as far as the archive says.
    bytes: u64,
}

/// Something that a reader found, in the order of its share.
#[derive(Debug, Serialize, Deserialize)]
pub enum Piece {
    Events(MemberId, Events),
    Read(SegmentReading),
}

/// The shares of so many readers, one for each. `None` where the reading must be left to one or would not gain by others.
/// Every reader that has the same files finds the same shares.
pub fn shares(bundles: &mut [Bundle], readers: usize) -> Option<Vec<Share>> {
    let (logs, declared) = declared(bundles);
    let known = declared.values().fold(0, |sum: u64, bytes| sum.saturating_add(*bytes));
    let at_hand = |bundle: &Bundle| bundle.are_at_hand(&record::logs(bundle));
    if readers < 2
        || declared.len() < logs.len()
        || known < WORTH_IT
        || !bundles.iter().all(at_hand)
        || !bundles.iter_mut().all(|bundle| bundle.allows(&declared))
        || logs.len() > 1 && record::begin_alike(bundles, &logs)
    {
        return None;
    }
    // The least in which they can do it. As much as all cost together is enough for one.
    let (mut too_little, mut enough) = (0, known.saturating_mul(READING + 1));
    while too_little + 1 < enough {
        let middle = too_little.midpoint(enough);
        match within(middle, &declared, readers) {
            Some(_) => enough = middle,
            None => too_little = middle,
        }
    }
    within(enough, &declared, readers)
}

/// Shares that take each reader at most so long, in bytes that it could inflate meanwhile.
fn within(time: u64, logs: &BTreeMap<MemberId, u64>, readers: usize) -> Option<Vec<Share>> {
    let mut logs = logs.iter().map(|(member, length)| (*member, *length));
    let mut log = logs.next();
    let mut from = 0;
    let mut shares = Vec::with_capacity(readers);
    for _ in 0..readers {
        let mut share = Share { segments: BTreeMap::new(), bytes: 0 };
        let mut left = time.saturating_sub(from) / (READING + 1);
        while let Some((member, length)) = log {
            let bytes = left.min(length - from);
            left -= bytes;
            share.bytes += bytes;
            if from + bytes == length {
                share.segments.insert(member, Segment { member, from, to: None });
                (log, from) = (logs.next(), 0);
            } else {
                if bytes > 0 {
                    share.segments.insert(member, Segment { member, from, to: Some(from + bytes) });
                    from += bytes;
                }
                break;
            }
        }
        shares.push(share);
    }
    log.is_none().then_some(shares)
}

/// Reads a share of these bundles, and gives what is found, to be handed over to the first reader. Answers `false` where
/// the reading must be left to one reader. `progress` counts the bytes of the share alone.
pub fn read(
    bundles: &mut [Bundle],
    share: &Share,
    knowledge: &Knowledge,
    give: &mut dyn FnMut(Piece),
    progress: &mut dyn FnMut(Progress),
) -> bool {
    let mut reader =
        Reader { meanings: Meanings::of(&knowledge.shapes), member: None, events: Events::default(), give };
    read_with(bundles, share, &mut reader, progress)
}

fn read_with(
    bundles: &mut [Bundle],
    share: &Share,
    visitor: &mut dyn SegmentVisitor,
    progress: &mut dyn FnMut(Progress),
) -> bool {
    let (mut bytes, mut records) = (0, 0);
    bundles.iter_mut().all(|bundle| {
        let (bytes_before, records_before) = (bytes, records);
        let mut progress = |reading: Progress| {
            (bytes, records) = (bytes_before + reading.bytes, records_before + reading.records);
            progress(Progress { bytes, records, expected_bytes: Some(share.bytes), ..reading });
        };
        record::read_segments(bundle, &share.segments, visitor, &mut progress)
    })
}

struct Reader<'a> {
    meanings: Meanings<'a>,
    member: Option<MemberId>,
    events: Events,
    give: &'a mut dyn FnMut(Piece),
}

impl Reader<'_> {
    fn hand_over(&mut self) {
        let mut events = std::mem::take(&mut self.events);
        if let Some(member) = self.member.take() {
            events.close();
            (self.give)(Piece::Events(member, events));
        }
    }
}

impl SegmentVisitor for Reader<'_> {
    fn record(&mut self, record: Record<'_>) {
        self.member = Some(record.provenance.member);
        self.events.interpret(&record, &self.meanings);
        if self.events.flows.len() + self.events.events.len() >= PIECE {
            self.hand_over();
        }
    }

    fn end(&mut self, reading: SegmentReading) {
        self.hand_over();
        (self.give)(Piece::Read(reading));
    }
}

/// Reads the first share: nothing of it is handed over.
struct First<'a> {
    joined: &'a mut Joined,
    meanings: Meanings<'a>,
    /// Of the log that is being read.
    events: Option<Events>,
    ended: &'a mut dyn FnMut(&mut Joined),
}

impl SegmentVisitor for First<'_> {
    fn record(&mut self, record: Record<'_>) {
        let joined = &mut *self.joined;
        let events =
            self.events.get_or_insert_with(|| std::mem::take(&mut joined.member(record.provenance.member).events));
        events.interpret(&record, &self.meanings);
    }

    fn end(&mut self, reading: SegmentReading) {
        if let Some(mut events) = self.events.take() {
            events.enter_counts();
            self.joined.torn |= events.is_crowded();
            self.joined.member(reading.member).events = events;
        }
        self.joined.add(Piece::Read(reading));
        (self.ended)(self.joined);
    }
}

/// What all readers found, share by share.
#[derive(Default)]
pub struct Joined {
    members: BTreeMap<MemberId, Member>,
    /// Bytes that each log is said to have.
    declared: BTreeMap<MemberId, u64>,
    logs: BTreeSet<MemberId>,
    listed: Vec<ReadBundle>,
    told_early: bool,
    torn: bool,
}

struct Member {
    events: Events,
    reading: MemberReading,
    /// Its last segment was read.
    ended: bool,
}

impl Joined {
    #[must_use]
    pub fn new(bundles: &[Bundle]) -> Self {
        let (logs, declared) = declared(bundles);
        let listed = bundles.iter().map(|bundle| joined(bundle, Vec::new())).collect();
        Self { declared, logs, listed, ..Self::default() }
    }

    /// Reads the first share. Answers `false` where the reading must be left to one reader. `progress` counts the bytes of
    /// the share alone; `early` is called as in [`analyze_in_parts`].
    pub fn read(
        &mut self,
        bundles: &mut [Bundle],
        share: &Share,
        knowledge: &Knowledge,
        progress: &mut dyn FnMut(Progress),
        early: &mut dyn FnMut(&Analysis),
    ) -> bool {
        let mut ended = |joined: &mut Self| joined.early(share, knowledge).iter().for_each(&mut *early);
        let meanings = Meanings::of(&knowledge.shapes);
        read_with(bundles, share, &mut First { joined: self, meanings, events: None, ended: &mut ended }, progress)
    }

    /// What the first logs of this share give, at most once: when some have been read whole and at least as much is still
    /// to be read. It lacks the other logs and the configuration.
    fn early(&mut self, share: &Share, knowledge: &Knowledge) -> Option<Analysis> {
        let whole = || self.members.values().filter(|member| member.ended);
        let bytes = whole().map(|member| member.reading.bytes).sum();
        if self.told_early || bytes == 0 || share.bytes.saturating_sub(bytes) < bytes {
            return None;
        }
        let events = whole().filter(|member| member.reading.tally.records > 0).map(|member| member.events.clone());
        let early = early(self.listed.clone(), whole().map(|member| &member.reading), events.collect(), knowledge);
        self.told_early = true;
        Some(early)
    }

    /// Takes the next piece.
    pub fn add(&mut self, piece: Piece) {
        match piece {
            Piece::Events(id, events) => {
                let member = self.member(id);
                member.events.append(events);
                let crowded = member.events.is_crowded();
                self.torn |= crowded;
            }
            Piece::Read(segment) => {
                let member = self.member(segment.member);
                // Neighbours that found different texts read different files.
                let torn = segment.from != member.reading.bytes || member.ended;
                if segment.from < segment.to {
                    member.reading.tally.append(segment.tally);
                    member.reading.span.append(segment.span);
                }
                member.reading.bytes = segment.to;
                if let Some(read) = segment.read {
                    (member.reading.read, member.ended) = (read, true);
                }
                self.torn |= torn;
            }
        }
    }

    fn member(&mut self, id: MemberId) -> &mut Member {
        self.members.entry(id).or_insert_with(|| {
            let mut events = Events::default();
            events.expect(self.declared.get(&id).copied().unwrap_or(0));
            let (tally, span) = (Tally::default(), Span::default());
            let reading = MemberReading { member: id, bytes: 0, tally, span, read: Extent::Whole };
            Member { events, reading, ended: false }
        })
    }

    /// What follows from everything. `None` where the reading must be left to one reader.
    pub fn analysis(mut self, bundles: &mut [Bundle], knowledge: &Knowledge) -> Option<Analysis> {
        let bytes = self.members.iter().map(|(id, member)| (*id, member.reading.bytes)).collect();
        if self.torn || !bundles.iter_mut().all(|bundle| bundle.allows(&bytes)) {
            return None;
        }
        let mut members = Vec::new();
        let mut readings = BTreeMap::new();
        for id in &self.logs {
            let Member { mut events, reading, .. } = self.members.remove(id).filter(|member| member.ended)?;
            if reading.tally.records > 0 {
                events.close();
                members.push(events);
            }
            readings.insert(*id, reading);
        }
        let of = |bundle: &Bundle| {
            Reading::of(bundle, record::logs(bundle).iter().filter_map(|log| readings.remove(log)).collect())
        };
        let readings = bundles.iter().map(of).collect();
        Some(concluded(bundles, readings, members, Vec::new(), knowledge))
    }
}
