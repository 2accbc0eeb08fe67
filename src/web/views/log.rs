//! All lines of all logs in one order of time: filtered, searched, with the lines that the report rests on marked.
//!
//! The text stays with the worker; what is in sight is fetched.

mod line;
mod minimap;
mod search;

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;

use self::line::{ChosenLine, LineCells};
use self::minimap::Minimap;
use self::search::Search;
use super::later::Later;
use super::pause::settled;
use super::pieces::{PIECE, Pieces};
use super::virtual_rows::VirtualRows;
use crate::report::log_list::{LogPlace, LogQuestion, LogRow, LogSelection};
use crate::web::format;
use crate::web::inquiry::{Answer, Inquiry, LogStep};
use crate::web::lines::lines_of;
use crate::web::page::Page;
use crate::web::row_scroll::{FIVE_LINES, RowScroll, RowSize, TWO_LINES};
use crate::web::{scale, screen};

/// Lines above the one that was gone to.
const ABOVE: u32 = 5;

/// What the parts of the view share.
#[derive(Clone, Copy)]
struct Log {
    page: Page,
    question: RwSignal<LogQuestion>,
    selection: RwSignal<LogSelection>,
    /// How far the selection is that is being made.
    underway: RwSignal<Option<LogStep>>,
    pieces: Pieces<LogRow>,
    total: Signal<u32>,
    size: Signal<RowSize>,
    first: RwSignal<u32>,
    chosen: RwSignal<Option<u32>>,
    /// The question that was sent last; answers to others are late.
    round: StoredValue<u32>,
}

#[component]
pub(super) fn LogLines() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let selection = RwSignal::new(LogSelection::default());
    let is_narrow = screen::is_narrow();
    let log = Log {
        page,
        question: page.log_question,
        selection,
        underway: RwSignal::new(None),
        pieces: Pieces::new(),
        total: Signal::derive(move || selection.with(|selection| selection.total)),
        size: Signal::derive(move || if is_narrow.get() { FIVE_LINES } else { TWO_LINES }),
        first: RwSignal::new(0),
        chosen: RwSignal::new(None),
        round: StoredValue::new(0),
    };
    log.follow_the_question();
    // The lines that the report rests on.
    let evidence = Memo::new(move |_| {
        let lines = page.report.with(|report| report.as_ref().map(|report| lines_of(report)).unwrap_or_default());
        Arc::new(lines.into_iter().map(|line| (line.member, line.line)).collect::<BTreeSet<_>>())
    });
    let row = Callback::new(move |number: u32| {
        let row = log.pieces.one_row(number);
        let cells = move || match row.get() {
            Some(row) => {
                let rests = evidence.with(|lines| lines.contains(&(row.member.clone(), row.line)));
                view! { <LineCells log number row rests /> }.into_any()
            }
            None => view! { <span role="cell" class="quiet">"…"</span> }.into_any(),
        };
        cells.into_any()
    });
    let head = move || {
        view! {
            <div role="row" class="virtual-row log-row head" aria-rowindex="1">
                <span role="columnheader">{wording.say("page.flows.place")}</span>
                <span role="columnheader">{wording.say("page.log.level")}</span>
                <span role="columnheader">{wording.say("page.lookup.text")}</span>
            </div>
        }
    };
    view! {
        <section class="panel log-view" aria-labelledby="log-title">
            <div class="view-head">
                <h2 id="log-title">{wording.say("page.log.title")}</h2>
                <p role="status" data-testid="log-total">
                    {move || log.summary()}
                </p>
            </div>
            <Search log />
            {move || log.left_out().map(|told| view! { <p class="help">{told}</p> })}
            <Later>
                <div class="log-body">
                    <div class="virtual-frame">
                        <Show when=move || log.holds_nothing()>
                            <p class="empty" data-testid="log-nothing">{wording.say("page.log.nothing")}</p>
                        </Show>
                        <VirtualRows
                            total=log.total
                            first=log.first
                            label="page.log.title"
                            test_id="log-table"
                            size=log.size
                            class="log-row"
                            head=head.into()
                            row
                        />
                    </div>
                    <Minimap log />
                </div>
                <p class="legend">
                    <span class="key rests">{wording.say("page.log.key_evidence")}</span>
                    <span class="key matches">{wording.say("page.log.key_matches")}</span>
                    <span class="key in-sight">{wording.say("page.log.key_in_sight")}</span>
                </p>
                <ChosenLine log />
            </Later>
        </section>
    }
    .into_any()
}

