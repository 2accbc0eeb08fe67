//! Makes the report: runs finding, ranking and advice for one incident and puts their values into sentences.

mod comparison;
mod configuration;
mod first_steps;
mod timeline;

use std::collections::{BTreeMap, BTreeSet};

use super::model::{
    Automation, BundleSummary, CoverageSummary, DaySummary, DeviceSummary, Evidence, Finding, IncidentSummary,
    MemberSummary, Notice, Report, SCHEMA, SetAside, Signal, Span, Suggestion, Suspect, UnknownMessage, Verification,
};
use crate::advice::what_if::{Entry, WhatIf, replay};
use crate::advice::{self, Step};
use crate::analysis::{Analysis, extent};
use crate::bundle::{Bundle, MemberKind};
use crate::finding::{self, Scene};
use crate::incident::Incident;
use crate::knowledge::Knowledge;
use crate::knowledge::remedies::Remedy;
use crate::knowledge::texts::Texts;
use crate::knowledge::tools::Tool;
use crate::language::Language;
use crate::provenance::{MemberId, Provenance};
use crate::ranking::signal::Argument;
use crate::ranking::{self, Hint, IncidentWindow, Moment, Ranking, WindowSource};

/// The report on `analysis` for one incident. Needs no second reading: another time or language is another call.
#[must_use]
pub fn compose(analysis: &Analysis, incident: &Incident, knowledge: &Knowledge, language: Language) -> Report {
    let moments = match incident.when {
        None => ranking::candidate_moments(analysis.sources(knowledge)),
        Some(_) => Vec::new(),
    };
    compose_from(moments, analysis, incident, knowledge, language)
}

/// As [`compose`], with the `moments` of a log without a reported time, which a front end may look for side by side.
#[must_use]
pub fn compose_from(
    moments: Vec<Moment>,
    analysis: &Analysis,
    incident: &Incident,
    knowledge: &Knowledge,
    language: Language,
) -> Report {
    let timeline = &analysis.timeline;
    let sources = analysis.sources(knowledge);
    let inferred = moments.first().map(|moment| IncidentWindow::inferred(moment.window));
    let located = inferred.or_else(|| ranking::locate(sources, incident));
    let window = located.map(|located| located.window);
    let ranking = match window {
        Some(window) => ranking::rank(sources, incident, window),
        None => Ranking::default(),
    };
    let given = located.filter(|located| located.source == WindowSource::Given).map(|located| located.window);
    let scene = Scene {
        timeline,
        configuration: &analysis.configuration,
        capture: &analysis.capture,
        suspects: &ranking.suspects,
        knowledge,
        hints: incident.hints.iter().filter_map(|text| Hint::parse(text)).collect(),
        window: given,
        storm: ranking.storm,
    };
    let answers = first_steps::Answers::of(&scene, incident);
    let findings = finding::examine(&scene);
    let suggestions = advice::advise(&ranking.suspects, &findings, timeline, &analysis.configuration, knowledge);
    let writer = Writer { analysis, knowledge, texts: knowledge.texts(language), language };
    Report {
        schema: SCHEMA,
        language: language.code().to_owned(),
        bundles: writer.bundles(),
        device: writer.device(),
        configuration: writer.configuration(),
        coverage: writer.coverage(&findings),
        incident: IncidentSummary {
            from: window.map(|window| window.from.to_string()),
            to: window.map(|window| window.to.to_string()),
            source: match located.map(|located| located.source) {
                Some(WindowSource::Given) => "given",
                Some(WindowSource::Inferred) => "inferred",
                None => "none",
            }
            .to_owned(),
            hints: incident.hints.clone(),
            candidate_moments: writer.moments(&moments),
        },
        findings: findings.iter().map(|finding| writer.finding(finding)).collect(),
        collect_again: writer.collect_again(&findings),
        first_steps: writer.first_steps(&answers, &findings),
        marks: BTreeSet::new(),
        timeline: writer.timeline(window),
        baseline: writer.baseline(&ranking.suspects, window),
        verification: None,
        suspects: ranking
            .suspects
            .iter()
            .enumerate()
            .map(|(position, suspect)| writer.suspect(position, suspect))
            .collect(),
        set_aside: ranking.set_aside.iter().map(|aside| writer.set_aside(aside)).collect(),
        suggestions: suggestions
            .iter()
            .enumerate()
            .map(|(position, suggestion)| writer.suggestion(position, suggestion))
            .collect(),
        unknown_messages: writer.unknown_messages(),
        notices: writer.notices(),
    }
}

