//! A button that copies a text and says so for a moment.

use std::time::Duration;

use leptos::prelude::*;

const SHOWN_FOR: Duration = Duration::from_secs(2);

#[component]
pub(super) fn CopyButton(text: String) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let copied = RwSignal::new(false);
    let what = text.clone();
    // In both states it holds the words in sight.
    let label = move || {
        let key = if copied.get() { "page.copy.copied_what" } else { "page.copy.copy_what" };
        wording.filled(key, &[("what", what.clone())])
    };
    let copy = move |_| {
        page.copy(text.clone(), move |arrived| {
            // The button may be gone by the time the clipboard answers.
            let _ = copied.try_set(arrived);
            set_timeout(
                move || {
                    let _ = copied.try_set(false);
                },
                SHOWN_FOR,
            );
        });
    };
    view! {
        <button type="button" class="copy" class:copied=copied aria-label=label data-testid="copy" on:click=copy>
            {move || {
                if copied.get() { wording.text("page.copy.copied") } else { wording.text("page.copy.copy") }
            }}
        </button>
    }
}
