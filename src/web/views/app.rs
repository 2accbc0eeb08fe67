//! The frame: masthead, log and incident, then whatever the page is doing.

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::collect::CollectAdvice;
use super::export::Export;
use super::incident_form::IncidentForm;
use super::intake::Intake;
use super::privacy::Privacy;
use super::problem::Problem;
use super::reading::Reading;
use super::results::Results;
use crate::language::Language;
use crate::web::intake;
use crate::web::page::{Page, Stage};

#[component]
pub(in crate::web) fn App() -> impl IntoView {
    let page = Page::new();
    provide_context(page);
    accept_files(page);
    let wording = page.wording;
    Effect::new(move || {
        if let Some(root) = document().document_element() {
            // Screen readers choose their voice, and browsers their fonts, by this.
            let _ = root.set_attribute("lang", wording.language().code());
        }
    });
    let first = move || page.stage.with(|stage| *stage == Stage::First);
    let shown = move || page.report.with(Option::is_some);

    view! {
        <a class="skip-link" href="#results">{wording.say("page.skip")}</a>
        <header class="masthead">
            <div class="brand">
                <h1>{"steerscope"}</h1>
                <p>{wording.say("page.tagline")}</p>
            </div>
            <div class="masthead-tools">
                <Show when=shown>
                    <Export />
                </Show>
                <LanguageChoice />
            </div>
        </header>
        <main id="main" class:first=first>
            <div class="question">
                <Intake />
                <IncidentForm />
            </div>
            <Reading />
            <Problem />
            <div id="results" tabindex="-1">
                {move || page.report.get().map(|report| view! { <Results report /> })}
            </div>
            <Show when=first>
                <CollectAdvice />
            </Show>
        </main>
        <footer class="footer">
            <Privacy />
        </footer>
        <p class="visually-hidden" role="status" data-testid="announcement">
            {move || page.announcement.get()}
        </p>
        <Show when=move || page.dragging.get()>
            <div class="drop-veil" aria-hidden="true">
                <p>{wording.say("page.intake.drop_anywhere")}</p>
            </div>
        </Show>
    }
}

#[component]
fn LanguageChoice() -> impl IntoView {
    let page = super::page();
    let choose = move |event| {
        if let Some(language) = Language::from_code(&event_target_value(&event)) {
            page.choose_language(language);
        }
    };
    view! {
        <label class="language">
            <span class="visually-hidden">{page.wording.say("page.language")}</span>
            <select data-testid="language" on:change=choose prop:value=move || page.wording.language().code()>
                // Each language under its own name, so that a reader of it finds it.
                <option value=move || Language::English.code() lang="en">{"English"}</option>
                <option value=move || Language::Japanese.code() lang="ja">{"日本語"}</option>
            </select>
        </label>
    }
}

/// The whole window takes files, by drop or by paste.
fn accept_files(page: Page) {
    let holds_files = |event: &web_sys::DragEvent| event.data_transfer().filter(intake::holds_files);
    window_event_listener(ev::dragover, move |event| {
        if holds_files(&event).is_some() {
            event.prevent_default();
            page.dragging.set(true);
        }
    });
    window_event_listener(ev::dragleave, move |event| {
        // Only when the pointer leaves the window, not when it passes from one element to the next.
        if event.related_target().is_none() {
            page.dragging.set(false);
        }
    });
    window_event_listener(ev::drop, move |event| {
        page.dragging.set(false);
        if let Some(transfer) = holds_files(&event) {
            event.prevent_default();
            let dropped = intake::take(&transfer);
            spawn_local(async move { page.open(dropped.files().await) });
        }
    });
    window_event_listener(ev::paste, move |event| {
        let Some(transfer) = event.clipboard_data() else { return };
        let pasted = intake::take(&transfer);
        if !pasted.is_empty() {
            event.prevent_default();
            spawn_local(async move { page.open(pasted.files().await) });
        }
    });
}
