//! Merges the events of all members into one order of time, and reads from it what lasted: outages, sessions, steering modes.
//!
//! Stops at what the log says; what it means for the incident is the business of `finding` and `ranking`.

pub mod activity;
pub mod device;
mod order;
mod session;
pub mod window;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use foldhash::fast::FixedState;

pub use device::Device;
pub use session::{Outage, SteeringChange, TunnelSession};
pub use window::{Coverage, TimeWindow};

use crate::event::{
    Decision, Event, EventKind, Events, Flow, NO_NAME, NameId, Names, Reason, UnknownMessages, add_all,
};
use crate::knowledge::processes::Processes;
use crate::record::Level;
use crate::record::time::{MINUTE, SECOND, Timestamp};

/// Everything that the logs of one analysis tell, in time order.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    pub names: Names,
    pub flows: Vec<Flow>,
    pub events: Vec<Event>,
    /// Flows of each process and host, in order of first occurrence.
    pub pairs: Vec<Pair>,
    /// Which of them each flow belongs to.
    pair_of_flow: Vec<u32>,
    pub sessions: Vec<TunnelSession>,
    pub outages: Vec<Outage>,
    pub steering: Vec<SteeringChange>,
    pub device: Device,
    pub coverage: Coverage,
    /// Records of each minute, by minutes since the epoch of [`Timestamp`].
    pub minutes: BTreeMap<i64, u32>,
    pub levels: BTreeMap<Level, u64>,
    /// Hosts of private applications.
    pub private_hosts: BTreeSet<NameId>,
    /// Records of each message shape, by its position in the catalogue.
    pub shapes: BTreeMap<usize, u64>,
    pub unknown: UnknownMessages,
}

/// The time of a flow that was not steered for inspection.
const NEVER: Timestamp = Timestamp(i64::MIN);

/// A flow that was steered for inspection, by its position in [`Timeline::flows`]: most questions ask for its time alone,
/// and the flow itself is far away in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspected {
    pub at: Timestamp,
    pub position: u32,
}

/// All flows of one process to one host, as positions in [`Timeline::flows`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// [`NO_NAME`] where the line names no process.
    pub process: NameId,
    /// The host, or the address where the host is blank.
    pub host: NameId,
    pub flows: Vec<u32>,
    /// The time of each of them, side by side because it is asked for most often; [`NEVER`] of those that were not
    /// steered for inspection.
    inspected_at: Vec<Timestamp>,
    /// How many of them were steered for inspection.
    pub inspected: u32,
    /// The first that an exception let pass.
    pub excepted: Option<u32>,
}

impl Pair {
    /// Those at these places of [`Pair::flows`] that were steered for inspection.
    pub fn inspected_among(&self, places: Range<usize>) -> impl Iterator<Item = Inspected> {
        let flows = self.flows[places.clone()].iter().zip(&self.inspected_at[places]);
        flows.filter(|(_, at)| **at != NEVER).map(|(position, at)| Inspected { at: *at, position: *position })
    }
}

/// Merges `members`, given in any order, into one timeline.
#[must_use]
pub fn build(mut members: Vec<Events>, processes: &Processes) -> Timeline {
    // A stable order that does not depend on the order of the files: by first record, then by where it stands.
    members.sort_by_key(|events| events.minutes.keys().next().copied());
    let mut timeline = Timeline::default();
    let mut writers = BTreeMap::new();
    for events in members {
        timeline.absorb(events, &mut writers);
    }
    order::settle(&mut timeline.flows, |flow| (flow.at, flow.provenance));
    order::settle(&mut timeline.events, |event| (event.at, event.provenance));
    timeline.mark_uninspected();
    (timeline.pairs, timeline.pair_of_flow) = timeline.paired();
    timeline.coverage = timeline.covered();
    timeline.sessions = session::sessions(&timeline.events);
    timeline.outages = session::outages(&timeline.events, timeline.coverage.span);
    timeline.steering = session::steering(&timeline.events);
    timeline.private_hosts = timeline.privately_accessed();
    timeline.device = device::read(&timeline, &writers, processes);
    timeline
}

/// Flows that one call goes through.
const AT_A_TIME: usize = 4096;

/// A browser compiles what is called often better than what runs once, however long: what goes through a million flows
/// is called for some of them at a time.
#[inline(never)]
fn apart<Rows>(work: &mut impl FnMut(Rows), rows: Rows) {
    work(rows);
}

