//! The worker's desk: the bundle that lies open on it, what was understood of it, and the last report.

mod inquiries;
mod log_lines;
mod saved;

use std::collections::{BTreeMap, BTreeSet};

use self::log_lines::LogLines;
use super::lines::{later_lines_of, lines_of};
use super::protocol::{ExportFormat, MemberProgress, Progress, Question, Response, Role};
use crate::analysis::share::{self, Joined, Piece};
use crate::analysis::{Analysis, analyze, analyze_in_parts};
use crate::bundle::{self, Bundle, BundleError, Input, Limits, Source};
use crate::knowledge::Knowledge;
use crate::knowledge::texts::Texts;
use crate::language::Language;
use crate::notice::Notice;
use crate::provenance::MemberId;
use crate::record;
use crate::report::flow_list::FlowList;
use crate::report::redact::Redaction;
use crate::report::{Report, attach_evidence, attach_verification, compose, export, verify};

/// One chosen file, ready to be read.
pub(super) struct File {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) source: Box<dyn Source>,
}

/// How files are opened.
#[derive(Clone, Default)]
pub(super) struct Manner {
    pub(super) password: Option<String>,
    pub(super) limits: Limits,
}

/// Bytes of a saved file that are made at a time: all rows of a large log are no less than the log.
const PIECE_OF_FILE: usize = 1 << 20;

pub(super) struct Desk {
    knowledge: Knowledge,
    open: Option<Open>,
    /// A report that was opened without its log.
    saved: Option<Box<Report>>,
    waiting: Option<Waiting>,
}

/// What was opened and waits for what other readers find.
struct Waiting {
    bundles: Vec<Bundle>,
    joined: Joined,
    rest: Rest,
}

/// What follows when the logs of the incident are read.
struct Rest {
    unopened: Vec<Notice>,
    healthy: Vec<File>,
    later: Vec<File>,
    manner: Manner,
    question: Question,
}

struct Open {
    bundles: Vec<Bundle>,
    analysis: Analysis,
    /// What was taken after the change.
    after: Option<(Vec<Bundle>, Analysis)>,
    report: Report,
    language: Language,
    /// Whether the report holds the text of its lines yet.
    with_lines: bool,
    /// The flows that were asked for last.
    flows: FlowList,
    log_lines: LogLines,
}

impl Desk {
    pub(super) fn new() -> Result<Self, String> {
        let knowledge = Knowledge::built_in().map_err(|error| error.to_string())?;
        Ok(Self { knowledge, open: None, saved: None, waiting: None })
    }

    /// Reads `files` and answers the question. What lay on the desk before goes away. Meanwhile `say` gets
    /// the progress and, where much is still to be read, what the first logs answer.
    ///
    /// Where so many readers can share the files, only the first share is read; the answer is that of [`Desk::join`].
    pub(super) fn open(
        &mut self,
        files: Vec<File>,
        manner: &Manner,
        question: &Question,
        readers: usize,
        say: &dyn Fn(Response),
    ) -> Result<Option<Response>, String> {
        (self.open, self.saved, self.waiting) = (None, None, None);
        let files = match <[File; 1]>::try_from(files) {
            Ok([only]) => match saved::read(only) {
                Ok(report) => {
                    self.saved = Some(report.clone());
                    return Ok(Some(Response::Saved { number: question.number, report }));
                }
                Err(file) => vec![file],
            },
            Err(files) => files,
        };
        let mut by_role = [Role::Incident, Role::Baseline, Role::After].map(|_| Vec::new());
        for file in files {
            by_role[file.role as usize].push(file);
        }
        let [files, healthy, later] = by_role;
        let language = language_of(question);
        let (mut bundles, unopened) = match self.bundles_of(files, manner, language) {
            Ok(opened) => opened,
            Err(refusal) => return refusal.answered().map(Some),
        };
        let rest = Rest { unopened, healthy, later, manner: manner.clone(), question: question.clone() };
        if let Some(shares) = share::shares(&mut bundles, readers) {
            let mut joined = Joined::new(&bundles);
            let mut progress = |reading| say(Response::Progress(progress_of(&reading)));
            let mut early = |analysis: &Analysis| self.say_early(analysis, question, say);
            if joined.read(&mut bundles, &shares[0], &self.knowledge, &mut progress, &mut early) {
                self.waiting = Some(Waiting { bundles, joined, rest });
                return Ok(None);
            }
        }
        let analysis = self.read_alone(&mut bundles, question, say);
        self.conclude(bundles, analysis, rest, say).map(Some)
    }

