//! Sentences about other logs: how this one differs from a healthy one, and what a later one shows of the suspects.

use std::collections::BTreeSet;

use super::{Writer, shown};
use crate::advice::verify::{self, After, State};
use crate::analysis::{Analysis, HealthyLog};
use crate::configuration::Configuration;
use crate::event::{Decision, NO_NAME};
use crate::incident::Incident;
use crate::knowledge::Knowledge;
use crate::knowledge::catalogue::process_key;
use crate::language::Language;
use crate::ranking::{self, Confidence, Moment, Suspect};
use crate::report::model::{
    BaselineSummary, CandidateMoment, Difference, UnneededEntry, Verification, VerifiedSuspect,
};
use crate::timeline::TimeWindow;

/// Names in one sentence.
const NAMED: usize = 8;
/// Suspects that are looked for in the later log.
const VERIFIED: usize = 10;

impl Writer<'_> {
    pub(super) fn moments(&self, moments: &[Moment]) -> Vec<CandidateMoment> {
        let moment = |moment: &Moment| {
            let arguments = [
                ("attempts", moment.attempts.to_string()),
                ("host", shown(&moment.host)),
                ("process", moment.process.as_deref().map_or_else(|| "—".to_owned(), shown)),
            ];
            CandidateMoment {
                from: moment.window.from.to_string(),
                to: moment.window.to.to_string(),
                host: shown(&moment.host),
                process: moment.process.as_deref().map(shown),
                why: self.texts.get("moment.why", &arguments),
            }
        };
        moments.iter().map(moment).collect()
    }

    pub(super) fn baseline(&self, suspects: &[Suspect], window: Option<TimeWindow>) -> Option<BaselineSummary> {
        let healthy = self.analysis.baseline.as_ref()?;
        let mut differences: Vec<Difference> = Vec::new();
        let mut tell = |id: &str, arguments: &[(&'static str, String)]| {
            let text = self.texts.get(&format!("baseline.{id}"), arguments);
            differences.push(Difference { id: id.to_owned(), text });
        };
        for (id, then, now) in self.states(healthy) {
            tell(id, &[("then", shown(&then)), ("now", shown(&now))]);
        }
        let (missing, added) = exceptions(&healthy.configuration, &self.analysis.configuration);
        for (id, entries) in [("exceptions_missing", missing), ("exceptions_added", added)] {
            if !entries.is_empty() {
                tell(id, &[("entries", named(entries))]);
            }
        }
        let was_excepted = |suspect: &&Suspect| suspect.candidate.habit.is_some_and(|habit| habit.was_excepted);
        let is_new = |suspect: &&Suspect| !healthy.habits.hosts.contains(&*suspect.candidate.host_name);
        let names = |rows: Vec<&Suspect>| rows.iter().map(|row| shown(&row.candidate.host_name)).collect::<Vec<_>>();
        let rows = [
            ("no_longer_excepted", names(suspects.iter().filter(was_excepted).collect())),
            ("new_hosts", names(suspects.iter().filter(is_new).collect())),
        ];
        for (id, hosts) in rows {
            if !hosts.is_empty() {
                tell(id, &[("hosts", named(hosts))]);
            }
        }
        let processes = self.new_processes(healthy, window);
        if !processes.is_empty() {
            tell("new_processes", &[("processes", named(processes))]);
        }
        if differences.is_empty() {
            let text = self.texts.get("baseline.none", &[]);
            differences.push(Difference { id: "none".to_owned(), text });
        }
        Some(BaselineSummary {
            name: healthy.name.clone(),
            first: healthy.span.map(|span| span.from.to_string()),
            last: healthy.span.map(|span| span.to.to_string()),
            differences,
        })
    }

    /// States of the device that are known of both logs and differ: id, then, now.
    fn states(&self, healthy: &HealthyLog) -> Vec<(&'static str, String, String)> {
        let (device, facts) = (&self.analysis.timeline.device, &self.analysis.configuration.facts);
        let (then, then_facts) = (&healthy.device, &healthy.configuration.facts);
        let pairs = [
            ("client_version", &then.client_version, &device.client_version),
            ("os", &then.os, &device.os),
            ("steering_configuration", &then_facts.steering_configuration, &facts.steering_configuration),
            ("traffic_mode", &then_facts.traffic_mode, &facts.traffic_mode),
            ("location", &then.location, &device.location),
        ];
        let differs = |(id, then, now): (&'static str, &Option<String>, &Option<String>)| {
            let (then, now) = (then.as_ref()?, now.as_ref()?);
            (then != now).then(|| (id, then.clone(), now.clone()))
        };
        pairs.into_iter().filter_map(differs).collect()
    }

    /// Programs around the incident that the healthy log does not know.
    fn new_processes(&self, healthy: &HealthyLog, window: Option<TimeWindow>) -> Vec<String> {
        let timeline = &self.analysis.timeline;
        let Some(window) = window else { return Vec::new() };
        let flows = timeline.flows_in(window.widened(ranking::weights::MARGIN)).iter();
        let steered = flows.filter(|flow| flow.decision == Decision::Tunnel && flow.process != NO_NAME);
        let numbers: BTreeSet<u32> = steered.map(|flow| flow.process).collect();
        let names: BTreeSet<String> = numbers.into_iter().filter_map(|number| timeline.name(number)).collect();
        let is_new = |name: &String| !healthy.habits.processes.contains(&process_key(name));
        names.into_iter().filter(is_new).map(|name| shown(&name)).collect()
    }
}

