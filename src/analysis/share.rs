//! The same reading by several readers side by side, for front ends with more than one processor.
//!
//! ```text
//! inflate and cut ─▶ segments ─▶ SegmentReader::read (any reader, any order) ─▶ pieces ─▶ join
//! ```
//!
//! The answer is that of [`analyze`], to the letter: where it might differ, because logs repeat each other, stand in another
//! encoding or hold no end of different messages, the reading is left to one. Threads and workers are the front end's.

use std::collections::BTreeMap;

#[cfg(doc)]
use super::analyze;
use super::{Analysis, concluded, declared};
use crate::bundle::Bundle;
use crate::event::{Events, Meanings};
use crate::knowledge::Knowledge;
use crate::provenance::MemberId;
use crate::record::{self, Cut, MemberReading, Reading, Segment, Span, Tally};

/// Text of less than this is read before other readers have begun.
const WORTH_IT: u64 = 8 << 20;

/// What the records of one segment mean.
pub struct Piece {
    number: usize,
    member: MemberId,
    events: Events,
    tally: Tally,
    span: Span,
}

/// Reads segments; each reader has its own.
pub struct SegmentReader<'k> {
    meanings: Meanings<'k>,
}

impl<'k> SegmentReader<'k> {
    #[must_use]
    pub fn new(knowledge: &'k Knowledge) -> Self {
        Self { meanings: Meanings::of(&knowledge.shapes) }
    }

    #[must_use]
    pub fn read(&self, segment: &Segment) -> Piece {
        let mut events = Events::default();
        events.expect(segment.length() as u64);
        let (tally, span) = segment.read(&mut |record| events.interpret(&record, &self.meanings));
        events.close();
        Piece { number: segment.number, member: segment.member, events, tally, span }
    }
}

/// Inflates the logs and cuts them; `hand_out` gives each segment to a reader, and at the end `None`.
///
/// It answers with the pieces that were found meanwhile, in any order; after the end, with all that are left. `None` where
/// the reading must be left to one reader or would not gain by others.
pub fn analyze_shared(
    bundles: &mut [Bundle],
    knowledge: &Knowledge,
    hand_out: &mut dyn FnMut(Option<Segment>) -> Vec<Piece>,
) -> Option<Analysis> {
    let (logs, declared) = declared(bundles);
    let known = declared.values().fold(0, |sum: u64, bytes| sum.saturating_add(*bytes));
    if declared.len() == logs.len() && known < WORTH_IT || logs.len() > 1 && record::begin_alike(bundles, &logs) {
        return None;
    }
    let mut joined = Joined { declared, next: 0, waiting: BTreeMap::new(), members: BTreeMap::new() };
    let mut handed_out = 0;
    let mut cuts: Vec<Vec<Cut>> = Vec::new();
    for bundle in bundles.iter_mut() {
        let logs = record::logs(bundle);
        let cut = record::cut(bundle, &logs, handed_out, &mut |segment| {
            handed_out = segment.number + 1;
            hand_out(Some(segment)).into_iter().all(|piece| joined.add(piece))
        });
        cuts.push(cut?);
    }
    let all = hand_out(None).into_iter().all(|piece| joined.add(piece));
    if !all || joined.next != handed_out {
        return None;
    }
    let mut readings = Vec::new();
    for (bundle, cuts) in bundles.iter().zip(cuts) {
        readings.push(Reading::of(bundle, cuts.into_iter().map(|cut| joined.reading(cut)).collect()));
    }
    Some(concluded(bundles, readings, joined.events(), Vec::new(), knowledge))
}

/// Pieces in their order, joined to members.
struct Joined {
    /// Bytes that each log is said to have.
    declared: BTreeMap<MemberId, u64>,
    /// The number of the piece that comes next.
    next: usize,
    waiting: BTreeMap<usize, Piece>,
    members: BTreeMap<MemberId, (Events, Tally, Span)>,
}

impl Joined {
    /// Whether the order of reading makes no difference so far.
    fn add(&mut self, piece: Piece) -> bool {
        self.waiting.insert(piece.number, piece);
        while let Some(piece) = self.waiting.remove(&self.next) {
            self.next += 1;
            let expected = self.declared.get(&piece.member).copied().unwrap_or(0);
            let (events, tally, span) = self.members.entry(piece.member).or_insert_with(|| {
                let mut events = Events::default();
                events.expect(expected);
                (events, Tally::default(), Span::default())
            });
            events.append(piece.events);
            tally.append(piece.tally);
            span.append(piece.span);
            if events.is_crowded() {
                return false;
            }
        }
        true
    }

    fn reading(&mut self, cut: Cut) -> MemberReading {
        let found = self.members.get_mut(&cut.member);
        let (tally, span) = found.map(|(_, tally, span)| (tally.clone(), span.clone())).unwrap_or_default();
        MemberReading { member: cut.member, bytes: cut.bytes, tally, span, read: cut.read }
    }

    /// Of members with a record, in the order of reading.
    fn events(self) -> Vec<Events> {
        let with_records = self.members.into_values().filter(|(_, tally, _)| tally.records > 0);
        let closed = with_records.map(|(mut events, ..)| {
            events.close();
            events
        });
        closed.collect()
    }
}
