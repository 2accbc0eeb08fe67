//! Names with values, for what is known; what is not known is left out.

use leptos::prelude::*;

use crate::web::wording::Wording;

/// A list of the `facts` that have a value, which may follow the language.
pub(super) fn fact_list(
    wording: Wording,
    facts: impl Fn() -> Vec<(&'static str, Option<String>)> + Send + 'static,
) -> impl IntoView {
    let facts = move || {
        facts()
            .into_iter()
            .filter_map(|(name, value)| {
                Some(view! {
                    <div>
                        <dt>{wording.say(name)}</dt>
                        <dd>{value?}</dd>
                    </div>
                })
            })
            .collect_view()
    };
    view! { <dl class="facts">{facts}</dl> }
}
