//! A table of any length of which only the rows in sight exist.
//!
//! The rows stick to the top of a tall empty box; where it is scrolled says which ones they are.

use leptos::ev::{self, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;

use crate::web::row_scroll::{RowScroll, RowSize};

#[component]
pub(super) fn VirtualRows<Row>(
    total: Signal<u32>,
    /// The topmost row; may be set to go there.
    first: RwSignal<u32>,
    label: &'static str,
    test_id: &'static str,
    #[prop(into)] size: Signal<RowSize>,
    /// Of each row, for its columns.
    #[prop(default = "")]
    class: &'static str,
    head: ViewFn,
    /// The cells of a row.
    row: Row,
) -> impl IntoView
where
    Row: Fn(u32) -> AnyView + Copy + Send + Sync + 'static,
{
    let wording = super::page().wording;
    let frame = NodeRef::<html::Div>::new();
    let scroll = Memo::new(move |_| RowScroll { size: size.get(), total: total.get() });
    let on_scroll = move |_: ev::Event| {
        let Some(frame) = frame.get_untracked() else { return };
        let top = f64::from(frame.scroll_top());
        let scroll = scroll.get_untracked();
        // A place that belongs to the row that is shown already changes nothing: several rows may share a pixel.
        if (scroll.place(first.get_untracked()) - top).abs() >= 1.0 {
            first.set(scroll.row_at(top));
        }
    };
    // Where it was sent by keys or from elsewhere, the box follows.
    Effect::new(move || {
        let top = scroll.get().place(first.get());
        if let Some(frame) = frame.get()
            && (f64::from(frame.scroll_top()) - top).abs() >= 1.0
        {
            frame.set_scroll_top(top as i32);
        }
    });
    let on_key = move |event: KeyboardEvent| {
        let here = first.get_untracked();
        let screen = size.get_untracked().in_sight - 1;
        let next = match event.key().as_str() {
            "ArrowDown" => here.saturating_add(1),
            "ArrowUp" => here.saturating_sub(1),
            "PageDown" => here.saturating_add(screen),
            "PageUp" => here.saturating_sub(screen),
            "Home" => 0,
            "End" => u32::MAX,
            _ => return,
        };
        event.prevent_default();
        first.set(next.min(scroll.get_untracked().last()));
    };
    let rows = move || {
        let (from, total) = (first.get(), total.get());
        (from..total.min(from.saturating_add(size.get().in_sight)))
            .map(|number| {
                view! {
                    <div role="row" class=format!("virtual-row {class}") aria-rowindex=(number + 2).to_string() data-testid="virtual-row">
                        {row(number)}
                    </div>
                }
            })
            .collect_view()
    };
    view! {
        <div
            role="table"
            class="virtual-table"
            aria-label=wording.say(label)
            aria-rowcount=move || (total.get() + 1).to_string()
        >
            {head.run()}
            <div
                node_ref=frame
                role="rowgroup"
                class="virtual"
                tabindex="0"
                aria-label=wording.say(label)
                data-testid=test_id
                on:scroll=on_scroll
                on:keydown=on_key
            >
                <div class="virtual-rows" role="presentation">
                    {rows}
                </div>
                <div class="virtual-space" role="presentation" style:height=move || format!("{}px", scroll.get().height())></div>
            </div>
        </div>
    }
}
