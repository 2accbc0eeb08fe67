//! A table of any length of which only the rows in sight exist.
//!
//! The rows stick to the top of a tall empty box; where it is scrolled says which ones they are. Browsers cap the height
//! of a box (Firefox at 16 million pixels), so in a very long table a pixel stands for more than one row.

use leptos::ev::{self, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;

/// Pixels; `.virtual-row` in the style sheet.
const ROW: f64 = 28.0;
/// Rows in sight; `.virtual` in the style sheet is as tall.
pub(super) const IN_SIGHT: u32 = 22;
const TALLEST: f64 = 8_000_000.0;

#[component]
pub(super) fn VirtualRows<Row>(
    total: Signal<u32>,
    /// The topmost row; may be set to go there.
    first: RwSignal<u32>,
    label: &'static str,
    test_id: &'static str,
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
    let height = Memo::new(move |_| (f64::from(total.get()) * ROW).min(TALLEST));
    let last = Memo::new(move |_| total.get().saturating_sub(IN_SIGHT));
    // How far the box scrolls.
    let way = move || (height.get_untracked() - f64::from(IN_SIGHT) * ROW).max(1.0);
    let place = move |row: u32| way() * f64::from(row) / f64::from(last.get_untracked().max(1));
    let row_at = move |top: f64| whole(top / way() * f64::from(last.get_untracked()));
    let on_scroll = move |_: ev::Event| {
        let Some(frame) = frame.get_untracked() else { return };
        let top = f64::from(frame.scroll_top());
        let here = first.get_untracked();
        // A place that belongs to the row that is shown already changes nothing: several rows may share a pixel.
        if (place(here) - top).abs() >= 1.0 {
            first.set(row_at(top).min(last.get_untracked()));
        }
    };
    // Where it was sent by keys or from elsewhere, the box follows.
    Effect::new(move || {
        let row = first.get().min(last.get());
        if let Some(frame) = frame.get() {
            let top = place(row);
            if (f64::from(frame.scroll_top()) - top).abs() >= 1.0 {
                frame.set_scroll_top(top as i32);
            }
        }
    });
    let on_key = move |event: KeyboardEvent| {
        let here = first.get_untracked();
        let next = match event.key().as_str() {
            "ArrowDown" => here.saturating_add(1),
            "ArrowUp" => here.saturating_sub(1),
            "PageDown" => here.saturating_add(IN_SIGHT - 1),
            "PageUp" => here.saturating_sub(IN_SIGHT - 1),
            "Home" => 0,
            "End" => u32::MAX,
            _ => return,
        };
        event.prevent_default();
        first.set(next.min(last.get_untracked()));
    };
    let rows = move || {
        let (from, total) = (first.get(), total.get());
        (from..total.min(from.saturating_add(IN_SIGHT)))
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
                <div class="virtual-space" role="presentation" style:height=move || format!("{}px", height.get())></div>
            </div>
        </div>
    }
}

#[expect(clippy::cast_sign_loss, reason = "a place is not negative; `as` would make it zero")]
fn whole(place: f64) -> u32 {
    place.round() as u32
}