    /// Whether nothing but [`Desk::join`] can be answered.
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// Answers what was asked when the files were opened, now that all shares are read: with the `pieces` that the other
    /// readers found, in the order of their shares. Without them, and wherever that is safer, it reads everything itself.
    /// `None` where nothing waits for it.
    pub(super) fn join(
        &mut self,
        pieces: Option<impl IntoIterator<Item = Option<Piece>>>,
        say: &dyn Fn(Response),
    ) -> Result<Option<Response>, String> {
        let Some(Waiting { mut bundles, mut joined, rest }) = self.waiting.take() else { return Ok(None) };
        let all =
            pieces.is_some_and(|pieces| pieces.into_iter().all(|piece| piece.map(|piece| joined.add(piece)).is_some()));
        let analysis = if all { joined.analysis(&mut bundles, &self.knowledge) } else { None };
        let analysis = analysis.unwrap_or_else(|| self.read_alone(&mut bundles, &rest.question, say));
        self.conclude(bundles, analysis, rest, say).map(Some)
    }

    /// Reads a share of `files` for another desk, and gives what it finds. Fails where there is nothing to share.
    pub(super) fn read_share(
        &self,
        files: Vec<File>,
        manner: &Manner,
        (reader, readers): (usize, usize),
        give: &mut dyn FnMut(Piece),
        say: &dyn Fn(Response),
    ) -> Result<(), String> {
        let (mut bundles, _) = self.bundles_of(files, manner, Language::default()).map_err(|_| "nothing was opened")?;
        let shares = share::shares(&mut bundles, readers).unwrap_or_default();
        let share = shares.get(reader).ok_or("the files cannot be shared")?;
        let mut progress = |reading| say(Response::Progress(progress_of(&reading)));
        let read = share::read(&mut bundles, share, &self.knowledge, give, &mut progress);
        if read { Ok(()) } else { Err("the files must be read by one".to_owned()) }
    }

    fn read_alone(&self, bundles: &mut [Bundle], question: &Question, say: &dyn Fn(Response)) -> Analysis {
        let logs: BTreeMap<MemberId, MemberProgress> = bundles.iter().flat_map(logs).collect();
        let mut progress = |reading: record::Progress| {
            let member = logs.get(&reading.member).map(|log| MemberProgress {
                bytes: reading.member_bytes,
                records: reading.member_records,
                total: log.total.filter(|total| *total >= reading.member_bytes),
                ..log.clone()
            });
            say(Response::Progress(Progress { member, ..progress_of(&reading) }));
        };
        let mut early = |analysis: &Analysis| self.say_early(analysis, question, say);
        analyze_in_parts(bundles, &self.knowledge, &mut progress, &mut early)
    }

    fn say_early(&self, analysis: &Analysis, question: &Question, say: &dyn Fn(Response)) {
        if let Ok(incident) = question.incident.incident() {
            let report = Box::new(compose(analysis, &incident, &self.knowledge, language_of(question)));
            say(Response::Report { number: question.number, report, partial: true });
        }
    }

    /// Reads what is to be compared, and answers.
    fn conclude(
        &mut self,
        bundles: Vec<Bundle>,
        mut analysis: Analysis,
        rest: Rest,
        say: &dyn Fn(Response),
    ) -> Result<Response, String> {
        let Rest { unopened, healthy, later, manner, question } = rest;
        let language = language_of(&question);
        analysis.notices.extend(unopened);
        let read = analysis.bundles.iter().flat_map(|bundle| &bundle.members);
        let records = read.filter_map(|read| Some(read.reading.as_ref()?.tally.records)).sum();
        let mut beside = |files: Vec<File>| {
            if files.is_empty() {
                return Ok(None);
            }
            let (mut bundles, unopened) = self.bundles_of(files, &manner, language)?;
            analysis.notices.extend(unopened);
            let mut progress = |reading| say(Response::Progress(progress_of(&reading)));
            let read = analyze(&mut bundles, &self.knowledge, &mut progress);
            Ok(Some((bundles, read)))
        };
        let (healthy, after) = match beside(healthy).and_then(|healthy| Ok((healthy, beside(later)?))) {
            Ok(read) => read,
            Err(refusal) => return Refusal::answered(refusal),
        };
        if let Some((_, healthy)) = healthy {
            analysis.compare_with(healthy);
        }
        say(Response::Progress(Progress { ranking: true, records, ..Progress::default() }));
        let (report, flows, log_lines) = (Report::default(), FlowList::default(), LogLines::default());
        self.open = Some(Open { bundles, analysis, after, report, language, with_lines: false, flows, log_lines });
        self.answer(&question)
    }

