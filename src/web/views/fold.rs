//! A part that is opened and shut, and is found so again when a new report takes the place of the one before, or after
//! another view. What is in it is made once it is opened.

use leptos::prelude::*;
use web_sys::Element;

#[component]
pub(super) fn Fold(
    /// What tells it from the others, in the next report too.
    id: String,
    /// How it is before somebody opens or shuts it.
    #[prop(optional)]
    open: bool,
    #[prop(optional)] class: &'static str,
    #[prop(optional)] test_id: Option<&'static str>,
    #[prop(into)] summary: ViewFn,
    children: ChildrenFn,
) -> impl IntoView {
    let page = super::page();
    let before = page.folds.with_value(|folds| folds.get(&id).copied());
    let opened = RwSignal::new(before.unwrap_or(open));
    let on_toggle = move |event| {
        let now = event_target::<Element>(&event).has_attribute("open");
        page.folds.update_value(|folds| {
            folds.insert(id.clone(), now);
        });
        opened.set(now);
    };
    view! {
        <details class=class data-testid=test_id prop:open=opened.get_untracked() on:toggle=on_toggle>
            <summary data-testid=test_id.map(|id| format!("{id}-summary"))>{move || summary.run()}</summary>
            <Show when=move || opened.get()>{children()}</Show>
        </details>
    }
}
