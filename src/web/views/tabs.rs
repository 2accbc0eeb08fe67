//! The choice of view: tabs as WAI-ARIA describes them, chosen as the arrow keys move.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

use crate::web::view::View;

#[component]
pub(super) fn Tabs() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let opened = Memo::new(move |_| page.report.with(Option::is_some));
    let on_key = move |event: KeyboardEvent| {
        let there: Vec<View> =
            View::ALL.into_iter().filter(|view| view.needs_no_log() || opened.get_untracked()).collect();
        let here = there.iter().position(|view| *view == page.view.get_untracked()).unwrap_or(0);
        let last = there.len() - 1;
        let next = match event.key().as_str() {
            "ArrowRight" => {
                if here == last {
                    0
                } else {
                    here + 1
                }
            }
            "ArrowLeft" => {
                if here == 0 {
                    last
                } else {
                    here - 1
                }
            }
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        page.show(there[next]);
        focus(there[next]);
    };
    let tabs = View::ALL
        .map(|view| {
            let chosen = move || page.view.get() == view;
            let label = move || match view {
                View::Answer if !opened.get() => wording.text("page.view.start"),
                _ => wording.text(&format!("page.view.{}", view.name())),
            };
            view! {
                <button
                    type="button"
                    role="tab"
                    id=tab_id(view)
                    class="tab"
                    data-testid=format!("tab-{}", view.name())
                    hidden=move || !view.needs_no_log() && !opened.get()
                    data-label=label
                    aria-selected=move || chosen().to_string()
                    aria-controls="results"
                    tabindex=move || if chosen() { "0" } else { "-1" }
                    on:click=move |_| page.show(view)
                >
                    {label}
                </button>
            }
        })
        .collect_view();
    view! {
        <nav class="views" aria-label=wording.say("page.view.title")>
            <div role="tablist" aria-label=wording.say("page.view.title") on:keydown=on_key>
                {tabs}
            </div>
        </nav>
    }
}

pub(super) fn tab_id(view: View) -> String {
    format!("tab-{}", view.name())
}

fn focus(view: View) {
    let tab = document().get_element_by_id(&tab_id(view)).and_then(|tab| tab.dyn_into::<HtmlElement>().ok());
    if let Some(tab) = tab {
        // A tab that left meanwhile takes no focus.
        let _ = tab.focus();
    }
}
