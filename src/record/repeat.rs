//! Recognises records that were read before: the same rotation twice in a bundle, in a tar or under another encoding, or
//! a part that was copied again when it had grown.
//!
//! Compares from the first record of a member on, record by record, by a sum of four bytes each: two copies agree from
//! their beginning, and where they end to agree, all that follows is new. Stops at the question; what is done with a
//! repeated record is decided by the caller.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, Hash as _, Hasher as _};

use foldhash::fast::FixedState;

use super::time::Timestamp;
use super::{Reader, Record};
use crate::bundle::{Bundle, Extent, Member, MemberVisitor};
use crate::provenance::MemberId;

/// Earlier members that are compared with at a time; a bundle holds a rotation twice or three times.
const COMPARED: usize = 16;

/// The records of all members so far, as sums.
#[derive(Default)]
pub struct Repeats {
    /// Of members that hold something of their own.
    chains: Vec<Chain>,
    present: Option<Chain>,
    /// Chains by their first record.
    starts: BTreeMap<u32, Vec<usize>>,
    /// Chains that agree with the present member so far.
    agreeing: Vec<usize>,
    found: Vec<Repeat>,
}

/// What a member has in common with an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    pub member: MemberId,
    /// The earlier one.
    pub of: MemberId,
    /// So many records from the first one on.
    pub records: u64,
    /// The first record after those; `None` if nothing else stands in the member.
    pub new_from: Option<Timestamp>,
}

struct Chain {
    member: MemberId,
    sums: Vec<u32>,
    repeated: usize,
    of: MemberId,
    new_from: Option<Timestamp>,
}

impl Repeats {
    /// Whether `record`, and every record of its member before it, stands at the same place of an earlier member.
    /// Records come member by member, each in its own order.
    pub fn is_repeated(&mut self, record: &Record<'_>) -> bool {
        let member = record.provenance.member;
        if self.present.as_ref().is_none_or(|chain| chain.member != member) {
            self.end_member();
        }
        let chain = self.present.get_or_insert_with(|| Chain {
            member,
            sums: Vec::new(),
            repeated: 0,
            of: member,
            new_from: None,
        });
        let sum = sum(record);
        let place = chain.sums.len();
        if place == 0 {
            self.agreeing.clear();
            let same_start = self.starts.get(&sum).map(Vec::as_slice).unwrap_or_default();
            self.agreeing.extend(same_start.iter().take(COMPARED));
        } else {
            self.agreeing.retain(|number| self.chains[*number].sums.get(place) == Some(&sum));
        }
        chain.sums.push(sum);
        let Some(first) = self.agreeing.first() else {
            chain.new_from.get_or_insert(record.at);
            return false;
        };
        chain.of = self.chains[*first].member;
        chain.repeated = place + 1;
        true
    }

    /// Every member that repeats an earlier one, in the order of reading.
    #[must_use]
    pub fn finish(mut self) -> Vec<Repeat> {
        self.end_member();
        self.found
    }

    fn end_member(&mut self) {
        let Some(mut chain) = self.present.take() else { return };
        if chain.repeated > 0 {
            let Chain { member, of, new_from, .. } = chain;
            self.found.push(Repeat { member, of, records: chain.repeated as u64, new_from });
        }
        if let Some(first) = chain.sums.first().filter(|_| chain.new_from.is_some()) {
            self.starts.entry(*first).or_default().push(self.chains.len());
            chain.sums.shrink_to_fit();
            self.chains.push(chain);
        }
    }
}

/// Whether two of `logs` begin with the same record, or one with none that is near: only then a record may be repeated.
pub fn begin_alike(bundles: &mut [Bundle], logs: &BTreeSet<MemberId>) -> bool {
    let mut firsts = Firsts { current: None, sums: Vec::new(), undecided: false };
    for bundle in bundles {
        bundle.read_each(&|member| logs.contains(&member.id), &mut firsts);
    }
    let distinct: BTreeSet<u32> = firsts.sums.iter().copied().collect();
    firsts.undecided || distinct.len() < firsts.sums.len()
}

