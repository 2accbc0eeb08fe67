//! The course of events: lanes over one stretch of time, and the same as a table.

use std::sync::Arc;

use leptos::prelude::*;

use super::chart::{Axis, Columns};
use super::evidence::EvidenceLines;
use super::fold::Fold;
use super::incident_bar::Legend;
use super::surface::{Surface, percent};
use super::table::{Column, More, Table};
use crate::report::{Activity, ActivityQuestion, Evidence, Report};
use crate::web::format;
use crate::web::inquiry::{Answer, Inquiry};
use crate::web::scale::{self, Scale};
use crate::web::wording::Wording;

/// Lanes in their order from top to bottom; those of the report's events stand among them.
const LANES: [&str; 7] = ["tunnel", "client", "configuration", "steering", "network", "private_access", "findings"];

/// Rows of the table made at a time.
const PORTION: usize = 60;
/// Columns of the lanes of flows.
const STEPS: u32 = 300;

/// Percent of what is in sight; a label in less says nothing.
const LEAST_FOR_LABEL: f64 = 6.0;

/// One thing that happened or lasted.
#[derive(Clone, Debug, PartialEq)]
struct Item {
    lane: &'static str,
    /// Class of its colour.
    look: String,
    from: String,
    to: Option<String>,
    /// Where it begins and ends on the scale.
    span: (i64, i64),
    /// Stands in the bar where there is room.
    label: Option<String>,
    says: String,
    evidence: Vec<Evidence>,
}

#[component]
pub(super) fn Timeline() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let shown = Signal::derive(move || page.in_sight.get().or_else(|| page.whole()));
    let items = Memo::new(move |_| {
        Arc::new(page.report.with(|report| report.as_ref().map(|report| items(report, wording)).unwrap_or_default()))
    });
    let picked = RwSignal::new(None::<usize>);
    let flows = RwSignal::new(None);
    let lanes = LANES.map(|lane| view! { <Lane lane items shown picked /> }).collect_view();
    // Of a saved report no connection can be counted.
    let has_log = move || !page.saved.get();
    let zoom = move |factor: f64| {
        if let (Some(scale), Some(whole)) = (shown.get_untracked(), page.whole()) {
            page.in_sight.set(Some(scale.zoomed(factor, 0.5, whole)));
        }
    };
    let to_incident = move || {
        if let (Some(window), Some(whole)) = (page.incident_window(), page.whole()) {
            page.in_sight.set(Some(window.zoomed(4.0, 0.5, whole)));
        }
    };
    let span = move || {
        // Written anew in another language.
        wording.language();
        shown.get().map(|scale| {
            let (from, to) = (scale::written(scale.from), scale::written(scale.to));
            format::span(&from, &to)
        })
    };
    let detail = move || {
        let item = picked.get().and_then(|number| items.get().get(number).cloned())?;
        Some(view! {
            <div class="picked" data-testid="timeline-picked">
                <p>
                    <span class="time">{times(&item)}</span>
                    " "
                    {item.says}
                </p>
                <EvidenceLines evidence=item.evidence open=true />
            </div>
        })
    };
    view! {
        <section class="timeline panel" aria-labelledby="timeline-title">
            <div class="view-head">
                <h2 id="timeline-title">{wording.say("page.timeline.title")}</h2>
                <p class="time" data-testid="timeline-span">{span}</p>
                <div class="tools" role="group" aria-label=wording.say("page.timeline.tools")>
                    <button type="button" data-testid="timeline-in" on:click=move |_| zoom(0.5)>
                        {wording.say("page.timeline.zoom_in")}
                    </button>
                    <button type="button" on:click=move |_| zoom(2.0)>
                        {wording.say("page.timeline.zoom_out")}
                    </button>
                    <button type="button" data-testid="timeline-incident" on:click=move |_| to_incident()>
                        {wording.say("page.timeline.to_incident")}
                    </button>
                    <button type="button" on:click=move |_| page.in_sight.set(None)>
                        {wording.say("page.timeline.whole")}
                    </button>
                </div>
            </div>
            <p id="timeline-surface-help" class="help">{wording.say("page.surface.help_zoom")}</p>
            <div class="lanes">
                <div class="lane-names" aria-hidden="true">
                    {LANES
                        .map(|lane| {
                            view! { <span>{move || wording.text(&format!("page.lane.{lane}"))}</span> }
                        })
                        .collect_view()}
                    <Show when=has_log>
                        <span class="tall">{wording.say("page.lane.flows")}</span>
                        <span class="tall">{wording.say("page.lane.suspect")}</span>
                    </Show>
                </div>
                <Surface
                    scale=shown
                    label="page.timeline.label"
                    test_id="timeline-surface"
                    zoomed=page.in_sight
                    pick=move |number| picked.set(Some(number))
                >
                    {lanes}
                    <Show when=has_log>
                        <FlowLane shown activity=flows suspect=false />
                        <FlowLane shown activity=RwSignal::default() suspect=true />
                    </Show>
                </Surface>
                <span></span>
                <Axis scale=shown />
            </div>
            <Show when=has_log>
                <p class="legend" data-testid="timeline-legend">
                    <Legend activity=flows />
                </p>
            </Show>
            {detail}
            <TableTwin items shown />
        </section>
    }
}