    /// Ranks what lies open again; nothing is read for it.
    pub(super) fn answer(&mut self, question: &Question) -> Result<Response, String> {
        let open = self.open.as_mut().ok_or("no bundle is open")?;
        let incident = question.incident.incident().map_err(|error| error.to_string())?;
        open.language = language_of(question);
        open.report = compose(&open.analysis, &incident, &self.knowledge, open.language);
        if let Some((_, after)) = &open.after {
            open.report.verification = Some(verify(&open.analysis, &incident, after, &self.knowledge, open.language));
        }
        open.with_lines = false;
        Ok(Response::Report { number: question.number, report: Box::new(open.report.clone()), partial: false })
    }

    /// The bundles that `files` are, and what of them could not be opened while something else could.
    fn bundles_of(
        &self,
        files: Vec<File>,
        manner: &Manner,
        language: Language,
    ) -> Result<(Vec<Bundle>, Vec<Notice>), Refusal> {
        let mut bundles: Vec<Bundle> = Vec::new();
        let mut unopened = Vec::new();
        for files in by_bundle(files) {
            let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
            let name = bundle_name(&names);
            let inputs = files.into_iter().map(|File { name, source, .. }| Input { name, source }).collect();
            let first = bundles.iter().map(|bundle| bundle.members.len()).sum::<usize>();
            let password = manner.password.as_deref().map(str::as_bytes);
            match bundle::open_with_password(&name, inputs, &manner.limits, MemberId(first as u32), password) {
                Ok(bundle) => bundles.push(bundle),
                Err(error @ (BundleError::PasswordNeeded { .. } | BundleError::WrongPassword { .. })) => {
                    return Err(Refusal::Locked(self.sentence(&error.notice(), language)));
                }
                Err(error) => unopened.push(error.notice()),
            }
        }
        match unopened.first() {
            Some(notice) if bundles.is_empty() => Err(Refusal::Failed(self.sentence(notice, language))),
            _ => Ok((bundles, unopened)),
        }
    }

    fn sentence(&self, notice: &Notice, language: Language) -> String {
        self.knowledge.texts(language).get(&format!("notice.{}", notice.id), &notice.arguments)
    }

    /// The lines that the last report rests on, read from the bundle once more.
    pub(super) fn lines(&mut self, number: u32) -> Response {
        let report = self.open.as_mut().map(Open::report_with_lines);
        let later = report.and_then(|report| report.verification.as_ref());
        Response::Lines {
            number,
            lines: report.map(lines_of).unwrap_or_default(),
            later: later.map(later_lines_of).unwrap_or_default(),
        }
    }

    /// The last report as a file, piece by piece, with pseudonyms if so asked; `marks` are kept with it.
    pub(super) fn export(
        &mut self,
        format: ExportFormat,
        redacted: bool,
        marks: BTreeSet<String>,
        give: &mut dyn FnMut(&str),
    ) -> Result<(), String> {
        if let Some(saved) = &mut self.saved {
            saved.marks = marks;
            let language = Language::from_code(&saved.language).unwrap_or_default();
            give(&written(saved, format, self.knowledge.texts(language)));
            return Ok(());
        }
        let open = self.open.as_mut().ok_or("no bundle is open")?;
        open.report_with_lines();
        open.report.marks = marks;
        let analyses = open.analyses();
        let redaction = redacted.then(|| Redaction::of(&analyses).ok_or("names cannot be searched for"));
        let mut redaction = redaction.transpose()?;
        if format == ExportFormat::FlowsCsv {
            let mut say = |rows: &str| match &mut redaction {
                Some(redaction) => give(&redaction.text(rows)),
                None => give(rows),
            };
            let mut rows = String::new();
            for row in export::flows_csv(&open.analysis) {
                rows.push_str(&row);
                rows.push('\n');
                if rows.len() >= PIECE_OF_FILE {
                    say(&rows);
                    rows.clear();
                }
            }
            say(&rows);
            return Ok(());
        }
        let report = redaction.as_mut().map(|redaction| redaction.report(&open.report));
        let report = report.as_ref().unwrap_or(&open.report);
        give(&written(report, format, self.knowledge.texts(open.language)));
        Ok(())
    }
}

