//! When it broke, how sure that is, and what was used. Every change ranks again.

use leptos::prelude::*;

use super::comparison::HealthyLog;
use super::fold::Fold;
use crate::incident::IncidentError;
use crate::report::CandidateMoment;
use crate::web::incident_words::WITHIN;
use crate::web::page::Page;
use crate::web::scale;
use crate::web::{focus, format};

#[component]
pub(super) fn IncidentForm() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let error = Memo::new(move |_| {
        let refused = page.incident.with(|words| words.incident().err())?;
        Some(match refused {
            IncidentError::Time(text) => wording.filled("page.incident.bad_time", &[("text", text)]),
            IncidentError::Duration(text) => wording.filled("page.incident.bad_within", &[("text", text)]),
            IncidentError::Order { at, until } => {
                wording.filled("page.incident.bad_order", &[("at", at), ("until", until)])
            }
        })
    });
    view! {
        <section class="incident" aria-labelledby="incident-title" data-testid="incident">
            <h2 id="incident-title">{wording.say("page.incident.title")}</h2>
            <fieldset class="fields" disabled=page.saved>
                <div class="field at">
                    <label for="incident-at">{wording.say("page.incident.at")}</label>
                    <input
                        id="incident-at"
                        data-testid="incident-at"
                        type="text"
                        autocomplete="off"
                        spellcheck="false"
                        placeholder="2025-11-06 15:34"
                        aria-describedby="incident-at-help incident-at-error"
                        aria-invalid=move || error.with(Option::is_some).to_string()
                        prop:value=move || page.incident.with(|words| words.at.clone())
                        on:input=move |event| page.type_incident(|words| words.at = event_target_value(&event))
                    />
                    <p id="incident-at-help" class="help">{wording.say("page.incident.at_help")}</p>
                    <p id="incident-at-error" class="field-error" data-testid="incident-error" aria-live="polite">
                        {move || error.get()}
                    </p>
                </div>
                <div class="field within">
                    <label for="incident-within">{wording.say("page.incident.within")}</label>
                    <select
                        id="incident-within"
                        data-testid="incident-within"
                        prop:value=move || page.incident.with(|words| words.within.clone())
                        on:change=move |event| {
                            page.change_incident(|words| words.within = event_target_value(&event));
                        }
                    >
                        {WITHIN
                            .map(|choice| {
                                view! {
                                    <option value=choice>
                                        {move || wording.text(&format!("page.within.{choice}"))}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                </div>
                <div class="field hint">
                    <label for="incident-hint">{wording.say("page.incident.hint")}</label>
                    <input
                        id="incident-hint"
                        data-testid="incident-hint"
                        type="text"
                        autocomplete="off"
                        spellcheck="false"
                        aria-describedby="incident-hint-help"
                        placeholder=wording.say("page.incident.hint_example")
                        prop:value=move || page.incident.with(|words| words.hint.clone())
                        on:input=move |event| page.type_incident(|words| words.hint = event_target_value(&event))
                    />
                    <p id="incident-hint-help" class="help">{wording.say("page.incident.hint_help")}</p>
                </div>
                <HealthyLog />
            </fieldset>
            {move || {
                page.report.get().map(|report| view! { <Moments moments=report.incident.candidate_moments.clone() /> })
            }}
            {move || {
                window_sentence(page).map(|sentence| view! { <p class="window" data-testid="incident-window">{sentence}</p> })
            }}
        </section>
    }
}

/// The stretch of time that the report is about, and who said so.
pub(super) fn window_sentence(page: Page) -> Option<String> {
    let wording = page.wording;
    let incident = page.report.get()?.incident.clone();
    let (Some(from), Some(to)) = (&incident.from, &incident.to) else {
        return Some(wording.text("page.incident.window_none"));
    };
    let arguments = [("from", format::time(from)), ("to", format::end_time(from, to))];
    Some(match incident.source.as_str() {
        "given" => wording.filled("page.incident.window_given", &arguments),
        _ if page.saved.get() => wording.filled("page.incident.window_was_inferred", &arguments),
        _ => wording.filled("page.incident.window_inferred", &arguments),
    })
}

/// Where nobody said when: what stands out in the log, to choose from.
#[component]
fn Moments(moments: Vec<CandidateMoment>) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    (!moments.is_empty()).then(|| {
        let choices = move || moments.iter().cloned().filter_map(|moment| choice(page, moment)).collect_view();
        view! {
            <Fold
                id="moments".to_owned()
                class="moments"
                test_id="candidate-moments"
                summary=wording.say("page.incident.moments")
            >
                <ul class="plain">{choices.clone()}</ul>
            </Fold>
        }
    })
}

fn choice(page: Page, moment: CandidateMoment) -> Option<impl IntoView> {
    let (from, to) = (scale::microseconds(&moment.from)?, scale::microseconds(&moment.to)?);
    let span = format::span(&moment.from, &moment.to);
    let choose = move |_| {
        page.mark_incident(from, to);
        // The list leaves with the answer, and the moment stands in the field.
        focus::on_id("incident-at");
    };
    Some(view! {
        <li>
            <button type="button" data-testid="candidate-moment" on:click=choose>
                {span}
            </button>
            " "
            <span class="host">{moment.host}</span>
            " "
            <span class="help">{moment.why}</span>
        </li>
    })
}
