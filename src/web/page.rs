//! The page's state as signals, and everything that may happen to it. Views read the signals and call these verbs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use js_sys::{Array, ArrayBuffer};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, ErrorEvent, HtmlElement, MessageEvent, Worker};

use super::incident_words::{EXACTLY, IncidentWords, USUAL_WITHIN};
use super::inquiry::{Answer, Inquiry, WhatIfAnswer};
use super::lines::Lines;
use super::protocol::{ChosenFile, Content, ExportFormat, Progress, Question, Request, Response, Role};
use super::readers::{self, Outcome, Readers};
use super::scale::{self, Scale};
use super::view::View;
use super::wording::{Wording, language_for};
use super::{clipboard, download, format, start, steps};
use crate::bundle::Limits;
use crate::language::Language;
use crate::report::flow_list::FlowQuestion;
use crate::report::log_list::LogQuestion;
use crate::report::{Activity, ActivityQuestion, Report, Suspect};

/// Long enough that typing a time asks once, short enough to feel immediate.
const PAUSE_IN_TYPING: Duration = Duration::from_millis(200);

/// The lines of a report are read when nothing was asked for this long, so that asking again never waits for them.
const PAUSE_BEFORE_LINES: Duration = Duration::from_millis(400);

#[derive(Clone, Copy)]
pub(super) struct Page {
    pub(super) wording: Wording,
    pub(super) stage: RwSignal<Stage>,
    pub(super) file_names: RwSignal<Vec<String>>,
    /// The logs that the opened one is compared with.
    pub(super) compared: RwSignal<Vec<(Role, String)>>,
    pub(super) report: RwSignal<Option<Arc<Report>>>,
    /// The report is of the first logs only; the others are still being read.
    pub(super) partial: RwSignal<bool>,
    pub(super) lines: RwSignal<Arc<Lines>>,
    pub(super) chosen: RwSignal<Option<SuspectKey>>,
    pub(super) incident: RwSignal<IncidentWords>,
    /// What screen readers are told; also short confirmations.
    pub(super) announcement: RwSignal<String>,
    /// Something is held over the window.
    pub(super) dragging: RwSignal<bool>,
    pub(super) has_example: RwSignal<bool>,
    pub(super) view: RwSignal<View>,
    /// How busy the whole log is.
    pub(super) activity: RwSignal<Option<Arc<Activity>>>,
    /// Knowledge that was dropped, by file name and text.
    pub(super) knowledge: RwSignal<Vec<(String, String)>>,
    /// Ids of the first steps that somebody ticked off by hand.
    pub(super) marks: RwSignal<BTreeSet<String>>,
    /// Limits of reading that are not as usual, as typed.
    pub(super) limits: RwSignal<BTreeMap<&'static str, String>>,
    /// The marks that are in a file already.
    saved_marks: RwSignal<BTreeSet<String>>,
    /// What is shown was saved earlier: there is no log behind it.
    pub(super) saved: RwSignal<bool>,
    /// The stretch of the timeline that is looked at; the whole log without it.
    pub(super) in_sight: RwSignal<Option<Scale>>,
    pub(super) lookup_text: RwSignal<String>,
    /// Messages to be counted, dropped on the lookup.
    pub(super) dropped_messages: RwSignal<Vec<ChosenFile>, LocalStorage>,
    pub(super) what_if_text: RwSignal<String>,
    /// To the text as it was asked last; stays in sight while another one is on its way.
    pub(super) what_if_answer: RwSignal<Option<WhatIfAnswer>>,
    /// Which flows are listed.
    pub(super) flow_question: RwSignal<FlowQuestion>,
    /// Which lines are listed.
    pub(super) log_question: RwSignal<LogQuestion>,
    /// A line that is to be shown among the others, by member and number.
    pub(super) log_target: RwSignal<Option<(String, u32)>>,
    /// Knowledge that was dropped and is still to be read.
    pub(super) dropped_knowledge: RwSignal<Vec<ChosenFile>, LocalStorage>,
    /// Parts of the views that somebody opened, or shut.
    pub(super) folds: StoredValue<BTreeMap<String, bool>>,
    desk: StoredValue<Reader, LocalStorage>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Stage {
    /// Nothing was opened yet.
    #[default]
    First,
    Reading(Progress),
    Shown,
    Failed(String),
    /// The archive asks for its password.
    Locked(String),
}

/// What tells one suspect from another, also after the ranking has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SuspectKey {
    host: String,
    process: Option<String>,
}

