//! Which flows are of one process to one host.
//!
//! In columns: the flows of all pairs stand in lists of their own, pair after pair, since a log has many pairs with few flows.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::FixedState;

use crate::event::{Decision, Flow, NO_NAME, NameId, Reason};
use crate::record::time::{SECOND, Timestamp};

/// All pairs of a log, in order of first occurrence.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    rows: Vec<Pair>,
    /// Which of them each flow belongs to.
    of_flow: Vec<u32>,
    /// Positions in [`Timeline::flows`](super::Timeline::flows), pair after pair.
    flows: Vec<u32>,
    /// The time of each of these, side by side because it is asked for most often; [`NEVER`] of those that were not
    /// steered for inspection.
    inspected_at: Vec<Timestamp>,
}

/// One process and one host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// [`NO_NAME`] where the line names no process.
    pub process: NameId,
    /// The host, or the address where the host is blank.
    pub host: NameId,
    /// How many flows there are.
    pub count: u32,
    /// How many of them were steered for inspection.
    pub inspected: u32,
    /// The position of the first that an exception let pass.
    pub excepted: Option<u32>,
    /// Where its flows begin in the lists of all.
    begin: u32,
}

/// A flow that was steered for inspection, by its position in [`Timeline::flows`](super::Timeline::flows): most questions
/// ask for its time alone, and the flow itself is far away in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspected {
    pub at: Timestamp,
    pub position: u32,
}

/// The time of a flow that was not steered for inspection.
pub(super) const NEVER: Timestamp = Timestamp(i64::MIN);

impl Pairs {
    /// Of `flows` in time order. A flow that follows “bypassed by tunneling” of the same pair is the same connection: it is
    /// marked as not inspected.
    pub(super) fn of(flows: &mut [Flow]) -> Self {
        let mut pairs = Self::numbered(flows);
        let mut places: Vec<u32> = pairs.rows.iter().map(|pair| pair.begin).collect();
        pairs.flows = vec![0; flows.len()];
        pairs.inspected_at = vec![NEVER; flows.len()];
        let mut announced = vec![NEVER; pairs.rows.len()];
        let mut position = 0;
        let mut enter = |(flows, numbers): (&mut [Flow], &[u32])| {
            for (flow, number) in flows.iter_mut().zip(numbers) {
                let number = *number as usize;
                mark(flow, &mut announced[number]);
                let place = places[number] as usize;
                places[number] += 1;
                pairs.flows[place] = position;
                let pair = &mut pairs.rows[number];
                match flow.decision {
                    Decision::Tunnel => {
                        pairs.inspected_at[place] = flow.at;
                        pair.inspected += 1;
                    }
                    Decision::Bypass | Decision::TunnelUndecrypted if flow.reason != Some(Reason::PrivateAddress) => {
                        pair.excepted = pair.excepted.or(Some(position));
                    }
                    _ => {}
                }
                position += 1;
            }
        };
        flows.chunks_mut(AT_A_TIME).zip(pairs.of_flow.chunks(AT_A_TIME)).for_each(|flows| apart(&mut enter, flows));
        pairs
    }

    /// The pairs and their numbers of flows.
    fn numbered(flows: &[Flow]) -> Self {
        let mut numbers: HashMap<(NameId, NameId), u32, FixedState> = HashMap::default();
        let mut rows: Vec<Pair> = Vec::new();
        let mut of_flow: Vec<u32> = Vec::with_capacity(flows.len());
        let mut count = |flows: &[Flow]| {
            of_flow.extend(flows.iter().map(|flow| {
                let host = if flow.host == NO_NAME { flow.destination } else { flow.host };
                let number = *numbers.entry((flow.process, host)).or_insert_with(|| {
                    rows.push(Pair { process: flow.process, host, ..Pair::default() });
                    rows.len() as u32 - 1
                });
                rows[number as usize].count += 1;
                number
            }));
        };
        flows.chunks(AT_A_TIME).for_each(|flows| apart(&mut count, flows));
        rows.shrink_to_fit();
        let mut begin = 0;
        for pair in &mut rows {
            pair.begin = begin;
            begin += pair.count;
        }
        Self { rows, of_flow, ..Self::default() }
    }

    #[must_use]
    pub fn rows(&self) -> &[Pair] {
        &self.rows
    }

    /// The numbers of the pairs to which the flows at `positions` belong.
    #[must_use]
    pub fn numbers(&self, positions: Range<usize>) -> &[u32] {
        &self.of_flow[positions]
    }

    /// Positions of a pair's flows, in time order.
    #[must_use]
    pub fn flows(&self, pair: &Pair) -> &[u32] {
        &self.flows[pair.range()]
    }

    /// Those at these places among a pair's flows that were steered for inspection.
    pub fn inspected(&self, pair: &Pair, places: Range<usize>) -> impl Iterator<Item = Inspected> {
        let flows = self.flows(pair)[places.clone()].iter().zip(&self.inspected_at[pair.range()][places]);
        flows.filter(|(_, at)| **at != NEVER).map(|(position, at)| Inspected { at: *at, position: *position })
    }

    /// Positions of a pair's flows, with the time of those that were steered for inspection.
    pub(super) fn timed(&self, pair: &Pair) -> impl Iterator<Item = (u32, Option<Timestamp>)> {
        let flows = self.flows(pair).iter().zip(&self.inspected_at[pair.range()]);
        flows.map(|(position, at)| (*position, Some(*at).filter(|at| *at != NEVER)))
    }
}

impl Pair {
    fn range(&self) -> Range<usize> {
        self.begin as usize..(self.begin + self.count) as usize
    }
}

/// `announced` is when “bypassed by tunneling” was last said of the pair and no flow has followed.
fn mark(flow: &mut Flow, announced: &mut Timestamp) {
    const FOLLOWS_WITHIN: i64 = SECOND;
    let is_announcement = flow.decision == Decision::TunnelUndecrypted && flow.reason.is_some();
    if is_announcement {
        *announced = flow.at;
    } else if *announced != NEVER
        && matches!(flow.decision, Decision::Tunnel | Decision::TunnelUndecrypted)
        && flow.process != NO_NAME
        && flow.at.since(*announced) <= FOLLOWS_WITHIN
    {
        *announced = NEVER;
        flow.decision = Decision::TunnelUndecrypted;
        flow.reason = Some(Reason::PinnedApp);
    }
}

/// Flows that one call goes through.
const AT_A_TIME: usize = 4096;

/// A browser compiles what is called often better than what runs once, however long: what goes through a million flows
/// is called for some of them at a time.
#[inline(never)]
fn apart<Rows>(work: &mut impl FnMut(Rows), rows: Rows) {
    work(rows);
}
