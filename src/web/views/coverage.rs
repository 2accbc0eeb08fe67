//! What the log can answer for: its span, level, silent stretches, and every member of the bundle.

use leptos::prelude::*;

use super::facts::fact_list;
use super::reading_limits::ReadingLimits;
use crate::report::{BundleSummary, CoverageSummary, MemberSummary};
use crate::web::format;

#[component]
pub(super) fn Coverage() -> impl IntoView {
    let page = super::page();
    move || {
        page.report.get().map(|report| {
            let (coverage, bundles) = (report.coverage.clone(), report.bundles.clone());
            view! { <Shown coverage bundles again=report.collect_again.clone() /> }
        })
    }
}

#[component]
fn Shown(coverage: CoverageSummary, bundles: Vec<BundleSummary>, again: Vec<String>) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let days = (coverage.days.len() > 1).then(|| {
        let days = coverage.days.iter().map(|day| {
            let (date, records) = (day.date.clone(), day.records);
            let day = move || {
                let arguments = [("date", format::date_and_weekday(&date)), ("count", format::count(records))];
                wording.filled("page.coverage.day", &arguments)
            };
            view! { <li>{day}</li> }
        });
        view! {
            <h3>{wording.say("page.coverage.days")}</h3>
            <ul>{days.collect_view()}</ul>
        }
    });
    let again = (!again.is_empty()).then(|| {
        let steps = again.into_iter().map(|step| view! { <li>{step}</li> }).collect_view();
        view! {
            <h3>{wording.say("page.coverage.again")}</h3>
            <ol data-testid="collect-again">{steps}</ol>
        }
    });
    let partly =
        bundles.iter().flat_map(|bundle| &bundle.members).any(|member| member.read == "partly" && member.records > 0);
    let judgement = match (coverage.judgement.as_str(), partly) {
        ("ok", false) => "page.coverage.ok",
        ("ok", true) => "page.coverage.partly",
        _ => "page.coverage.cannot_judge",
    };
    let span = coverage.first.zip(coverage.last).map(|(first, last)| format::span(&first, &last));
    let level = coverage.level;
    let facts = move || {
        let level = level.as_deref().map(|level| wording.word("level", level));
        vec![("page.coverage.log_span", span.clone()), ("page.coverage.level", level)]
    };
    let reasons = coverage.reasons.into_iter().map(|reason| view! { <li>{reason}</li> }).collect_view();
    let gaps = (!coverage.gaps.is_empty()).then(|| {
        let gaps = coverage
            .gaps
            .into_iter()
            .map(|gap| {
                let arguments = [("from", format::time(&gap.from)), ("to", format::end_time(&gap.from, &gap.to))];
                view! { <li>{move || wording.filled("page.coverage.span", &arguments)}</li> }
            })
            .collect_view();
        view! {
            <h3>{wording.say("page.coverage.gaps")}</h3>
            <ul>{gaps}</ul>
        }
    });
    let members = bundles
        .into_iter()
        .flat_map(|bundle| bundle.members)
        .map(|member| view! { <MemberRow member /> })
        .collect_view();
    view! {
        <section class="coverage" aria-labelledby="coverage-title" data-testid="coverage">
            <h2 id="coverage-title">{wording.say("page.coverage.title")}</h2>
            <p><strong>{wording.say(judgement)}</strong></p>
            <ul>{reasons}</ul>
            {fact_list(wording, facts)}
            {again}
            {gaps}
            {days}
            <div class="table-frame" role="region" tabindex="0" aria-label=wording.say("page.coverage.caption")>
                <table>
                    <caption class="visually-hidden">{wording.say("page.coverage.caption")}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{wording.say("page.coverage.member")}</th>
                            <th scope="col">{wording.say("page.coverage.kind")}</th>
                            <th scope="col">{wording.say("page.coverage.read")}</th>
                            <th scope="col" class="number">{wording.say("page.coverage.records")}</th>
                            <th scope="col" class="number">{wording.say("page.coverage.unrecognised")}</th>
                            <th scope="col">{wording.say("page.coverage.first")}</th>
                            <th scope="col">{wording.say("page.coverage.last")}</th>
                        </tr>
                    </thead>
                    <tbody>{members}</tbody>
                </table>
            </div>
            <Show when=move || !page.saved.get()>
                <ReadingLimits />
            </Show>
        </section>
    }
}

#[component]
fn MemberRow(member: MemberSummary) -> impl IntoView {
    let wording = super::page().wording;
    let kind = format!("page.kind.{}", member.kind);
    let read = format!("page.read.{}", member.read);
    let why = member.why.map(|why| view! { <span class="why-not">{why}</span> });
    let time = |time: Option<String>| time.as_deref().map(format::time);
    // A file that is no log has no records to count.
    let count = |count: u64| member.kind.ends_with("_log").then(|| format::count(count));
    let (records, unrecognised) = (count(member.records), count(member.unrecognised_lines));
    view! {
        <tr data-testid="member">
            <th scope="row" class="place">{member.path}</th>
            <td class="word">{move || wording.text(&kind)}</td>
            <td>{move || wording.text(&read)} " " {why}</td>
            <td class="number">{records}</td>
            <td class="number">{unrecognised}</td>
            <td class="time">{time(member.first)}</td>
            <td class="time">{time(member.last)}</td>
        </tr>
    }
}
