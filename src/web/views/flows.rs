//! Every connection of the log: counted by process, host, decision and reason, filtered by them, sorted. The rows stay
//! with the worker and are fetched as they come into sight.

use leptos::prelude::*;

use super::fold::Fold;
use super::pause::settled;
use super::pieces::{PIECE, Pieces};
use super::place::Place;
use super::search_field::SearchField;
use super::virtual_rows::VirtualRows;
use crate::report::flow_list::{Facet, FacetChoice, FacetCounts, FlowColumn, FlowQuestion, FlowRow};
use crate::web::inquiry::{Answer, Inquiry};
use crate::web::page::Page;
use crate::web::row_scroll::{ONE_LINE, THREE_LINES};
use crate::web::scale;
use crate::web::steps::after_drawing;
use crate::web::{focus, format, screen};

/// What connections are counted by, from top to bottom.
const FACETS: [Facet; 4] = [Facet::Decision, Facet::Reason, Facet::Process, Facet::Host];

#[component]
pub(super) fn Flows() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let total = RwSignal::new(0_u32);
    let nothing = RwSignal::new(false);
    let first = RwSignal::new(0_u32);
    let facets = RwSignal::new(Vec::<FacetCounts>::new());
    let pieces = Pieces::new();
    let is_narrow = screen::is_narrow();
    let size = Signal::derive(move || if is_narrow.get() { THREE_LINES } else { ONE_LINE });
    let question = settled(move || page.flow_question.get());
    Effect::new(move || {
        let asked = question.get();
        // Another log, or the same one read again, has other rows.
        page.activity.track();
        let current = asked.clone();
        page.inquire(Inquiry::Flows { question: asked, count: PIECE }, move |answer| {
            if let Answer::Flows { total: number, facets: counted, rows } = answer
                && question.try_with_untracked(|now| *now == current).unwrap_or(false)
            {
                total.set(number);
                nothing.set(number == 0);
                first.set(0);
                pieces.renew(rows);
                after_drawing(move || {
                    // The view may have gone meanwhile.
                    let _ = facets.try_set(counted);
                    keep_focus();
                });
                let count = format::count(u64::from(number));
                page.announcement.set(wording.now("page.flows.selected", &[("count", count)]));
            }
        });
    });
    let fetch = move |first| {
        page.inquire(Inquiry::FlowRows { first, count: PIECE }, move |answer| {
            if let Answer::FlowRows { first, rows } = answer {
                pieces.arrived(first, rows);
            }
        });
    };
    pieces.follow(first, total.into(), fetch);
    let row = Callback::new(move |number: u32| {
        let row = pieces.one_row(number);
        let cells = move || match row.get() {
            Some(row) => cells(row, page).into_any(),
            None => view! { <span role="cell" class="quiet">"…"</span> }.into_any(),
        };
        cells.into_any()
    });
    let head = move || {
        let columns = [
            (FlowColumn::At, "page.flows.at", "sort-at"),
            (FlowColumn::Decision, "page.flows.decision", "sort-decision"),
            (FlowColumn::Reason, "page.flows.reason", "sort-reason"),
            (FlowColumn::Process, "page.aside.process", "sort-process"),
            (FlowColumn::Host, "page.aside.host", "sort-host"),
            (FlowColumn::Destination, "page.flows.destination", "sort-destination"),
        ];
        let columns = columns.map(|(column, key, test_id)| view! { <Head column key test_id /> }).collect_view();
        view! {
            <div role="row" class="virtual-row flow-row head" aria-rowindex="1">
                {columns}
                <span role="columnheader">{wording.say("page.flows.place")}</span>
            </div>
        }
    };
    view! {
        <section class="panel flows-view" aria-labelledby="flows-title">
            <div class="view-head">
                <h2 id="flows-title">{wording.say("page.flows.title")}</h2>
                <p data-testid="flows-total">
                    {move || {
                        wording.filled("page.flows.selected", &[("count", format::count(u64::from(total.get())))])
                    }}
                </p>
            </div>
            <Filters />
            <div class="flows-body">
                <div class="facets" data-testid="facets">
                    {FACETS.map(|facet| view! { <FacetList facet facets /> }).collect_view()}
                </div>
                <div class="virtual-frame">
                    <Show when=move || nothing.get()>
                        <p class="empty">{wording.say("page.flows.nothing")}</p>
                    </Show>
                    <VirtualRows
                        total=total.into()
                        first
                        label="page.flows.title"
                        test_id="flows-table"
                        size
                        class="flow-row"
                        head=head.into()
                        row
                    />
                </div>
            </div>
        </section>
    }
}

fn cells(row: FlowRow, page: Page) -> impl IntoView {
    let wording = page.wording;
    let decision = row.decision.clone();
    let reason = row.reason;
    let host = row.host.unwrap_or_default();
    let hint = host.clone();
    view! {
        <span role="cell" class="time">
            {move || {
                // Written anew in another language.
                wording.language();
                format::precise_time(&row.at)
            }}
        </span>
        <span role="cell" class=format!("decision {}", row.decision)>
            {move || wording.word("decision", &decision)}
        </span>
        <span role="cell">{move || reason.as_deref().map(|reason| wording.word("reason", reason))}</span>
        <span role="cell">{row.process}</span>
        <span role="cell" class="host" title=hint>
            {host}
        </span>
        <span role="cell" class="place">
            {row.destination}
        </span>
        <span role="cell">
            <Place member=row.member line=row.line />
        </span>
    }
}

