//! One suspect: why it is suspect, point by point, and beside it what to do.

use leptos::prelude::*;

use super::copy_button::CopyButton;
use super::evidence::EvidenceLines;
use super::facts::fact_list;
use super::suggestions::SuggestionsFor;
use super::what_if::WhatIfField;
use crate::report::{Signal, Suggestion, Suspect};
use crate::web::format;

#[component]
pub(super) fn SuspectDetail(suspect: Suspect, suggestions: Vec<Suggestion>) -> impl IntoView {
    let wording = super::page().wording;
    let confidence = format!("page.suspects.{}", suspect.confidence);
    let is_weak = suspect.confidence == "weak";
    let widest = suspect.signals.iter().map(|signal| signal.points.abs()).fold(0.0, f64::max);
    let reasons = suspect
        .signals
        .into_iter()
        .enumerate()
        .map(|(index, signal)| {
            let process = suspect.process.as_deref().unwrap_or_default();
            let id = format!("{} {} {process}", signal.id, suspect.host);
            view! { <SignalRow signal id widest open={index == 0} /> }
        })
        .collect_view();
    let facts = vec![
        ("page.suspect.process", suspect.process),
        ("page.suspect.service", suspect.service),
        ("page.suspect.domain", suspect.registrable_domain),
        ("page.suspect.onset", Some(format::time(&suspect.onset))),
        ("page.suspect.in_window", Some(format::count(suspect.flows_in_window))),
        ("page.suspect.outside", Some(format::count(suspect.flows_outside))),
        ("page.suspect.score", Some(format::decimal(suspect.score, 1))),
    ];
    let configured = (!suspect.configured.is_empty()).then(|| {
        let sentences = suspect.configured.into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect_view();
        view! {
            <h3>{wording.say("page.suspect.configured")}</h3>
            <ul class="plain" data-testid="configured">{sentences}</ul>
        }
    });
    let page = super::page();
    let tried = (!page.saved.get_untracked()).then(|| view! { <WhatIfField suggestions=suggestions.clone() /> });
    view! {
        <section id="suspect-detail" class="detail" aria-labelledby="detail-title" data-testid="suspect-detail">
            <div class="why">
                <div class="detail-head">
                    <h2 id="detail-title" class="host" data-testid="suspect-host">{suspect.host.clone()}</h2>
                    <CopyButton text=suspect.host />
                </div>
                <p class="verdict">
                    <span class=format!("confidence {}", suspect.confidence)>{move || wording.text(&confidence)}</span>
                    " "
                    {suspect.confidence_says}
                </p>
                {fact_list(wording, move || facts.clone())}
                {configured}
                <h3>{wording.say("page.suspect.why")}</h3>
                <ul class="signals" data-testid="signals">{reasons}</ul>
            </div>
            <div class="fix-column">
                <SuggestionsFor rank=suspect.rank is_weak suggestions />
                {tried}
            </div>
        </section>
    }
}

#[component]
fn SignalRow(signal: Signal, id: String, widest: f64, open: bool) -> impl IntoView {
    let wording = super::page().wording;
    let points = format::points(signal.points);
    let spoken = points.clone();
    view! {
        <li class:against={signal.points < 0.0} data-testid="signal">
            <p class="says">{format::sentence(&signal.says)}</p>
            <p class="points">
                <span class="track" aria-hidden="true">
                    <span class="bar" style:width=format::share(signal.points, widest)></span>
                </span>
                <span aria-hidden="true">{points}</span>
                <span class="visually-hidden">
                    {move || wording.filled("page.suspect.points", &[("points", spoken.clone())])}
                </span>
            </p>
            <EvidenceLines evidence=signal.evidence id open />
        </li>
    }
}
