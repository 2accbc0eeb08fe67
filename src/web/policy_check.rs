//! Shows that the page cannot send anything: tries a request and watches the browser refuse it.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use js_sys::Promise;
use leptos::ev::securitypolicyviolation;
use leptos::prelude::{set_timeout, window, window_event_listener};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// A name that never resolves (RFC 6761), so that even an unprotected page reaches nobody.
pub(super) const ADDRESS: &str = "https://self-check.invalid/";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The page's policy refused it before it left.
    Blocked,
    /// It failed, but for another reason.
    NotSent,
    Sent,
}

pub(super) async fn check() -> Verdict {
    let refused = Rc::new(Cell::new(false));
    let seen = Rc::clone(&refused);
    let listener = window_event_listener(securitypolicyviolation, move |event| {
        if event.blocked_uri().starts_with(ADDRESS.trim_end_matches('/')) {
            seen.set(true);
        }
    });
    let answered = JsFuture::from(window().fetch_with_str(ADDRESS)).await.is_ok();
    // The violation is told in a task of its own, after the request has failed.
    let moment = Promise::new(&mut |resolve, _| {
        let resolve = move || {
            // Nothing to do when the page is already closing.
            let _ = resolve.call0(&JsValue::UNDEFINED);
        };
        set_timeout(resolve, Duration::from_millis(50));
    });
    // The promise above is never refused.
    let _ = JsFuture::from(moment).await;
    listener.remove();
    match (answered, refused.get()) {
        (true, _) => Verdict::Sent,
        (false, true) => Verdict::Blocked,
        (false, false) => Verdict::NotSent,
    }
}
