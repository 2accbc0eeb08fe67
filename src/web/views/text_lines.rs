//! A field for a few lines of text, with its name and what belongs into it.

use leptos::prelude::*;

#[component]
pub(super) fn TextLines(
    /// Of the field, also its test id; its help is called likewise.
    id: &'static str,
    text: RwSignal<String>,
    label: &'static str,
    help: &'static str,
    rows: &'static str,
) -> impl IntoView {
    let wording = super::page().wording;
    let help_id = format!("{id}-help");
    view! {
        <label for=id>{wording.say(label)}</label>
        <textarea
            id=id
            data-testid=id
            rows=rows
            spellcheck="false"
            aria-describedby=help_id.clone()
            prop:value=move || text.get()
            on:input=move |event| text.set(event_target_value(&event))
        ></textarea>
        <p id=help_id class="help">{wording.say(help)}</p>
    }
}
