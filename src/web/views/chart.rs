//! Columns of counts as one shape, and the marks of the axis below them.

use leptos::prelude::*;

use super::surface::percent;
use crate::web::scale::Scale;

/// Marks that fit side by side on a wide screen.
const MARKS: u32 = 8;

/// Columns from the ground up; a column of 1 is seen beside one of thousands.
#[component]
pub(super) fn Columns(values: Vec<u32>, most: u32, class: &'static str) -> impl IntoView {
    let shape = columns(&values, most);
    view! {
        <svg
            class=format!("columns {class}")
            viewBox=format!("0 0 {} 100", values.len().max(1))
            preserveAspectRatio="none"
            aria-hidden="true"
        >
            <path d=shape></path>
        </svg>
    }
}

#[component]
pub(super) fn Axis(scale: Signal<Option<Scale>>) -> impl IntoView {
    let wording = super::page().wording;
    let marks = move || {
        // Written anew in another language.
        wording.language();
        let marks = scale.get().map(|scale| scale.marks(MARKS)).unwrap_or_default();
        marks
            .into_iter()
            .map(|(share, label)| {
                view! {
                    <span class="mark" style:left=percent(share * 100.0)>
                        {label}
                    </span>
                }
            })
            .collect_view()
    };
    view! {
        <div class="axis" aria-hidden="true">
            {marks}
        </div>
    }
}

fn columns(values: &[u32], most: u32) -> String {
    /// Of 100: seen at any size of the chart.
    const LEAST: f64 = 6.0;
    let most = f64::from(most.max(1)).sqrt();
    let mut shape = String::new();
    for (column, value) in values.iter().enumerate().filter(|(_, value)| **value > 0) {
        // By the root: bursts of thousands would flatten everything else.
        let height = (f64::from(*value).sqrt() / most * 100.0).clamp(LEAST, 100.0);
        shape.push_str(&format!("M{column} 100V{:.1}H{}V100Z", 100.0 - height, column + 1));
    }
    shape
}
