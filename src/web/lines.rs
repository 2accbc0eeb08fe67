//! The text of the log lines that a report rests on. They arrive after the report, since reading them again takes longer.

use std::collections::BTreeMap;

use super::protocol::Role;
use crate::report::{Evidence, Report, Verification};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    /// By log first: two logs may name their files alike.
    texts: BTreeMap<(Role, String, u32), Option<String>>,
    complete: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Pending,
    Missing,
    Text(String),
}

impl Lines {
    /// Those of the opened log, and those of one taken after the change.
    pub(super) fn arrived(lines: Vec<Evidence>, later: Vec<Evidence>) -> Self {
        let of = |role: Role| move |line: Evidence| ((role, line.member, line.line), line.text);
        let texts = lines.into_iter().map(of(Role::Incident)).chain(later.into_iter().map(of(Role::After)));
        Self { texts: texts.collect(), complete: true }
    }

    pub(super) fn line(&self, role: Role, evidence: &Evidence) -> Line {
        if let Some(text) = &evidence.text {
            return Line::Text(text.clone());
        }
        match self.texts.get(&(role, evidence.member.clone(), evidence.line)) {
            Some(Some(text)) => Line::Text(text.clone()),
            Some(None) => Line::Missing,
            None if self.complete => Line::Missing,
            None => Line::Pending,
        }
    }
}

/// Every line of the opened log that the report names, each once.
pub(super) fn lines_of(report: &Report) -> Vec<Evidence> {
    let findings = report.findings.iter().flat_map(|finding| &finding.evidence);
    let signals = report.suspects.iter().flat_map(|suspect| &suspect.signals).flat_map(|signal| &signal.evidence);
    let aside = report.set_aside.iter().flat_map(|aside| &aside.evidence);
    let timeline = &report.timeline;
    let sessions = timeline.sessions.iter().flat_map(|session| &session.evidence);
    let outages = timeline.outages.iter().flat_map(|outage| &outage.evidence);
    let steering = timeline.steering.iter().flat_map(|change| &change.evidence);
    let events = timeline.events.iter().flat_map(|event| &event.evidence);
    let unknown = report.unknown_messages.iter().map(|message| &message.first);
    let course = sessions.chain(outages).chain(steering).chain(events);
    each_once(findings.chain(signals).chain(aside).chain(course).chain(unknown))
}

/// Those of a log taken after the change.
pub(super) fn later_lines_of(verification: &Verification) -> Vec<Evidence> {
    each_once(verification.suspects.iter().flat_map(|suspect| &suspect.evidence))
}

fn each_once<'a>(evidence: impl Iterator<Item = &'a Evidence>) -> Vec<Evidence> {
    let mut lines = BTreeMap::new();
    for evidence in evidence {
        lines.entry((&evidence.member, evidence.line)).or_insert(evidence);
    }
    lines.into_values().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Finding, SetAside};

    fn evidence(line: u32, text: Option<&str>) -> Evidence {
        Evidence { member: "a.log".to_owned(), line, text: text.map(str::to_owned) }
    }

    #[test]
    fn a_line_is_pending_until_the_lines_arrive() {
        let own = Role::Incident;
        assert_eq!(Lines::default().line(own, &evidence(1, None)), Line::Pending);
        assert_eq!(Lines::default().line(own, &evidence(1, Some("x"))), Line::Text("x".to_owned()));
        let lines = Lines::arrived(vec![evidence(1, Some("x")), evidence(2, None)], Vec::new());
        assert_eq!(lines.line(own, &evidence(1, None)), Line::Text("x".to_owned()));
        assert_eq!(lines.line(own, &evidence(2, None)), Line::Missing);
        assert_eq!(lines.line(own, &evidence(3, None)), Line::Missing);
    }

    #[test]
    fn two_logs_may_name_their_files_alike() {
        let lines = Lines::arrived(vec![evidence(1, Some("before"))], vec![evidence(1, Some("after"))]);
        assert_eq!(lines.line(Role::Incident, &evidence(1, None)), Line::Text("before".to_owned()));
        assert_eq!(lines.line(Role::After, &evidence(1, None)), Line::Text("after".to_owned()));
    }

    #[test]
    fn each_line_is_named_once() {
        let report = Report {
            findings: vec![Finding { evidence: vec![evidence(2, None), evidence(1, None)], ..Finding::default() }],
            set_aside: vec![SetAside { evidence: vec![evidence(1, None)], ..SetAside::default() }],
            ..Report::default()
        };
        let lines: Vec<u32> = lines_of(&report).iter().map(|evidence| evidence.line).collect();
        assert_eq!(lines, [1, 2]);
    }
}
