//! How files become what is shown: read by a fresh worker, while what was shown before is put aside, and comes back if
//! nothing takes its place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use js_sys::{Array, ArrayBuffer};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::Worker;

use super::{Page, Stage, example, holds, reason, setting};
use crate::report::flow_list::FlowQuestion;
use crate::report::log_list::LogQuestion;
use crate::report::{Activity, Report};
use crate::web::incident_words::IncidentWords;
use crate::web::inquiry::Inquiry;
use crate::web::lines::Lines;
use crate::web::protocol::{ChosenFile, Content, Progress, Question, Request, Response, Role};
use crate::web::readers::{self, Outcome};
use crate::web::{focus, format, start};

/// What is read, and how.
#[derive(Clone, Default)]
pub(super) struct Opening {
    files: Vec<ChosenFile>,
    password: Option<String>,
    /// Not the logs that were shown before: what was chosen and ticked off there is over.
    other_logs: bool,
}

/// What was shown before, with the worker that holds it.
pub(super) struct Before {
    worker: Worker,
    opening: Opening,
    asked: Option<Question>,
    report: Arc<Report>,
    lines: Arc<Lines>,
    activity: Option<Arc<Activity>>,
    file_names: Vec<String>,
    compared: Vec<(Role, String)>,
    saved: bool,
    incident: IncidentWords,
    typed: Option<IncidentWords>,
}

impl Page {
    /// Reads `files` as one bundle; what is shown goes away once there is something to show of them.
    pub(in crate::web) fn open(self, files: Vec<ChosenFile>) {
        if files.is_empty() {
            self.complain(self.wording.now("page.intake.nothing_dropped", &[]));
            return;
        }
        let question = self.wording.now("page.intake.unsaved_marks", &[]);
        // Where no box can be shown nothing is lost either.
        if self.has_unsaved_marks() && !window().confirm_with_message(&question).unwrap_or(false) {
            return;
        }
        self.begin(Opening { files, password: None, other_logs: true });
    }

    /// The files that wait for a password.
    pub(in crate::web) fn unlock(self, password: String) {
        let opening = self.desk.with_value(|desk| desk.opening.clone());
        self.begin(Opening { password: Some(password), ..opening });
    }

    /// Reads the opened log again together with `added`, which take the place of earlier files of that role.
    pub(in crate::web) fn compare(self, role: Role, added: Vec<ChosenFile>) {
        let mut opening = self.desk.with_value(|desk| desk.opening.clone());
        opening.files.retain(|file| file.role != role);
        opening.files.extend(added.into_iter().map(|file| ChosenFile { role, ..file }));
        self.begin(Opening { other_logs: false, ..opening });
    }

    /// What could not be read, once more.
    pub(in crate::web) fn open_again(self) {
        if let Some(opening) = self.desk.try_update_value(|desk| desk.again.take()).flatten() {
            self.begin(opening);
        }
    }

    pub(in crate::web) fn can_open_again(self) -> bool {
        self.desk.with_value(|desk| desk.again.is_some())
    }

    /// What is open, with the knowledge and the limits of now.
    pub(in crate::web) fn read_again(self) {
        if self.report.with_untracked(Option::is_some) {
            let opening = self.desk.with_value(|desk| desk.opening.clone());
            self.begin(Opening { other_logs: false, ..opening });
        }
    }

