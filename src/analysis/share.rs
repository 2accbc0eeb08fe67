//! The same reading by several readers side by side, each of some logs: for front ends with more than one processor.
//!
//! ```text
//! shares ─▶ read (one a reader, each with the bundles opened anew) ─▶ join
//! ```
//!
//! The answer is that of [`analyze`], to the letter: where it might differ, because logs repeat each other, are damaged or
//! go over a limit, there are no shares or they cannot be joined. Threads, workers and files are the front end's.

use std::collections::{BTreeMap, BTreeSet};

#[cfg(doc)]
use super::analyze;
use super::{Analysis, Interpreter, concluded, declared};
use crate::bundle::{Bundle, Extent};
use crate::event::{Events, Meanings};
use crate::knowledge::Knowledge;
use crate::provenance::MemberId;
use crate::record::{self, MemberReading, Reading};

/// Text of less than this is read before other readers have begun.
const WORTH_IT: u64 = 8 << 20;

/// What one reader found.
pub struct Share {
    /// One for each bundle.
    readings: Vec<Reading>,
    members: BTreeMap<MemberId, Events>,
}

/// The logs for each of at most `readers`, the first share being the largest; fewer than two shares where it does not pay
/// or where the logs must be read one after the other.
pub fn shares(bundles: &mut [Bundle], readers: usize) -> Vec<BTreeSet<MemberId>> {
    let (logs, declared) = declared(bundles);
    if readers < 2
        || logs.len() < 2
        || declared.len() < logs.len()
        || declared.values().fold(0, |sum: u64, bytes| sum.saturating_add(*bytes)) < WORTH_IT
        || !bundles.iter().all(|bundle| bundle.are_at_hand(&record::logs(bundle)))
        || record::begin_alike(bundles, &logs)
    {
        return Vec::new();
    }
    let mut by_size: Vec<(u64, MemberId)> = declared.into_iter().map(|(log, bytes)| (bytes, log)).collect();
    by_size.sort_by_key(|(bytes, log)| (std::cmp::Reverse(*bytes), *log));
    let mut shares: Vec<(u64, BTreeSet<MemberId>)> = vec![(0, BTreeSet::new()); readers.min(logs.len())];
    for (bytes, log) in by_size {
        if let Some((sum, share)) = shares.iter_mut().min_by_key(|(sum, _)| *sum) {
            *sum = sum.saturating_add(bytes);
            share.insert(log);
        }
    }
    shares.into_iter().map(|(_, share)| share).collect()
}

/// Reads the logs of one share.
pub fn read(bundles: &mut [Bundle], share: &BTreeSet<MemberId>, knowledge: &Knowledge) -> Share {
    let (_, declared) = declared(bundles);
    let mut desk = Interpreter {
        knowledge,
        meanings: Meanings::of(&knowledge.shapes),
        members: Vec::new(),
        present: None,
        repeats: None,
        readings: Vec::new(),
        bytes: 0,
        expected: 0,
        declared,
        listed: Vec::new(),
        early: None,
    };
    let readings = bundles.iter_mut().map(|bundle| record::read_some(bundle, share, &mut desk, &mut |_| {})).collect();
    // A member without a record has a reading and no events.
    let with_records = desk.readings.iter().filter(|reading| reading.tally.records > 0).map(|reading| reading.member);
    let members = with_records.zip(desk.members).collect();
    Share { readings, members }
}

/// The analysis that the shares give together; `None` where only reading one after the other tells what is to be left out.
pub fn join(bundles: &mut [Bundle], shares: Vec<Share>, knowledge: &Knowledge) -> Option<Analysis> {
    let (logs, _) = declared(bundles);
    let mut found: BTreeMap<MemberId, MemberReading> = BTreeMap::new();
    let mut members = BTreeMap::new();
    for share in shares {
        let readings = share.readings.into_iter().flat_map(|reading| reading.members);
        found.extend(readings.map(|reading| (reading.member, reading)));
        members.extend(share.members);
    }
    let is_whole = |log: &MemberId| found.get(log).is_some_and(|reading| reading.read == Extent::Whole);
    if !logs.iter().all(is_whole) || found.len() != logs.len() {
        return None;
    }
    let mut readings = Vec::new();
    for bundle in bundles.iter_mut() {
        let members: Vec<MemberReading> = record::logs(bundle).iter().filter_map(|log| found.remove(log)).collect();
        let bytes = members.iter().map(|reading| reading.bytes).fold(0, u64::saturating_add);
        if bytes > bundle.surely_allowed() {
            return None;
        }
        readings.push(Reading::of(bundle, members));
    }
    Some(concluded(bundles, readings, members.into_values().collect(), Vec::new(), knowledge))
}
