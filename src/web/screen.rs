//! What the page must know of the screen beside what the style sheet does with it.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::MediaQueryList;

/// Both as the style sheet has them.
const NARROW: &str = "(max-width: 40rem)";
const STACKED: &str = "(max-width: 60rem)";

/// Whether what is chosen stands below the list, not beside it, at this moment.
pub(super) fn is_stacked() -> bool {
    query(STACKED).is_some_and(|query| query.matches())
}

/// Whether everything stands below everything, now and after each change. To be asked while a view is built.
pub(super) fn is_narrow() -> Signal<bool> {
    let Some(query) = query(NARROW) else { return Signal::stored(false) };
    let is_narrow = RwSignal::new(query.matches());
    let asked = query.clone();
    let heard = Closure::<dyn FnMut()>::new(move || is_narrow.set(asked.matches()));
    query.set_onchange(Some(heard.as_ref().unchecked_ref()));
    // The query hears as long as the view stands.
    let heard = StoredValue::new_local((query, heard));
    on_cleanup(move || {
        heard.with_value(|(query, _): &(MediaQueryList, _)| query.set_onchange(None));
    });
    is_narrow.into()
}

fn query(text: &str) -> Option<MediaQueryList> {
    window().match_media(text).ok().flatten()
}