/// The worker, what it was given, and what it was asked last.
struct Reader {
    worker: Worker,
    /// Those that read beside it.
    others: Readers,
    files: Vec<ChosenFile>,
    password: Option<String>,
    question: u32,
    /// What the answer on its way answers.
    asked: Option<Question>,
    waiting: Option<TimeoutHandle>,
    /// Who waits for which answer; a worker that ends takes its tickets with it.
    tickets: BTreeMap<u32, Box<dyn FnOnce(Answer)>>,
    ticket: u32,
}

/// Columns of the chart over the whole log.
const STEPS_OF_ALL: u32 = 240;

impl SuspectKey {
    pub(super) fn of(suspect: &Suspect) -> Self {
        Self { host: suspect.host.clone(), process: suspect.process.clone() }
    }
}

impl Page {
    pub(super) fn new() -> Self {
        let preferred: Vec<String> =
            window().navigator().languages().iter().filter_map(|tag| tag.as_string()).collect();
        let language = language_for(preferred.iter().map(String::as_str));
        let reader = Reader {
            worker: start::start_worker(),
            others: Readers::default(),
            files: Vec::new(),
            password: None,
            question: 0,
            asked: None,
            waiting: None,
            tickets: BTreeMap::new(),
            ticket: 0,
        };
        let page = Self {
            wording: Wording::new(language),
            stage: RwSignal::default(),
            file_names: RwSignal::default(),
            compared: RwSignal::default(),
            report: RwSignal::default(),
            partial: RwSignal::default(),
            lines: RwSignal::default(),
            chosen: RwSignal::default(),
            incident: RwSignal::new(IncidentWords { within: USUAL_WITHIN.to_owned(), ..IncidentWords::default() }),
            announcement: RwSignal::default(),
            dragging: RwSignal::default(),
            has_example: RwSignal::default(),
            view: RwSignal::new(view_of_address().unwrap_or_default()),
            activity: RwSignal::default(),
            knowledge: RwSignal::default(),
            limits: RwSignal::default(),
            marks: RwSignal::default(),
            saved_marks: RwSignal::default(),
            saved: RwSignal::default(),
            in_sight: RwSignal::default(),
            lookup_text: RwSignal::default(),
            dropped_messages: RwSignal::new_local(Vec::new()),
            what_if_text: RwSignal::default(),
            what_if_answer: RwSignal::default(),
            flow_question: RwSignal::default(),
            log_question: RwSignal::default(),
            log_target: RwSignal::default(),
            dropped_knowledge: RwSignal::new_local(Vec::new()),
            folds: StoredValue::default(),
            desk: StoredValue::new_local(reader),
        };
        page.hear();
        page.look_for_example();
        // The address bar is where back and forward, and a person, choose a view.
        window_event_listener(leptos::ev::hashchange, move |_| {
            if let Some(view) = view_of_address() {
                page.view.set(view);
            }
        });
        page
    }

    /// Reads `files` as one bundle; a report of an earlier bundle goes away.
    pub(super) fn open(self, files: Vec<ChosenFile>) {
        self.open_locked(files, None);
    }

    /// The files that wait for a password.
    pub(super) fn unlock(self, password: String) {
        self.open_locked(self.chosen_files(), Some(password));
    }

