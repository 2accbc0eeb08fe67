//! Turns suspects into settings that free them, least loss of inspection first.
//!
//! Stops at plain values: sentences are made by `report`, from the ids given here.

pub mod automation;
mod existing;
mod in_force;
mod ladder;
mod scope;
pub mod verify;
pub mod what_if;

use std::collections::BTreeSet;

pub use ladder::{Rung, Step};

use crate::configuration::standing::place_named;
use crate::configuration::{Branch, Configuration};
use crate::finding::Finding;
use crate::host::is_below;
use crate::knowledge::Knowledge;
use crate::knowledge::catalogue::Platform;
use crate::knowledge::remedies::{HostSyntax, Remedy};
use crate::ranking::{Confidence, Suspect};
use crate::timeline::Timeline;

/// One rung of the ladder for a group of suspects.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    pub remedy: Remedy,
    /// Positions in the list of suspects.
    pub suspects: Vec<usize>,
    pub process: Option<String>,
    pub platforms: Vec<Platform>,
    pub entries: Vec<String>,
    pub try_first: bool,
    /// Other hosts of this log that the entries would free too.
    pub also_frees: Vec<String>,
    pub steps: Vec<Step>,
    /// Keys below `warning.`, with arguments.
    pub warnings: Vec<Step>,
    pub reference: Option<String>,
}

/// Groups of suspects that get advice: more would be an invitation to except everything.
const GROUPS: usize = 3;

/// Points from which on a weak suspect is worth a try: more than a connection or two at the right time.
const ADVISABLE: f64 = 3.0;

/// What to set for `suspects`, or what else to do where a finding explains the incident.
#[must_use]
pub fn advise(
    suspects: &[Suspect],
    findings: &[Finding],
    timeline: &Timeline,
    configuration: &Configuration,
    knowledge: &Knowledge,
) -> Vec<Suggestion> {
    let best = suspects.first().map_or(Confidence::Weak, |suspect| suspect.confidence);
    let explained = findings.iter().find(|finding| finding.explains && best < Confidence::Strong);
    let blind = findings.iter().find(|finding| finding.blinds && best == Confidence::Weak);
    let cause = explained.or(blind);
    let groups = groups(suspects, cause.is_some());
    let mut suggestions = Vec::new();
    match cause {
        Some(finding) => suggestions.push(instead(finding)),
        None if groups.is_empty() => suggestions.push(nothing_found()),
        None => {}
    }
    for (position, group) in groups.into_iter().enumerate() {
        let rungs = ladder::rungs(&group, suspects, timeline, knowledge);
        let mut rungs = existing::without_existing(rungs, configuration, place(&group, suspects, timeline));
        ladder::with_way_on(&mut rungs);
        for (height, rung) in rungs.into_iter().enumerate() {
            let first = suggestions.is_empty() || (position > 0 && height == 0);
            suggestions.push(finish(rung, &group, suspects, first, timeline, knowledge));
        }
    }
    suggestions
}

/// Suspects of one service and process stand together. A weak one gets advice only in front, with some reason behind it,
/// and where nothing else explains the incident: an exception on suspicion alone blinds for nothing.
fn groups(suspects: &[Suspect], explained: bool) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (position, suspect) in suspects.iter().enumerate() {
        let advisable = position == 0 && !explained && suspect.score >= ADVISABLE;
        if suspect.confidence == Confidence::Weak && !advisable {
            continue;
        }
        let domain = &suspect.candidate.registrable_domain;
        let together = groups.iter().position(|group| {
            let first = &suspects[group[0]].candidate;
            domain.is_some() && first.registrable_domain == *domain && first.process == suspect.candidate.process
        });
        match together {
            Some(group) => groups[group].push(position),
            None if groups.len() < GROUPS => groups.push(vec![position]),
            None => {}
        }
    }
    groups
}

