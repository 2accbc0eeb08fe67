//! Where the keyboard goes on when the element that had the focus leaves the page. Without it, it begins at the top again.

use leptos::prelude::document;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement};

use super::steps::after_drawing;

/// On the element with this `id`, if it is there.
pub(super) fn on_id(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        on(&element);
    }
}

/// A place that takes no focus leaves it where it was.
pub(super) fn on(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
}

/// Nobody who uses the pointer alone has put it anywhere.
pub(super) fn is_somewhere() -> bool {
    let body = document().body();
    document().active_element().is_some_and(|focused| body.is_none_or(|body| *body != focused))
}

/// On the first of these places that stands there once everything was drawn, if the focus was lost by then.
pub(super) fn keep(places: impl IntoIterator<Item = String> + 'static) {
    after_drawing(move || {
        if !is_somewhere() {
            let place = |selector: String| document().query_selector(&selector).ok().flatten();
            places.into_iter().find_map(place).iter().for_each(on);
        }
    });
}
