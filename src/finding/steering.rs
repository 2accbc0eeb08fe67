//! What steering itself did to the traffic of the incident: blocked it, left it alone, or passed it uninspected.

use super::{Finding, Scene, Severity};
use crate::event::{Decision, Flow, NO_NAME, Reason};

pub(super) fn examine(scene: &Scene<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        [blocked_by_configuration(scene), quic_blocked(scene), not_steered(scene)].into_iter().flatten().collect();
    findings.extend(hinted(scene));
    findings
}

fn blocked_by_configuration(scene: &Scene<'_>) -> Option<Finding> {
    let blocked: Vec<&Flow> = scene
        .flows()
        .iter()
        .filter(|flow| flow.decision == Decision::Block && flow.reason != Some(Reason::Quic))
        .collect();
    let (first, last) = (blocked.first()?, blocked.last()?);
    let finding = Finding::new("blocked_by_configuration", Severity::Error)
        .with("times", blocked.len())
        .with("processes", names(scene, blocked.iter().map(|flow| flow.process)))
        .with("hosts", names(scene, blocked.iter().map(|flow| flow.host)))
        .between(first.at, last.at)
        .resting_on(blocked.iter().map(|flow| flow.provenance));
    // Without a time, or where the user means something else, a block is not the explanation.
    let meant = scene.hints.is_empty() || blocked.iter().any(|flow| is_hinted(scene, flow));
    Some(if scene.window.is_some() && meant { finding.explains() } else { finding })
}

/// Normal for browsers, which fall back to TCP at once; other programs may hang.
fn quic_blocked(scene: &Scene<'_>) -> Option<Finding> {
    let blocked: Vec<&Flow> = scene.flows().iter().filter(|flow| flow.reason == Some(Reason::Quic)).collect();
    let is_browser = |flow: &&&Flow| {
        let process = scene.timeline.name(flow.process).unwrap_or_default();
        scene.knowledge.processes.is_browser(&process)
    };
    let (browsers, others): (Vec<&&Flow>, Vec<&&Flow>) = blocked.iter().partition(is_browser);
    let (shown, variant, severity) =
        if others.is_empty() { (browsers, "browser", Severity::Note) } else { (others, "other", Severity::Warning) };
    let (first, last) = (shown.first()?, shown.last()?);
    Some(
        Finding::new("quic_blocked", severity)
            .variant(variant)
            .with("times", shown.len())
            .with("processes", names(scene, shown.iter().map(|flow| flow.process)))
            .between(first.at, last.at)
            .resting_on(shown.iter().map(|flow| flow.provenance)),
    )
}

/// At that place nothing is steered, so inspection cannot be the cause.
fn not_steered(scene: &Scene<'_>) -> Option<Finding> {
    let window = scene.window?;
    let change = scene.timeline.steering.iter().rfind(|change| change.at.is_some_and(|at| at <= window.to))?;
    let location = change.location.as_deref();
    let off = change.steering_none || (location == Some("N/A") && change.web_mode.as_deref() == Some("0"));
    let inspected = scene.flows().iter().any(|flow| flow.decision == Decision::Tunnel);
    (off && !inspected).then(|| {
        Finding::new("not_steered", Severity::Error)
            .with("location", location.unwrap_or("—"))
            .between(change.at.unwrap_or(window.from), window.to)
            .resting_on(change.evidence.iter().copied())
            .explains()
    })
}

/// What the user named went around inspection: one finding for what was excepted, one for the cloud firewall.
fn hinted(scene: &Scene<'_>) -> Vec<Finding> {
    if scene.hints.is_empty() {
        return Vec::new();
    }
    let hinted: Vec<&Flow> = scene.flows().iter().filter(|flow| is_hinted(scene, flow)).collect();
    if hinted.is_empty() || hinted.iter().any(|flow| flow.decision == Decision::Tunnel) {
        return Vec::new();
    }
    let of = |decisions: &[Decision]| -> Vec<&Flow> {
        hinted.iter().filter(|flow| decisions.contains(&flow.decision)).copied().collect()
    };
    let state = |id, severity, flows: Vec<&Flow>| {
        let (first, last) = (flows.first()?, flows.last()?);
        let finding = Finding::new(id, severity)
            .with("hosts", names(scene, flows.iter().map(|flow| flow.host)))
            .with("times", flows.len())
            .between(first.at, last.at)
            .resting_on(flows.iter().map(|flow| flow.provenance));
        Some(finding.explains())
    };
    let excepted = of(&[Decision::Bypass, Decision::TunnelUndecrypted]);
    [
        state("already_excepted", Severity::Warning, excepted),
        state("firewall_only", Severity::Warning, of(&[Decision::TunnelFirewall])),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn is_hinted(scene: &Scene<'_>, flow: &Flow) -> bool {
    let host = scene.timeline.name(flow.host).unwrap_or_default();
    let process = scene.timeline.name(flow.process);
    scene.hints.iter().any(|hint| hint.fits(&host, process.as_deref()))
}

/// A few names, in alphabetical order.
fn names(scene: &Scene<'_>, numbers: impl Iterator<Item = u32>) -> String {
    const SHOWN: usize = 5;
    let mut names: Vec<String> =
        numbers.filter(|number| *number != NO_NAME).filter_map(|number| scene.timeline.name(number)).collect();
    names.sort();
    names.dedup();
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    let mut text = names.join(", ");
    if more > 0 {
        text.push_str(", …");
    }
    if text.is_empty() { "—".to_owned() } else { text }
}
