//! The worker's desk: the bundle that lies open on it, what was understood of it, and the last report.

mod inquiries;
mod saved;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::lines::lines_of;
use super::protocol::{ExportFormat, MemberProgress, Progress, Question, Response};
use crate::analysis::{Analysis, analyze_in_parts};
use crate::bundle::{self, Bundle, BundleError, Input, Limits, Source};
use crate::knowledge::Knowledge;
use crate::language::Language;
use crate::provenance::MemberId;
use crate::record;
use crate::report::flow_list::FlowList;
use crate::report::redact::redact_with;
use crate::report::{Evidence, Report, attach_evidence, compose, export};

/// One file of the bundle, ready to be read.
pub(super) struct File {
    pub(super) name: String,
    pub(super) source: Box<dyn Source>,
}

pub(super) struct Desk {
    knowledge: Knowledge,
    open: Option<Open>,
}

struct Open {
    bundles: Vec<Bundle>,
    analysis: Analysis,
    report: Report,
    language: Language,
    /// Whether the report holds the text of its lines yet.
    with_lines: bool,
    /// The flows that were asked for last.
    flows: FlowList,
}

impl Desk {
    pub(super) fn new() -> Result<Self, String> {
        let knowledge = Knowledge::built_in().map_err(|error| error.to_string())?;
        Ok(Self { knowledge, open: None })
    }

    /// Reads `files` as one bundle and answers the question. What lay on the desk before goes away. Meanwhile `say` gets
    /// the progress and, where much is still to be read, what the first logs answer.
    pub(super) fn open(
        &mut self,
        files: Vec<File>,
        password: Option<&str>,
        question: &Question,
        say: &dyn Fn(Response),
    ) -> Result<Response, String> {
        self.open = None;
        let files = match <[File; 1]>::try_from(files) {
            Ok([only]) => match saved::read(only) {
                Ok(saved) => {
                    let (report, marks) = (saved.report, saved.marks);
                    return Ok(Response::Saved { number: question.number, report: Box::new(report), marks });
                }
                Err(file) => vec![file],
            },
            Err(files) => files,
        };
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        let name = bundle_name(&names);
        let inputs = files.into_iter().map(|File { name, source }| Input { name, source }).collect();
        let password = password.map(str::as_bytes);
        let opened = bundle::open_with_password(&name, inputs, &Limits::default(), MemberId(0), password);
        let bundle = match opened {
            Ok(bundle) => bundle,
            Err(error) => {
                let notice = error.notice();
                let texts = self.knowledge.texts(language_of(question));
                let sentence = texts.get(&format!("notice.{}", notice.id), &notice.arguments);
                return match error {
                    BundleError::PasswordNeeded { .. } | BundleError::WrongPassword { .. } => {
                        Ok(Response::Locked { sentence })
                    }
                    _ => Err(sentence),
                };
            }
        };
        let logs = logs(&bundle);
        let mut bundles = vec![bundle];
        let mut last = Progress::default();
        let mut progress = |reading: record::Progress| {
            last = Progress {
                bytes: reading.bytes,
                total: reading.expected_bytes.filter(|expected| *expected >= reading.bytes),
                records: reading.records,
                member: logs.get(&reading.member).map(|log| MemberProgress {
                    bytes: reading.member_bytes,
                    records: reading.member_records,
                    total: log.total.filter(|total| *total >= reading.member_bytes),
                    ..log.clone()
                }),
                ..Progress::default()
            };
            say(Response::Progress(last.clone()));
        };
        let mut early = |analysis: &Analysis| {
            if let Ok(incident) = question.incident.incident() {
                let report = Box::new(compose(analysis, &incident, &self.knowledge, language_of(question)));
                say(Response::Report { number: question.number, report, partial: true });
            }
        };
        let analysis = analyze_in_parts(&mut bundles, &self.knowledge, &mut progress, &mut early);
        say(Response::Progress(Progress { ranking: true, member: None, ..last }));
        let language = language_of(question);
        let (report, flows) = (Report::default(), FlowList::default());
        self.open = Some(Open { bundles, analysis, report, language, with_lines: false, flows });
        self.answer(question)
    }

