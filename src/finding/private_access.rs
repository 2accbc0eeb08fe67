//! Private access: its state around the incident, and IPv6, which it does not support.

use super::{Finding, Scene, Severity};
use crate::event::{Event, EventKind, Flow};

pub(super) fn examine(scene: &Scene<'_>) -> Vec<Finding> {
    [ipv6_private_access(scene), private_access_down(scene)].into_iter().flatten().collect()
}

/// IPv6 connections around a reported time: with private access they fail for private apps, else some sites may.
fn ipv6_private_access(scene: &Scene<'_>) -> Option<Finding> {
    let flows = scene.ipv6_flows();
    let (first, last) = (flows.first()?, flows.last()?);
    let running = states(scene).last().is_some_and(|event| event.field("current") == Some("NPA_IS_STARTED"));
    let private = running || !scene.timeline.private_hosts.is_empty();
    Some(
        Finding::new("ipv6_private_access", if private { Severity::Warning } else { Severity::Note })
            .variant(if private { "private" } else { "other" })
            .with("times", flows.len())
            .between(first.at, last.at)
            .resting_on(flows.iter().map(|flow| flow.provenance)),
    )
}

/// Private access had ended by a known line and did not start again before the incident.
fn private_access_down(scene: &Scene<'_>) -> Option<Finding> {
    let window = scene.window?;
    let last = states(scene).last().copied()?;
    let by_gateway = last.field("scope") == Some("shutdown_by_gateway") && last.field("current") == Some("1");
    let needs_sign_in = last.field("current") == Some("NPA_IS_DOWN");
    (by_gateway || needs_sign_in).then(|| {
        let is_private = |flow: &Flow| scene.timeline.private_hosts.contains(&flow.host);
        let wanted = scene.flows().iter().any(is_private);
        Finding::new("private_access_down", if wanted { Severity::Error } else { Severity::Warning })
            .variant(if by_gateway { "by_gateway" } else { "sign_in" })
            .between(last.at, window.to.max(last.at))
            .resting_on([last.provenance])
    })
}

/// States of private access up to the end of the incident, in time order.
fn states<'a>(scene: &Scene<'a>) -> Vec<&'a Event> {
    let Some(wide) = scene.wide() else { return Vec::new() };
    let before = scene.timeline.events.partition_point(|event| event.at <= wide.to);
    scene.timeline.events[..before].iter().filter(|event| event.kind == EventKind::PrivateAccessStatus).collect()
}
