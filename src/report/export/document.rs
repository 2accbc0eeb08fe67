//! The report as headings, paragraphs, lists and log lines, before it takes the form of a terminal, a ticket or a page.

use crate::knowledge::texts::Texts;
use crate::report::model::{CandidateMoment, Evidence, Finding, Report, Suggestion, Suspect};

pub struct Document {
    pub title: String,
    pub blocks: Vec<Block>,
}

pub enum Block {
    /// Level 2 or 3; 1 is the title.
    Heading(u8, String),
    Paragraph(String),
    List(Vec<String>),
    Numbered(Vec<String>),
    /// First the head, then the rows.
    Table(Vec<String>, Vec<Vec<String>>),
    /// Lines of a log or entries of a console field, word for word.
    Verbatim(Vec<String>),
    Link(String),
}

/// The same statements, in the same order, for every form.
#[must_use]
pub fn document(report: &Report, texts: &Texts) -> Document {
    let mut writer = Writer { texts, blocks: Vec::new() };
    writer.overview(report);
    writer.moments(report);
    writer.verification(report);
    writer.baseline(report);
    writer.collect_again(report);
    writer.findings(&report.findings);
    writer.first_steps(report);
    writer.suspects(&report.suspects);
    writer.suggestions(report);
    writer.set_aside(report);
    writer.configuration(report);
    writer.coverage(report);
    writer.notices(report);
    Document { title: texts.get("export.title", &[]), blocks: writer.blocks }
}

struct Writer<'a> {
    texts: &'a Texts,
    blocks: Vec<Block>,
}

/// More log lines than this are counted only: a report is read, not searched.
const LINES: usize = 6;

