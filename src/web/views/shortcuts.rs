//! The keys, told by a box over the page; and the keys that need no focus, which can be turned off.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::Element;

use super::dialog::Dialog;
use crate::web::view::View;

#[component]
pub(super) fn Shortcuts() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let open = RwSignal::new(false);
    // Readers by speech may speak a letter unawares.
    let single_keys = RwSignal::new(true);
    let listener = window_event_listener(ev::keydown, move |event| {
        let types = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .is_some_and(|target| target.closest("input, textarea, select, dialog").is_ok_and(|field| field.is_some()));
        if types || !single_keys.get_untracked() || event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let key = event.key();
        if key == "?" {
            event.prevent_default();
            open.set(true);
            return;
        }
        let opened = page.report.with_untracked(Option::is_some);
        let number = key.parse::<usize>().ok().filter(|number| (1..=View::ALL.len()).contains(number));
        if let Some(view) = number.map(|number| View::ALL[number - 1]).filter(|view| opened || view.needs_no_log()) {
            event.prevent_default();
            page.show(view);
        }
    });
    on_cleanup(move || listener.remove());
    let rows = [
        ("?", "page.keys.help"),
        ("1 – 9", "page.keys.views"),
        ("← →", "page.keys.tabs"),
        ("↑ ↓", "page.keys.rows"),
        ("← → / Shift + ← →", "page.keys.mark"),
        ("Enter", "page.keys.apply"),
        ("+ − 0", "page.keys.zoom"),
        ("PageUp PageDown Home End", "page.keys.move"),
        ("Esc", "page.keys.escape"),
    ];
    let rows = StoredValue::new(rows);
    view! {
        <button
            type="button"
            class="keys"
            data-testid="shortcuts"
            aria-label=wording.say("page.keys.title")
            on:click=move |_| open.set(true)
        >
            "?"
        </button>
        <Dialog open title="page.keys.title" test_id="shortcuts-dialog">
            <dl class="key-list">
                {rows
                    .get_value()
                    .map(|(keys, does)| {
                        view! {
                            <div>
                                <dt>
                                    <kbd>{keys}</kbd>
                                </dt>
                                <dd>{wording.say(does)}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=single_keys
                    on:change=move |event| single_keys.set(event_target_checked(&event))
                />
                <span>{wording.say("page.keys.single")}</span>
            </label>
        </Dialog>
    }
}
