//! What the bundle's own configuration explains or endangers: a suspect that is excepted already, entries that let out too much.

use std::net::IpAddr;

use super::{Finding, Scene, Severity};
use crate::configuration::standing::{self, Relation, place_named};
use crate::configuration::{Branch, Target, risks};
use crate::ranking::Suspect;

/// Of so many suspects, from the first, it is asked whether they are excepted already.
pub(crate) const SUSPECTS_LOOKED_AT: usize = 3;

pub(super) fn examine(scene: &Scene<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = excepted_but_steered(scene).into_iter().collect();
    findings.extend(configuration_risk(scene));
    findings
}

/// The configuration excepts what the log shows steered: the exception has not arrived, does not reach, or acts in the cloud.
fn excepted_but_steered(scene: &Scene<'_>) -> Option<Finding> {
    let place = scene.window.and_then(|window| place_named(scene.timeline.location_at(window.to)));
    let (suspect, standing) = scene.suspects.iter().take(SUSPECTS_LOOKED_AT).find_map(|suspect| {
        let addresses = addresses_of(scene, suspect);
        let candidate = &suspect.candidate;
        let target =
            Target { host: &candidate.host_name, process: candidate.process_name.as_deref(), addresses: &addresses };
        let standings = standing::standings(scene.configuration, target);
        let covering = standings
            .into_iter()
            .find(|standing| standing.relation == Relation::Excepted && standing::applies(standing.branch, place))?;
        Some((suspect, covering))
    })?;
    let inside = &suspect.candidate.inside;
    let variant = if place == Some(Branch::OnPremises) { "on_premises" } else { "steered" };
    let finding = Finding::new("already_excepted", Severity::Warning)
        .variant(variant)
        .with("hosts", &suspect.candidate.host_name)
        .with("entry", &standing.entry)
        .with("times", inside.len())
        .resting_on(scene.timeline.resolve(inside).map(|flow| flow.provenance));
    Some(match (inside.first(), inside.last()) {
        (Some(first), Some(last)) => finding.between(first.at, last.at),
        _ => finding,
    })
}

/// Where the suspect's connections went.
pub(crate) fn addresses_of(scene: &Scene<'_>, suspect: &Suspect) -> Vec<IpAddr> {
    let names =
        scene.timeline.resolve(&suspect.candidate.inside).filter_map(|flow| scene.timeline.name(flow.destination));
    let mut addresses: Vec<IpAddr> = names.filter_map(|name| crate::host::address(&name)).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

/// One finding for each kind of risk.
fn configuration_risk(scene: &Scene<'_>) -> Vec<Finding> {
    const NAMED: usize = 5;
    let risks = risks(scene.configuration);
    let mut kinds: Vec<&'static str> = risks.iter().map(|risk| risk.id).collect();
    kinds.dedup();
    let finding = |kind: &'static str| {
        let entries: Vec<&str> = risks.iter().filter(|risk| risk.id == kind).map(|risk| risk.entry.as_str()).collect();
        let more = if entries.len() > NAMED { ", …" } else { "" };
        let named = format!("{}{more}", entries[..entries.len().min(NAMED)].join(", "));
        Finding::new("configuration_risk", Severity::Warning)
            .variant(kind)
            .with("count", entries.len())
            .with("entries", named)
    };
    kinds.into_iter().map(finding).collect()
}
