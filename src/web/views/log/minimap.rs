//! Where the matches stand, from the first line at the top to the last at the bottom, and which lines are in sight.
//! For the pointer alone: keys have the next match and the table's own ways.

use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;

use super::Log;
use crate::web::row_scroll::RowScroll;
use crate::web::views::surface::percent;

#[component]
pub(super) fn Minimap(log: Log) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let shape = move || {
        log.selection.with(|selection| {
            let most = f64::from(selection.map.iter().max().copied().unwrap_or(0)).sqrt();
            let marks = selection.map.iter().enumerate().filter(|(_, matches)| **matches > 0);
            // By the root: bursts of thousands would hide everything else.
            marks
                .map(|(step, matches)| {
                    let width = (f64::from(*matches).sqrt() / most * 10.0).max(3.0);
                    format!("M0 {step}H{width:.1}V{}H0Z", step + 1)
                })
                .collect::<String>()
        })
    };
    let steps = move || log.selection.with(|selection| selection.map.len().max(1));
    let percentage = move |lines: u32| f64::from(lines) / f64::from(log.total.get().max(1)) * 100.0;
    let go = move |event: MouseEvent| {
        let Some(frame) = frame.get_untracked() else { return };
        let frame = frame.get_bounding_client_rect();
        let place = ((f64::from(event.client_y()) - frame.top()) / frame.height().max(1.0)).clamp(0.0, 1.0);
        let total = log.total.get_untracked();
        let size = log.size.get_untracked();
        let middle = line_at(place, total).saturating_sub(size.in_sight / 2);
        log.first.set(middle.min(RowScroll { size, total }.last()));
    };
    view! {
        <div node_ref=frame class="minimap" aria-hidden="true" data-testid="log-map" on:click=go>
            <svg class="columns retries" viewBox=move || format!("0 0 10 {}", steps()) preserveAspectRatio="none">
                <path d=shape></path>
            </svg>
            <span
                class="in-sight"
                style:top=move || percent(percentage(log.first.get()))
                style:height=move || percent(percentage(log.size.get().in_sight.min(log.total.get())))
            ></span>
        </div>
    }
}

#[expect(clippy::cast_sign_loss, reason = "a share of a count is not negative")]
fn line_at(place: f64, total: u32) -> u32 {
    (place * f64::from(total)) as u32
}
