//! Tries entries out on the log before anybody types them into the console.

use leptos::prelude::*;

use super::fold::Fold;
use super::pause::settled;
use super::table::{Column, Table};
use super::text_lines::TextLines;
use crate::advice::what_if::{Change, WhatIf};
use crate::report::Suggestion;
use crate::web::format;
use crate::web::inquiry::{Answer, Inquiry, WhatIfAnswer};

/// Rows that are made; an entry that changes more is too wide anyway.
const SHOWN: usize = 100;

#[component]
pub(super) fn WhatIfField(suggestions: Vec<Suggestion>) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let text = page.what_if_text;
    let typed = settled(move || text.get());
    let answer = page.what_if_answer;
    Effect::new(move || {
        let typed = typed.get();
        let entries: Vec<String> = entries(&typed);
        if entries.is_empty() {
            answer.set(None);
            return;
        }
        let language = wording.language().code().to_owned();
        let incident = page.incident.get_untracked();
        page.inquire(Inquiry::WhatIf { entries, incident, language }, move |replayed| {
            if let Answer::WhatIf(replayed) = replayed
                && page.what_if_text.with_untracked(|now| *now == typed)
            {
                answer.set(Some(replayed));
            }
        });
    });
    let offers = move || {
        let suggestions = suggestions.iter().cloned();
        suggestions
            .filter(|suggestion| !suggestion.entries.is_empty())
            .map(|suggestion| {
                let Suggestion { title, remedy, entries, process, .. } = suggestion;
                let process = process.map(|process| format!("@{process}")).unwrap_or_default();
                let typed: Vec<String> = entries.iter().map(|entry| format!("{remedy}:{entry}{process}")).collect();
                view! {
                    <button type="button" data-testid="what-if-offer" on:click=move |_| text.set(typed.join("\n"))>
                        {title}
                    </button>
                }
            })
            .collect_view()
    };
    view! {
        <Fold
            id="what-if".to_owned()
            open=text.with_untracked(|text| !text.is_empty())
            class="what-if"
            test_id="what-if"
            summary=wording.say("page.what_if.title")
        >
            <div class="offers" role="group" aria-label=wording.say("page.what_if.offers")>
                {offers.clone()}
            </div>
            <TextLines id="what-if-text" text label="page.what_if.label" help="page.what_if.help" rows="3" />
            <div aria-live="polite" data-testid="what-if-answer">
                {move || answer.get().map(|answer| view! { <Replayed answer /> })}
            </div>
        </Fold>
    }
}

#[component]
fn Replayed(answer: WhatIfAnswer) -> impl IntoView {
    let refused =
        answer.refused.into_iter().map(|sentence| view! { <p class="field-error">{sentence}</p> }).collect_view();
    view! {
        {refused}
        {answer.changes.map(|changes| view! { <Changes changes /> })}
    }
}

#[component]
fn Changes(changes: WhatIf) -> impl IntoView {
    let wording = super::page().wording;
    let flows = format::count(changes.flows_changed);
    let lists = [
        ("page.what_if.needlessly", "needlessly", changes.freed_needlessly),
        ("page.what_if.redundant", "redundant", changes.redundant),
        ("page.what_if.never_hit", "never-hit", changes.never_hit),
        ("page.what_if.existing_too_broad", "existing-too-broad", changes.existing_too_broad),
        ("page.what_if.existing_redundant", "existing-redundant", changes.existing_redundant),
        ("page.what_if.existing_never_hit", "existing-never-hit", changes.existing_never_hit),
    ];
    let lists = lists.map(|(key, name, list)| {
        (!list.is_empty()).then(|| {
            let list = list.into_iter().map(|text| view! { <li><code>{text}</code></li> }).collect_view();
            view! {
                <div class="part" data-testid=format!("what-if-{name}")>
                    <h5>{wording.say(key)}</h5>
                    <ul class="plain">{list}</ul>
                </div>
            }
        })
    });
    let further = changes.hosts.len().saturating_sub(SHOWN) as u64;
    let rows = changes
        .hosts
        .into_iter()
        .take(SHOWN)
        .map(|Change { host, process, flows, before, after }| {
            view! {
                <tr data-testid="what-if-change">
                    <th scope="row" class="host">
                        {format::visible(&host)}
                    </th>
                    <td>{process.map(|process| format::visible(&process))}</td>
                    <td class="number">{format::count(flows)}</td>
                    <td>{move || wording.word("decision", &before)} " → " {move || wording.word("decision", &after)}</td>
                </tr>
            }
        })
        .collect::<Vec<_>>();
    let head = vec![
        Column::Text("page.aside.host"),
        Column::Text("page.aside.process"),
        Column::Number("page.aside.flows"),
        Column::Text("page.what_if.change"),
    ];
    let table = (!rows.is_empty()).then(|| {
        view! {
            <Table label="page.what_if.changes" head>
                <tbody>{rows}</tbody>
            </Table>
        }
    });
    view! {
        <p>{move || wording.filled("page.what_if.changed", &[("flows", flows.clone())])}</p>
        {lists}
        {table}
        {(further > 0)
            .then(|| view! { <p class="help">{wording.filled("page.what_if.further", &[("count", format::count(further))])}</p> })}
    }
}

/// The lines that hold something.
fn entries(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
