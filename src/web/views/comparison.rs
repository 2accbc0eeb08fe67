//! Other logs beside the opened one: a healthy one to compare with, one taken after the change to verify it.

use leptos::prelude::*;

use super::evidence::EvidenceLines;
use super::file_choice::FileButton;
use crate::report::{BaselineSummary, Verification, VerifiedSuspect};
use crate::web::format;
use crate::web::protocol::Role;

#[component]
pub(super) fn Comparison(baseline: Option<BaselineSummary>, verification: Option<Verification>) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    // A saved report has no log behind it that could be read with another.
    if page.saved.get_untracked() && baseline.is_none() && verification.is_none() {
        return None;
    }
    Some(view! {
        <section class="comparison panel" aria-labelledby="comparison-title" data-testid="comparison">
            <h2 id="comparison-title">{wording.say("page.comparison.title")}</h2>
            <Show when=move || !page.saved.get()>
                <OtherLog
                    role=Role::After
                    title="page.comparison.after"
                    help="page.comparison.after_help"
                    test_id="after-input"
                    remove_id="after-remove"
                />
            </Show>
            {verification.map(|verification| view! { <Verified verification /> })}
            {baseline.map(|baseline| view! { <Differences baseline /> })}
        </section>
    })
}

/// What is asked about the incident holds a place for a log that shows how it is when it works.
#[component]
pub(super) fn HealthyLog() -> impl IntoView {
    let page = super::page();
    view! {
        <Show when=move || page.report.with(Option::is_some) && !page.saved.get()>
            <OtherLog
                role=Role::Baseline
                title="page.comparison.baseline"
                help="page.comparison.baseline_help"
                test_id="baseline-input"
                remove_id="baseline-remove"
            />
        </Show>
    }
}

#[component]
fn OtherLog(
    role: Role,
    title: &'static str,
    help: &'static str,
    test_id: &'static str,
    remove_id: &'static str,
) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let names = move || {
        let of_role = |compared: &Vec<(Role, String)>| {
            compared.iter().filter(|(of, _)| *of == role).map(|(_, name)| name.clone()).collect::<Vec<_>>().join(", ")
        };
        page.compared.with(of_role)
    };
    let opened = move || !names().is_empty();
    view! {
        <div class="other-log">
            <h3>{wording.say(title)}</h3>
            <div class="actions">
                <FileButton
                    label=Signal::derive(wording.say("page.comparison.choose"))
                    test_id
                    chosen=move |files| page.compare(role, files)
                />
                <Show when=opened>
                    <button type="button" data-testid=remove_id on:click=move |_| page.compare(role, Vec::new())>
                        {wording.say("page.comparison.remove")}
                    </button>
                </Show>
            </div>
            <Show when=opened>
                <p class="names">{names}</p>
            </Show>
            <p class="help">{wording.say(help)}</p>
        </div>
    }
}

#[component]
fn Verified(verification: Verification) -> impl IntoView {
    let wording = super::page().wording;
    let name = verification.name.clone();
    let suspects = verification.suspects.into_iter().map(|suspect| view! { <VerifiedRow suspect /> }).collect_view();
    let unneeded = (!verification.unneeded.is_empty()).then(|| {
        let entries = verification.unneeded.into_iter().map(|entry| view! { <li>{entry.says}</li> }).collect_view();
        view! {
            <h4>{wording.say("page.comparison.unneeded")}</h4>
            <ul class="plain" data-testid="unneeded-entries">{entries}</ul>
        }
    });
    view! {
        <div class="verification" data-testid="verification">
            <h3>{move || wording.filled("page.comparison.verified", &[("name", name.clone())])}</h3>
            <p>{verification.says}</p>
            <ul class="plain">{suspects}</ul>
            {unneeded}
        </div>
    }
}

#[component]
fn VerifiedRow(suspect: VerifiedSuspect) -> impl IntoView {
    let process = suspect.process.map(|process| format!(" ({process})")).unwrap_or_default();
    let title = format!("{}. {}{process}", suspect.rank, format::visible(&suspect.host));
    view! {
        <li data-testid="verified-suspect">
            <strong>{title}</strong>
            " "
            {suspect.says}
            " "
            {suspect.next}
            <EvidenceLines evidence=suspect.evidence of=Role::After />
        </li>
    }
}

#[component]
fn Differences(baseline: BaselineSummary) -> impl IntoView {
    let wording = super::page().wording;
    let name = baseline.name.clone();
    let rows = baseline.differences.into_iter().map(|row| view! { <li>{row.text}</li> }).collect_view();
    view! {
        <div data-testid="baseline">
            <h3>{move || wording.filled("page.comparison.compared", &[("name", name.clone())])}</h3>
            <ul class="plain">{rows}</ul>
        </div>
    }
}
