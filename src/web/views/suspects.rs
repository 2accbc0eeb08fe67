//! The ranking: a list in which one suspect is chosen, by mouse or by the arrow keys.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::report::Suspect;
use crate::web::page::SuspectKey;
use crate::web::{focus, format, screen};

/// More than these are shown on demand: the answer stands at the top.
const SHOWN_AT_FIRST: usize = 10;
/// The part of the list that is shown on demand, among those that somebody opened.
const ALL: &str = "all-suspects";

#[component]
pub(super) fn Suspects(suspects: Vec<Suspect>, shown: Memo<Option<Suspect>>) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let number = suspects.len();
    let unfolded = page.folds.with_value(|folds| folds.contains_key(ALL));
    let all = RwSignal::new(unfolded || number <= SHOWN_AT_FIRST);
    let widest = suspects.iter().map(|suspect| suspect.score).fold(0.0, f64::max);
    let keys: Vec<SuspectKey> = suspects.iter().map(SuspectKey::of).collect();
    let position = Memo::new(move |_| {
        shown.with(|shown| shown.as_ref().map_or(0, |suspect| (suspect.rank as usize).saturating_sub(1)))
    });

    let show_all = move |_| {
        page.folds.update_value(|folds| {
            folds.insert(ALL.to_owned(), true);
        });
        all.set(true);
        // The button leaves.
        focus::keep([format!("#{}", row_id(position.get_untracked()))]);
    };

    // The chosen one is always in the list, wherever it stands, and a list that has grown for it stays.
    let visible = Memo::new(move |before: Option<&usize>| {
        let at_least = before.copied().unwrap_or(SHOWN_AT_FIRST).max(position.get() + 1);
        if all.get() { number } else { at_least.min(number) }
    });

    let on_key = move |event: KeyboardEvent| {
        let last = visible.get_untracked() - 1;
        let here = position.get_untracked();
        let next = match event.key().as_str() {
            "ArrowDown" => (here + 1).min(last),
            "ArrowUp" => here.saturating_sub(1),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        page.chosen.set(keys.get(next).cloned());
        focus::on_id(&row_id(next));
    };
    let rows = StoredValue::new(suspects);
    let list = move || {
        rows.with_value(|rows| {
            rows.iter()
                .take(visible.get())
                .cloned()
                .enumerate()
                .map(|(index, suspect)| view! { <SuspectRow suspect index position widest /> })
                .collect_view()
        })
    };
    view! {
        <section class="suspects" aria-labelledby="suspects-title" data-testid="suspects">
            <h2 id="suspects-title">{wording.say("page.suspects.title")}</h2>
            <Show
                when=move || { number > 0 }
                fallback=move || {
                    view! {
                        <div class="empty">
                            <p>{wording.say("page.suspects.none")}</p>
                            <p>{wording.say("page.suspects.none_help")}</p>
                        </div>
                    }
                }
            >
                <div role="listbox" class="rows" aria-label=wording.say("page.suspects.list") on:keydown=on_key.clone()>
                    {list}
                </div>
                <Show when=move || { visible.get() < number }>
                    <button type="button" on:click=show_all>
                        {move || {
                            wording.filled("page.suspects.show_all", &[("count", format::count(number as u64))])
                        }}
                    </button>
                </Show>
            </Show>
        </section>
    }
}

#[component]
fn SuspectRow(suspect: Suspect, index: usize, position: Memo<usize>, widest: f64) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let key = SuspectKey::of(&suspect);
    let chosen = move || position.get() == index;
    let confidence = format!("page.suspects.{}", suspect.confidence);
    let score = format::decimal(suspect.score, 1);
    let process = suspect.process.clone();
    let about = move || {
        let process = process.clone().unwrap_or_else(|| wording.text("page.suspects.no_process"));
        suspect.service.iter().cloned().chain([process]).collect::<Vec<_>>().join(" · ")
    };
    view! {
        <div
            role="option"
            id=row_id(index)
            class="row"
            data-testid="suspect-row"
            aria-selected=move || chosen().to_string()
            tabindex=move || if chosen() { "0" } else { "-1" }
            on:click=move |_| {
                page.chosen.set(Some(key.clone()));
                focus::on_id(&row_id(index));
                show_detail_below();
            }
        >
            <span class="rank">{suspect.rank}</span>
            <span class="host">{suspect.host}</span>
            <span class=format!("confidence {}", suspect.confidence)>{move || wording.text(&confidence)}</span>
            <span class="about">{about}</span>
            <span class="score">
                <span class="track" aria-hidden="true">
                    <span class="bar" style:width=format::share(suspect.score, widest)></span>
                </span>
                <span class="visually-hidden">
                    {
                        let score = score.clone();
                        move || wording.filled("page.suspects.score", &[("score", score.clone())])
                    }
                </span>
                <span aria-hidden="true">{score}</span>
            </span>
        </div>
    }
}

fn row_id(index: usize) -> String {
    format!("suspect-{index}")
}

/// Where list and detail do not fit side by side, the detail is below the fold: a click goes there.
fn show_detail_below() {
    if let Some(detail) = document().get_element_by_id("suspect-detail").filter(|_| screen::is_stacked()) {
        detail.scroll_into_view();
    }
}