/// What `entries` would do to the log. Hosts of suspects that are more than weak count as freed with reason.
#[must_use]
pub fn what_if(analysis: &Analysis, incident: &Incident, entries: &[Entry], knowledge: &Knowledge) -> WhatIf {
    let timeline = &analysis.timeline;
    let suspected = ranking::suspects_of(analysis.sources(knowledge), incident)
        .into_iter()
        .filter(|suspect| suspect.confidence != ranking::Confidence::Weak)
        .map(|suspect| suspect.candidate.host_name.to_string())
        .collect();
    replay(timeline, &analysis.configuration, entries, &suspected, &knowledge.remedies)
}

pub use comparison::verify;

/// Fills in the text of every line that the report rests on, by a second pass over `bundles`.
pub fn attach_evidence(report: &mut Report, analysis: &Analysis, bundles: &mut [Bundle]) {
    fetch(&mut evidence_of(report).collect::<Vec<_>>(), analysis, bundles);
}

/// The same for the lines of the later log.
pub fn attach_verification(verification: &mut Verification, after: &Analysis, bundles: &mut [Bundle]) {
    let evidence = verification.suspects.iter_mut().flat_map(|suspect| &mut suspect.evidence);
    fetch(&mut evidence.collect::<Vec<_>>(), after, bundles);
}

fn fetch(evidence: &mut [&mut Evidence], analysis: &Analysis, bundles: &mut [Bundle]) {
    let ids: BTreeMap<String, MemberId> = analysis
        .bundles
        .iter()
        .flat_map(|bundle| &bundle.members)
        .map(|read| (analysis.path(read.member.id), read.member.id))
        .collect();
    let mut wanted: BTreeMap<MemberId, BTreeSet<u32>> = BTreeMap::new();
    // What a packet tells stands there already.
    for evidence in evidence.iter().filter(|evidence| evidence.text.is_none()) {
        if let Some(id) = ids.get(&evidence.member) {
            wanted.entry(*id).or_default().insert(evidence.line);
        }
    }
    let lines = crate::analysis::lines(bundles, &wanted);
    for evidence in evidence.iter_mut().filter(|evidence| evidence.text.is_none()) {
        evidence.text = ids.get(&evidence.member).and_then(|id| lines.get(&(*id, evidence.line)).cloned());
    }
}

fn evidence_of(report: &mut Report) -> impl Iterator<Item = &mut Evidence> {
    let findings = report.findings.iter_mut().flat_map(|finding| &mut finding.evidence);
    let signals = report.suspects.iter_mut().flat_map(|suspect| &mut suspect.signals);
    let set_aside = report.set_aside.iter_mut().flat_map(|aside| &mut aside.evidence);
    let timeline = &mut report.timeline;
    let sessions = timeline.sessions.iter_mut().flat_map(|session| &mut session.evidence);
    let outages = timeline.outages.iter_mut().flat_map(|outage| &mut outage.evidence);
    let steering = timeline.steering.iter_mut().flat_map(|change| &mut change.evidence);
    let events = timeline.events.iter_mut().flat_map(|event| &mut event.evidence);
    let course = sessions.chain(outages).chain(steering).chain(events);
    let unknown = report.unknown_messages.iter_mut().map(|message| &mut message.first);
    findings.chain(signals.flat_map(|signal| &mut signal.evidence)).chain(set_aside).chain(course).chain(unknown)
}

/// Puts values into the sentences of one language.
struct Writer<'a> {
    analysis: &'a Analysis,
    knowledge: &'a Knowledge,
    texts: &'a Texts,
    language: Language,
}

