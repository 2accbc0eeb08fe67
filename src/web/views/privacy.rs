//! The promise that nothing leaves this browser, and the proof of it.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::web::policy_check::{self, Verdict};

#[derive(Clone, Copy, PartialEq)]
enum Check {
    NotYet,
    Running,
    Done(Verdict),
}

#[component]
pub(super) fn Privacy() -> impl IntoView {
    let wording = super::page().wording;
    let state = RwSignal::new(Check::NotYet);
    let check = move |_| {
        state.set(Check::Running);
        spawn_local(async move { state.set(Check::Done(policy_check::check().await)) });
    };
    let answer = move || {
        let address = [("address", policy_check::ADDRESS.to_owned())];
        match state.get() {
            Check::NotYet => String::new(),
            Check::Running => wording.text("page.private.checking"),
            Check::Done(Verdict::Blocked) => wording.filled("page.private.blocked", &address),
            Check::Done(Verdict::NotSent) => wording.filled("page.private.not_sent", &address),
            Check::Done(Verdict::Sent) => wording.filled("page.private.sent", &address),
        }
    };
    view! {
        <section class="privacy" data-testid="privacy">
            <p>
                <strong>{wording.say("page.private.promise")}</strong>
                " "
                {wording.say("page.private.detail")}
            </p>
            <button type="button" data-testid="self-check" on:click=check>
                {wording.say("page.private.check")}
            </button>
            <p
                role="status"
                class="verdict"
                class:proven=move || state.get() == Check::Done(Verdict::Blocked)
                data-testid="self-check-result"
            >
                {answer}
            </p>
        </section>
    }
}