/// Text in which a first record is looked for.
const LOOKED_AT: u64 = 4 << 20;

/// Sums of the first records.
struct Firsts {
    /// Until its first record is found.
    current: Option<(Reader, u64)>,
    sums: Vec<u32>,
    undecided: bool,
}

impl MemberVisitor for Firsts {
    fn bytes(&mut self, member: &Member, chunk: &[u8]) -> bool {
        let (reader, bytes) = self.current.get_or_insert_with(|| (Reader::new(member.id), 0));
        *bytes += chunk.len() as u64;
        let mut first = None;
        reader.push(chunk, &mut |record| {
            first.get_or_insert_with(|| sum(&record));
        });
        let goes_on = first.is_none() && *bytes < LOOKED_AT;
        if first.is_some() {
            self.current = None;
        }
        self.sums.extend(first);
        goes_on
    }

    fn end(&mut self, _: &Member, extent: &Extent) {
        let Some((mut reader, _)) = self.current.take() else { return };
        if *extent == Extent::Whole {
            let mut first = None;
            reader.finish(&mut |record| {
                first.get_or_insert_with(|| sum(&record));
            });
            self.sums.extend(first);
        } else {
            self.undecided = true;
        }
    }
}

/// Of everything that the log says, so that line ends and encoding make no difference.
fn sum(record: &Record<'_>) -> u32 {
    let mut hasher = FixedState::default().build_hasher();
    hasher.write_i64(record.at.0);
    hasher.write_u32(record.source_line);
    for field in [record.process, record.process_id, record.thread_id, record.source_file] {
        field.hash(&mut hasher);
    }
    record.message.hash(&mut hasher);
    record.continuation.hash(&mut hasher);
    hasher.finish() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(from: usize, count: usize) -> String {
        let line = |number| {
            format!("2024/04/28 11:{:02}:{:02}.409 stAgentSvc p1 t1 info a.cpp:1 x {number}", number / 60, number % 60)
        };
        (from..from + count).map(|number| line(number) + "\n").collect()
    }

    #[track_caller]
    fn check(logs: &[&str], expected_new: &[usize], expected: &[(u32, u32, u64, bool)]) {
        let mut repeats = Repeats::default();
        let mut new = vec![0; logs.len()];
        for (number, log) in logs.iter().enumerate() {
            let mut sink = |record: Record<'_>| new[number] += usize::from(!repeats.is_repeated(&record));
            let mut reader = Reader::new(MemberId(number as u32));
            reader.push(log.as_bytes(), &mut sink);
            reader.finish(&mut sink);
        }
        assert_eq!(new, expected_new);
        let found = repeats.finish();
        let found: Vec<_> = found
            .iter()
            .map(|repeat| (repeat.member.0, repeat.of.0, repeat.records, repeat.new_from.is_none()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn copies_and_parts_that_have_grown() {
        let (short, long, other) = (log(0, 40), log(0, 90), log(90, 50));
        check(&[&short, &other, &long], &[40, 50, 50], &[(2, 0, 40, false)]);
        check(&[&long, &short, &other], &[90, 0, 50], &[(1, 0, 40, true)]);
        check(
            &[&short, &long, &long, &short],
            &[40, 50, 0, 0],
            &[(1, 0, 40, false), (2, 1, 90, true), (3, 0, 40, true)],
        );
        check(&[&short, &short.replace('\n', "\r\n")], &[40, 0], &[(1, 0, 40, true)]);
    }

    #[test]
    fn the_same_beginning_is_not_the_same_log() {
        let fork = log(0, 20) + &log(60, 20);
        check(&[&log(0, 40), &fork, &fork], &[40, 20, 0], &[(1, 0, 20, false), (2, 1, 40, true)]);
        check(&[&log(0, 5), "", &log(1, 4)], &[5, 0, 4], &[]);
    }
}
