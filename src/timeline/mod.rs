//! Merges the events of all members into one order of time, and reads from it what lasted: outages, sessions, steering modes.
//!
//! Stops at what the log says; what it means for the incident is the business of `finding` and `ranking`.

pub mod activity;
pub mod device;
mod order;
mod pair;
mod session;
pub mod window;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

pub use device::Device;
pub use pair::{Inspected, Pair, Pairs};
pub use session::{Outage, SteeringChange, TunnelSession};
pub use window::{Coverage, TimeWindow};

use crate::event::{Event, EventKind, Events, Flow, NameId, Names, UnknownMessages, add_all};
use crate::knowledge::processes::Processes;
use crate::record::Level;
use crate::record::time::{MINUTE, Timestamp};

/// Everything that the logs of one analysis tell, in time order.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    pub names: Names,
    pub flows: Vec<Flow>,
    pub events: Vec<Event>,
    /// Which flows are of the same process to the same host.
    pub pairs: Pairs,
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
    timeline.pairs = Pairs::of(&mut timeline.flows);
    timeline.coverage = timeline.covered();
    timeline.sessions = session::sessions(&timeline.events);
    timeline.outages = session::outages(&timeline.events, timeline.coverage.span);
    timeline.steering = session::steering(&timeline.events);
    timeline.private_hosts = timeline.privately_accessed();
    timeline.device = device::read(&timeline, &writers, processes);
    timeline
}

impl Timeline {
    #[must_use]
    pub fn name(&self, number: NameId) -> Option<String> {
        self.names.text(number).map(Cow::into_owned)
    }

    /// Pairs that were steered for inspection and whose host ends so, with that host. Of a log's many names few do, so the
    /// ending is compared before anything becomes a text.
    pub fn steered_to<'t>(&'t self, ending: &'t str) -> impl Iterator<Item = (&'t Pair, Cow<'t, str>)> {
        let steered = self.pairs.rows().iter().filter(|pair| pair.inspected > 0);
        let hosts = steered.filter_map(|pair| Some((pair, self.names.get(pair.host)?)));
        let found = hosts.filter(|(_, host)| host.ends_with(ending.as_bytes()));
        found.map(|(pair, host)| (pair, String::from_utf8_lossy(host)))
    }

    /// All flows of a pair.
    pub fn flows_of(&self, pair: &Pair) -> impl Iterator<Item = &Flow> {
        self.pairs.flows(pair).iter().filter_map(|position| self.flows.get(*position as usize))
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