    pub(in crate::web) fn open_example(self) {
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
                None => self.complain(self.wording.now("page.intake.no_example", &[])),
            }
        });
    }

    pub(in crate::web) fn cancel(self) {
        if !self.put_back() {
            self.restart_worker();
            self.report.set(None);
            self.stage.set(Stage::First);
        }
        self.announcement.set(self.wording.now("page.reading.cancelled", &[]));
    }

    /// Something is shown beside what went wrong, or waits for the password.
    pub(in crate::web) fn can_go_back(self) -> bool {
        self.report.with(Option::is_some) || self.desk.with_value(|desk| desk.before.is_some())
    }

    /// What went wrong was read.
    pub(in crate::web) fn go_back(self) {
        if matches!(self.stage.get_untracked(), Stage::Locked(_)) {
            self.cancel();
        } else if self.report.with_untracked(Option::is_some) {
            self.stage.set(Stage::Shown);
        }
    }

    fn begin(self, opening: Opening) {
        self.put_aside();
        let named = |file: &ChosenFile| (file.role, format::visible(&file.name));
        let (own, compared): (Vec<_>, Vec<_>) =
            opening.files.iter().map(named).partition(|(role, _)| *role == Role::Incident);
        self.file_names.set(own.into_iter().map(|(_, name)| name).collect());
        self.compared.set(compared);
        self.stage.set(Stage::Reading(Progress::default()));
        self.announcement.set(self.wording.now("page.reading.title", &[]));
        let Opening { files, password, .. } = opening.clone();
        let typed = self.desk.try_update_value(|desk| {
            desk.opening = opening;
            desk.again = None;
            desk.typed.take()
        });
        if let Some(typed) = typed.flatten() {
            self.incident.set(typed);
        }
        self.read(files, password, &Array::new());
        // What was pressed may have left.
        if focus::is_somewhere() {
            focus::keep(["[data-testid='cancel']".to_owned()]);
        }
    }

    /// Memory of a worker never shrinks: every bundle gets a fresh one. That of a report that is shown is kept meanwhile.
    fn put_aside(self) {
        // Of the first logs alone there is nothing to come back to.
        let report = self.report.get_untracked().filter(|_| !self.partial.get_untracked());
        self.desk.update_value(|desk| match report {
            Some(report) => {
                desk.worker.set_onmessage(None);
                desk.worker.set_onerror(None);
                desk.before = Some(Before {
                    worker: std::mem::replace(&mut desk.worker, start::start_worker()),
                    opening: std::mem::take(&mut desk.opening),
                    asked: desk.asked.take(),
                    report,
                    lines: self.lines.get_untracked(),
                    activity: self.activity.get_untracked(),
                    file_names: self.file_names.get_untracked(),
                    compared: self.compared.get_untracked(),
                    saved: self.saved.get_untracked(),
                    incident: self.incident.get_untracked(),
                    typed: desk.typed.clone(),
                });
                desk.ask_nothing_more();
            }
            None => desk.renew_worker(),
        });
        self.greet_worker();
        self.report.set(None);
        self.activity.set(None);
        self.saved.set(false);
        self.what_if_answer.set(None);
    }

    /// What was shown before stands there again; `false` where nothing was.
    fn put_back(self) -> bool {
        let Some(before) = self.desk.try_update_value(|desk| desk.before.take()).flatten() else { return false };
        let Before { worker, opening, asked, report, lines, activity, file_names, compared, saved, incident, typed } =
            before;
        self.desk.update_value(|desk| {
            desk.ask_nothing_more();
            std::mem::replace(&mut desk.worker, worker).terminate();
            (desk.opening, desk.asked, desk.typed) = (opening, asked, typed);
        });
        self.hear();
        if saved {
            self.incident.set(incident);
        }
        self.file_names.set(file_names);
        self.compared.set(compared);
        self.saved.set(saved);
        self.lines.set(lines);
        self.report.set(Some(report));
        self.stage.set(Stage::Shown);
        self.activity.set(activity);
        // What it said meanwhile was not heard.
        if !saved {
            self.rank();
        }
        true
    }

    /// There is something to show: it takes the place of what was shown before. `false` where that stays for now.
    pub(super) fn take_place(self, partial: bool) -> bool {
        let (is_first, other_logs) = self.desk.with_value(|desk| (desk.before.is_none(), desk.opening.other_logs));
        if partial && !is_first && !other_logs {
            return false;
        }
        if let Some(before) = self.desk.try_update_value(|desk| desk.before.take()).flatten() {
            before.worker.terminate();
        }
        if self.desk.try_update_value(|desk| std::mem::take(&mut desk.opening.other_logs)) == Some(true) {
            self.chosen.set(None);
            self.marks.set(BTreeSet::new());
            self.saved_marks.set(BTreeSet::new());
            self.in_sight.set(None);
            self.flow_question.set(FlowQuestion::default());
            self.log_question.set(LogQuestion::default());
            self.log_target.set(None);
            self.aside_filter.set(String::new());
            self.folds.update_value(BTreeMap::clear);
        }
        true
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

    /// Does the worker's reading where it cannot: every file is read whole and handed over.
    pub(super) fn read_here(self) {
        let Opening { files, password, .. } = self.desk.with_value(|desk| desk.opening.clone());
        let number = self.current_question();
        self.desk.update_value(|desk| desk.others.end());
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
                        Err(_) if number != self.current_question() => return,
                        Err(error) => {
                            let arguments = [("name", format::visible(&name)), ("reason", reason(&error))];
                            self.fail_for_now(self.wording.now("page.problem.out_of_reach", &arguments));
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

    /// Says why the files cannot be read; what was shown before is shown again.
    pub(super) fn fail(self, sentence: String) {
        self.fail_with(sentence, None);
    }

    /// As `fail`, where reading the same files again may do.
    pub(super) fn fail_for_now(self, sentence: String) {
        let opening = self.desk.with_value(|desk| desk.opening.clone());
        self.fail_with(sentence, Some(opening).filter(|opening| !opening.files.is_empty()));
    }

    fn fail_with(self, sentence: String, again: Option<Opening>) {
        if self.partial.get_untracked() {
            self.partial.set(false);
            self.report.set(None);
        }
        self.put_back();
        self.export_said.set(String::new());
        self.desk.update_value(|desk| desk.again = again);
        self.complain(sentence);
    }

    /// Says what went wrong beside what is shown or read.
    pub(super) fn complain(self, sentence: String) {
        self.stage.set(Stage::Failed(sentence));
    }
}