/// What `after`, read from a bundle that was taken after the change, shows of the suspects of `before`.
#[must_use]
pub fn verify(
    before: &Analysis,
    incident: &Incident,
    after: &Analysis,
    knowledge: &Knowledge,
    language: Language,
) -> Verification {
    let suspects = ranking::suspects_of(before.sources(knowledge), incident);
    let told = suspects
        .iter()
        .enumerate()
        .filter(|(position, suspect)| *position == 0 || suspect.confidence != Confidence::Weak);
    let told: Vec<(usize, &Suspect)> = told.take(VERIFIED).collect();
    let earlier = before.timeline.coverage.span;
    let later = after.timeline.coverage.span;
    let scene = After {
        timeline: &after.timeline,
        capture: &after.capture,
        configuration: &after.configuration,
        // A log of another day stands for itself.
        since: earlier.map(|span| span.to).filter(|end| later.is_some_and(|later| later.to > *end)),
    };
    let verified = verify::verify(&told, scene, knowledge);
    let writer = Writer { analysis: after, knowledge, texts: knowledge.texts(language), language };
    let texts = writer.texts;
    let is_later = earlier.zip(later).is_some_and(|(earlier, later)| later.to > earlier.to);
    let broken = |state: State| matches!(state, State::StillRetrying | State::StillRefused | State::Blocked);
    let answer = if !is_later {
        "not_later"
    } else if verified.is_empty() {
        "no_suspects"
    } else if verified.iter().any(|row| broken(row.state)) {
        "still_broken"
    } else if verified.iter().all(|row| row.state == State::NotSeen) {
        "not_seen"
    } else {
        "quiet"
    };
    let from = scene.since.or(later.map(|span| span.from));
    Verification {
        name: after.bundles.iter().map(|bundle| bundle.name.as_str()).collect::<Vec<_>>().join(", "),
        from: from.map(|at| at.to_string()),
        to: later.map(|span| span.to.to_string()),
        says: texts.get(&format!("verify.{answer}"), &[]),
        suspects: verified
            .iter()
            .map(|row| {
                let candidate = &suspects[row.suspect].candidate;
                let state = row.state.id();
                let arguments = [("flows", row.flows.to_string()), ("attempts", row.busiest.to_string())];
                VerifiedSuspect {
                    rank: row.suspect as u32 + 1,
                    host: shown(&candidate.host_name),
                    process: candidate.process_name.as_deref().map(shown),
                    state: state.to_owned(),
                    says: texts.get(&format!("verify.state.{state}.says"), &arguments),
                    next: texts.get(&format!("verify.state.{state}.next"), &arguments),
                    flows: row.flows as u64,
                    evidence: writer.evidence(&row.evidence),
                }
            })
            .collect(),
        unneeded: verify::unneeded(&before.configuration, scene, &told)
            .into_iter()
            .map(|row| UnneededEntry {
                says: texts.get(&format!("verify.unneeded.{}", row.why.id()), &[("entry", shown(&row.entry))]),
                reason: row.why.id().to_owned(),
                entry: shown(&row.entry),
                app: row.app.as_deref().map(shown),
            })
            .collect(),
    }
}

/// Exceptions of `then` that are missing now, and those that were added.
fn exceptions(then: &Configuration, now: &Configuration) -> (Vec<String>, Vec<String>) {
    // A bundle without configuration files tells nothing about them.
    if then.sources.is_empty() || now.sources.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let entries = |configuration: &Configuration| -> BTreeSet<String> {
        let domains = configuration.domains.iter().map(|domain| shown(&domain.pattern));
        let apps = configuration.pinned_apps.iter().flat_map(|app| {
            let domains = app.domains.iter().chain(&app.tunnel_domains);
            domains.map(|domain| format!("{} ({})", shown(domain), shown(&app.process.written)))
        });
        domains.chain(apps).collect()
    };
    let (then, now) = (entries(then), entries(now));
    (then.difference(&now).cloned().collect(), now.difference(&then).cloned().collect())
}

/// A few of `names`, and how many more there are.
fn named(mut names: Vec<String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let more = if more > 0 { format!(" (+{more})") } else { String::new() };
    format!("{}{more}", names.join(", "))
}