    fn open_locked(self, files: Vec<ChosenFile>, password: Option<String>) {
        if files.is_empty() {
            self.fail(self.wording.now("page.intake.nothing_dropped", &[]));
            return;
        }
        let named = |file: &ChosenFile| (file.role, format::visible(&file.name));
        let (own, compared): (Vec<_>, Vec<_>) = files.iter().map(named).partition(|(role, _)| *role == Role::Incident);
        self.file_names.set(own.into_iter().map(|(_, name)| name).collect());
        self.compared.set(compared);
        self.report.set(None);
        self.activity.set(None);
        self.chosen.set(None);
        self.marks.set(BTreeSet::new());
        self.saved_marks.set(BTreeSet::new());
        self.saved.set(false);
        self.in_sight.set(None);
        self.flow_question.set(FlowQuestion::default());
        self.log_question.set(LogQuestion::default());
        self.log_target.set(None);
        self.folds.set_value(BTreeMap::new());
        self.what_if_answer.set(None);
        self.stage.set(Stage::Reading(Progress::default()));
        self.announcement.set(self.wording.now("page.reading.title", &[]));
        // Memory of a worker never shrinks: every bundle gets a fresh one.
        self.restart_worker();
        self.desk.update_value(|reader| {
            reader.files.clone_from(&files);
            reader.password.clone_from(&password);
        });
        self.read(files, password, &Array::new());
    }

    /// Reads the opened log again together with `added`, which take the place of earlier files of that role.
    pub(super) fn compare(self, role: Role, added: Vec<ChosenFile>) {
        let mut files = self.chosen_files();
        files.retain(|file| file.role != role);
        files.extend(added.into_iter().map(|file| ChosenFile { role, ..file }));
        self.open_once_more(files);
    }

    /// By as many workers as it is worth. Buffers in `transfer` move to the page's own one.
    fn read(self, files: Vec<ChosenFile>, password: Option<String>, transfer: &Array) {
        let limits: Vec<String> = self.limits.with_untracked(|typed| {
            // What is no limit is told beside its field.
            typed.iter().map(setting).filter(|setting| holds(setting)).collect()
        });
        let readers = readers::count_for(&files);
        let of_incident: Vec<ChosenFile> = files.iter().filter(|file| file.role == Role::Incident).cloned().collect();
        let knowledge = self.knowledge.get_untracked();
        let knowledge = (!knowledge.is_empty())
            .then_some(Request::Ask { ticket: 0, inquiry: Inquiry::Extend { files: knowledge } });
        for reader in 1..readers {
            let (files, password, limits) = (of_incident.clone(), password.clone(), limits.clone());
            let share = Request::ReadShare { files, password, limits, reader, readers };
            self.desk.update_value(|desk| {
                let requests = knowledge.iter().chain([&share]);
                desk.others.start(requests, move |number, said| self.hear_other(number, said));
            });
        }
        self.ask_with(&Request::Open { files, password, limits, question: self.question(), readers }, transfer);
    }

    fn hear_other(self, number: usize, said: Option<Response>) {
        let outcome = self.desk.try_update_value(|desk| desk.others.take(number, said));
        let (pieces, complete) = match outcome {
            None | Some(Outcome::Underway) => return,
            Some(Outcome::Complete(pieces)) => (pieces, true),
            Some(Outcome::Failed) => (Vec::new(), false),
        };
        let transfer: Array = pieces.iter().collect();
        self.ask_with(&Request::Join { pieces, complete }, &transfer);
    }

    /// The first value that was typed for a limit and is none.
    pub(super) fn wrong_limit(self) -> Option<String> {
        self.limits.with(|typed| typed.iter().find(|typed| !holds(&setting(*typed))).map(|(_, value)| value.clone()))
    }

    pub(super) fn open_again(self) {
        self.open_once_more(self.chosen_files());
    }

    /// What was ticked off is still so when the same log is read once more.
    fn open_once_more(self, files: Vec<ChosenFile>) {
        let password = self.desk.with_value(|reader| reader.password.clone());
        let (marks, saved) = (self.marks.get_untracked(), self.saved_marks.get_untracked());
        self.open_locked(files, password);
        self.marks.set(marks);
        self.saved_marks.set(saved);
    }

    fn chosen_files(self) -> Vec<ChosenFile> {
        self.desk.with_value(|reader| reader.files.clone())
    }

    pub(super) fn can_open_again(self) -> bool {
        self.desk.with_value(|reader| !reader.files.is_empty())
    }