impl Writer<'_> {
    fn label(&self, key: &str, arguments: &[(&str, String)]) -> String {
        self.texts.get(&format!("export.{key}"), arguments)
    }

    fn heading(&mut self, level: u8, key: &str) {
        let text = self.label(key, &[]);
        self.blocks.push(Block::Heading(level, text));
    }

    fn paragraph(&mut self, key: &str, arguments: &[(&str, String)]) {
        let text = self.label(key, arguments);
        self.blocks.push(Block::Paragraph(text));
    }

    fn overview(&mut self, report: &Report) {
        let times = |from: &Option<String>, to: &Option<String>| {
            [("from", short(from.as_deref())), ("to", short(to.as_deref()))]
        };
        let mut lines = Vec::new();
        if report.coverage.first.is_some() {
            lines.push(self.label("covers", &times(&report.coverage.first, &report.coverage.last)));
        }
        let incident = format!("incident_{}", report.incident.source);
        lines.push(self.label(&incident, &times(&report.incident.from, &report.incident.to)));
        if !report.incident.hints.is_empty() {
            lines.push(self.label("hints", &[("hints", report.incident.hints.join(", "))]));
        }
        let device = &report.device;
        let facts = [
            &device.platform,
            &device.os,
            &device.client_version,
            &device.tunnel_protocol,
            &device.gateway,
            &device.pop,
        ];
        let facts: Vec<String> = facts.into_iter().flatten().cloned().collect();
        if !facts.is_empty() {
            lines.push(self.label("device", &[("facts", facts.join(", "))]));
        }
        self.blocks.push(Block::List(lines));
        if report.coverage.judgement == "cannot_judge" {
            self.paragraph("cannot_judge", &[("reasons", report.coverage.reasons.join(" / "))]);
        }
    }

    fn moments(&mut self, report: &Report) {
        let moments = &report.incident.candidate_moments;
        if moments.is_empty() {
            return;
        }
        self.heading(2, "moments");
        let times = |moment: &CandidateMoment| {
            [("from", short(Some(&moment.from))), ("to", short(Some(&moment.to))), ("why", moment.why.clone())]
        };
        let lines = moments.iter().map(|moment| self.label("moment", &times(moment))).collect();
        self.blocks.push(Block::Numbered(lines));
    }

    fn verification(&mut self, report: &Report) {
        let Some(verification) = &report.verification else { return };
        let arguments = [
            ("name", verification.name.clone()),
            ("from", short(verification.from.as_deref())),
            ("to", short(verification.to.as_deref())),
        ];
        let title = self.label("verification", &arguments);
        self.blocks.push(Block::Heading(2, title));
        self.blocks.push(Block::Paragraph(verification.says.clone()));
        for suspect in &verification.suspects {
            self.blocks.push(Block::Heading(3, format!("{}. {}", suspect.rank, suspect.host)));
            self.blocks.push(Block::Paragraph(suspect.says.clone()));
            self.paragraph("next", &[("next", suspect.next.clone())]);
            self.evidence(&suspect.evidence);
        }
        if !verification.unneeded.is_empty() {
            self.paragraph("unneeded", &[]);
            self.blocks.push(Block::List(verification.unneeded.iter().map(|entry| entry.says.clone()).collect()));
        }
    }

    fn baseline(&mut self, report: &Report) {
        let Some(baseline) = &report.baseline else { return };
        let arguments = [
            ("name", baseline.name.clone()),
            ("from", short(baseline.first.as_deref())),
            ("to", short(baseline.last.as_deref())),
        ];
        let title = self.label("baseline", &arguments);
        self.blocks.push(Block::Heading(2, title));
        self.blocks.push(Block::List(baseline.differences.iter().map(|row| row.text.clone()).collect()));
    }

    fn findings(&mut self, findings: &[Finding]) {
        if findings.is_empty() {
            return;
        }
        self.heading(2, "findings");
        for finding in findings {
            let severity = self.label(&format!("severity_{}", finding.severity), &[]);
            self.blocks.push(Block::Heading(3, format!("{severity}: {}", finding.title)));
            let mut text = finding.detail.clone();
            if let (Some(from), Some(to)) = (&finding.from, &finding.to) {
                text = format!("{text} ({} – {})", short(Some(from)), short(Some(to)));
            }
            self.blocks.push(Block::Paragraph(text));
            if let Some(next) = &finding.next_step {
                self.paragraph("next", &[("next", next.clone())]);
            }
            self.evidence(&finding.evidence);
        }
    }

    fn collect_again(&mut self, report: &Report) {
        if report.collect_again.is_empty() {
            return;
        }
        self.heading(2, "first_steps.collect_again");
        self.blocks.push(Block::Numbered(report.collect_again.clone()));
    }

    fn first_steps(&mut self, report: &Report) {
        self.heading(2, "first_steps.title");
        let line = |step: &crate::report::model::FirstStep| {
            let state = self.label(&format!("first_steps.{}", step.state), &[]);
            format!("{state} {} {}", step.text, step.why)
        };
        let lines = report.first_steps.iter().map(line).collect();
        self.blocks.push(Block::List(lines));
    }

    fn suspects(&mut self, suspects: &[Suspect]) {
        self.heading(2, "suspects");
        if suspects.is_empty() {
            return self.paragraph("no_suspects", &[]);
        }
        let head = ["rank", "host", "process", "confidence", "score", "in_window", "outside"];
        let head = head.iter().map(|key| self.label(&format!("column_{key}"), &[])).collect();
        let row = |suspect: &Suspect| {
            vec![
                suspect.rank.to_string(),
                suspect.host.clone(),
                suspect.process.clone().unwrap_or_else(|| "—".to_owned()),
                self.label(&format!("confidence_{}", suspect.confidence), &[]),
                format!("{:.1}", suspect.score),
                suspect.flows_in_window.to_string(),
                suspect.flows_outside.to_string(),
            ]
        };
        let rows = suspects.iter().take(10).map(row).collect();
        self.blocks.push(Block::Table(head, rows));
        // A weak suspect is taken apart only in front: to see how little speaks for it.
        let told = suspects.iter().filter(|suspect| suspect.rank == 1 || suspect.confidence != "weak");
        for suspect in told.take(3) {
            self.suspect(suspect);
        }
    }

    fn suspect(&mut self, suspect: &Suspect) {
        let service = suspect.service.as_ref().map(|service| format!(" ({service})")).unwrap_or_default();
        self.blocks.push(Block::Heading(3, format!("{}. {}{service}", suspect.rank, suspect.host)));
        self.blocks.push(Block::Paragraph(suspect.confidence_says.clone()));
        let reasons = suspect.signals.iter().map(|signal| format!("{:+.1}  {}", signal.points, signal.says));
        self.blocks.push(Block::List(reasons.collect()));
        if !suspect.configured.is_empty() {
            self.blocks.push(Block::List(suspect.configured.clone()));
        }
        let mut lines: Vec<Evidence> = suspect.signals.iter().flat_map(|signal| signal.evidence.clone()).collect();
        lines.sort_by(|a, b| (&a.member, a.line).cmp(&(&b.member, b.line)));
        lines.dedup();
        self.evidence(&lines);
    }

    fn evidence(&mut self, evidence: &[Evidence]) {
        if evidence.is_empty() {
            return;
        }
        let line = |evidence: &Evidence| {
            let place = format!("{}:{}", evidence.member, evidence.line);
            match evidence.text.as_deref().and_then(|text| text.lines().next()) {
                Some(text) => format!("{place}: {text}"),
                None => place,
            }
        };
        let mut lines: Vec<String> = evidence.iter().take(LINES).map(line).collect();
        if evidence.len() > LINES {
            lines.push(self.label("more_lines", &[("count", (evidence.len() - LINES).to_string())]));
        }
        self.blocks.push(Block::Verbatim(lines));
    }

    fn suggestions(&mut self, report: &Report) {
        self.heading(2, "suggestions");
        if report.suggestions.is_empty() {
            return self.paragraph("no_suggestions", &[]);
        }
        for suggestion in &report.suggestions {
            self.suggestion(suggestion, report);
        }
    }

    fn suggestion(&mut self, suggestion: &Suggestion, report: &Report) {
        let first = if suggestion.try_first { self.label("try_first", &[]) } else { String::new() };
        self.blocks.push(Block::Heading(3, format!("{}. {}{first}", suggestion.rank, suggestion.title)));
        let hosts: Vec<&str> = suggestion
            .suspects
            .iter()
            .filter_map(|rank| report.suspects.iter().find(|suspect| suspect.rank == *rank))
            .map(|suspect| suspect.host.as_str())
            .collect();
        if !hosts.is_empty() {
            self.paragraph("frees", &[("hosts", hosts.join(", "))]);
        }
        if !suggestion.entries.is_empty() {
            self.paragraph("entries", &[]);
            self.blocks.push(Block::Verbatim(vec![suggestion.paste.clone()]));
        }
        if let Some(automation) = &suggestion.automation {
            let calls = [("call", automation.call.clone()), ("deploy", automation.deploy.clone())];
            self.paragraph("url_list", &calls);
            self.blocks.push(Block::Verbatim(vec![automation.body.clone()]));
            self.blocks.push(Block::Paragraph(automation.says.clone()));
        }
        self.paragraph("loses", &[("loses", suggestion.loses.clone())]);
        if !suggestion.also_frees.is_empty() {
            self.paragraph("also_frees", &[("hosts", suggestion.also_frees.join(", "))]);
        }
        if let Some(console) = &suggestion.console {
            self.paragraph("console", &[("console", console.clone())]);
        }
        self.blocks.push(Block::Numbered(suggestion.steps.clone()));
        if !suggestion.warnings.is_empty() {
            self.paragraph("mind", &[]);
            self.blocks.push(Block::List(suggestion.warnings.clone()));
        }
        if let Some(reference) = &suggestion.reference {
            self.blocks.push(Block::Link(reference.clone()));
        }
    }

    fn set_aside(&mut self, report: &Report) {
        const SHOWN: usize = 40;
        if report.set_aside.is_empty() {
            return;
        }
        self.heading(2, "set_aside");
        let row = |aside: &crate::report::model::SetAside| {
            let configured: String = aside.configured.iter().map(|sentence| format!(" {sentence}")).collect();
            format!("{} ({}): {}{configured}", aside.host, aside.process.as_deref().unwrap_or("—"), aside.says)
        };
        let mut rows: Vec<String> = report.set_aside.iter().take(SHOWN).map(row).collect();
        if report.set_aside.len() > SHOWN {
            rows.push(self.label("more_hosts", &[("count", (report.set_aside.len() - SHOWN).to_string())]));
        }
        self.blocks.push(Block::List(rows));
    }

    fn configuration(&mut self, report: &Report) {
        let configuration = &report.configuration;
        if configuration.files.is_empty() {
            return;
        }
        self.heading(2, "configuration.title");
        let files: Vec<&str> = configuration.files.iter().map(|file| file.path.as_str()).collect();
        let mut lines = vec![self.label("configuration.files", &[("files", files.join(", "))])];
        let named = [
            ("steering_configuration", "name", &configuration.steering_configuration),
            ("client_configuration", "name", &configuration.client_configuration),
            ("traffic_mode", "mode", &configuration.traffic_mode),
        ];
        for (key, argument, value) in named {
            let value =
                value.iter().map(|value| self.label(&format!("configuration.{key}"), &[(argument, value.clone())]));
            lines.extend(value.collect::<Vec<_>>());
        }
        let counts = [
            ("exceptions", configuration.exceptions.len().to_string()),
            ("apps", configuration.pinned_apps.len().to_string()),
        ];
        lines.push(self.label("configuration.counts", &counts));
        lines.extend(configuration.settings.iter().map(|setting| setting.says.clone()));
        lines.extend(configuration.risks.iter().map(|risk| risk.says.clone()));
        self.blocks.push(Block::List(lines));
    }

    fn coverage(&mut self, report: &Report) {
        self.heading(2, "coverage");
        let head = ["member", "read", "records", "first", "last"];
        let head = head.iter().map(|key| self.label(&format!("column_{key}"), &[])).collect();
        let mut rows = Vec::new();
        for bundle in &report.bundles {
            for member in &bundle.members {
                let read = self.label(&format!("read_{}", member.read), &[]);
                let why = member.why.as_ref().map(|why| format!(" – {why}")).unwrap_or_default();
                rows.push(vec![
                    member.path.clone(),
                    format!("{read}{why}"),
                    member.records.to_string(),
                    short(member.first.as_deref()),
                    short(member.last.as_deref()),
                ]);
            }
        }
        self.blocks.push(Block::Table(head, rows));
    }

    fn notices(&mut self, report: &Report) {
        if report.notices.is_empty() {
            return;
        }
        self.heading(2, "notices");
        self.blocks.push(Block::List(report.notices.iter().map(|notice| notice.text.clone()).collect()));
    }
}

/// `2025-11-06 15:34:38` of `2025-11-06T15:34:38.421958`.
fn short(time: Option<&str>) -> String {
    match time {
        Some(time) => time.split('.').next().unwrap_or(time).replace('T', " "),
        None => "—".to_owned(),
    }
}
