//! Where a line stands, leading to it in the log.

use leptos::prelude::*;

/// `member:line`; of a saved report there is no log to go to.
#[component]
pub(super) fn Place(member: String, line: u32, #[prop(default = true)] in_log: bool) -> impl IntoView {
    let page = super::page();
    let place = format!("{member}:{line}");
    if !in_log || page.saved.get_untracked() {
        return view! { <span class="place">{place}</span> }.into_any();
    }
    let known = place.clone();
    let label = move || page.wording.filled("page.evidence.in_log", &[("place", known.clone())]);
    view! {
        <button
            type="button"
            class="link place"
            data-testid="place"
            aria-label=label
            on:click=move |_| page.show_in_log(member.clone(), line)
        >
            {place}
        </button>
    }
    .into_any()
}