    pub(super) fn open_example(self) {
        self.announcement.set(self.wording.now("page.loading_example", &[]));
        spawn_local(async move {
            match example().await {
                Some(bytes) => {
                    self.open(vec![ChosenFile {
                        name: "example.zip".to_owned(),
                        role: Role::Incident,
                        content: Content::Bytes(bytes),
                    }]);
                }
                None => self.fail(self.wording.now("page.intake.no_example", &[])),
            }
        });
    }

    /// Shows a view and leaves a step in the browser's history.
    pub(super) fn show(self, view: View) {
        if self.view.get_untracked() != view {
            self.view.set(view);
            // A browser that refuses still shows the view.
            let _ = window().location().set_hash(view.name());
        }
    }

    /// Shows a line among those around it, whatever was filtered before.
    pub(super) fn show_in_log(self, member: String, line: u32) {
        self.log_question.set(LogQuestion::default());
        self.log_target.set(Some((member, line)));
        self.show(View::Log);
        // The button that was pressed has gone with its view.
        if let Some(view) = document().get_element_by_id("results").and_then(|view| view.dyn_into::<HtmlElement>().ok())
        {
            // Without it the focus is at the page's beginning, no more.
            let _ = view.focus();
        }
    }

    /// Asks the worker; `heard` gets its answer, unless the worker ends before.
    pub(super) fn inquire(self, inquiry: Inquiry, heard: impl FnOnce(Answer) + 'static) {
        let ticket = self.desk.try_update_value(|reader| {
            reader.ticket += 1;
            reader.tickets.insert(reader.ticket, Box::new(heard));
            reader.ticket
        });
        if let Some(ticket) = ticket {
            self.ask(&Request::Ask { ticket, inquiry });
        }
    }

    /// Adds files of knowledge, by name and text; an open log is read again with them.
    pub(super) fn add_knowledge(self, added: Vec<(String, String)>, heard: impl FnOnce(Vec<String>) + 'static) {
        let mut files = self.knowledge.get_untracked();
        files.retain(|(known, _)| added.iter().all(|(name, _)| name != known));
        files.extend(added);
        self.inquire(Inquiry::Extend { files: files.clone() }, move |answer| {
            let refused = match answer {
                Answer::Extended { refused } => refused,
                Answer::Refused(sentence) => vec![sentence],
                _ => Vec::new(),
            };
            if refused.is_empty() {
                self.knowledge.set(files);
                self.read_again();
            } else {
                // What was there before still holds.
                self.inquire(Inquiry::Extend { files: self.knowledge.get_untracked() }, |_| {});
            }
            heard(refused);
        });
    }

    pub(super) fn drop_knowledge(self, name: &str) {
        self.knowledge.update(|files| files.retain(|(known, _)| known != name));
        self.inquire(Inquiry::Extend { files: self.knowledge.get_untracked() }, move |_| self.read_again());
    }

    /// What is open, with the knowledge and the limits of now.
    pub(super) fn read_again(self) {
        if self.report.with_untracked(Option::is_some) {
            self.open_again();
        }
    }

    /// The stretch of time that was marked in a chart becomes the incident.
    pub(super) fn mark_incident(self, from: i64, to: i64) {
        self.change_incident(|words| {
            words.at = scale::span_words(from, to);
            EXACTLY.clone_into(&mut words.within);
        });
    }

    /// A moment that was pointed at becomes the incident; how sure it is stays as chosen.
    pub(super) fn mark_moment(self, at: i64) {
        self.change_incident(|words| {
            words.at = scale::words(at);
            if words.within == EXACTLY {
                USUAL_WITHIN.clone_into(&mut words.within);
            }
        });
    }

    /// The log from its first to its last record.
    pub(super) fn whole(self) -> Option<Scale> {
        self.report.with(|report| {
            let coverage = &report.as_ref()?.coverage;
            Scale::between(coverage.first.as_deref()?, coverage.last.as_deref()?)
        })
    }

    /// The incident window of the last report.
    pub(super) fn incident_window(self) -> Option<Scale> {
        self.report.with(|report| {
            let incident = &report.as_ref()?.incident;
            Scale::between(incident.from.as_deref()?, incident.to.as_deref()?)
        })
    }