fn finish(
    rung: Rung,
    group: &[usize],
    suspects: &[Suspect],
    try_first: bool,
    timeline: &Timeline,
    knowledge: &Knowledge,
) -> Suggestion {
    let syntax = knowledge.remedies.of(rung.remedy).map_or(HostSyntax::None, |row| row.syntax);
    let hosts: BTreeSet<&str> = group.iter().map(|position| &*suspects[*position].candidate.host_name).collect();
    Suggestion {
        also_frees: also_frees(&rung.entries, syntax, rung.process.as_deref(), &hosts, timeline),
        remedy: rung.remedy,
        suspects: group.to_vec(),
        process: rung.process,
        platforms: rung.platforms,
        entries: rung.entries,
        try_first,
        steps: rung.steps,
        warnings: rung.warnings,
        reference: rung.reference,
    }
}

/// Where the device was when the group's connections began.
fn place(group: &[usize], suspects: &[Suspect], timeline: &Timeline) -> Option<Branch> {
    let onset = group.iter().map(|position| suspects[*position].candidate.onset).min()?;
    place_named(timeline.location_at(onset))
}

/// Does an entry of this syntax cover `host`?
#[must_use]
pub fn covers(entry: &str, host: &str, syntax: HostSyntax) -> bool {
    match (syntax, entry.strip_prefix("*.")) {
        (HostSyntax::None, _) => false,
        (HostSyntax::LeadingWildcard, Some(parent)) => is_below(host, parent),
        (HostSyntax::LeadingWildcard, None) => host == entry,
        (HostSyntax::ParentDomain, _) => host == entry || is_below(host, entry),
    }
}

/// Steered hosts of the log, beside the suspects, that the entries would free.
fn also_frees(
    entries: &[String],
    syntax: HostSyntax,
    process: Option<&str>,
    suspects: &BTreeSet<&str>,
    timeline: &Timeline,
) -> Vec<String> {
    let mut freed = BTreeSet::new();
    for entry in entries {
        for (pair, host) in timeline.steered_to(entry.strip_prefix("*.").unwrap_or(entry)) {
            let is_of_process = || process.is_none() || timeline.name(pair.process).as_deref() == process;
            if covers(entry, &host, syntax) && !suspects.contains(&*host) && is_of_process() {
                freed.insert(host.into_owned());
            }
        }
    }
    freed.into_iter().collect()
}

/// No setting: the finding tells what to do instead.
fn instead(finding: &Finding) -> Suggestion {
    let key = match &finding.variant {
        Some(variant) => format!("finding.{}.{variant}.next", finding.id),
        None => format!("finding.{}.next", finding.id),
    };
    Suggestion {
        steps: vec![Step { key, arguments: finding.arguments.clone(), command: None }, Step::new("step.then_again")],
        ..empty()
    }
}

/// Nothing speaks for a host: how to find out whether Netskope is the cause at all.
fn nothing_found() -> Suggestion {
    let keys = ["step.client_off", "step.ipv6_off", "step.good_log", "step.then_again"];
    Suggestion { steps: keys.into_iter().map(Step::new).collect(), ..empty() }
}

fn empty() -> Suggestion {
    Suggestion {
        remedy: Remedy::None,
        suspects: Vec::new(),
        process: None,
        platforms: Vec::new(),
        entries: Vec::new(),
        try_first: true,
        also_frees: Vec::new(),
        steps: Vec::new(),
        warnings: Vec::new(),
        reference: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_syntax_covers_what_its_setting_covers() {
        use HostSyntax::{LeadingWildcard, ParentDomain};
        assert!(covers("*.example.com", "a.b.example.com", LeadingWildcard));
        assert!(!covers("*.example.com", "example.com", LeadingWildcard));
        assert!(covers("example.com", "example.com", LeadingWildcard));
        assert!(!covers("example.com", "www.example.com", LeadingWildcard));
        assert!(covers("example.com", "www.example.com", ParentDomain));
        assert!(!covers("example.com", "www.badexample.com", ParentDomain));
    }
}