/// Of the connections, which only a log has, there is nothing in a report.
fn written(report: &Report, format: ExportFormat, texts: &Texts) -> String {
    match format {
        ExportFormat::Json => export::json(report),
        ExportFormat::Markdown => export::markdown(report, texts),
        ExportFormat::Html => export::html(report, texts),
        ExportFormat::SuspectsCsv => export::suspects_csv(report),
        ExportFormat::FlowsCsv => String::new(),
    }
}

impl Open {
    /// Of all logs that the report tells of.
    fn analyses(&self) -> Vec<&Analysis> {
        std::iter::once(&self.analysis).chain(self.after.iter().map(|(_, after)| after)).collect()
    }

    fn report_with_lines(&mut self) -> &Report {
        if !self.with_lines {
            attach_evidence(&mut self.report, &self.analysis, &mut self.bundles);
            if let (Some(verification), Some((bundles, after))) = (&mut self.report.verification, &mut self.after) {
                attach_verification(verification, after, bundles);
            }
            self.with_lines = true;
        }
        &self.report
    }
}

fn progress_of(reading: &record::Progress) -> Progress {
    Progress {
        bytes: reading.bytes,
        total: reading.expected_bytes.filter(|expected| *expected >= reading.bytes),
        records: reading.records,
        ..Progress::default()
    }
}

/// Why nothing was opened, as a sentence.
enum Refusal {
    Locked(String),
    Failed(String),
}

impl Refusal {
    fn answered(self) -> Result<Response, String> {
        match self {
            Self::Locked(sentence) => Ok(Response::Locked { sentence }),
            Self::Failed(sentence) => Err(sentence),
        }
    }
}

/// Archives each by itself, since each may come from another device; loose files and those of folders together.
fn by_bundle(files: Vec<File>) -> Vec<Vec<File>> {
    const ARCHIVES: [&str; 4] = [".zip", ".tgz", ".tar.gz", ".tar"];
    let is_archive = |file: &File| {
        let name = file.name.to_ascii_lowercase();
        !name.contains('/') && ARCHIVES.iter().any(|ending| name.ends_with(ending))
    };
    let (archives, loose): (Vec<File>, Vec<File>) = files.into_iter().partition(is_archive);
    let loose = (!loose.is_empty()).then_some(loose);
    archives.into_iter().map(|archive| vec![archive]).chain(loose).collect()
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

    #[test]
    fn archives_are_bundles_of_their_own() {
        let names = ["a.zip", "nsdebuglog.log", "B.TGZ", "folder/c.zip"];
        let files = names.map(|name| File {
            name: name.to_owned(),
            role: Role::Incident,
            source: Box::new(Cursor::new(Vec::new())),
        });
        let bundles: Vec<Vec<String>> = by_bundle(files.into())
            .into_iter()
            .map(|files| files.into_iter().map(|file| file.name).collect())
            .collect();
        assert_eq!(bundles, [vec!["a.zip"], vec!["B.TGZ"], vec!["nsdebuglog.log", "folder/c.zip"]]);
    }

    fn question(language: &str) -> Question {
        Question { number: 3, incident: IncidentWords::default(), language: language.to_owned() }
    }

    fn open(text: &str, language: &str) -> Result<Option<Response>, String> {
        let source = Box::new(Cursor::new(text.as_bytes().to_vec()));
        let files = vec![File { name: "a.txt".to_owned(), role: Role::Incident, source }];
        Desk::new()?.open(files, &Manner::default(), &question(language), 1, &|_| {})
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
