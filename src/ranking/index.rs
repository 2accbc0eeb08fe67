//! What the ranking needs of a log whatever time is reported: computed once, when the log has been read.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use foldhash::fast::FixedState;

use super::infer::{self, Burst};
use crate::event::{Flow, NO_NAME, NameId};
use crate::host::registrable_domain;
use crate::knowledge::Knowledge;
use crate::provenance::MemberId;
use crate::timeline::{Pair, TimeWindow, Timeline};

#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Which device wrote a log. Empty where all logs are of one.
    pub devices: Devices,
    /// Positions in [`Timeline::pairs`], by process and host.
    pairs: HashMap<(NameId, NameId), usize, FixedState>,
    /// Flows that an exception let pass, by registrable domain.
    pub(super) excepted: BTreeMap<Arc<str>, Vec<Flow>>,
    /// Whether a pair, by its position, is the client's own traffic.
    pub(super) own: Vec<bool>,
    /// The strongest burst of each other pair on each device, strongest first.
    pub(super) bursts: Vec<Burst>,
    /// Flows steered for inspection.
    pub(super) inspected: usize,
    /// By name, once it was asked for: it takes a while, and few names are asked.
    hosts: Vec<OnceLock<Host>>,
}

/// A host by its name, which every candidate of every window shares.
#[derive(Clone, Debug)]
pub(super) struct Host {
    pub(super) name: Arc<str>,
    pub(super) registrable_domain: Option<Arc<str>>,
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
        let pairs = timeline.pairs.iter().enumerate();
        let own = own(timeline, knowledge);
        let mut index = Self {
            bursts: infer::all_bursts(timeline, &own, &devices, knowledge),
            devices,
            pairs: pairs.map(|(position, pair)| ((pair.process, pair.host), position)).collect(),
            excepted: BTreeMap::new(),
            hosts: vec![OnceLock::new(); timeline.names.len()],
            own,
            inspected: timeline.pairs.iter().map(|pair| pair.inspected as usize).sum(),
        };
        index.excepted = index.excepted_flows(timeline);
        index
    }

    /// Flows of exceptions that carry a host and a process, one for each pair, by registrable domain.
    fn excepted_flows(&self, timeline: &Timeline) -> BTreeMap<Arc<str>, Vec<Flow>> {
        let mut excepted: BTreeMap<Arc<str>, Vec<Flow>> = BTreeMap::new();
        for pair in &timeline.pairs {
            let Some(flow) = pair.excepted.and_then(|number| timeline.flows.get(number as usize)) else { continue };
            let domain = self.host(timeline, pair.host).and_then(|host| host.registrable_domain.clone());
            if let Some(domain) = domain {
                excepted.entry(domain).or_default().push(*flow);
            }
        }
        excepted
    }

    /// The first flow of the same process to the same host.
    pub(super) fn first_flow<'t>(&self, timeline: &'t Timeline, flow: &Flow) -> Option<&'t Flow> {
        let pair = &timeline.pairs[*self.pairs.get(&(flow.process, flow.host))?];
        timeline.flows.get(*pair.flows.first()? as usize)
    }

    pub(super) fn host(&self, timeline: &Timeline, host: NameId) -> Option<&Host> {
        let ask = || {
            let name = timeline.names.text(host).unwrap_or_default();
            Host { registrable_domain: registrable_domain(&name).map(Arc::from), name: Arc::from(name) }
        };
        Some(self.hosts.get(host as usize)?.get_or_init(ask))
    }

    /// Positions of the pairs with a flow in `window`, in their order.
    pub(super) fn active(&self, timeline: &Timeline, window: TimeWindow) -> Vec<usize> {
        let host = |flow: &Flow| if flow.host == NO_NAME { flow.destination } else { flow.host };
        let flows = timeline.flows_in(window).iter();
        let mut active: Vec<usize> =
            flows.filter_map(|flow| self.pairs.get(&(flow.process, host(flow))).copied()).collect();
        active.sort_unstable();
        active.dedup();
        active
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
    timeline.pairs.iter().map(&mut is_own).collect()
}