    fn look_at_all(self) {
        let question = ActivityQuestion { steps: STEPS_OF_ALL, ..ActivityQuestion::default() };
        self.inquire(Inquiry::Activity(question), move |answer| {
            if let Answer::Activity(Some(activity)) = answer {
                self.activity.set(Some(Arc::new(activity)));
            }
        });
    }

    fn look_for_example(self) {
        spawn_local(async move { self.has_example.set(example().await.is_some()) });
    }

    pub(super) fn cancel(self) {
        self.restart_worker();
        self.report.set(None);
        self.stage.set(Stage::First);
        self.announcement.set(self.wording.now("page.reading.cancelled", &[]));
    }

    /// The incident is being typed: ranks again once that pauses and its time can be read.
    pub(super) fn type_incident(self, change: impl FnOnce(&mut IncidentWords)) {
        self.incident.update(change);
        self.later(PAUSE_IN_TYPING, Self::rank);
    }

    /// The incident was chosen: ranks again at once.
    pub(super) fn change_incident(self, change: impl FnOnce(&mut IncidentWords)) {
        self.incident.update(change);
        self.later(Duration::ZERO, Self::rank);
    }

    pub(super) fn choose_language(self, language: Language) {
        self.wording.choose(language);
        self.rank();
    }

    pub(super) fn export(self, format: ExportFormat, redacted: bool) {
        let marks = self.marks.get_untracked();
        if format == ExportFormat::Json {
            self.saved_marks.set(marks.clone());
        }
        self.ask(&Request::Export { format, redacted, marks });
    }

    /// A step that somebody did, or did not do after all.
    pub(super) fn mark_step(self, id: &str, done: bool) {
        self.marks.update(|marks| {
            if done {
                marks.insert(id.to_owned());
            } else {
                marks.remove(id);
            }
        });
    }

    /// Leaving would lose what was ticked off.
    pub(super) fn has_unsaved_marks(self) -> bool {
        let marks = self.marks.get_untracked();
        !marks.is_empty() && self.saved_marks.with_untracked(|saved| *saved != marks)
    }

    /// What was dropped or pasted goes where it belongs: knowledge, messages to be counted, else a log.
    pub(super) fn take_files(self, files: Vec<ChosenFile>) {
        let is = |file: &ChosenFile, ending: &str| file.name.to_ascii_lowercase().ends_with(ending);
        if !files.is_empty() && files.iter().all(|file| is(file, ".toml")) {
            self.show(View::Knowledge);
            self.dropped_knowledge.set(files);
            return;
        }
        if matches!(files.as_slice(), [_]) && self.view.get_untracked() == View::Lookup {
            self.dropped_messages.set(files);
            return;
        }
        self.open(files);
    }

    pub(super) fn copy(self, text: String, copied: impl FnOnce(bool) + 'static) {
        spawn_local(async move {
            let arrived = clipboard::copy(&text).await;
            self.announcement.set(if arrived {
                self.wording.now("page.copy.copied_what", &[("what", text)])
            } else {
                self.wording.now("page.copy.failed", &[])
            });
            copied(arrived);
        });
    }

    /// The suspect to show: the chosen one while it is in the ranking, else the first.
    pub(super) fn shown_suspect(self, report: &Report) -> Option<Suspect> {
        let chosen = self.chosen.get();
        let suspects = &report.suspects;
        let found = chosen.and_then(|key| suspects.iter().find(|suspect| SuspectKey::of(suspect) == key));
        found.or_else(|| suspects.first()).cloned()
    }

    fn rank(self) {
        if self.report.with_untracked(Option::is_none)
            || self.saved.get_untracked()
            || self.incident.with_untracked(|words| words.incident().is_err())
        {
            return;
        }
        let question = self.question();
        self.ask(&Request::Rank { question });
    }

