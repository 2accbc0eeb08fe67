//! A box over the page, with the browser's own handling of focus and of the escape key.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlDialogElement;

/// Shows `children` while `open`.
#[component]
pub(super) fn Dialog(
    open: RwSignal<bool>,
    title: &'static str,
    test_id: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let wording = super::page().wording;
    let frame = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(frame) = frame.get() else { return };
        let frame: HtmlDialogElement = frame.unchecked_into();
        match (open.get(), frame.open()) {
            // Refused only for what is not in the page.
            (true, false) => drop(frame.show_modal()),
            (false, true) => frame.close(),
            _ => {}
        }
    });
    let title_id = format!("{test_id}-title");
    let named_by = title_id.clone();
    view! {
        <dialog node_ref=frame aria-labelledby=named_by data-testid=test_id on:close=move |_| open.set(false)>
            <div class="dialog-head">
                <h2 id=title_id>{wording.say(title)}</h2>
                <button type="button" data-testid=format!("{test_id}-close") on:click=move |_| open.set(false)>
                    {wording.say("page.dialog.close")}
                </button>
            </div>
            <Show when=move || open.get()>{children()}</Show>
        </dialog>
    }
}
