//! Finds out by how much the device's wall clock differs from a capture's UTC: the log names no zone.
//!
//! The same connections stand in both, so the whole quarter of an hour at which most of them meet is the difference.

use std::collections::BTreeMap;

use super::Conversation;
use crate::event::{Flow, NO_NAME, NameId};
use crate::provenance::MemberId;
use crate::record::time::{MINUTE, SECOND, Timestamp};
use crate::timeline::Timeline;

/// From UTC−12 to UTC+14.
const QUARTERS: std::ops::RangeInclusive<i64> = -48..=56;
/// The client writes its line when it sees the first packet, or the name in it.
const TOGETHER: i64 = 2 * SECOND;
/// More conversations tell the same.
const LOOKED_AT: usize = 500;

/// Microseconds to add to the capture's time. `None` where too few connections, or none for certain, stand in both.
///
/// `logs` are the members that tell of the same device.
pub(super) fn difference(
    conversations: &[Conversation],
    timeline: &Timeline,
    logs: &dyn Fn(MemberId) -> bool,
) -> Option<i64> {
    let mut by_host: BTreeMap<NameId, Vec<&Flow>> = BTreeMap::new();
    let named = |conversation: &Conversation| timeline.names.find(conversation.server_name.as_deref()?.as_bytes());
    let wanted: std::collections::BTreeSet<NameId> = conversations.iter().filter_map(named).collect();
    for pair in timeline.pairs.rows().iter().filter(|pair| pair.host != NO_NAME && wanted.contains(&pair.host)) {
        let flows = timeline.flows_of(pair);
        by_host.entry(pair.host).or_default().extend(flows.filter(|flow| logs(flow.provenance.member)));
    }
    for flows in by_host.values_mut() {
        flows.sort_by_key(|flow| flow.at);
    }
    let mut votes: BTreeMap<i64, (u32, u32)> = BTreeMap::new();
    for conversation in conversations.iter().filter(|conversation| conversation.utc > 0).take(LOOKED_AT) {
        let Some(flows) = named(conversation).and_then(|host| by_host.get(&host)) else { continue };
        for quarter in QUARTERS {
            let at = Timestamp(conversation.utc.saturating_add(quarter * 15 * MINUTE));
            let from = flows.partition_point(|flow| flow.at < at.plus(-TOGETHER));
            let near = flows[from..].iter().take_while(|flow| flow.at <= at.plus(TOGETHER));
            let (mut met, mut by_port) = (false, false);
            for flow in near {
                met = true;
                by_port |= flow.source_port != 0 && flow.source_port == conversation.client.1;
            }
            let vote = votes.entry(quarter).or_default();
            vote.0 += u32::from(by_port);
            vote.1 += u32::from(met);
        }
    }
    let best = |of: &dyn Fn(&(u32, u32)) -> u32, least: u32| {
        let mut counts: Vec<(u32, i64)> = votes.iter().map(|(quarter, vote)| (of(vote), *quarter)).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let (first, second) = (counts.first()?, counts.get(1).map_or(0, |second| second.0));
        // A host asked at even intervals meets itself at every quarter of an hour.
        (first.0 >= least && first.0 >= 2 * second).then_some(first.1 * 15 * MINUTE)
    };
    best(&|vote| vote.0, 1).or_else(|| best(&|vote| vote.1, 2))
}

/// `+09:00`
#[must_use]
pub fn zone_text(difference: i64) -> String {
    let minutes = (difference / MINUTE).abs();
    format!("{}{:02}:{:02}", if difference < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
}
