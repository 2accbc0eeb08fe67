//! The choice of view: tabs as WAI-ARIA describes them, chosen as the arrow keys move.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::web::focus;
use crate::web::view::View;

#[component]
pub(super) fn Tabs(
    /// The one in sight.
    view: Memo<View>,
) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let opened = Memo::new(move |_| page.report.with(Option::is_some));
    let on_key = move |event: KeyboardEvent| {
        let there: Vec<View> =
            View::ALL.into_iter().filter(|view| view.needs_no_log() || opened.get_untracked()).collect();
        let here = there.iter().position(|one| *one == view.get_untracked()).unwrap_or(0);
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
        focus::on_id(&tab_id(there[next]));
    };
    let tabs = View::ALL
        .map(|tab| {
            let chosen = move || view.get() == tab;
            let label = move || match tab {
                View::Answer if !opened.get() => wording.text("page.view.start"),
                _ => wording.text(&format!("page.view.{}", tab.name())),
            };
            view! {
                <button
                    type="button"
                    role="tab"
                    id=tab_id(tab)
                    class="tab"
                    data-testid=format!("tab-{}", tab.name())
                    hidden=move || !tab.needs_no_log() && !opened.get()
                    data-label=label
                    aria-selected=move || chosen().to_string()
                    aria-controls="results"
                    tabindex=move || if chosen() { "0" } else { "-1" }
                    on:click=move |_| page.show(tab)
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
