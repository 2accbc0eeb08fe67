//! A host that may explain the incident: what its process did to it inside and outside the window.

use super::Context;
use super::weights;
use crate::event::{Decision, Flow, NO_NAME, NameId};
use crate::record::time::Timestamp;
use crate::timeline::Pair;

/// One process and one host with inspected flows around the incident.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub process: NameId,
    pub host: NameId,
    pub host_name: String,
    pub process_name: Option<String>,
    pub registrable_domain: Option<String>,
    /// Inspected flows in the widened window, outside outages.
    pub inside: Vec<Flow>,
    /// Inspected flows elsewhere, outside outages.
    pub outside: Vec<Flow>,
    /// The flows of the densest minute inside.
    pub burst: Vec<Flow>,
    /// The first of them.
    pub onset: Timestamp,
}

impl Candidate {
    /// `None` if no inspected flow lies in the window, or only while there was no tunnel.
    pub(super) fn of(pair: &Pair, context: &Context<'_>) -> Option<Self> {
        let timeline = context.timeline;
        let inspected = pair
            .flows
            .iter()
            .filter_map(|number| timeline.flows.get(*number as usize))
            .filter(|flow| flow.decision == Decision::Tunnel);
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for flow in inspected {
            if context.is_disturbed(flow.at) {
                continue;
            }
            if context.wide.contains(flow.at) { inside.push(*flow) } else { outside.push(*flow) }
        }
        let burst = densest(&inside)?;
        let host_name = timeline.name(pair.host)?;
        Some(Self {
            process: pair.process,
            host: pair.host,
            process_name: (pair.process != NO_NAME).then(|| timeline.name(pair.process)).flatten(),
            registrable_domain: crate::host::registrable_domain(&host_name),
            host_name,
            onset: burst.first()?.at,
            burst,
            inside,
            outside,
        })
    }
}

/// The earliest of the fullest spans of [`weights::BURST`].
fn densest(flows: &[Flow]) -> Option<Vec<Flow>> {
    let mut best = 0..0;
    let mut from = 0;
    for (to, flow) in flows.iter().enumerate() {
        while flow.at.since(flows[from].at) > weights::BURST {
            from += 1;
        }
        if to + 1 - from > best.len() {
            best = from..to + 1;
        }
    }
    (!best.is_empty()).then(|| flows[best].to_vec())
}