impl Log {
    fn follow_the_question(self) {
        let question = settled(move || self.question.get());
        Effect::new(move || {
            self.round.update_value(|round| *round += 1);
            self.underway.set(Some(LogStep::default()));
            self.select(Inquiry::Log(question.get()), self.round.get_value());
        });
        let fetch = move |first| {
            self.page.inquire(Inquiry::LogRows { first, count: PIECE }, move |answer| {
                if let Answer::LogRows { first, rows } = answer {
                    self.pieces.arrived(first, rows);
                }
            });
        };
        self.pieces.follow(self.first, self.total, fetch);
        // A line that is asked for while the view is open.
        Effect::new(move || {
            if self.page.log_target.with(Option::is_some) && self.underway.with(Option::is_none) {
                self.arrive();
            }
        });
    }

    /// One step; the next one is asked for unless the question is another by then, or the view has gone.
    fn select(self, step: Inquiry, round: u32) {
        self.page.inquire(step, move |answer| {
            if self.round.try_get_value() != Some(round) {
                return;
            }
            match answer {
                Answer::LogUnderway(step) => {
                    self.underway.set(Some(step));
                    self.select(Inquiry::LogFurther, round);
                }
                Answer::Log(selection) => {
                    let moment = untrack(|| self.pieces.row(self.first.get())).map(|row| row.at);
                    let matches = selection.matches;
                    self.selection.set(selection);
                    self.pieces.renew(Vec::new());
                    self.chosen.set(None);
                    self.underway.set(None);
                    if self.page.log_target.with_untracked(Option::is_some) {
                        return;
                    }
                    match (matches, moment) {
                        (1.., _) => self.go_to_match(false),
                        // What was in sight stays so, as far as it is still listed.
                        (0, Some(moment)) => self.go_to(LogPlace::At(moment), false),
                        (0, None) => self.go_to_incident(),
                    }
                }
                _ => self.underway.set(None),
            }
        });
    }

    fn go_to(self, place: LogPlace, choose: bool) {
        self.page.inquire(Inquiry::LogPosition(place), move |answer| {
            if let Answer::LogPosition(Some(position)) = answer {
                let (Some(total), Some(size)) = (self.total.try_get_untracked(), self.size.try_get_untracked()) else {
                    return;
                };
                let above = ABOVE.min(size.in_sight / 2);
                self.first.set(position.saturating_sub(above).min(RowScroll { size, total }.last()));
                if choose {
                    self.chosen.set(Some(position));
                }
            }
        });
    }

    /// To the line that another view sent to.
    fn arrive(self) {
        if let Some((member, line)) = self.page.log_target.get_untracked() {
            self.page.log_target.set(None);
            self.go_to(LogPlace::Line { member, line }, true);
        }
    }

    fn go_to_incident(self) {
        if let Some(window) = untrack(|| self.page.incident_window()) {
            self.go_to(LogPlace::At(scale::written(window.from)), false);
        }
    }

    fn go_to_match(self, backwards: bool) {
        self.go_to(LogPlace::Match { from: self.chosen.get_untracked(), backwards }, true);
    }

    fn summary(self) -> String {
        let wording = self.page.wording;
        if let Some(LogStep { searching, done, of }) = self.underway.get() {
            let (done, of) = (done as u64, of as u64);
            return if searching {
                wording.filled("page.log.searching", &[("percent", format::count(done * 100 / of.max(1)))])
            } else if of > 1 {
                wording.filled("page.log.reading", &[("done", format::count(done)), ("of", format::count(of))])
            } else {
                wording.text("page.log.preparing")
            };
        }
        self.selection.with(|selection| {
            let total = ("count", format::count(u64::from(selection.total)));
            if self.question.with(|question| question.text.is_empty()) {
                return wording.filled("page.log.total", &[total]);
            }
            let matches = ("matches", format::count(u64::from(selection.matches)));
            wording.filled("page.log.found", &[total, matches])
        })
    }

    /// No line is listed, and none is still looked for.
    fn holds_nothing(self) -> bool {
        self.total.get() == 0 && self.underway.with(Option::is_none)
    }

    fn left_out(self) -> Option<String> {
        let left_out = self.selection.with(|selection| selection.left_out);
        (left_out > 0).then(|| self.page.wording.filled("page.log.left_out", &[("count", format::count(left_out))]))
    }
}
