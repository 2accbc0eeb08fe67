//! A chart's ground: a stretch of time on which a span is marked, by pointer or by keys, and becomes the incident.
//!
//! Where the chart allows it, the stretch is moved and zoomed too.

use leptos::ev::{KeyboardEvent, PointerEvent, WheelEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::Element;

use crate::web::format;
use crate::web::page::Page;
use crate::web::scale::{self, Scale};

/// A pointer that moved less has pointed, not dragged; in pixels.
const HARDLY: i32 = 4;
/// What an arrow key moves, as a share of what is in sight.
const STEP: f64 = 0.01;
const ZOOM: f64 = 0.6;

#[derive(Clone, Copy)]
struct Drag {
    x: i32,
    start: f64,
    last: f64,
    moves: bool,
}

#[component]
pub(super) fn Surface(
    /// What is in sight.
    scale: Signal<Option<Scale>>,
    /// Key of what the chart is called.
    label: &'static str,
    test_id: &'static str,
    /// Set where the chart can be zoomed.
    #[prop(optional)]
    zoomed: Option<RwSignal<Option<Scale>>>,
    /// Called with the number of a mark that was pointed at: the `data-item` of its element.
    #[prop(optional, into)]
    pick: Option<Callback<usize>>,
    children: Children,
) -> impl IntoView {
    let page = super::page();
    let node = NodeRef::<html::Div>::new();
    let selection = RwSignal::new(None);
    let ground = Ground { page, node, scale, zoomed, pick, selection, drag: StoredValue::new(None) };
    let place = move |span: Option<(i64, i64)>| {
        let (from, to) = span?;
        scale.get()?.percent(from, to)
    };
    let window = move || place(page.incident_window().map(|window| (window.from, window.to)));
    let marked = move || place(selection.get());
    view! {
        <div
            node_ref=node
            class="surface"
            role="application"
            tabindex="0"
            aria-label=page.wording.say(label)
            aria-describedby=format!("{test_id}-help")
            data-testid=test_id
            on:pointerdown=move |event| ground.down(&event)
            on:pointermove=move |event| ground.moved(&event)
            on:pointerup=move |event| ground.up(&event)
            on:pointercancel=move |_| ground.cancel()
            on:wheel=move |event| ground.wheel(&event)
            on:keydown=move |event| ground.key(&event)
        >
            {children()} <Overlay class="window-mark" place=Signal::derive(window) />
            <Overlay class="selection" place=Signal::derive(marked) />
        </div>
    }
}

/// The chart's state, and what pointer, wheel and keys do to it.
#[derive(Clone, Copy)]
struct Ground {
    page: Page,
    node: NodeRef<html::Div>,
    scale: Signal<Option<Scale>>,
    zoomed: Option<RwSignal<Option<Scale>>>,
    pick: Option<Callback<usize>>,
    selection: RwSignal<Option<(i64, i64)>>,
    drag: StoredValue<Option<(Drag, Option<usize>)>>,
}

impl Ground {
    /// Where on the chart, from 0 to 1.
    fn share(self, x: i32) -> Option<f64> {
        let frame = self.node.get_untracked()?.get_bounding_client_rect();
        Some(((f64::from(x) - frame.left()) / frame.width().max(1.0)).clamp(0.0, 1.0))
    }

    fn down(self, event: &PointerEvent) {
        let Some(start) = self.share(event.client_x()).filter(|_| event.button() == 0) else { return };
        let moves = self.zoomed.is_some() && (event.shift_key() || event.alt_key());
        let item = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let item = item.and_then(|element| element.get_attribute("data-item")?.parse().ok());
        self.drag.set_value(Some((Drag { x: event.client_x(), start, last: start, moves }, item)));
        if let Some(node) = self.node.get_untracked() {
            // Without it the drag ends at the chart's edge, no more.
            let _ = node.set_pointer_capture(event.pointer_id());
        }
    }

    fn moved(self, event: &PointerEvent) {
        let (Some((held, item)), Some(here), Some(shown)) =
            (self.drag.get_value(), self.share(event.client_x()), self.scale.get_untracked())
        else {
            return;
        };
        if (event.client_x() - held.x).abs() < HARDLY {
            return;
        }
        if let (true, Some(zoomed), Some(whole)) = (held.moves, self.zoomed, self.page.whole()) {
            zoomed.set(Some(shown.moved(held.last - here, whole)));
            self.drag.set_value(Some((Drag { last: here, ..held }, item)));
        } else {
            self.selection.set(Some(ordered(shown.at(held.start), shown.at(here))));
        }
    }

    fn up(self, event: &PointerEvent) {
        let Some((held, item)) = self.drag.get_value() else { return };
        self.drag.set_value(None);
        match (self.selection.get_untracked(), self.scale.get_untracked()) {
            (Some((from, to)), _) => {
                self.selection.set(None);
                self.page.mark_incident(from, to);
            }
            (None, Some(shown)) if !held.moves && (event.client_x() - held.x).abs() < HARDLY => {
                match (item, self.pick) {
                    (Some(item), Some(pick)) => pick.run(item),
                    _ => self.page.mark_moment(shown.at(held.start)),
                }
            }
            _ => {}
        }
    }

    fn cancel(self) {
        self.drag.set_value(None);
        self.selection.set(None);
    }

    fn wheel(self, event: &WheelEvent) {
        let (Some(zoomed), Some(shown), Some(whole), Some(around)) =
            (self.zoomed, self.scale.get_untracked(), self.page.whole(), self.share(event.client_x()))
        else {
            return;
        };
        // A plain wheel scrolls the page, as everywhere.
        if event.ctrl_key() {
            event.prevent_default();
            let factor = if event.delta_y() > 0.0 { 1.0 / ZOOM } else { ZOOM };
            zoomed.set(Some(shown.zoomed(factor, around, whole)));
        } else if event.delta_x().abs() > event.delta_y().abs() {
            event.prevent_default();
            zoomed.set(Some(shown.moved(event.delta_x().signum() * 0.05, whole)));
        }
    }

    fn key(self, event: &KeyboardEvent) {
        let (Some(shown), Some(whole)) = (self.scale.get_untracked(), self.page.whole()) else { return };
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let step = ((shown.length() as f64 * STEP) as i64).max(1);
        let current = self.selection.get_untracked();
        // Begins with the incident window, so that it can be corrected.
        let window = self.page.incident_window().filter(|window| shown.percent(window.from, window.to).is_some());
        let middle = shown.at(0.5);
        let (from, to) =
            current.or(window.map(|window| (window.from, window.to))).unwrap_or((middle, middle + 5 * step));
        let around = shown.share(from / 2 + to / 2).clamp(0.0, 1.0);
        let seen = match (event.key().as_str(), self.zoomed) {
            ("+" | "=" | ";", Some(_)) => Some(shown.zoomed(ZOOM, around, whole)),
            ("-", Some(_)) => Some(shown.zoomed(1.0 / ZOOM, around, whole)),
            ("0", Some(_)) => Some(whole),
            ("PageDown", Some(_)) => Some(shown.moved(0.5, whole)),
            ("PageUp", Some(_)) => Some(shown.moved(-0.5, whole)),
            ("Home", Some(_)) => Some(shown.moved(-1e9, whole)),
            ("End", Some(_)) => Some(shown.moved(1e9, whole)),
            _ => None,
        };
        match (event.key().as_str(), event.shift_key(), current) {
            ("ArrowRight", false, _) => self.select((from + step, to + step), whole),
            ("ArrowLeft", false, _) => self.select((from - step, to - step), whole),
            ("ArrowRight", true, _) => self.select((from, to + step), whole),
            ("ArrowLeft", true, _) => self.select((from, (to - step).max(from)), whole),
            ("Enter", _, Some((from, to))) => {
                self.selection.set(None);
                self.page.mark_incident(from, to);
            }
            ("Escape", _, Some(_)) => self.selection.set(None),
            _ => match (seen, self.zoomed) {
                (Some(seen), Some(zoomed)) => zoomed.set(Some(seen)),
                _ => return,
            },
        }
        event.prevent_default();
    }

    fn select(self, (from, to): (i64, i64), whole: Scale) {
        let from = from.clamp(whole.from, whole.to);
        let to = to.clamp(from, whole.to);
        self.selection.set(Some((from, to)));
        let (from, to) = (scale::written(from), scale::written(to));
        let arguments = [("from", format::time(&from)), ("to", format::end_time(&from, &to))];
        self.page.announcement.set(self.page.wording.now("page.surface.marked", &arguments));
    }
}

#[component]
fn Overlay(class: &'static str, place: Signal<Option<(f64, f64)>>) -> impl IntoView {
    view! {
        <span
            class=format!("overlay {class}")
            hidden=move || place.with(Option::is_none)
            style:left=move || percent(place.get().map_or(0.0, |(left, _)| left))
            style:width=move || percent(place.get().map_or(0.0, |(_, width)| width))
        ></span>
    }
}

pub(super) fn percent(share: f64) -> String {
    format!("{share:.3}%")
}

fn ordered(one: i64, other: i64) -> (i64, i64) {
    (one.min(other), one.max(other))
}