#[component]
fn Head(column: FlowColumn, key: &'static str, test_id: &'static str) -> impl IntoView {
    let page = super::page();
    let sorted = move || page.flow_question.with(|question| (question.sort == column).then_some(question.descending));
    let order = move || match sorted() {
        Some(true) => "descending",
        Some(false) => "ascending",
        None => "none",
    };
    let sort = move |_| {
        page.flow_question.update(|question| {
            question.descending = question.sort == column && !question.descending;
            question.sort = column;
        });
    };
    view! {
        <span role="columnheader" aria-sort=order>
            <button type="button" class="link" data-testid=test_id on:click=sort>
                {page.wording.say(key)}
                {move || match sorted() {
                    Some(true) => " ↓",
                    Some(false) => " ↑",
                    None => "",
                }}
            </button>
        </span>
    }
}

#[component]
fn Filters() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let in_window = move || page.flow_question.with(|question| question.from.is_some());
    let toggle = move |event| {
        let window = page.incident_window().filter(|_| event_target_checked(&event));
        page.flow_question.update(|question| {
            question.from = window.map(|window| scale::written(window.from));
            question.to = window.map(|window| scale::written(window.to));
        });
    };
    let chosen = move || {
        page.flow_question.with(|question| {
            let choices = question.choices.iter().cloned();
            choices
                .map(|choice| {
                    let FacetChoice { facet, value, include } = choice.clone();
                    let sign = if include { "" } else { "≠ " };
                    let label = move || format!("{sign}{}", named(page, facet, &value));
                    view! {
                        <li>
                            <button type="button" data-testid="flow-condition" on:click=move |_| remove(page, &choice)>
                                {label}
                                <span aria-hidden="true">" ×"</span>
                                <span class="visually-hidden">{wording.say("page.flows.remove")}</span>
                            </button>
                        </li>
                    }
                })
                .collect_view()
        })
    };
    view! {
        <div class="filters">
            <SearchField
                label="page.flows.filter"
                test_id="flows-filter"
                text=Signal::derive(move || page.flow_question.with(|question| question.text.clone()))
                typed=move |text| page.flow_question.update(|question| question.text = text)
            />
            <label class="check">
                <input type="checkbox" data-testid="flows-window" prop:checked=in_window on:change=toggle />
                <span>{wording.say("page.flows.in_window")}</span>
            </label>
            <ul class="chosen">{chosen}</ul>
        </div>
    }
}

#[component]
fn FacetList(facet: Facet, facets: RwSignal<Vec<FacetCounts>>) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let counted = Memo::new(move |_| {
        facets.with(|facets| facets.iter().find(|counts| counts.facet == facet).cloned()).unwrap_or(FacetCounts {
            facet,
            values: Vec::new(),
            further: 0,
        })
    });
    let values =
        move || counted.with(|counted| counted.values.iter().map(|(value, _)| value.clone()).collect::<Vec<_>>());
    let count = move |value: &str| {
        counted.with(|counted| counted.values.iter().find(|(known, _)| known == value).map_or(0, |(_, count)| *count))
    };
    let title = match facet {
        Facet::Process => "page.aside.process",
        Facet::Host => "page.aside.host",
        Facet::Decision => "page.flows.decision",
        Facet::Reason => "page.flows.reason",
    };
    let row = move |value: String| {
        let (with, without, counted) = (value.clone(), value.clone(), value.clone());
        let name = Signal::derive(move || named(page, facet, &value));
        view! {
            <li>
                <button
                    type="button"
                    class="link"
                    data-testid="facet-include"
                    on:click=move |_| choose(page, facet, &with, true)
                >
                    {name}
                </button>
                <span class="number quiet">{move || format::count(count(&counted))}</span>
                <button
                    type="button"
                    class="exclude"
                    data-testid="facet-exclude"
                    aria-label=move || wording.filled("page.flows.exclude", &[("value", name.get())])
                    on:click=move |_| choose(page, facet, &without, false)
                >
                    "≠"
                </button>
            </li>
        }
    };
    let more = move || {
        let further = counted.with(|counted| counted.further);
        (further > 0)
            .then(|| wording.filled("page.flows.further", &[("count", format::count(further))]))
            .map(|sentence| view! { <p class="help">{sentence}</p> })
    };
    let open = matches!(facet, Facet::Decision | Facet::Process);
    view! {
        <Fold id=format!("facet {title}") open summary=wording.say(title)>
            <ul class="plain">
                <For each=values key=Clone::clone children=row />
            </ul>
            {more}
        </Fold>
    }
}

/// A value as people know it.
fn named(page: Page, facet: Facet, value: &str) -> String {
    match (facet, value) {
        (_, "") => page.wording.text("page.flows.unsaid"),
        (Facet::Decision, value) => page.wording.word("decision", value),
        (Facet::Reason, value) => page.wording.word("reason", value),
        (Facet::Process | Facet::Host, value) => value.to_owned(),
    }
}

fn choose(page: Page, facet: Facet, value: &str, include: bool) {
    page.flow_question.update(|question| {
        question.choices.retain(|choice| !(choice.facet == facet && choice.value == value));
        question.choices.push(FacetChoice { facet, value: value.to_owned(), include });
    });
}

fn remove(page: Page, choice: &FacetChoice) {
    page.flow_question.update(|question: &mut FlowQuestion| question.choices.retain(|known| known != choice));
    keep_focus();
}

/// A value that was chosen or a condition that was removed may have left with its button.
fn keep_focus() {
    focus::keep([".chosen li:last-child button".to_owned(), "[data-testid='flows-filter']".to_owned()]);
}
