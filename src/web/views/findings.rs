//! States of the device that explain the incident or forbid a ranking; they stand above the suspects.

use leptos::prelude::*;

use super::evidence::EvidenceLines;
use crate::report::Finding;
use crate::web::format;

#[component]
pub(super) fn Findings(findings: Vec<Finding>) -> impl IntoView {
    let wording = super::page().wording;
    let none = findings.is_empty().then(|| view! { <p class="empty">{wording.say("page.findings.none")}</p> });
    let findings = findings.into_iter().map(|finding| view! { <FindingCard finding /> }).collect_view();
    view! {
        <section class="findings" aria-labelledby="findings-title" data-testid="findings">
            <h2 id="findings-title">{wording.say("page.findings.title")}</h2>
            {none}
            <div class="finding-cards">{findings}</div>
        </section>
    }
}

#[component]
fn FindingCard(finding: Finding) -> impl IntoView {
    let wording = super::page().wording;
    let severity = format!("page.findings.{}", finding.severity);
    let span = finding.from.zip(finding.to).map(|(from, to)| {
        let arguments = [("from", format::time(&from)), ("to", format::end_time(&from, &to))];
        view! { <p class="span">{move || wording.filled("page.findings.span", &arguments)}</p> }
    });
    let next_step = finding.next_step.map(|step| {
        view! {
            <p class="next-step">
                <strong>{wording.say("page.findings.next_step")}</strong>
                " "
                {step}
            </p>
        }
    });
    view! {
        <article class=format!("finding {}", finding.severity) data-testid="finding">
            <p class="severity">{move || wording.text(&severity)}</p>
            <h3>{finding.title}</h3>
            {span}
            <p>{format::sentence(&finding.detail)}</p>
            {next_step}
            <EvidenceLines evidence=finding.evidence />
        </article>
    }
}
