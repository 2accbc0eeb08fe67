//! A table that scrolls sideways inside its frame, and the button that makes more of its rows.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use web_sys::Element;

use crate::web::{focus, format};

/// The text over a column, by its key; numbers stand to the right.
#[derive(Clone, Copy)]
pub(super) enum Column {
    Text(&'static str),
    Number(&'static str),
}

#[component]
pub(super) fn Table(
    /// What the frame is called for screen readers.
    label: &'static str,
    head: Vec<Column>,
    #[prop(default = "table-frame")] class: &'static str,
    /// The bodies, with their rows.
    children: Children,
) -> impl IntoView {
    let wording = super::page().wording;
    let head = head
        .into_iter()
        .map(|column| {
            let (key, class) = match column {
                Column::Text(key) => (key, None),
                Column::Number(key) => (key, Some("number")),
            };
            view! { <th scope="col" class=class>{wording.say(key)}</th> }
        })
        .collect_view();
    view! {
        <div class=class role="region" tabindex="0" aria-label=wording.say(label)>
            <table>
                <thead>
                    <tr>{head}</tr>
                </thead>
                {children()}
            </table>
        </div>
    }
}

/// Raises `limit` by a portion while there are more rows than that.
#[component]
pub(super) fn More(limit: RwSignal<usize>, portion: usize, #[prop(into)] rows: Signal<usize>) -> impl IntoView {
    let wording = super::page().wording;
    let left = move || rows.get().saturating_sub(limit.get());
    let add = move |event: MouseEvent| {
        let button = event_target::<Element>(&event);
        limit.update(|limit| *limit += portion);
        // The button leaves with the last rows.
        if left() == 0
            && let Some(table) = button.previous_element_sibling()
        {
            focus::on(&table);
        }
    };
    view! {
        <Show when=move || { left() > 0 }>
            <button type="button" on:click=add>
                {move || wording.filled("page.aside.more", &[("count", format::count(left().min(portion) as u64))])}
            </button>
        </Show>
    }
}
