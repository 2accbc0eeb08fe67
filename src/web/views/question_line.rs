//! The question in one line, above the views that are about something else: what can be changed there opens on demand.

use leptos::prelude::*;

use super::incident_form::window_sentence;

#[component]
pub(super) fn QuestionLine(
    /// Log, form and chart stand below.
    unfolded: RwSignal<bool>,
) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let label = move || wording.text(if unfolded.get() { "page.incident.fold" } else { "page.incident.change" });
    let asked = move || {
        let hint = page.incident.with(|words| words.hint.trim().to_owned());
        let hint = Some(hint).filter(|hint| !hint.is_empty());
        window_sentence(page).into_iter().chain(hint).collect::<Vec<_>>().join(" · ")
    };
    view! {
        <div class="question-line panel" data-testid="question-line">
            <p>{move || (!unfolded.get()).then(asked)}</p>
            <button
                type="button"
                data-testid="question-change"
                aria-expanded=move || unfolded.get().to_string()
                aria-controls="question-parts"
                on:click=move |_| unfolded.update(|unfolded| *unfolded = !*unfolded)
            >
                {label}
            </button>
        </div>
    }
}
