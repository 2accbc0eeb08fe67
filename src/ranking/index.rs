//! What the ranking needs of a log whatever time is reported: computed once, when the log has been read.
//! It holds for the knowledge that it was made with.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use foldhash::fast::FixedState;

use super::attempt::{HalfMinutes, Peak};
use super::infer::{self, Burst};
use crate::event::{Decision, Flow, NameId};
use crate::host::registrable_domain;
use crate::knowledge::Knowledge;
use crate::knowledge::vendors::VendorRow;
use crate::provenance::MemberId;
use crate::timeline::{Inspected, Pair, Timeline};

#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Which device wrote a log. Empty where all logs are of one.
    pub devices: Devices,
    /// Flows that an exception let pass, by registrable domain.
    pub(super) excepted: HashMap<Arc<str>, Vec<Flow>, FixedState>,
    /// Whether a pair, by its position, is the client's own traffic.
    pub(super) own: Vec<bool>,
    /// The strongest burst of each other pair on each device, strongest first.
    pub(super) bursts: Vec<Burst>,
    /// Flows steered for inspection.
    pub(super) inspected: usize,
    /// By name, once it was asked for: it takes a while, and few names are asked.
    hosts: Vec<OnceLock<Box<Host>>>,
}

/// A host by its name, which every candidate of every window shares.
#[derive(Clone, Debug)]
pub(super) struct Host {
    pub(super) name: Arc<str>,
    pub(super) registrable_domain: Option<Arc<str>>,
    /// What is known about it, as places in the catalogue.
    vendor_rows: Box<[usize]>,
}

impl Host {
    /// What is known about it, the most specific first.
    pub(super) fn vendor_rows<'k>(&self, knowledge: &'k Knowledge) -> impl Iterator<Item = &'k VendorRow> {
        self.vendor_rows.iter().filter_map(|place| knowledge.vendors.rows().get(*place))
    }
}

/// A pair with a flow in the span that is looked at.
#[derive(Clone)]
pub(super) struct Active<'a> {
    pub(super) pair: &'a Pair,
    /// The client's own traffic.
    pub(super) is_own: bool,
    /// How many of its flows in the span were steered for inspection.
    pub(super) inspected: usize,
    /// No minute has more of them.
    pub(super) peak: Peak,
    /// How many they are in all.
    count: usize,
    /// The position of the first of them in [`Timeline::flows`].
    first: u32,
}

impl Active<'_> {
    /// Which of the pair's flows they are. Most pairs are done with before that is looked for.
    pub(super) fn places(&self, timeline: &Timeline) -> Range<usize> {
        let from = timeline.pairs.flows(self.pair).partition_point(|position| *position < self.first);
        from..from + self.count
    }

    /// Those that were steered for inspection.
    pub(super) fn inspected_flows(&self, timeline: &Timeline) -> impl Iterator<Item = Inspected> {
        timeline.pairs.inspected(self.pair, self.places(timeline))
    }
}

/// Devices by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Devices {
    pub of: BTreeMap<MemberId, usize>,
    pub count: usize,
}

impl Devices {
    /// Several people sent logs of the same incident.
    #[must_use]
    pub fn are_several(&self) -> bool {
        self.count > 1
    }

    #[must_use]
    pub fn wrote(&self, member: MemberId) -> usize {
        self.of.get(&member).copied().unwrap_or(0)
    }

    /// Each device's number, or 0 alone.
    pub(super) fn numbers(&self) -> std::ops::Range<usize> {
        0..self.count.max(1)
    }
}

impl Index {
    #[must_use]
    pub fn new(timeline: &Timeline, devices: Devices, knowledge: &Knowledge) -> Self {
        let own = own(timeline, knowledge);
        let mut index = Self {
            bursts: infer::all_bursts(timeline, &own, &devices, knowledge),
            devices,
            excepted: HashMap::default(),
            hosts: vec![OnceLock::new(); timeline.names.len()],
            own,
            inspected: timeline.pairs.rows().iter().map(|pair| pair.inspected as usize).sum(),
        };
        index.excepted = index.excepted_flows(timeline, knowledge);
        index
    }

    /// Is the pair of this number the client's own traffic?
    #[must_use]
    pub fn is_own(&self, number: usize) -> bool {
        self.own.get(number).copied().unwrap_or_default()
    }

    /// Flows of exceptions that carry a host and a process, one for each pair, by registrable domain.
    fn excepted_flows(&self, timeline: &Timeline, knowledge: &Knowledge) -> HashMap<Arc<str>, Vec<Flow>, FixedState> {
        let mut excepted: HashMap<Arc<str>, Vec<Flow>, FixedState> = HashMap::default();
        for pair in timeline.pairs.rows() {
            let Some(flow) = pair.excepted.and_then(|number| timeline.flows.get(number as usize)) else { continue };
            let domain = self.host(pair.host, timeline, knowledge).and_then(|host| host.registrable_domain.clone());
            if let Some(domain) = domain {
                excepted.entry(domain).or_default().push(*flow);
            }
        }
        excepted
    }

    pub(super) fn host(&self, host: NameId, timeline: &Timeline, knowledge: &Knowledge) -> Option<&Host> {
        let ask = || {
            let name = timeline.names.text(host).unwrap_or_default();
            Box::new(Host {
                registrable_domain: registrable_domain(&name).map(Arc::from),
                vendor_rows: knowledge.vendors.places_of_host(&name).into(),
                name: Arc::from(name),
            })
        };
        self.hosts.get(host as usize).map(|host| &**host.get_or_init(ask))
    }

    /// The pairs with a flow among these positions of [`Timeline::flows`], in their order.
    pub(super) fn active<'a>(&self, timeline: &'a Timeline, positions: Range<usize>) -> Vec<Active<'a>> {
        let flows = timeline.flows[positions.clone()].iter().zip(timeline.pairs.numbers(positions.clone()));
        // By pair: its place in `active`, if it has one.
        let mut places = vec![usize::MAX; timeline.pairs.rows().len()];
        let mut active: Vec<Active<'a>> = Vec::new();
        let mut clock = HalfMinutes::default();
        for (position, (flow, number)) in positions.zip(flows) {
            let number = *number as usize;
            if places[number] == usize::MAX {
                places[number] = active.len();
                let (pair, is_own) = (&timeline.pairs.rows()[number], self.own[number]);
                active.push(Active {
                    pair,
                    is_own,
                    inspected: 0,
                    peak: Peak::default(),
                    count: 0,
                    first: position as u32,
                });
            }
            let active = &mut active[places[number]];
            active.count += 1;
            if flow.decision == Decision::Tunnel {
                active.inspected += 1;
                active.peak.add(clock.step(flow.at));
            }
        }
        places.into_iter().filter_map(|place| active.get(place).cloned()).collect()
    }
}

/// Which pairs are the client's own traffic, by process or host.
fn own(timeline: &Timeline, knowledge: &Knowledge) -> Vec<bool> {
    let processes = &knowledge.processes;
    let name = |number: NameId| timeline.names.text(number);
    // The processes of many pairs are few.
    let mut known: HashMap<NameId, bool, FixedState> = HashMap::default();
    let mut is_own = |pair: &Pair| {
        let of_process = || name(pair.process).is_some_and(|process| processes.is_own_process(&process));
        *known.entry(pair.process).or_insert_with(of_process)
            || name(pair.host).is_some_and(|host| processes.is_own_host(&host))
    };
    timeline.pairs.rows().iter().map(&mut is_own).collect()
}