#[component]
fn Lane(
    lane: &'static str,
    items: Memo<Arc<Vec<Item>>>,
    shown: Signal<Option<Scale>>,
    picked: RwSignal<Option<usize>>,
) -> impl IntoView {
    let marks = move || {
        let Some(scale) = shown.get() else { return Vec::new() };
        let chosen = picked.get();
        let items = items.get();
        let there: Vec<_> = items.iter().enumerate().filter(|(_, item)| item.lane == lane).collect();
        // What lasted is drawn as a bar; single events stand below it, and in the middle where no bar is.
        let bars = there.iter().any(|(_, item)| is_bar(item));
        let events = there.iter().any(|(_, item)| !is_bar(item));
        let (bar, event) = if bars && events { (2.0, 20.0) } else { (6.0, 12.5) };
        there
            .into_iter()
            .filter_map(|(number, item)| {
                let (left, width) = scale.percent(item.span.0, item.span.1)?;
                let class = format!("{} {}", item.look, if chosen == Some(number) { "chosen" } else { "" });
                let label = item.label.clone().filter(|_| width > LEAST_FOR_LABEL).map(|label| {
                    // A picture inside the picture: it cuts off what is longer than the bar.
                    view! {
                        <svg class="label" x=percent(left) y=bar width=percent(width) height="13">
                            <text x="4" y="10.5">
                                {label}
                            </text>
                        </svg>
                    }
                });
                let number = number.to_string();
                let mark = if item.to.is_none() {
                    view! { <circle class=class cx=percent(left) cy=event r="4" data-item=number></circle> }.into_any()
                } else {
                    let (y, height) = if is_bar(item) { (bar, "13") } else { (event - 3.0, "6") };
                    view! {
                        <rect
                            class=class
                            x=percent(left)
                            y=y
                            width=percent(width.max(0.15))
                            height=height
                            data-item=number
                        ></rect>
                    }
                    .into_any()
                };
                Some(view! {
                    {mark}
                    {label}
                })
            })
            .collect::<Vec<_>>()
    };
    view! {
        <svg class="lane" aria-hidden="true">
            {marks}
        </svg>
    }
}

/// Events that came again and again last too, but are no state.
fn is_bar(item: &Item) -> bool {
    item.to.is_some() && item.look != "event"
}

/// How many flows there were, of all hosts or of the chosen suspect.
#[component]
fn FlowLane(shown: Signal<Option<Scale>>, activity: RwSignal<Option<Arc<Activity>>>, suspect: bool) -> impl IntoView {
    let page = super::page();
    let question = Memo::new(move |_| {
        let scale = shown.get()?;
        let mut question = ActivityQuestion {
            from: Some(scale::written(scale.from)),
            to: Some(scale::written(scale.to)),
            steps: STEPS,
            ..ActivityQuestion::default()
        };
        if suspect {
            let chosen = page.report.get().and_then(|report| page.shown_suspect(&report))?;
            question.host = Some(chosen.host);
            question.process = chosen.process;
        }
        Some(question)
    });
    Effect::new(move || match question.get() {
        Some(question) => page.inquire(Inquiry::Activity(question), move |answer| {
            if let Answer::Activity(counted) = answer {
                // The view may have gone meanwhile.
                let _ = activity.try_set(counted.map(Arc::new));
            }
        }),
        None => activity.set(None),
    });
    let columns = move || {
        activity.get().map(|activity| {
            let most = activity.flows.iter().max().copied().unwrap_or(0);
            view! {
                <Columns values=activity.flows.clone() most class=if suspect { "suspect" } else { "flows" } />
                <Columns values=activity.retries.clone() most class="retries" />
                <Columns values=activity.errors.clone() most class="errors" />
            }
        })
    };
    view! { <div class="lane tall">{columns}</div> }
}

#[component]
fn TableTwin(items: Memo<Arc<Vec<Item>>>, shown: Signal<Option<Scale>>) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let limit = RwSignal::new(PORTION);
    let in_sight = Memo::new(move |_| {
        let scale = shown.get();
        let items = items.get();
        let numbers = 0..items.len();
        numbers
            .filter(|number| {
                let (from, to) = items[*number].span;
                scale.is_none_or(|scale| scale.percent(from, to).is_some())
            })
            .collect::<Vec<_>>()
    });
    let rows = move || {
        let items = items.get();
        in_sight.with(|numbers| {
            let rows = numbers.iter().take(limit.get()).filter_map(|number| items.get(*number).cloned());
            rows.map(|item| row(item, wording)).collect_view()
        })
    };
    let head = || {
        vec![Column::Text("page.timeline.when"), Column::Text("page.timeline.lane"), Column::Text("page.timeline.what")]
    };
    let label = move || {
        let count = format::count(in_sight.with(Vec::len) as u64);
        wording.filled("page.timeline.table", &[("count", count)])
    };
    let left_out = move || {
        let number = page.report.with(|report| report.as_ref().map_or(0, |report| report.timeline.events_left_out));
        (number > 0).then(|| wording.filled("page.timeline.left_out", &[("count", format::count(number))]))
    };
    view! {
        <Fold id="timeline-table".to_owned() open=true class="table-twin" test_id="timeline-table" summary=label>
            <p class="help">{left_out}</p>
            <Table label="page.timeline.as_table" head=head()>
                <tbody>{rows}</tbody>
            </Table>
            <More limit portion=PORTION rows=Signal::derive(move || in_sight.with(Vec::len)) />
        </Fold>
    }
}

