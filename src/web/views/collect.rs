//! How to take a log that can answer the question.

use leptos::prelude::*;

#[component]
pub(super) fn CollectAdvice() -> impl IntoView {
    let wording = super::page().wording;
    let steps = [
        wording.say("page.collect.first_check"),
        wording.say("page.collect.level"),
        wording.say("page.collect.close"),
        wording.say("page.collect.device"),
        wording.say("page.collect.console"),
        wording.say("page.collect.same_day"),
    ];
    view! {
        <section class="collect" aria-labelledby="collect-title" data-testid="collect">
            <h2 id="collect-title">{wording.say("page.collect.title")}</h2>
            <ol>{steps.map(|step| view! { <li>{step}</li> }).collect_view()}</ol>
        </section>
    }
}
