//! The page's state as signals, and everything that may happen to it. Views read the signals and call these verbs.

mod opening;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use js_sys::{Array, ArrayBuffer};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DomException, ErrorEvent, MessageEvent, Worker};

use self::opening::{Before, Opening};
use super::incident_words::{EXACTLY, IncidentWords, USUAL_WITHIN};
use super::inquiry::{Answer, Inquiry, WhatIfAnswer};
use super::lines::Lines;
use super::protocol::{ChosenFile, ExportFormat, Progress, Question, Request, Response, Role};
use super::readers::Readers;
use super::scale::{self, Scale};
use super::view::View;
use super::wording::{Wording, language_for};
use super::{clipboard, download, focus, format, start, steps};
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
    /// What became of the file that was saved last.
    pub(super) export_said: RwSignal<String>,
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
    /// What is looked for among the hosts set aside.
    pub(super) aside_filter: RwSignal<String>,
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
    /// What is shown, or being read.
    opening: Opening,
    /// What was shown until reading began.
    before: Option<Before>,
    /// What failed, but may do if it is tried again.
    again: Option<Opening>,
    /// What was typed before a saved report told its own question.
    typed: Option<IncidentWords>,
    question: u32,
    /// What the answer on its way answers.
    asked: Option<Question>,
    waiting: Option<TimeoutHandle>,
    /// Who waits for which answer; a worker that ends takes its tickets with it.
    tickets: BTreeMap<u32, Box<dyn FnOnce(Answer)>>,
    ticket: u32,
}

impl Reader {
    /// What was asked before is not heard any more.
    fn ask_nothing_more(&mut self) {
        self.others.end();
        self.question += 1;
        self.tickets.clear();
    }

    fn renew_worker(&mut self) {
        self.ask_nothing_more();
        std::mem::replace(&mut self.worker, start::start_worker()).terminate();
    }
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
            opening: Opening::default(),
            before: None,
            again: None,
            typed: None,
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
            export_said: RwSignal::default(),
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
            aside_filter: RwSignal::default(),
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

    /// The first value that was typed for a limit and is none.
    pub(super) fn wrong_limit(self) -> Option<String> {
        self.limits.with(|typed| typed.iter().find(|typed| !holds(&setting(*typed))).map(|(_, value)| value.clone()))
    }

    /// A view that needs a log waits for one behind the first.
    pub(super) fn view_in_sight(self) -> Memo<View> {
        Memo::new(move |_| {
            let view = self.view.get();
            if view.needs_no_log() || self.report.with(Option::is_some) { view } else { View::Answer }
        })
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
        focus::on_id("results");
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
    pub(super) fn add_knowledge(
        self,
        added: Vec<(String, String)>,
        heard: impl FnOnce(Vec<(String, String)>) + 'static,
    ) {
        let mut files = self.knowledge.get_untracked();
        files.retain(|(known, _)| added.iter().all(|(name, _)| name != known));
        files.extend(added);
        self.inquire(Inquiry::Extend { files: files.clone() }, move |answer| {
            let refused = match answer {
                Answer::Extended { refused } => refused,
                Answer::Refused(sentence) => vec![(String::new(), sentence)],
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
        self.export_said.set(self.wording.now("page.export.underway", &[]));
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
            self.complain(self.wording.now("page.problem.not_understood", &[("reason", reason(&error))]));
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
                    self.complain(self.wording.now("page.problem.not_understood", &[("reason", reason)]));
                }
            }
        });
        let on_error = Closure::<dyn Fn(ErrorEvent)>::new(move |event: ErrorEvent| {
            self.restart_worker();
            self.report.set(None);
            self.fail_for_now(self.wording.now("page.problem.worker_died", &[("reason", event.message())]));
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
                if !self.take_place(true) {
                    return;
                }
                self.announcement.set(self.wording.now("page.reading.partial", &[]));
                self.lines.set(Arc::default());
                self.partial.set(true);
                self.report.set(Some(Arc::new(*report)));
            }
            Response::Report { number, report, .. } if number == self.current_question() => {
                self.take_place(false);
                if focus::is_somewhere() {
                    // On the button that would have cancelled, perhaps.
                    focus::keep(["#results".to_owned()]);
                }
                self.partial.set(false);
                self.announcement.set(self.summary(&report));
                self.lines.set(Arc::default());
                self.report.set(Some(Arc::new(*report)));
                self.stage.update(|stage| {
                    // What went wrong beside it is still to be read.
                    if !matches!(stage, Stage::Failed(_)) {
                        *stage = Stage::Shown;
                    }
                });
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
                self.take_place(false);
                let typed = self.incident.get_untracked();
                self.desk.update_value(|desk| desk.typed = Some(typed));
                self.incident.set(asked_by(&report));
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
            Response::Exported { format, content } => self.save(format, content),
            Response::ReadByPage => self.read_here(),
            Response::Locked { sentence } => self.stage.set(Stage::Locked(sentence)),
            Response::Failed { sentence } => self.fail(sentence),
        }
    }

    fn save(self, format: ExportFormat, content: Option<Blob>) {
        let name = format.file_name();
        let saved = content.ok_or(JsValue::UNDEFINED).and_then(|content| download::save(name, &content));
        let said = match saved {
            Ok(()) => {
                if format == ExportFormat::Json {
                    self.saved_marks.set(self.marks.get_untracked());
                }
                self.wording.now("page.export.saved", &[("name", name.to_owned())])
            }
            Err(error) => self.wording.now("page.export.failed", &[("reason", reason(&error))]),
        };
        self.export_said.set(said.clone());
        self.announcement.set(said);
    }

    fn restart_worker(self) {
        self.desk.update_value(Reader::renew_worker);
        self.greet_worker();
    }

    /// A worker that has just been started hears what all of them know.
    fn greet_worker(self) {
        self.partial.set(false);
        self.hear();
        let files = self.knowledge.get_untracked();
        if !files.is_empty() {
            self.inquire(Inquiry::Extend { files }, |_| {});
        }
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

/// The question of a saved report, as it would be typed.
fn asked_by(report: &Report) -> IncidentWords {
    let incident = &report.incident;
    let window = incident.from.as_deref().zip(incident.to.as_deref()).and_then(|(from, to)| Scale::between(from, to));
    let at = window.filter(|_| incident.source == "given").map(|window| scale::span_words(window.from, window.to));
    let within = if at.is_some() { EXACTLY } else { USUAL_WITHIN };
    IncidentWords { at: at.unwrap_or_default(), within: within.to_owned(), hint: incident.hints.join(", ") }
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
