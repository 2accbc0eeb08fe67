//! Answers to what the page asks beside the report.

use super::{Desk, Open};
use crate::advice::what_if::{Entry, EntryError};
use crate::knowledge::Knowledge;
use crate::knowledge::catalogue::KnowledgeError;
use crate::language::Language;
use crate::report::catalogue::catalogue;
use crate::report::flow_list::FlowList;
use crate::report::lookup::Lookup;
use crate::report::redact::redact;
use crate::report::{activity, what_if};
use crate::web::incident_words::IncidentWords;
use crate::web::inquiry::{Answer, Inquiry, WhatIfAnswer};

impl Desk {
    pub(in crate::web) fn inquire(&mut self, inquiry: Inquiry) -> Answer {
        self.answer_to(inquiry).unwrap_or_else(Answer::Refused)
    }

    fn answer_to(&mut self, inquiry: Inquiry) -> Result<Answer, String> {
        Ok(match inquiry {
            Inquiry::Lookup { text, language } => Answer::Lookup(self.lookup(&language).answers(&text)),
            Inquiry::TriageMessages { text, language } => Answer::Triage(self.lookup(&language).triage_messages(&text)),
            Inquiry::Catalogue => {
                Answer::Catalogue(catalogue(&self.knowledge, self.open.as_ref().map(|open| &open.analysis)))
            }
            Inquiry::Extend { files } => Answer::Extended { refused: self.extend(&files)? },
            Inquiry::WhatIf { entries, incident, language } => {
                Answer::WhatIf(self.what_if(&entries, &incident, language_of(&language))?)
            }
            Inquiry::Activity(question) => Answer::Activity(activity(&self.opened()?.analysis, &question)),
            Inquiry::Redaction => {
                let open = self.open.as_mut().ok_or(NOTHING_OPEN)?;
                open.report_with_lines();
                Answer::Redaction(redact(&open.report, &open.analyses()).1)
            }
            Inquiry::Flows { question, count } => {
                let open = self.open.as_mut().ok_or(NOTHING_OPEN)?;
                open.flows = FlowList::select(&open.analysis, &question);
                Answer::Flows {
                    total: open.flows.len() as u32,
                    facets: open.flows.facets.clone(),
                    rows: open.flows.rows(&open.analysis, 0, count as usize),
                }
            }
            Inquiry::FlowRows { first, count } => {
                let open = self.opened()?;
                Answer::FlowRows { first, rows: open.flows.rows(&open.analysis, first as usize, count as usize) }
            }
            Inquiry::Log(question) => {
                let open = self.open.as_mut().ok_or(NOTHING_OPEN)?;
                open.log_lines.ask(question, &mut open.bundles)
            }
            Inquiry::LogFurther => {
                let open = self.open.as_mut().ok_or(NOTHING_OPEN)?;
                open.log_lines.go_on(&mut open.bundles)
            }
            Inquiry::LogRows { first, count } => {
                let open = self.opened()?;
                Answer::LogRows { first, rows: open.log_lines.rows(&open.analysis, first, count) }
            }
            Inquiry::LogPosition(place) => {
                let open = self.opened()?;
                Answer::LogPosition(open.log_lines.position(&open.analysis, &place))
            }
        })
    }

    fn opened(&self) -> Result<&Open, String> {
        self.open.as_ref().ok_or_else(|| NOTHING_OPEN.to_owned())
    }

    fn lookup(&self, language: &str) -> Lookup<'_> {
        Lookup::new(&self.knowledge.errors, &self.knowledge.tools, language_of(language))
    }

    /// The built-in knowledge and what of `files` holds.
    fn extend(&mut self, files: &[(String, String)]) -> Result<Vec<(String, String)>, String> {
        let mut knowledge = Knowledge::built_in().map_err(|error| error.to_string())?;
        let refused = files.iter().filter_map(|(name, text)| {
            let what = match knowledge.extend(name, text).err()? {
                KnowledgeError::File { what, .. } => what,
                other => other.to_string(),
            };
            Some((name.clone(), what))
        });
        let refused = refused.collect();
        self.knowledge = knowledge;
        Ok(refused)
    }

    fn what_if(
        &self,
        entries: &[String],
        incident: &IncidentWords,
        language: Language,
    ) -> Result<WhatIfAnswer, String> {
        let open = self.opened()?;
        let texts = self.knowledge.texts(language);
        let (mut accepted, mut refused) = (Vec::new(), Vec::new());
        for entry in entries.iter().flat_map(|line| Entry::parse_line(line)) {
            match entry {
                Ok(entry) => accepted.push(entry),
                Err(error) => refused.push(told(&error, texts)),
            }
        }
        let incident = incident.incident().unwrap_or_default();
        let changes = (!accepted.is_empty()).then(|| what_if(&open.analysis, &incident, &accepted, &self.knowledge));
        Ok(WhatIfAnswer { refused, changes })
    }
}

const NOTHING_OPEN: &str = "no bundle is open";

fn told(error: &EntryError, texts: &crate::knowledge::texts::Texts) -> String {
    let (key, entry) = error.told();
    texts.get(&format!("what_if.refused.{key}"), &[("entry", entry.to_owned())])
}

fn language_of(code: &str) -> Language {
    Language::from_code(code).unwrap_or_default()
}
