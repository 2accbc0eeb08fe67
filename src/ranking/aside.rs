//! Sorts the hosts around the incident into prospects and those that are no candidates, with the reason.

use std::collections::BTreeMap;

use super::Context;
use super::index::Active;
use super::prospect::Prospect;
use crate::event::{Decision, Flow, NO_NAME, Reason};
use crate::knowledge::vendors::VendorReason;
use crate::provenance::Provenance;

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

/// A pair that is left out, before anybody asks for its lines.
pub(super) struct LeftOut<'a> {
    active: Active<'a>,
    reason: AsideReason,
}

/// The pairs with a flow around the incident: prospects, and the others.
pub(super) fn sort_out<'a>(context: &Context<'a>) -> (Vec<Prospect<'a>>, Vec<LeftOut<'a>>) {
    let (mut prospects, mut left_out) = (Vec::new(), Vec::new());
    for active in context.active.iter().filter(|active| active.pair.host != NO_NAME) {
        match reason(active, context) {
            None => prospects.extend(Prospect::of(active.clone(), context)),
            Some(reason) => left_out.push(LeftOut { active: active.clone(), reason }),
        }
    }
    (prospects, left_out)
}

/// One row for each host and reason.
pub(super) fn rows(left_out: &[LeftOut<'_>], context: &Context<'_>) -> Vec<SetAside> {
    let mut rows: BTreeMap<(String, AsideReason), SetAside> = BTreeMap::new();
    for LeftOut { active, reason } in left_out {
        let pair = active.pair;
        let Some(host) = context.timeline.name(pair.host) else { continue };
        let row = rows.entry((host.clone(), *reason)).or_insert_with(|| SetAside {
            host,
            process: None,
            reason: *reason,
            exception: None,
            flows: 0,
            evidence: Vec::new(),
        });
        row.process = row.process.take().or_else(|| context.timeline.name(pair.process));
        for flow in flows(active, *reason, context) {
            row.exception = row.exception.or(flow.reason);
            row.flows += 1;
            row.evidence.push(flow.provenance);
        }
        row.evidence.sort_unstable();
        row.evidence.truncate(EVIDENCE_LINES);
    }
    let mut rows: Vec<SetAside> = rows.into_values().collect();
    rows.sort_by(|a, b| (a.reason, &a.host).cmp(&(b.reason, &b.host)));
    rows
}

/// Why the pair is no candidate; `None` if it is one.
fn reason(active: &Active<'_>, context: &Context<'_>) -> Option<AsideReason> {
    if active.is_own {
        return Some(AsideReason::OwnTraffic);
    }
    if context.timeline.private_hosts.contains(&active.pair.host) {
        return Some(AsideReason::PrivateApp);
    }
    if active.inspected == 0 {
        let order = [AsideReason::Blocked, AsideReason::PinnedTunnel, AsideReason::Bypassed, AsideReason::Firewall];
        return order.into_iter().find(|reason| flows(active, *reason, context).next().is_some());
    }
    if !context.is_calm && active.inspected_flows(context.timeline).all(|flow| context.is_disturbed(flow.at)) {
        return Some(AsideReason::TunnelOutage);
    }
    let mut rows = context.host(active.pair.host)?.vendor_rows(context.knowledge);
    rows.any(|row| row.reason == VendorReason::NetskopeDefaultException).then_some(AsideReason::DoNotDecryptKnown)
}

/// The flows around the incident that say so.
fn flows<'a>(active: &Active<'a>, reason: AsideReason, context: &Context<'a>) -> impl Iterator<Item = &'a Flow> {
    let decision = match reason {
        AsideReason::Blocked => Some(Decision::Block),
        AsideReason::PinnedTunnel => Some(Decision::TunnelUndecrypted),
        AsideReason::Bypassed => Some(Decision::Bypass),
        AsideReason::Firewall => Some(Decision::TunnelFirewall),
        AsideReason::TunnelOutage | AsideReason::DoNotDecryptKnown => Some(Decision::Tunnel),
        AsideReason::PrivateApp | AsideReason::OwnTraffic => None,
    };
    let numbers = &context.timeline.pairs.flows(active.pair)[active.places(context.timeline)];
    let flows = numbers.iter().filter_map(|number| context.timeline.flows.get(*number as usize));
    flows.filter(move |flow| decision.is_none_or(|decision| flow.decision == decision))
}