    /// A new question; answers to earlier ones are late from now on.
    fn question(self) -> Question {
        self.desk.update_value(|reader| reader.question += 1);
        // A time that cannot be read is told beside its field; the rest of the question still counts.
        let mut incident = self.incident.get_untracked();
        if incident.incident().is_err() {
            incident.at.clear();
        }
        let language = untrack(|| self.wording.language()).code().to_owned();
        let question = Question { number: self.current_question(), incident, language };
        self.desk.update_value(|reader| reader.asked = Some(question.clone()));
        question
    }

    /// Whether incident or language changed while the answer was on its way.
    fn asks_otherwise_by_now(self) -> bool {
        let language = untrack(|| self.wording.language()).code();
        let incident = self.incident.get_untracked();
        self.desk.with_value(|reader| {
            let asked = reader.asked.as_ref();
            asked.is_some_and(|asked| {
                asked.language != language || (asked.incident != incident && incident.incident().is_ok())
            })
        })
    }

    fn current_question(self) -> u32 {
        self.desk.with_value(|reader| reader.question)
    }

    fn later(self, pause: Duration, verb: impl FnOnce(Self) + 'static) {
        let handle = set_timeout_with_handle(move || verb(self), pause).ok();
        self.desk.update_value(|reader| {
            if let Some(earlier) = std::mem::replace(&mut reader.waiting, handle) {
                earlier.clear();
            }
        });
    }

    fn ask(self, request: &Request) {
        self.ask_with(request, &Array::new());
    }

    /// Buffers in `transfer` move to the worker instead of being copied.
    fn ask_with(self, request: &Request, transfer: &Array) {
        let sent = request.to_value().map_err(|error| error.to_string().into()).and_then(|value| {
            self.desk.with_value(|reader| reader.worker.post_message_with_transfer(&value, transfer))
        });
        if let Err(error) = sent {
            self.fail(self.wording.now("page.problem.not_understood", &[("reason", reason(&error))]));
        }
    }

