//! A value that follows another once it stops changing, so that typing asks once.

use std::time::Duration;

use leptos::prelude::*;

/// Long enough to type on, short enough to feel immediate.
const PAUSE: Duration = Duration::from_millis(180);

pub(super) fn settled<T: Clone + PartialEq + Send + Sync + 'static>(
    value: impl Fn() -> T + Copy + Send + Sync + 'static,
) -> RwSignal<T> {
    let settled = RwSignal::new(untrack(value));
    Effect::new(move || {
        let now = value();
        if settled.with_untracked(|known| *known == now) {
            return;
        }
        let handle = set_timeout_with_handle(
            move || {
                // The view may have gone meanwhile.
                let _ = settled.try_set(now);
            },
            PAUSE,
        );
        on_cleanup(move || {
            if let Ok(handle) = handle {
                handle.clear();
            }
        });
    });
    settled
}
