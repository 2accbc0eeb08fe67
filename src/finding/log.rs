//! Is the log good enough to judge by: its span, its gaps, its level, its noise.

use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;

use super::{Finding, Scene, Severity};
use crate::event::{NO_NAME, NameId};
use crate::record::Level;
use crate::record::time::MINUTE;

pub(super) fn examine(scene: &Scene<'_>) -> Vec<Finding> {
    [
        outside_span(scene),
        no_flows(scene),
        log_gap(scene),
        log_level(scene),
        log_noise(scene),
        host_names_missing(scene),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The incident lies before the first or after the last record.
fn outside_span(scene: &Scene<'_>) -> Option<Finding> {
    let (window, span) = (scene.window?, scene.timeline.coverage.span?);
    (!span.overlaps(window)).then(|| {
        Finding::new("outside_span", Severity::Error)
            .variant(if window.to < span.from { "before" } else { "after" })
            .with("first", span.from.to_second())
            .with("last", span.to.to_second())
            .with("at", window.middle().to_second())
            .between(window.from, window.to)
            .blinds()
    })
}

/// Nothing in the whole log was steered, bypassed or blocked.
fn no_flows(scene: &Scene<'_>) -> Option<Finding> {
    let span = scene.timeline.coverage.span?;
    scene
        .timeline
        .flows
        .is_empty()
        .then(|| Finding::new("no_flows", Severity::Error).between(span.from, span.to).blinds())
}

fn log_gap(scene: &Scene<'_>) -> Option<Finding> {
    let window = scene.window?;
    let gap = scene.timeline.coverage.gaps.iter().find(|gap| gap.overlaps(window))?;
    let covered = gap.from <= window.from && window.to <= gap.to;
    let finding = Finding::new("log_gap", if covered { Severity::Error } else { Severity::Warning })
        .with("minutes", gap.length() / MINUTE)
        .between(gap.from, gap.to);
    Some(if covered { finding.blinds() } else { finding })
}

fn log_level(scene: &Scene<'_>) -> Option<Finding> {
    let level = scene.timeline.coverage.level?;
    let finding = match level {
        Level::Debug => Finding::new("log_level", Severity::Note).variant("debug"),
        Level::Warning | Level::Error | Level::Critical if scene.timeline.flows.is_empty() => {
            Finding::new("log_level", Severity::Error).variant("low").blinds()
        }
        _ => return None,
    };
    Some(finding.with("level", level.id()))
}

/// So much was going on that many hosts look alike: tells what to close before the next try.
fn log_noise(scene: &Scene<'_>) -> Option<Finding> {
    const BUSY_HOSTS: usize = 60;
    scene.window?;
    let mut hosts: HashMap<NameId, HashSet<NameId, FixedState>, FixedState> = HashMap::default();
    for flow in scene.flows().iter().filter(|flow| flow.process != NO_NAME) {
        hosts.entry(flow.process).or_default().insert(flow.host);
    }
    let all: usize = hosts.values().map(HashSet::len).sum();
    if all < BUSY_HOSTS {
        return None;
    }
    let mut busiest: Vec<(usize, String)> =
        hosts.iter().filter_map(|(process, hosts)| Some((hosts.len(), scene.timeline.name(*process)?))).collect();
    busiest.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let named: Vec<String> = busiest.iter().take(5).map(|(count, process)| format!("{process} ({count})")).collect();
    let finding = Finding::new("log_noise", Severity::Note)
        .with("hosts", all)
        .with("processes", hosts.len())
        .with("busiest", named.join(", "));
    Some(finding)
}

/// Flows without a host name: the client learns names from DNS, so encrypted DNS leaves addresses.
fn host_names_missing(scene: &Scene<'_>) -> Option<Finding> {
    // The hosts of a million flows are few.
    let mut known: Vec<Option<bool>> = vec![None; scene.timeline.names.len()];
    let is_address = |host: NameId| scene.timeline.name(host).is_some_and(|host| crate::host::address(&host).is_some());
    let mut is_blank = |host: NameId| {
        let known = known.get_mut(host as usize);
        known.is_none_or(|known| *known.get_or_insert_with(|| is_address(host)))
    };
    let steered = || scene.flows().iter().filter(|flow| flow.process != NO_NAME && flow.reason.is_none());
    let (all, blank) = (steered().count(), steered().filter(|flow| is_blank(flow.host)).count());
    let wide = scene.wide()?;
    (blank >= 5 && blank * 3 >= all).then(|| {
        Finding::new("host_names_missing", Severity::Warning)
            .with("blank", blank)
            .with("all", all)
            .between(wide.from, wide.to)
            .resting_on(steered().filter(|flow| is_blank(flow.host)).map(|flow| flow.provenance))
    })
}
