//! What happened around the device: another network, sleep, a captive portal, another data centre, names that nobody resolved.

use super::client::{of_kind, of_status};
use super::{Finding, Scene, Severity};
use crate::event::{Event, EventKind};
use crate::record::time::MINUTE;

pub(super) fn examine(scene: &Scene<'_>) -> Vec<Finding> {
    [network_changed(scene), device_slept(scene), captive_portal(scene), pop_changed(scene), gateway_unresolved(scene)]
        .into_iter()
        .flatten()
        .collect()
}

/// Only around a reported time: a laptop changes its network all day.
fn network_changed(scene: &Scene<'_>) -> Option<Finding> {
    scene.window?;
    let mut changes = Vec::new();
    let mut address = None;
    for event in of_kind(scene, EventKind::NetworkChanged) {
        // The tunnel names its source address each time it is built: news only if it is another one.
        let named = event.field("address").filter(|_| event.field("from").is_none());
        if named.is_none() || address.is_some_and(|known| Some(known) != named) {
            changes.push(event);
        }
        address = named.or(address);
    }
    changes.extend(of_status(scene, &["status_network_change"]));
    note("network_changed", Severity::Note, changes)
}

fn device_slept(scene: &Scene<'_>) -> Option<Finding> {
    scene.window?;
    let mut events = of_kind(scene, EventKind::PowerChanged);
    events.extend(of_status(scene, &["status_shutdown", "status_powerup"]));
    note("device_slept", Severity::Note, events)
}

/// Until somebody signs in at the portal nothing gets through.
fn captive_portal(scene: &Scene<'_>) -> Option<Finding> {
    note("captive_portal", Severity::Warning, of_kind(scene, EventKind::CaptivePortal))
}

/// The client moved to another data centre around the reported time.
fn pop_changed(scene: &Scene<'_>) -> Option<Finding> {
    scene.window?;
    let changes = of_kind(scene, EventKind::PopChosen)
        .into_iter()
        .filter(|event| event.field("change") == Some("modified") && event.field("kind") != Some("NPA"));
    let changes: Vec<&Event> = changes.collect();
    let pop = changes.last()?.field("pop").unwrap_or("—").to_owned();
    Some(note("pop_changed", Severity::Note, changes)?.with("pop", pop))
}

/// No way of resolving the gateway's name worked. That one of two fails is how the older client works and no incident.
fn gateway_unresolved(scene: &Scene<'_>) -> Option<Finding> {
    const NEXT_WAY_WITHIN: i64 = MINUTE;
    let wide = scene.wide()?;
    let failures = of_kind(scene, EventKind::NameUnresolved);
    let resolved = |event: &Event| matches!(event.kind, EventKind::NameResolved | EventKind::TunnelUp);
    let unresolved: Vec<&Event> = failures
        .into_iter()
        .filter(|failure| {
            let after = crate::timeline::TimeWindow { from: failure.at, to: failure.at.plus(NEXT_WAY_WITHIN) };
            !scene.timeline.events_in(after).iter().any(resolved)
        })
        .collect();
    let last = unresolved.last()?;
    // The log ends before the other way was tried.
    let ends = scene.timeline.coverage.span.is_some_and(|span| span.to.since(last.at) < NEXT_WAY_WITHIN);
    let resolvers = unresolved.iter().filter_map(|event| event.field("resolver"));
    let mut resolvers: Vec<&str> = resolvers.collect();
    resolvers.sort_unstable();
    resolvers.dedup();
    if ends && resolvers == ["EDNS"] || !wide.contains(last.at) {
        return None;
    }
    let finding = note("gateway_unresolved", Severity::Warning, unresolved.clone())?;
    Some(finding.with("times", unresolved.len()).with("resolvers", resolvers.join(", ")))
}

fn note(id: &'static str, severity: Severity, mut events: Vec<&Event>) -> Option<Finding> {
    events.sort_by_key(|event| (event.at, event.provenance));
    let (first, last) = (events.first()?, events.last()?);
    Some(Finding::new(id, severity).between(first.at, last.at).resting_on(events.iter().map(|event| event.provenance)))
}
