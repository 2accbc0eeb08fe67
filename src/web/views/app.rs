//! The frame: masthead, log and incident, then whatever the page is doing.

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;
use web_sys::Element;

use super::collect::CollectAdvice;
use super::configuration::Configuration;
use super::coverage::Coverage;
use super::export::Export;
use super::first_steps::FirstSteps;
use super::flows::Flows;
use super::incident_bar::IncidentBar;
use super::incident_form::IncidentForm;
use super::intake::Intake;
use super::knowledge::Knowledge;
use super::log::LogLines;
use super::lookup::Lookup;
use super::privacy::Privacy;
use super::problem::Problem;
use super::question_line::QuestionLine;
use super::reading::Reading;
use super::results::Results;
use super::shortcuts::Shortcuts;
use super::tabs::{Tabs, tab_id};
use super::timeline::Timeline;
use crate::language::Language;
use crate::web::page::{Page, Stage};
use crate::web::steps::after_drawing;
use crate::web::view::View;
use crate::web::{intake, locale};

#[component]
pub(in crate::web) fn App() -> impl IntoView {
    let page = Page::new();
    provide_context(page);
    accept_files(page);
    keep_marks(page);
    locale::WARM_UPS.into_iter().for_each(after_drawing);
    let wording = page.wording;
    Effect::new(move || {
        if let Some(root) = document().document_element() {
            // Screen readers choose their voice, and browsers their fonts, by this.
            let _ = root.set_attribute("lang", wording.language().code());
        }
    });
    let shown = Memo::new(move |_| page.report.with(Option::is_some));
    let view = page.view_in_sight();
    let first = move || page.stage.with(|stage| *stage == Stage::First) && view.get().is_about_the_incident();
    let elsewhere = move || view.get() != View::Answer;
    let unfolded = RwSignal::new(false);
    let panel = move || match view.get() {
        View::Answer => view! { <Results /> }.into_any(),
        View::FirstSteps => view! { <FirstSteps /> }.into_any(),
        View::Timeline => view! { <Timeline /> }.into_any(),
        // A saved report has no log behind it.
        View::Flows | View::Log if page.saved.get() => {
            view! { <p class="panel empty">{page.wording.say("page.intake.saved")}</p> }.into_any()
        }
        View::Flows => view! { <Flows /> }.into_any(),
        View::Log => view! { <LogLines /> }.into_any(),
        View::Configuration => view! { <Configuration /> }.into_any(),
        View::Coverage => view! { <Coverage /> }.into_any(),
        View::Lookup => view! { <Lookup /> }.into_any(),
        View::Knowledge => view! { <Knowledge /> }.into_any(),
    };

    view! {
        <a class="skip-link" href="#results">{wording.say("page.skip")}</a>
        <header class="masthead">
            <div class="brand">
                <h1>{"steerscope"}</h1>
                <p>{wording.say("page.tagline")}</p>
            </div>
            <div class="masthead-tools">
                <Show when=move || shown.get()>
                    <Export />
                </Show>
                <LanguageChoice />
                <Shortcuts />
            </div>
        </header>
        <Tabs view />
        <main id="main" class:first=first>
            <div class="question" hidden=move || !view.get().is_about_the_incident()>
                <Show when=elsewhere>
                    <QuestionLine unfolded />
                </Show>
                <div id="question-parts" hidden=move || elsewhere() && !unfolded.get()>
                    <Intake />
                    <IncidentForm />
                    <Show when=move || view.get() != View::Timeline>
                        <IncidentBar />
                    </Show>
                </div>
            </div>
            <Reading />
            <Problem />
            <div
                id="results"
                role="tabpanel"
                tabindex="-1"
                aria-labelledby=move || tab_id(view.get())
                data-testid=move || format!("view-{}", view.get().name())
            >
                {panel}
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

/// What was ticked off by hand is in no file yet: the browser asks before it is lost.
fn keep_marks(page: Page) {
    window_event_listener(ev::beforeunload, move |event| {
        if page.has_unsaved_marks() {
            event.prevent_default();
        }
    });
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
            spawn_local(async move { page.take_files(dropped.files().await) });
        }
    });
    window_event_listener(ev::paste, move |event| {
        let Some(transfer) = event.clipboard_data() else { return };
        // Programs put a picture of the copied text beside it; a field takes the text.
        let field = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let field = field.and_then(|target| target.closest("input, textarea").ok().flatten());
        if field.is_some() && !transfer.get_data("text/plain").unwrap_or_default().is_empty() {
            return;
        }
        let pasted = intake::take(&transfer);
        if !pasted.is_empty() {
            event.prevent_default();
            spawn_local(async move { page.take_files(pasted.files().await) });
        }
    });
}
