//! Work in steps: between them the browser draws and answers, so that much of it never holds the page up.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;

/// Does `work` in a task of its own.
pub(super) fn soon(work: impl FnOnce() + 'static) {
    set_timeout(work, Duration::ZERO);
}

/// Does `work` once what is there now was drawn.
pub(super) fn after_drawing(work: impl FnOnce() + 'static) {
    // Of a page that nobody sees nothing is drawn.
    if document().hidden() {
        soon(work);
    } else {
        request_animation_frame(move || soon(work));
    }
}

/// Follows `value` one drawing behind; what goes away goes at once.
pub(super) fn behind<T: Send + Sync + 'static>(
    value: impl Fn() -> Option<Arc<T>> + Send + Sync + 'static,
) -> RwSignal<Option<Arc<T>>> {
    let behind = RwSignal::new(None);
    let newest = StoredValue::new(0_u32);
    Effect::new(move || {
        let value = value();
        let number = newest.try_update_value(|newest| {
            *newest += 1;
            *newest
        });
        if value.is_none() {
            behind.set(None);
            return;
        }
        after_drawing(move || {
            // Another one may have come meanwhile, or the view gone.
            if newest.try_get_value() == number {
                let _ = behind.try_set(value);
            }
        });
    });
    behind
}
