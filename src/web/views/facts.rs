//! Names with values, for what is known; what is not known is left out.

use leptos::prelude::*;

use crate::web::wording::Wording;

/// A list of the `facts` that have a value.
pub(super) fn fact_list(wording: Wording, facts: Vec<(&'static str, Option<String>)>) -> impl IntoView {
    let facts = facts
        .into_iter()
        .filter_map(|(name, value)| {
            Some(view! {
                <div>
                    <dt>{wording.say(name)}</dt>
                    <dd>{value?}</dd>
                </div>
            })
        })
        .collect_view();
    view! { <dl class="facts">{facts}</dl> }
}
