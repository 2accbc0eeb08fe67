//! The limits of reading: what they are, and reading again under others.

use leptos::prelude::*;

use super::fold::Fold;
use crate::bundle::Limits;

#[component]
pub(super) fn ReadingLimits() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let fields = || Limits::NAMES.map(|name| view! { <LimitField name /> }).collect_view();
    let wrong = move || page.wrong_limit().map(|value| wording.filled("page.limits.wrong", &[("value", value)]));
    view! {
        <Fold
            id="reading-limits".to_owned()
            class="reading-limits"
            test_id="reading-limits"
            summary=wording.say("page.limits.title")
        >
            <p class="help">{wording.say("page.limits.help")}</p>
            <div class="fields">{fields()}</div>
            <p class="field-error" role="status" data-testid="limit-error">{wrong}</p>
            <button
                type="button"
                data-testid="read-again"
                disabled=move || wrong().is_some()
                on:click=move |_| page.read_again()
            >
                {wording.say("page.limits.read_again")}
            </button>
        </Fold>
    }
}

#[component]
fn LimitField(name: &'static str) -> impl IntoView {
    let page = super::page();
    let id = format!("limit-{name}");
    let usual = Limits::default().shown(name);
    let placeholder = usual.clone();
    let value = move || page.limits.with(|typed| typed.get(name).cloned()).unwrap_or_else(|| usual.clone());
    let type_value = move |event| {
        let value = event_target_value(&event);
        page.limits.update(|typed| {
            if value.trim().is_empty() {
                typed.remove(name);
            } else {
                typed.insert(name, value);
            }
        });
    };
    view! {
        <div class="field">
            <label for=id.clone()>{move || page.wording.text(&format!("page.limits.{name}"))}</label>
            <input
                id=id.clone()
                data-testid=id
                type="text"
                autocomplete="off"
                spellcheck="false"
                placeholder=placeholder
                prop:value=value
                on:change=type_value
            />
        </div>
    }
}
