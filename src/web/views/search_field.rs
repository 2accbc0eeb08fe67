//! A field for words to look for, under its name.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

#[component]
pub(super) fn SearchField(
    /// Key of its name.
    label: &'static str,
    test_id: &'static str,
    #[prop(into)] text: Signal<String>,
    typed: impl Fn(String) + 'static,
    /// Id of the element that tells what is wrong with the words.
    #[prop(optional)]
    error: Option<&'static str>,
    #[prop(optional, into)] on_key: Option<Callback<KeyboardEvent>>,
) -> impl IntoView {
    let wording = super::page().wording;
    view! {
        <label class="filter">
            <span>{wording.say(label)}</span>
            <input
                type="search"
                spellcheck="false"
                data-testid=test_id
                aria-describedby=error
                prop:value=text
                on:input=move |event| typed(event_target_value(&event))
                on:keydown=move |event| {
                    if let Some(on_key) = on_key {
                        on_key.run(event);
                    }
                }
            />
        </label>
    }
}