    /// Ranks what lies open again; nothing is read for it.
    pub(super) fn answer(&mut self, question: &Question) -> Result<Response, String> {
        let open = self.open.as_mut().ok_or("no bundle is open")?;
        let incident = question.incident.incident().map_err(|error| error.to_string())?;
        open.language = language_of(question);
        open.report = compose(&open.analysis, &incident, &self.knowledge, open.language);
        open.with_lines = false;
        Ok(Response::Report { number: question.number, report: Box::new(open.report.clone()), partial: false })
    }

    /// The lines that the last report rests on, read from the bundle once more.
    pub(super) fn lines(&mut self) -> Vec<Evidence> {
        self.open.as_mut().map(Open::report_with_lines).map(lines_of).unwrap_or_default()
    }

    /// The last report as a file, with pseudonyms if so asked; `marks` are kept with it.
    pub(super) fn export(
        &mut self,
        format: ExportFormat,
        redacted: bool,
        marks: BTreeSet<String>,
    ) -> Result<String, String> {
        let open = self.open.as_mut().ok_or("no bundle is open")?;
        let texts = self.knowledge.texts(open.language);
        open.report_with_lines();
        let mut report = Cow::Borrowed(&open.report);
        let mut flows = match format {
            ExportFormat::FlowsCsv => export::flows_csv(&open.analysis).map(|line| line + "\n").collect(),
            _ => String::new(),
        };
        if redacted {
            report = Cow::Owned(redact_with(&open.report, &open.analysis, &mut flows).0);
        }
        Ok(match format {
            ExportFormat::Json => saved::written(&report, marks),
            ExportFormat::Markdown => export::markdown(&report, texts),
            ExportFormat::Html => export::html(&report, texts),
            ExportFormat::SuspectsCsv => export::suspects_csv(&report),
            ExportFormat::FlowsCsv => flows,
        })
    }
}

impl Open {
    fn report_with_lines(&mut self) -> &Report {
        if !self.with_lines {
            attach_evidence(&mut self.report, &self.analysis, &mut self.bundles);
            self.with_lines = true;
        }
        &self.report
    }
}

/// The logs that will be read, each as it is before its reading begins.
fn logs(bundle: &Bundle) -> BTreeMap<MemberId, MemberProgress> {
    let logs = record::logs(bundle);
    let of = logs.len() as u32;
    (logs.into_iter().zip(1..))
        .map(|(log, number)| {
            let path = bundle.member(log).map(|member| member.path.clone()).unwrap_or_default();
            (log, MemberProgress { path, number, of, total: bundle.declared_length(log), ..MemberProgress::default() })
        })
        .collect()
}

fn language_of(question: &Question) -> Language {
    Language::from_code(&question.language).unwrap_or_default()
}

/// What the files are called together: the file itself, the folder they came in, or the first and how many more.
fn bundle_name(names: &[&str]) -> String {
    let folder = |name: &str| name.split_once('/').map(|(folder, _)| folder.to_owned());
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first, others @ ..] => folder(first)
            .filter(|shared| others.iter().all(|name| folder(name).as_ref() == Some(shared)))
            .unwrap_or_else(|| format!("{first} + {}", others.len())),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::web::incident_words::IncidentWords;

    #[test]
    fn files_are_called_by_what_they_share() {
        assert_eq!(bundle_name(&["bundle.zip"]), "bundle.zip");
        assert_eq!(bundle_name(&["logs/nsdebuglog.log", "logs/old/nsdebuglog.1.log"]), "logs");
        assert_eq!(bundle_name(&["nsdebuglog.log", "nsdebuglog.1.log", "x"]), "nsdebuglog.log + 2");
    }

    fn question(language: &str) -> Question {
        Question { number: 3, incident: IncidentWords::default(), language: language.to_owned() }
    }

    fn open(text: &str, language: &str) -> Result<Response, String> {
        let source = Box::new(Cursor::new(text.as_bytes().to_vec()));
        let files = vec![File { name: "a.txt".to_owned(), source }];
        Desk::new()?.open(files, None, &question(language), &|_| {})
    }

    #[test]
    fn what_is_no_bundle_is_said_in_the_readers_language() {
        let english = open("hello\n", "en").unwrap_err();
        let japanese = open("hello\n", "ja").unwrap_err();
        assert!(english.contains("a.txt") && japanese.contains("a.txt"), "{english} {japanese}");
        assert_ne!(english, japanese);
    }

    #[test]
    fn nothing_is_ranked_before_a_bundle_is_open() {
        assert!(Desk::new().unwrap().answer(&question("en")).is_err());
    }
}
