//! The whole report, in the order in which it is worked through.
//!
//! Of a large log it holds thousands of elements. They are made in steps, the ranking first; a new report takes the place
//! of the one before part by part, so that nothing jumps.

use leptos::prelude::*;

use super::aside::SetAsideHosts;
use super::comparison::Comparison;
use super::findings::Findings;
use super::notices::Notices;
use super::suggestions::GeneralSuggestions;
use super::suspect_detail::SuspectDetail;
use super::suspects::Suspects;
use crate::report::Suggestion;
use crate::web::steps::behind;

#[component]
pub(super) fn Results() -> impl IntoView {
    let page = super::page();
    let report = page.report;
    let for_detail = behind(move || report.get());
    let for_rest = behind(move || for_detail.get());
    let first = Memo::new(move |_| report.get().and_then(|report| page.shown_suspect(&report)));
    let shown = Memo::new(move |_| {
        let report = for_detail.get()?;
        let suspect = page.shown_suspect(&report)?;
        let frees = |suggestion: &&Suggestion| suggestion.suspects.contains(&suspect.rank);
        let suggestions: Vec<_> = report.suggestions.iter().filter(frees).cloned().collect();
        Some((suspect, suggestions))
    });
    let states = move || {
        report.get().map(|report| {
            let general = report.suggestions.iter().filter(|suggestion| suggestion.suspects.is_empty()).cloned();
            view! {
                <Findings findings=report.findings.clone() />
                <GeneralSuggestions suggestions=general.collect() />
            }
        })
    };
    let suspects =
        move || report.get().map(|report| view! { <Suspects suspects=report.suspects.clone() shown=first /> });
    let detail = move || shown.get().map(|(suspect, suggestions)| view! { <SuspectDetail suspect suggestions /> });
    let rest = move || {
        for_rest.get().map(|report| {
            view! {
                <Comparison baseline=report.baseline.clone() verification=report.verification.clone() />
                <SetAsideHosts hosts=report.set_aside.clone() />
                <Notices notices=report.notices.clone() />
            }
        })
    };
    let alone = move || report.with(|report| report.as_ref().is_some_and(|report| report.suspects.is_empty()));
    view! {
        <Show when=move || report.with(Option::is_some)>
            <div class="results" data-testid="results">
                {states}
                <div class="ranking" class:alone=alone>
                    {suspects}
                    {detail}
                </div>
                {rest}
            </div>
        </Show>
    }
}