impl Writer<'_> {
    fn bundles(&self) -> Vec<BundleSummary> {
        let member = |read: &crate::analysis::ReadMember| {
            let (how_far, why) = extent(read);
            let reading = read.reading.as_ref();
            MemberSummary {
                path: read.member.path.clone(),
                kind: kind_name(read.member.kind).to_owned(),
                records: reading.map_or(0, |reading| reading.tally.records),
                unrecognised_lines: reading.map_or(0, |reading| u64::from(reading.tally.unrecognised_lines)),
                first: reading.and_then(|reading| reading.span.first).map(|at| at.to_string()),
                last: reading.and_then(|reading| reading.span.last).map(|at| at.to_string()),
                read: how_far.to_owned(),
                why: why.map(|notice| self.sentence(notice)),
            }
        };
        let bundles = self.analysis.bundles.iter();
        bundles
            .map(|bundle| BundleSummary {
                name: bundle.name.clone(),
                members: bundle.members.iter().map(member).collect(),
            })
            .collect()
    }

    fn device(&self) -> DeviceSummary {
        let device = &self.analysis.timeline.device;
        let facts = &self.analysis.configuration.facts;
        let status = |key: &str| facts.status(key).map(str::to_owned);
        // What a log says is shown as it is, and turns nothing round.
        let told = |text: Option<String>| text.as_deref().map(shown);
        DeviceSummary {
            platform: device.platform.map(|platform| platform.id().to_owned()),
            client_version: told(device.client_version.clone().or_else(|| status("client_version"))),
            os: told(device.os.clone()),
            steering_configuration: told(
                facts.steering_configuration.clone().or_else(|| status("steering_configuration")),
            ),
            traffic_mode: told(
                facts.traffic_mode.clone().or_else(|| status("traffic_mode")).or_else(|| device.traffic_mode.clone()),
            ),
            tunnel_protocol: told(device.tunnel_protocol.clone().or_else(|| status("tunnel_protocol"))),
            gateway: told(device.gateway.clone().or_else(|| facts.gateway.clone()).or_else(|| status("gateway"))),
            pop: told(device.pop.clone()),
            gateway_address: told(device.gateway_address.clone().or_else(|| status("gateway_address"))),
            organization: told(status("organization")),
            client_configuration: told(facts.client_configuration.clone().or_else(|| status("client_configuration"))),
            device_classification: told(device.classification.clone()),
            private_access: told(device.private_access.clone()),
            private_access_gateway: told(device.private_access_gateway.clone()),
            on_premises_check: told(device.location.clone().or_else(|| status("on_premises_check"))),
            configuration_updated: device.configuration_updated.map(|at| at.to_string()),
            configuration_status: match (device.configuration_failed, device.configuration_updated) {
                (true, _) => Some("failed".to_owned()),
                (false, Some(_)) => Some("updated".to_owned()),
                (false, None) => None,
            },
        }
    }

    fn coverage(&self, findings: &[finding::Finding]) -> CoverageSummary {
        let timeline = &self.analysis.timeline;
        let coverage = &timeline.coverage;
        let mut reasons: Vec<String> =
            findings.iter().filter(|finding| finding.blinds).map(|finding| self.finding(finding).title).collect();
        if coverage.span.is_none() {
            reasons.push(self.texts.get("coverage.no_records", &[]));
        }
        let (first, last) = log_ends(self.analysis);
        CoverageSummary {
            first: first.or(coverage.span.map(|span| span.from.to_string())),
            last: last.or(coverage.span.map(|span| span.to.to_string())),
            gaps: coverage.gaps.iter().map(|gap| Span { from: gap.from.to_string(), to: gap.to.to_string() }).collect(),
            days: coverage
                .days
                .iter()
                .map(|(day, records)| DaySummary { date: day.to_date(), records: *records })
                .collect(),
            level: coverage.level.map(|level| level.id().to_owned()),
            judgement: if reasons.is_empty() { "ok" } else { "cannot_judge" }.to_owned(),
            reasons,
        }
    }

    fn finding(&self, finding: &finding::Finding) -> Finding {
        let base = match &finding.variant {
            Some(variant) => format!("finding.{}.{variant}", finding.id),
            None => format!("finding.{}", finding.id),
        };
        let text = |part: &str| self.texts.get(&format!("{base}.{part}"), &finding.arguments);
        Finding {
            id: finding.id.to_owned(),
            severity: finding.severity.id().to_owned(),
            title: text("title"),
            detail: text("detail"),
            next_step: Some(text("next")),
            from: finding.window.map(|window| window.from.to_string()),
            to: finding.window.map(|window| window.to.to_string()),
            evidence: self.evidence(&finding.evidence),
        }
    }

    fn suspect(&self, position: usize, suspect: &ranking::Suspect) -> Suspect {
        let candidate = &suspect.candidate;
        let signals: Vec<Signal> = suspect.signals.iter().map(|signal| self.signal(signal)).collect();
        let service = self.knowledge.vendors.of_host(&candidate.host_name).first().map(|row| {
            let service = row.service.in_language(self.language);
            if service.contains(&row.vendor) { service.to_owned() } else { format!("{} – {service}", row.vendor) }
        });
        let inside = self.analysis.timeline.resolve(&candidate.inside);
        Suspect {
            rank: position as u32 + 1,
            host: shown(&candidate.host_name),
            registrable_domain: candidate.registrable_domain.as_deref().map(str::to_owned),
            process: candidate.process_name.as_deref().map(shown),
            service,
            // The sum of what is shown, so that the reader's own sum agrees.
            score: rounded(signals.iter().map(|signal| signal.points).sum()),
            confidence: suspect.confidence.id().to_owned(),
            confidence_says: self.texts.get(&format!("confidence.{}", suspect.confidence.id()), &[]),
            onset: candidate.onset.to_string(),
            flows_in_window: candidate.inside.len() as u64,
            flows_outside: candidate.outside as u64,
            configured: self.configured(&candidate.host_name, candidate.process_name.as_deref(), inside),
            signals,
        }
    }

    fn signal(&self, signal: &ranking::Signal) -> Signal {
        let arguments: Vec<(&str, String)> =
            signal.arguments.iter().map(|(name, argument)| (*name, self.argument(argument))).collect();
        Signal {
            id: signal.id.to_owned(),
            points: rounded(signal.points),
            says: self.texts.get(&format!("signal.{}", signal.id), &arguments),
            evidence: self.evidence(&signal.evidence),
        }
    }

    fn argument(&self, argument: &Argument) -> String {
        const LEAST_RATE: f64 = 0.1;
        match argument {
            Argument::Count(count) => count.to_string(),
            Argument::Rate(rate) if *rate < LEAST_RATE => {
                self.texts.get("signal_rate.below", &[("rate", LEAST_RATE.to_string())])
            }
            Argument::Decimal(number) | Argument::Rate(number) => format!("{number:.1}"),
            Argument::Share(share) => format!("{:.0}", share * 100.0),
            Argument::Time(at) => at.to_second(),
            Argument::Text(text) => text.clone(),
            Argument::Bilingual(text) => text.in_language(self.language).to_owned(),
            Argument::Key(key) => self.texts.get(key, &[]),
        }
    }

    fn set_aside(&self, aside: &ranking::SetAside) -> SetAside {
        let exception = aside.exception.map(|reason| self.texts.get(&format!("reason.{}", reason.name()), &[]));
        let says = match exception {
            Some(exception) => {
                self.texts.get(&format!("set_aside.{}_by", aside.reason.id()), &[("exception", exception)])
            }
            None => self.texts.get(&format!("set_aside.{}", aside.reason.id()), &[]),
        };
        SetAside {
            host: shown(&aside.host),
            process: aside.process.as_deref().map(shown),
            reason: aside.reason.id().to_owned(),
            says,
            flows: aside.flows,
            configured: self.configured(&aside.host, aside.process.as_deref(), &[]),
            evidence: self.evidence(&aside.evidence),
        }
    }

    fn suggestion(&self, position: usize, suggestion: &advice::Suggestion) -> Suggestion {
        let remedy = suggestion.remedy.id();
        let row = self.knowledge.remedies.of(suggestion.remedy);
        // Without a process the exception acts for every process of the platform.
        let for_all = suggestion.remedy == Remedy::PinnedAppException && suggestion.process.is_none();
        let loses = if for_all { "loses_for_all" } else { "loses" };
        let entries: Vec<String> = suggestion.entries.iter().map(|entry| shown(entry)).collect();
        Suggestion {
            rank: position as u32 + 1,
            remedy: remedy.to_owned(),
            title: self.texts.get(&format!("remedy.{remedy}.title"), &[]),
            suspects: suggestion.suspects.iter().map(|position| *position as u32 + 1).collect(),
            process: suggestion.process.as_deref().map(shown),
            platforms: suggestion.platforms.iter().map(|platform| platform.id().to_owned()).collect(),
            paste: entries.join(","),
            automation: self.automation(suggestion),
            entries,
            loses: self.texts.get(&format!("remedy.{remedy}.{loses}"), &[]),
            try_first: suggestion.try_first,
            also_frees: suggestion.also_frees.iter().map(|host| shown(host)).collect(),
            console: row.and_then(|row| row.console.clone()),
            steps: suggestion.steps.iter().flat_map(|step| self.step(step, &suggestion.platforms)).collect(),
            warnings: suggestion.warnings.iter().flat_map(|warning| self.step(warning, &[])).collect(),
            reference: suggestion.reference.clone().or_else(|| row.map(|row| row.reference.clone())),
        }
    }

    fn automation(&self, suggestion: &advice::Suggestion) -> Option<Automation> {
        let by_name = suggestion.entries.iter().all(|entry| crate::host::address(entry).is_none());
        let fits = suggestion.remedy == Remedy::DoNotDecrypt && by_name;
        let list = fits.then(|| advice::automation::url_list(&suggestion.entries)).flatten()?;
        Some(Automation {
            call: list.call.to_owned(),
            body: list.body,
            deploy: list.deploy.to_owned(),
            says: self.texts.get("automation.url_list", &[]),
        })
    }

    /// A step as one or more finished lines.
    fn step(&self, step: &Step, platforms: &[crate::knowledge::catalogue::Platform]) -> Vec<String> {
        let tool = (step.key == "step.tool").then(|| step.arguments.first()).flatten();
        match tool.and_then(|(_, id)| self.knowledge.tools.by_id(id)) {
            Some(tool) => self.tool(tool, platforms),
            None => vec![self.texts.get(&step.key, &step.arguments)],
        }
    }

    fn tool(&self, tool: &Tool, platforms: &[crate::knowledge::catalogue::Platform]) -> Vec<String> {
        let fits = |on: &[crate::knowledge::catalogue::Platform]| {
            on.is_empty() || platforms.is_empty() || platforms.iter().any(|platform| on.contains(platform))
        };
        let name = tool.name.in_language(self.language).to_owned();
        let ways = tool.fix.iter().filter(|fix| fits(&fix.on)).filter_map(|fix| {
            let says = fix.says.as_ref().map(|says| says.in_language(self.language).to_owned());
            match (&fix.run, says) {
                (Some(run), Some(says)) => Some(format!("{name}: {run} ({says})")),
                (Some(run), None) => Some(format!("{name}: {run}")),
                (None, Some(says)) => Some(format!("{name}: {says}")),
                (None, None) => None,
            }
        });
        ways.collect()
    }

    fn notices(&self) -> Vec<Notice> {
        let notice = |notice: &crate::notice::Notice| Notice {
            id: notice.id.to_owned(),
            text: self.sentence(notice),
            member: notice.member.map(|id| self.analysis.path(id)),
            line: notice.line,
        };
        let mut notices: Vec<Notice> = self.analysis.notices.iter().map(notice).collect();
        let unknown = &self.analysis.timeline.unknown;
        if unknown.records() > 0 {
            let arguments = [
                ("count", unknown.records().to_string()),
                (
                    "records",
                    self.analysis.timeline.minutes.values().map(|count| u64::from(*count)).sum::<u64>().to_string(),
                ),
            ];
            notices.push(Notice {
                id: "unknown_messages".to_owned(),
                text: self.texts.get("notice.unknown_messages", &arguments),
                member: None,
                line: None,
            });
        }
        notices
    }

    fn unknown_messages(&self) -> Vec<UnknownMessage> {
        const SHOWN: usize = 20;
        let rows = self.analysis.timeline.unknown.most_frequent().into_iter().take(SHOWN);
        rows.map(|(source_file, template, unknown)| UnknownMessage {
            source_file: shown(&source_file),
            template: shown(&template),
            count: unknown.count,
            first: Evidence { member: self.analysis.path(unknown.first.member), line: unknown.first.line, text: None },
        })
        .collect()
    }

    fn sentence(&self, notice: &crate::notice::Notice) -> String {
        self.texts.get(&format!("notice.{}", notice.id), &notice.arguments)
    }

    fn evidence(&self, provenances: &[Provenance]) -> Vec<Evidence> {
        let evidence = |provenance: &Provenance| Evidence {
            member: self.analysis.path(provenance.member),
            line: provenance.line,
            text: self.analysis.capture.line(*provenance),
        };
        provenances.iter().map(evidence).collect()
    }
}

/// First and last record to the microsecond.
fn log_ends(analysis: &Analysis) -> (Option<String>, Option<String>) {
    let spans = || {
        let members = analysis.bundles.iter().flat_map(|bundle| &bundle.members);
        members.filter_map(|read| read.reading.as_ref()).map(|reading| &reading.span)
    };
    let first = spans().filter_map(|span| span.first).min();
    let last = spans().filter_map(|span| span.last).max();
    (first.map(|at| at.to_string()), last.map(|at| at.to_string()))
}

fn kind_name(kind: MemberKind) -> &'static str {
    match kind {
        MemberKind::ClientLog => "client_log",
        MemberKind::PrivateAccessLog => "private_access_log",
        MemberKind::OtherLog => "other_log",
        MemberKind::Configuration => "configuration",
        MemberKind::DiagnosticText => "diagnostic_text",
        MemberKind::Capture => "capture",
        MemberKind::Secret => "secret",
        MemberKind::Other => "other",
    }
}

/// Control and bidirectional characters of the log escaped.
fn shown(text: &str) -> String {
    crate::bundle::text::shown(text.as_bytes(), false)
}

fn rounded(points: f64) -> f64 {
    (points * 100.0).round() / 100.0
}