fn row(item: Item, wording: Wording) -> impl IntoView {
    let lane = format!("page.lane.{}", item.lane);
    let look = item.look.clone();
    view! {
        <tr data-testid="timeline-row">
            <td class="time">{times(&item)}</td>
            <td>
                <span class=format!("dot {look}") aria-hidden="true"></span>
                {move || wording.text(&lane)}
            </td>
            <td>
                {item.says} <EvidenceLines evidence=item.evidence />
            </td>
        </tr>
    }
}

fn times(item: &Item) -> String {
    match &item.to {
        Some(to) => format::span(&item.from, to),
        None => format::time(&item.from),
    }
}

/// Everything with a time, in time order.
fn items(report: &Report, wording: Wording) -> Vec<Item> {
    let end = report.coverage.last.clone().unwrap_or_default();
    let timeline = &report.timeline;
    let mut items = Vec::new();
    let mut add = |lane, look: &str, from: &str, to: Option<String>, label, says, evidence: &[Evidence]| {
        let Some(start) = scale::microseconds(from) else { return };
        let stop = to.as_deref().and_then(scale::microseconds).unwrap_or(start);
        let (from, look) = (from.to_owned(), look.to_owned());
        items.push(Item { lane, look, from, to, span: (start, stop), label, says, evidence: evidence.to_vec() });
    };
    let unknown = || wording.text("page.timeline.unknown");
    for session in &timeline.sessions {
        let known = |text: &Option<String>| text.clone().unwrap_or_else(unknown);
        let arguments = [("protocol", known(&session.protocol)), ("gateway", known(&session.gateway))];
        let mut says = match session.pop.clone() {
            Some(pop) => wording.filled("page.timeline.session_at", &[&arguments[..], &[("pop", pop)]].concat()),
            None => wording.filled("page.timeline.session", &arguments),
        };
        if let Some(reason) = &session.ended_by {
            let meaning = session.ended_by_says.clone().unwrap_or_default();
            says.push(' ');
            says.push_str(&wording.filled("page.timeline.ended", &[("reason", reason.clone()), ("meaning", meaning)]));
        }
        let label = session.pop.clone().or_else(|| session.gateway.clone());
        let to = session.to.clone().unwrap_or_else(|| end.clone());
        add("tunnel", "good", &session.from, Some(to), label, says, &session.evidence);
    }
    for outage in &timeline.outages {
        let seconds = ("seconds", format::count(outage.seconds.unsigned_abs()));
        let key = if outage.uncertain { "page.timeline.outage_uncertain" } else { "page.timeline.outage" };
        let says = wording.filled(key, &[seconds]);
        let label = Some(wording.text("page.timeline.no_tunnel"));
        add("tunnel", "error", &outage.from, Some(outage.to.clone()), label, says, &outage.evidence);
    }
    let begins = timeline.steering.iter().filter_map(|change| change.at.clone());
    let ends: Vec<String> = begins.skip(1).chain([end.clone()]).collect();
    let dated = timeline.steering.iter().filter_map(|change| Some((change, change.at.as_deref()?)));
    for ((change, from), to) in dated.zip(ends) {
        let label = change.location.as_deref().map(|location| wording.word("location", location));
        add("steering", "note", from, Some(to), label, change.says.clone(), &change.evidence);
    }
    for finding in &report.findings {
        if let Some(from) = &finding.from {
            let says = format!("{}: {}", finding.title, format::sentence(&finding.detail));
            let label = Some(finding.title.clone());
            add("findings", &finding.severity, from, finding.to.clone(), label, says, &finding.evidence);
        }
    }
    for event in &timeline.events {
        let Some(lane) = LANES.into_iter().find(|lane| *lane == event.lane) else { continue };
        let says = match event.times {
            0 | 1 => event.says.clone(),
            times => {
                wording.filled("page.timeline.times", &[("says", event.says.clone()), ("times", format::count(times))])
            }
        };
        add(lane, "event", &event.at, event.until.clone(), None, says, &event.evidence);
    }
    items.sort_by(|one, other| (one.span, one.lane).cmp(&(other.span, other.lane)));
    items
}
