//! Puts text on the clipboard. A page served over plain http has no async clipboard, so there is a second way.

use js_sys::Reflect;
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDocument, HtmlElement, HtmlTextAreaElement};

/// Whether the text arrived on the clipboard.
pub(super) async fn copy(text: &str) -> bool {
    copy_by_clipboard(text).await || copy_by_selection(text)
}

async fn copy_by_clipboard(text: &str) -> bool {
    let navigator = window().navigator();
    // Missing outside a secure context, where the bindings would throw.
    let there = Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_object());
    there && JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// The way before the async clipboard: a field outside the view is selected and copied, then the focus goes back.
fn copy_by_selection(text: &str) -> bool {
    let focused = document().active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let field =
        document().create_element("textarea").ok().and_then(|element| element.dyn_into::<HtmlTextAreaElement>().ok());
    let (Some(field), Some(body)) = (field, document().body()) else { return false };
    field.set_value(text);
    field.set_class_name("visually-hidden");
    field.set_read_only(true);
    if body.append_child(&field).is_err() {
        return false;
    }
    field.select();
    let copied = document().dyn_into::<HtmlDocument>().is_ok_and(|html| html.exec_command("copy").unwrap_or(false));
    field.remove();
    if let Some(element) = focused {
        // The element may have gone meanwhile; then the focus has no place to go back to.
        let _ = element.focus();
    }
    copied
}
