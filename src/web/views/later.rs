//! A part of a view that is made once the rest was drawn, so that a large view does not hold the page up.

use leptos::prelude::*;

use crate::web::steps::after_drawing;

#[component]
pub(super) fn Later(children: ChildrenFn) -> impl IntoView {
    let due = RwSignal::new(false);
    after_drawing(move || {
        // The view may have gone meanwhile.
        let _ = due.try_set(true);
    });
    view! { <Show when=move || due.get()>{children()}</Show> }
}