    fn hear(self) {
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            match Response::from_value(event.data()) {
                // A large report takes a while to read: it is shown in a task of its own.
                Ok(response @ (Response::Report { .. } | Response::Saved { .. })) => {
                    steps::soon(move || self.take(response));
                }
                Ok(response) => self.take(response),
                Err(error) => {
                    let reason = error.to_string();
                    self.fail(self.wording.now("page.problem.not_understood", &[("reason", reason)]));
                }
            }
        });
        let on_error = Closure::<dyn Fn(ErrorEvent)>::new(move |event: ErrorEvent| {
            self.restart_worker();
            self.report.set(None);
            self.fail(self.wording.now("page.problem.worker_died", &[("reason", event.message())]));
        });
        self.desk.with_value(|reader| {
            reader.worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
            reader.worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        });
        // They live as long as the worker; a handful of bytes per opened bundle.
        on_message.forget();
        on_error.forget();
    }

    fn take(self, response: Response) {
        match response {
            Response::Progress(progress) => {
                let together = self.desk.with_value(|reader| reader.others.together(progress));
                self.stage.set(Stage::Reading(together));
            }
            Response::Report { number, report, partial: true } if number == self.current_question() => {
                self.announcement.set(self.wording.now("page.reading.partial", &[]));
                self.lines.set(Arc::default());
                self.partial.set(true);
                self.report.set(Some(Arc::new(*report)));
            }
            Response::Report { number, report, .. } if number == self.current_question() => {
                self.partial.set(false);
                self.announcement.set(self.summary(&report));
                self.lines.set(Arc::default());
                self.report.set(Some(Arc::new(*report)));
                self.stage.set(Stage::Shown);
                if self.activity.with_untracked(Option::is_none) {
                    self.look_at_all();
                }
                if self.asks_otherwise_by_now() {
                    self.rank();
                } else {
                    self.later(PAUSE_BEFORE_LINES, move |page| page.ask(&Request::ReadLines { number }));
                }
            }
            Response::Saved { number, report } if number == self.current_question() => {
                self.announcement.set(self.summary(&report));
                self.saved.set(true);
                self.lines.set(Arc::new(Lines::arrived(Vec::new(), Vec::new())));
                self.saved_marks.set(report.marks.clone());
                self.marks.set(report.marks.clone());
                self.report.set(Some(Arc::new(*report)));
                self.stage.set(Stage::Shown);
            }
            Response::Lines { number, lines, later } if number == self.current_question() => {
                self.lines.set(Arc::new(Lines::arrived(lines, later)));
            }
            Response::Report { .. } | Response::Saved { .. } | Response::Lines { .. } | Response::Portion { .. } => {}
            Response::Answered { ticket, answer } => {
                let heard = self.desk.try_update_value(|reader| reader.tickets.remove(&ticket)).flatten();
                if let Some(heard) = heard {
                    heard(answer);
                }
            }
            Response::Exported { format, text } => self.save(format, &text),
            Response::ReadByPage => self.read_here(),
            Response::Locked { sentence } => self.stage.set(Stage::Locked(sentence)),
            Response::Failed { sentence } => {
                if self.partial.get_untracked() {
                    self.report.set(None);
                }
                self.fail(sentence);
            }
        }
    }

    /// Does the worker's reading where it cannot: every file is read whole and handed over.
    fn read_here(self) {
        let (files, password) = self.desk.with_value(|reader| (reader.files.clone(), reader.password.clone()));
        let number = self.current_question();
        self.desk.update_value(|reader| reader.others.end());
        spawn_local(async move {
            let mut read = Vec::with_capacity(files.len());
            let transfer = Array::new();
            for ChosenFile { name, role, content } in files {
                let content = match content {
                    Content::File(file) => match JsFuture::from(file.array_buffer()).await {
                        Ok(buffer) => {
                            transfer.push(&buffer);
                            Content::Bytes(buffer.unchecked_into::<ArrayBuffer>())
                        }
                        Err(error) => {
                            let arguments = [("name", format::visible(&name)), ("reason", reason(&error))];
                            self.fail(self.wording.now("page.problem.out_of_reach", &arguments));
                            return;
                        }
                    },
                    bytes @ Content::Bytes(_) => bytes,
                };
                read.push(ChosenFile { name, role, content });
            }
            // Cancelled or replaced meanwhile.
            if number == self.current_question() {
                self.read(read, password, &transfer);
            }
        });
    }

    fn save(self, format: ExportFormat, text: &str) {
        let name = format.file_name();
        self.announcement.set(match download::save(name, format.media_type(), text) {
            Ok(()) => self.wording.now("page.export.saved", &[("name", name.to_owned())]),
            Err(error) => self.wording.now("page.export.failed", &[("reason", reason(&error))]),
        });
    }

    fn restart_worker(self) {
        self.desk.update_value(|reader| {
            reader.others.end();
            reader.worker.terminate();
            reader.worker = start::start_worker();
            reader.question += 1;
            reader.tickets.clear();
        });
        self.partial.set(false);
        self.hear();
        let files = self.knowledge.get_untracked();
        if !files.is_empty() {
            self.inquire(Inquiry::Extend { files }, |_| {});
        }
    }

    fn fail(self, sentence: String) {
        self.stage.set(Stage::Failed(sentence));
    }

    fn summary(self, report: &Report) -> String {
        match report.suspects.as_slice() {
            [] => self.wording.now("page.results.ready_none", &[]),
            [only] => self.wording.now("page.results.ready_one", &[("host", only.host.clone())]),
            [first, ..] => {
                let count = format::count(report.suspects.len() as u64);
                self.wording.now("page.results.ready_some", &[("count", count), ("host", first.host.clone())])
            }
        }
    }
}

/// As `Limits` reads it.
fn setting((name, value): (&&'static str, &String)) -> String {
    format!("{name}={value}")
}

fn holds(setting: &str) -> bool {
    Limits::with([setting]).is_ok()
}

fn view_of_address() -> Option<View> {
    View::from_hash(&window().location().hash().ok()?)
}

/// Not every build holds one.
async fn example() -> Option<ArrayBuffer> {
    JsFuture::from(start::example_bundle()).await.ok()?.dyn_into().ok()
}

fn reason(error: &JsValue) -> String {
    error.dyn_ref::<DomException>().map_or_else(|| format!("{error:?}"), DomException::message)
}
