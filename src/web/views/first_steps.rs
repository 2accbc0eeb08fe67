//! What to check before any setting is changed: ticked off by what the log answers, the rest by hand.

use leptos::prelude::*;

use crate::report::FirstStep;

#[component]
pub(super) fn FirstSteps() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let steps = move || {
        page.report
            .get()
            .map(|report| report.first_steps.iter().cloned().map(|step| view! { <Step step /> }).collect_view())
    };
    view! {
        <section class="first-steps panel" aria-labelledby="first-steps-title">
            <h2 id="first-steps-title">{wording.say("page.first_steps.title")}</h2>
            <p class="help">{wording.say("page.first_steps.help")}</p>
            <ol class="checklist">{steps}</ol>
        </section>
    }
}

#[component]
fn Step(step: FirstStep) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let state = format!("page.first_steps.{}", step.state);
    let name = format!("step-{}", step.id);
    let open = step.state == "open";
    let id = step.id.clone();
    let ticked = move || page.marks.with(|marks| marks.contains(&id));
    let id = step.id.clone();
    let tick = move |event| {
        let ticked = event_target_checked(&event);
        page.mark_step(&id, ticked);
    };
    let mark = if open {
        view! {
            <input type="checkbox" id=name.clone() data-testid="step-tick" prop:checked=ticked on:change=tick />
        }
        .into_any()
    } else {
        view! { <span class="state-mark" aria-hidden="true"></span> }.into_any()
    };
    let text = if open {
        view! { <label for=name>{step.text}</label> }.into_any()
    } else {
        view! { <p>{step.text}</p> }.into_any()
    };
    view! {
        <li class=format!("step {}", step.state) data-testid="first-step">
            {mark}
            <div>
                {text}
                <p class="because">
                    <strong>{move || wording.text(&state)}</strong>
                    " "
                    {step.why}
                </p>
            </div>
        </li>
    }
}
