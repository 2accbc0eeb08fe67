//! What went wrong, in one sentence that says what to do; or what is missing to go on.

use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;

use crate::web::page::Stage;

#[component]
pub(super) fn Problem() -> impl IntoView {
    let page = super::page();
    let problem = move || match page.stage.get() {
        Stage::Failed(sentence) => Some(view! { <Failure sentence /> }.into_any()),
        Stage::Locked(sentence) => Some(view! { <Password sentence /> }.into_any()),
        Stage::First | Stage::Reading(_) | Stage::Shown => None,
    };
    // The alert stands in the page before it says something, or it would not be read out.
    view! { <div role="alert">{problem}</div> }
}

#[component]
fn Failure(sentence: String) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    view! {
        <section class="panel problem" data-testid="problem">
            <h2>{wording.say("page.problem.title")}</h2>
            <p data-testid="notice">{sentence}</p>
            <div class="actions">
                <Show when=move || page.can_open_again()>
                    <button type="button" data-testid="open-again" on:click=move |_| page.open_again()>
                        {wording.say("page.problem.again")}
                    </button>
                </Show>
                <Show when=move || page.can_go_back()>
                    <button type="button" data-testid="problem-close" on:click=move |_| page.go_back()>
                        {wording.say("page.dialog.close")}
                    </button>
                </Show>
            </div>
        </section>
    }
}

#[component]
fn Password(sentence: String) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let field = NodeRef::<html::Input>::new();
    let unlock = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(field) = field.get() {
            page.unlock(field.value());
        }
    };
    // It is typed next.
    Effect::new(move || {
        if let Some(field) = field.get() {
            // A field that cannot take the focus is found by Tab.
            let _ = field.focus();
        }
    });
    view! {
        <form class="panel locked" data-testid="locked" on:submit=unlock>
            <p data-testid="notice">{sentence}</p>
            <label for="password">{wording.say("page.locked.password")}</label>
            <div class="actions">
                <input
                    node_ref=field
                    id="password"
                    type="password"
                    autocomplete="off"
                    data-testid="password"
                />
                <button type="submit" class="primary">{wording.say("page.locked.open")}</button>
                <Show when=move || page.can_go_back()>
                    <button type="button" data-testid="locked-cancel" on:click=move |_| page.go_back()>
                        {wording.say("page.reading.cancel")}
                    </button>
                </Show>
            </div>
        </form>
    }
}
