//! The whole report, in the order in which it is worked through.

use std::sync::Arc;

use leptos::prelude::*;

use super::aside::SetAsideHosts;
use super::comparison::Comparison;
use super::findings::Findings;
use super::notices::Notices;
use super::suggestions::GeneralSuggestions;
use super::suspect_detail::SuspectDetail;
use super::suspects::Suspects;
use crate::report::{Report, Suggestion};

#[component]
pub(super) fn Results(report: Arc<Report>) -> impl IntoView {
    let page = super::page();
    let for_choice = Arc::clone(&report);
    let shown = Memo::new(move |_| page.shown_suspect(&for_choice));
    let Report { findings, suspects, set_aside, suggestions, notices, baseline, verification, .. } =
        Arc::unwrap_or_clone(report);
    let any_suspect = !suspects.is_empty();
    let general: Vec<_> = suggestions.iter().filter(|suggestion| suggestion.suspects.is_empty()).cloned().collect();
    let detail = move || {
        shown.get().map(|suspect| {
            let frees = |suggestion: &&Suggestion| suggestion.suspects.contains(&suspect.rank);
            let suggestions: Vec<_> = suggestions.iter().filter(frees).cloned().collect();
            view! { <SuspectDetail suspect suggestions /> }
        })
    };
    view! {
        <div class="results" data-testid="results">
            <Findings findings />
            <GeneralSuggestions suggestions=general />
            <div class="ranking" class:alone=!any_suspect>
                <Suspects suspects shown />
                {detail}
            </div>
            <Comparison baseline verification />
            <SetAsideHosts hosts=set_aside />
            <Notices notices />
        </div>
    }
}
