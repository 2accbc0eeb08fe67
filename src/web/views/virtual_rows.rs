//! A table of any length of which only the rows in sight exist.
//!
//! The rows stick to the top of a tall empty box; where it is scrolled says which ones they are.

use leptos::ev::{KeyboardEvent, WheelEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::Element;

use crate::web::focus;
use crate::web::row_scroll::{RowScroll, RowSize};
use crate::web::steps::after_drawing;

#[component]
pub(super) fn VirtualRows(
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
    row: Callback<u32, AnyView>,
) -> impl IntoView {
    let wording = super::page().wording;
    let scroll = Memo::new(move |_| RowScroll { size: size.get(), total: total.get() });
    let rows = Rows { frame: NodeRef::new(), scroll, first, turned: StoredValue::new(0.0), test_id };
    rows.follow();
    let numbers = move || {
        let from = first.get();
        from..total.get().min(from.saturating_add(size.get().in_sight))
    };
    let one_row = move |number: u32| {
        view! {
            <div
                role="row"
                class=format!("virtual-row {class}")
                aria-rowindex=(number + 2).to_string()
                data-testid="virtual-row"
            >
                {row.run(number)}
            </div>
        }
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
                node_ref=rows.frame
                role="rowgroup"
                class="virtual"
                tabindex="0"
                aria-label=wording.say(label)
                data-testid=test_id
                on:scroll=move |_| rows.scrolled()
                on:wheel=move |event| rows.turned(&event)
                on:keydown=move |event| rows.key(&event)
            >
                <div class="virtual-rows" role="presentation">
                    // Those that stay in sight stay as they are, with the focus.
                    <For each=numbers key=|number| *number children=one_row />
                </div>
                <div class="virtual-space" role="presentation" style:height=move || format!("{}px", scroll.get().height())></div>
            </div>
        </div>
    }
}

/// Where the table stands, and what scrolling, wheel and keys do to it.
#[derive(Clone, Copy)]
struct Rows {
    frame: NodeRef<html::Div>,
    scroll: Memo<RowScroll>,
    first: RwSignal<u32>,
    /// What the wheel was turned by without reaching another row.
    turned: StoredValue<f64>,
    test_id: &'static str,
}

impl Rows {
    /// Where the table was sent by keys or from elsewhere, the box follows.
    fn follow(self) {
        Effect::new(move || {
            let top = self.scroll.get().place(self.first.get());
            if let Some(frame) = self.frame.get()
                && (f64::from(frame.scroll_top()) - top).abs() >= 1.0
            {
                frame.set_scroll_top(top as i32);
            }
        });
    }

    fn scrolled(self) {
        let Some(frame) = self.frame.get_untracked() else { return };
        let top = f64::from(frame.scroll_top());
        let scroll = self.scroll.get_untracked();
        // A place that belongs to the row that is shown already changes nothing: several rows may share a pixel.
        if (scroll.place(self.first.get_untracked()) - top).abs() >= 1.0 {
            self.go_to(scroll.row_at(top));
        }
    }

    fn go_to(self, row: u32) {
        self.first.set(row);
        // The row that had the focus may have left.
        if focus::is_somewhere() {
            focus::keep([format!("[data-testid='{}']", self.test_id)]);
        }
    }

    /// In a very long table the browser's own way would pass over rows.
    fn turned(self, event: &WheelEvent) {
        let scroll = self.scroll.get_untracked();
        if !scroll.passes_over_rows() || event.ctrl_key() || event.delta_y() == 0.0 {
            return;
        }
        let here = self.first.get_untracked();
        let (next, rest) = scroll.turned(here, self.turned.get_value() + event.delta_y(), event.delta_mode());
        self.turned.set_value(rest);
        // At its ends the page goes on.
        if next != here || (0 < here && here < scroll.last()) {
            event.prevent_default();
            self.go_to(next);
        }
    }

    fn key(self, event: &KeyboardEvent) {
        let row = row_of(event);
        let top = self.first.get_untracked();
        let here = row.unwrap_or(top);
        let scroll = self.scroll.get_untracked();
        let screen = scroll.size.in_sight - 1;
        let next = match event.key().as_str() {
            "ArrowDown" => here.saturating_add(1),
            "ArrowUp" => here.saturating_sub(1),
            "PageDown" => here.saturating_add(screen),
            "PageUp" => here.saturating_sub(screen),
            "Home" => 0,
            "End" => u32::MAX,
            // From the table as a whole into its rows.
            "Enter" if row.is_none() => {
                self.enter(top);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        if row.is_none() {
            self.first.set(next.min(scroll.last()));
            return;
        }
        // From row to row; the table follows where the next one is out of sight.
        let next = next.min(scroll.total.saturating_sub(1));
        self.first.set(top.clamp(next.saturating_sub(screen), next).min(scroll.last()));
        self.enter(next);
    }

    /// To what can be pressed in a row, once that is there.
    fn enter(self, row: u32) {
        after_drawing(move || {
            let Some(frame) = self.frame.try_get_untracked().flatten() else { return };
            let selector = format!("[aria-rowindex='{}'] button", row + 2);
            let inside = frame.query_selector(&selector).ok().flatten();
            // A row that is still to be fetched has nothing to press.
            focus::on(inside.as_ref().unwrap_or(&frame));
        });
    }
}

/// The row in which the key was pressed.
fn row_of(event: &KeyboardEvent) -> Option<u32> {
    let pressed = event.target()?.dyn_into::<Element>().ok()?;
    let index = pressed.closest("[aria-rowindex]").ok().flatten()?.get_attribute("aria-rowindex")?;
    index.parse::<u32>().ok()?.checked_sub(2)
}
