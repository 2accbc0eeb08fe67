//! Sorts the hosts around the incident into prospects and those that are no candidates, with the reason.

use std::collections::BTreeMap;

use super::Context;
use super::prospect::Prospect;
use crate::event::{Decision, Flow, NO_NAME, Reason};
use crate::knowledge::vendors::VendorReason;
use crate::provenance::Provenance;
use crate::timeline::Pair;

/// A host that was active around the incident and is no candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    pub host: String,
    pub process: Option<String>,
    pub reason: AsideReason,
    /// Which exception, where the log names one.
    pub exception: Option<Reason>,
    pub flows: u64,
    pub evidence: Vec<Provenance>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AsideReason {
    Blocked,
    Bypassed,
    PinnedTunnel,
    DoNotDecryptKnown,
    PrivateApp,
    Firewall,
    TunnelOutage,
    OwnTraffic,
}

impl AsideReason {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Bypassed => "bypassed",
            Self::PinnedTunnel => "pinned_tunnel",
            Self::DoNotDecryptKnown => "do_not_decrypt_known",
            Self::PrivateApp => "private_app",
            Self::Firewall => "firewall",
            Self::TunnelOutage => "tunnel_outage",
            Self::OwnTraffic => "own_traffic",
        }
    }
}

const EVIDENCE_LINES: usize = 5;

pub(super) fn sort_out<'a>(context: &Context<'a>) -> (Vec<Prospect<'a>>, Vec<SetAside>) {
    let mut prospects = Vec::new();
    let mut aside: BTreeMap<(String, AsideReason), SetAside> = BTreeMap::new();
    for position in context.index.active(context.timeline, context.wide) {
        let pair = &context.timeline.pairs[position];
        let flows = in_window(pair, context);
        if flows.is_empty() || (pair.host == NO_NAME) {
            continue;
        }
        match reason(position, &flows, context) {
            None => prospects.extend(Prospect::of(pair, context)),
            Some((reason, flows)) => keep(&mut aside, pair, reason, &flows, context),
        }
    }
    let mut aside: Vec<SetAside> = aside.into_values().collect();
    aside.sort_by(|a, b| (a.reason, &a.host).cmp(&(b.reason, &b.host)));
    (prospects, aside)
}

fn keep(
    aside: &mut BTreeMap<(String, AsideReason), SetAside>,
    pair: &Pair,
    reason: AsideReason,
    flows: &[&Flow],
    context: &Context<'_>,
) {
    let Some(host) = context.timeline.name(pair.host) else { return };
    let row = aside.entry((host.clone(), reason)).or_insert_with(|| SetAside {
        host,
        process: None,
        reason,
        exception: None,
        flows: 0,
        evidence: Vec::new(),
    });
    row.process = row.process.take().or_else(|| context.timeline.name(pair.process));
    row.exception = row.exception.or_else(|| flows.iter().find_map(|flow| flow.reason));
    row.flows += flows.len() as u64;
    row.evidence.extend(flows.iter().map(|flow| flow.provenance));
    row.evidence.sort_unstable();
    row.evidence.truncate(EVIDENCE_LINES);
}

/// Why the host is no candidate, with the flows that say so; `None` if it is one.
fn reason<'f>(position: usize, flows: &[&'f Flow], context: &Context<'_>) -> Option<(AsideReason, Vec<&'f Flow>)> {
    let pair = &context.timeline.pairs[position];
    let all = || flows.to_vec();
    if context.index.own[position] {
        return Some((AsideReason::OwnTraffic, all()));
    }
    if context.timeline.private_hosts.contains(&pair.host) {
        return Some((AsideReason::PrivateApp, all()));
    }
    let with = |decision: Decision| -> Vec<&'f Flow> {
        flows.iter().filter(|flow| flow.decision == decision).copied().collect()
    };
    let inspected = with(Decision::Tunnel);
    if inspected.is_empty() {
        let order = [
            (Decision::Block, AsideReason::Blocked),
            (Decision::TunnelUndecrypted, AsideReason::PinnedTunnel),
            (Decision::Bypass, AsideReason::Bypassed),
            (Decision::TunnelFirewall, AsideReason::Firewall),
        ];
        return order
            .into_iter()
            .map(|(decision, reason)| (reason, with(decision)))
            .find(|(_, flows)| !flows.is_empty());
    }
    if inspected.iter().all(|flow| context.is_disturbed(flow.at)) {
        return Some((AsideReason::TunnelOutage, inspected));
    }
    let rows =
        context.index.host(context.timeline, pair.host).map(|host| context.knowledge.vendors.of_host(&host.name));
    let excepted_by_default = rows.iter().flatten().any(|row| row.reason == VendorReason::NetskopeDefaultException);
    excepted_by_default.then_some((AsideReason::DoNotDecryptKnown, inspected))
}

fn in_window<'a>(pair: &Pair, context: &Context<'a>) -> Vec<&'a Flow> {
    let numbers = &pair.flows[pair.among(&context.positions)];
    numbers.iter().filter_map(|number| context.timeline.flows.get(*number as usize)).collect()
}