impl Timeline {
    #[must_use]
    pub fn name(&self, number: NameId) -> Option<String> {
        self.names.text(number).map(Cow::into_owned)
    }

    /// Pairs that were steered for inspection and whose host ends so, with that host. Of a log's many names few do, so the
    /// ending is compared before anything becomes a text.
    pub fn steered_to<'t>(&'t self, ending: &'t str) -> impl Iterator<Item = (&'t Pair, Cow<'t, str>)> {
        let steered = self.pairs.iter().filter(|pair| pair.inspected > 0);
        let hosts = steered.filter_map(|pair| Some((pair, self.names.get(pair.host)?)));
        let found = hosts.filter(|(_, host)| host.ends_with(ending.as_bytes()));
        found.map(|(pair, host)| (pair, String::from_utf8_lossy(host)))
    }

    /// Flows in `window`.
    #[must_use]
    pub fn flows_in(&self, window: TimeWindow) -> &[Flow] {
        &self.flows[self.positions_in(window)]
    }

    /// The flows themselves.
    pub fn resolve<'t>(&'t self, inspected: impl IntoIterator<Item = &'t Inspected>) -> impl Iterator<Item = &'t Flow> {
        inspected.into_iter().filter_map(|inspected| self.flows.get(inspected.position as usize))
    }

    /// Which of [`Timeline::pairs`] the flows at `positions` belong to.
    #[must_use]
    pub fn pairs_of(&self, positions: Range<usize>) -> &[u32] {
        &self.pair_of_flow[positions]
    }

    /// The first flow of the same process to the same host as the flow at `position`.
    #[must_use]
    pub fn first_alike(&self, position: usize) -> Option<&Flow> {
        let pair = &self.pairs[*self.pair_of_flow.get(position)? as usize];
        self.flows.get(*pair.flows.first()? as usize)
    }

    /// The positions of the flows in `window`.
    #[must_use]
    pub fn positions_in(&self, window: TimeWindow) -> Range<usize> {
        let from = self.flows.partition_point(|flow| flow.at < window.from);
        let to = self.flows.partition_point(|flow| flow.at <= window.to);
        from..to.max(from)
    }

    /// Events in `window`.
    #[must_use]
    pub fn events_in(&self, window: TimeWindow) -> &[Event] {
        let from = self.events.partition_point(|event| event.at < window.from);
        let to = self.events.partition_point(|event| event.at <= window.to);
        &self.events[from..to.max(from)]
    }

    /// `remote`, `on-prem` or `N/A`, as the log named the place last before `at`.
    #[must_use]
    pub fn location_at(&self, at: Timestamp) -> Option<&str> {
        let before = self.steering.iter().rfind(|change| change.at.is_some_and(|since| since <= at))?;
        before.location.as_deref()
    }

    #[must_use]
    pub fn outage_at(&self, at: Timestamp) -> Option<&Outage> {
        // Outages stand in time order and do not overlap.
        let begun = self.outages.partition_point(|outage| outage.window.from <= at);
        self.outages[..begun].last().filter(|outage| outage.window.contains(at))
    }

    fn absorb(&mut self, events: Events, writers: &mut BTreeMap<String, u64>) {
        if self.names.is_empty() && self.flows.is_empty() {
            // Of one large log nothing is copied.
            self.names = events.names;
            self.flows = events.flows;
        } else {
            let numbers = self.names.absorb(&events.names);
            self.flows.reserve_exact(events.flows.len());
            self.flows.extend(events.flows.into_iter().map(|flow| flow.renumbered(&numbers)));
        }
        self.events.extend(events.events);
        self.unknown.absorb(events.unknown);
        add_all(&mut self.minutes, events.minutes);
        add_all(&mut self.levels, events.levels);
        add_all(&mut self.shapes, events.shapes);
        add_all(writers, events.writers);
    }

    /// A flow that follows “bypassed by tunneling” for the same process and host is the same connection: not inspected.
    fn mark_uninspected(&mut self) {
        const FOLLOWS_WITHIN: i64 = SECOND;
        let mut announced: HashMap<(NameId, NameId), Timestamp, FixedState> = HashMap::default();
        let mut mark = |flows: &mut [Flow]| {
            for flow in flows {
                let key = (flow.process, flow.host);
                let is_announcement = flow.decision == Decision::TunnelUndecrypted && flow.reason.is_some();
                if is_announcement {
                    announced.insert(key, flow.at);
                } else if matches!(flow.decision, Decision::Tunnel | Decision::TunnelUndecrypted)
                    && flow.process != NO_NAME
                    && announced.get(&key).is_some_and(|at| flow.at.since(*at) <= FOLLOWS_WITHIN)
                {
                    announced.remove(&key);
                    flow.decision = Decision::TunnelUndecrypted;
                    flow.reason = Some(Reason::PinnedApp);
                }
            }
        };
        self.flows.chunks_mut(AT_A_TIME).for_each(|flows| apart(&mut mark, flows));
    }

    fn paired(&self) -> (Vec<Pair>, Vec<u32>) {
        let mut positions: HashMap<(NameId, NameId), usize, FixedState> = HashMap::default();
        let mut pairs: Vec<Pair> = Vec::new();
        // Counted first: tables that grow step by step take twice the memory.
        let mut sizes: Vec<usize> = Vec::new();
        let mut pair_of_flow: Vec<u32> = Vec::with_capacity(self.flows.len());
        let mut count = |flows: &[Flow]| {
            pair_of_flow.extend(flows.iter().map(|flow| {
                let host = if flow.host == NO_NAME { flow.destination } else { flow.host };
                let position = *positions.entry((flow.process, host)).or_insert_with(|| {
                    pairs.push(Pair { process: flow.process, host, ..Pair::default() });
                    sizes.push(0);
                    pairs.len() - 1
                });
                sizes[position] += 1;
                position as u32
            }));
        };
        self.flows.chunks(AT_A_TIME).for_each(|flows| apart(&mut count, flows));
        for (pair, size) in pairs.iter_mut().zip(sizes) {
            pair.flows.reserve_exact(size);
            pair.inspected_at.reserve_exact(size);
        }
        let mut numbers = 0..;
        let mut enter = |(flows, pair_of_flow): (&[Flow], &[u32])| {
            for ((flow, position), number) in flows.iter().zip(pair_of_flow).zip(&mut numbers) {
                let pair = &mut pairs[*position as usize];
                pair.flows.push(number);
                pair.inspected_at.push(if flow.decision == Decision::Tunnel { flow.at } else { NEVER });
                match flow.decision {
                    Decision::Tunnel => pair.inspected += 1,
                    Decision::Bypass | Decision::TunnelUndecrypted if flow.reason != Some(Reason::PrivateAddress) => {
                        pair.excepted = pair.excepted.or(Some(number));
                    }
                    _ => {}
                }
            }
        };
        self.flows.chunks(AT_A_TIME).zip(pair_of_flow.chunks(AT_A_TIME)).for_each(|flows| apart(&mut enter, flows));
        (pairs, pair_of_flow)
    }

    fn covered(&self) -> Coverage {
        let first = self.minutes.keys().next();
        let last = self.minutes.keys().next_back();
        let span = first.zip(last).map(|(first, last)| TimeWindow {
            from: Timestamp(first * MINUTE),
            to: Timestamp(last * MINUTE + MINUTE - 1),
        });
        let gaps = Coverage::gaps_between(self.minutes.keys().copied());
        let level = self.levels.keys().filter(|level| **level != Level::Unknown).max().copied();
        Coverage { span, gaps, days: Coverage::days_of(&self.minutes), level }
    }

    /// Hosts that private access rules name: words with a dot and a letter in the lines that list ports and hosts.
    fn privately_accessed(&self) -> BTreeSet<NameId> {
        let rules = self.events.iter().filter(|event| event.kind == EventKind::PrivateAccessRule);
        let lines = rules.filter_map(|event| event.field("continuation")).flat_map(str::lines);
        lines
            .filter(|line| line.trim_start().starts_with(|first: char| first.is_ascii_digit()))
            .flat_map(|line| line.split([' ', ',', ';', '\t', '[', ']', '(', ')', '"', '\'']))
            .filter(|word| word.contains('.') && word.bytes().any(|byte| byte.is_ascii_alphabetic()))
            .filter_map(|word| self.names.find(word.to_ascii_lowercase().as_bytes()))
            .collect()
    }
}
