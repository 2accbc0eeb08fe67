//! What an error text means: pasted text, or a file of messages of which each line is counted. Needs no log.

use leptos::prelude::*;

use super::pause::settled;
use super::table::{Column, Table};
use super::text_file_choice::TextFileChoice;
use super::text_lines::TextLines;
use crate::report::lookup::{Answer as Meaning, Match, MessageTriage};
use crate::web::format;
use crate::web::inquiry::{Answer, Inquiry};

#[component]
pub(super) fn Lookup() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let text = page.lookup_text;
    let typed = settled(move || text.get());
    let meanings = RwSignal::new(None::<Vec<Meaning>>);
    let triage = RwSignal::new(None::<(String, MessageTriage)>);
    // Asked again with each change of text or language.
    Effect::new(move || {
        let (text, language) = (typed.get(), wording.language().code().to_owned());
        if text.trim().is_empty() {
            meanings.set(None);
            return;
        }
        let asked = text.clone();
        page.inquire(Inquiry::Lookup { text, language }, move |answer| {
            if let Answer::Lookup(found) = answer
                && page.lookup_text.with_untracked(|now| *now == asked)
            {
                page.announcement
                    .set(wording.now("page.lookup.found", &[("count", format::count(found.len() as u64))]));
                let _ = meanings.try_set(Some(found));
            }
        });
    });
    let count = move |files: Vec<(String, String)>| {
        let Some((name, text)) = files.into_iter().next() else { return };
        let language = untrack(|| wording.language()).code().to_owned();
        page.inquire(Inquiry::TriageMessages { text, language }, move |answer| {
            if let Answer::Triage(counted) = answer {
                let _ = triage.try_set(Some((name, counted)));
            }
        });
    };
    let answers = move || {
        meanings.get().map(|meanings| {
            if meanings.is_empty() {
                return view! { <p class="empty">{wording.say("page.lookup.nothing")}</p> }.into_any();
            }
            meanings.into_iter().map(|meaning| view! { <MeaningCard meaning /> }).collect_view().into_any()
        })
    };
    view! {
        <section class="lookup panel" aria-labelledby="lookup-title">
            <h2 id="lookup-title">{wording.say("page.lookup.title")}</h2>
            <TextLines id="lookup-text" text label="page.lookup.label" help="page.lookup.help" rows="4" />
            <TextFileChoice
                label="page.lookup.choose"
                help="page.lookup.file"
                test_id="lookup-file"
                accept=".txt,.csv,.log,text/plain,text/csv"
                dropped=page.dropped_messages
                read=count
            />
            <div class="meanings" data-testid="lookup-answers">
                {answers}
            </div>
            {move || triage.get().map(|(name, triage)| view! { <Triage name triage /> })}
        </section>
    }
}

#[component]
fn MeaningCard(meaning: Meaning) -> impl IntoView {
    let wording = super::page().wording;
    let near = meaning.matched == Match::Near;
    let part = |key: &'static str, text: Option<String>| {
        text.filter(|text| !text.is_empty()).map(|text| {
            view! {
                <div>
                    <dt>{wording.say(key)}</dt>
                    <dd>{text}</dd>
                </div>
            }
        })
    };
    let fixes = meaning.fixes.into_iter().map(|fix| view! { <li><code>{fix}</code></li> }).collect::<Vec<_>>();
    let fixes = (!fixes.is_empty()).then(|| view! { <ul class="plain">{fixes}</ul> });
    let references = std::iter::once(meaning.reference).chain(meaning.more_references);
    let references = references
        .filter(|address| address.starts_with("https://"))
        .map(|address| {
            view! {
                <li>
                    <a href=address.clone() target="_blank" rel="noreferrer noopener">
                        {address.clone()}
                    </a>
                </li>
            }
        })
        .collect_view();
    let code = meaning.code.map(|code| view! { <code class="quiet">{code}</code> });
    view! {
        <article class="meaning" class:near=near data-testid="lookup-answer">
            <Show when=move || near>
                <p class="mark">{wording.say("page.lookup.near")}</p>
            </Show>
            <h3>{meaning.title} " " {code}</h3>
            <dl class="parts">
                {part("page.lookup.integration", meaning.integration)}
                {part("page.lookup.actor", meaning.actor)}
                {part("page.lookup.status", meaning.status)}
                {part("page.lookup.cause", Some(meaning.cause))}
                {part("page.lookup.remedy", Some(meaning.remedy))}
                {part("page.lookup.hint", meaning.hint)}
                {part("page.lookup.unverified", meaning.unverified)}
            </dl>
            {fixes}
            <ul class="references">{references}</ul>
        </article>
    }
}

#[component]
fn Triage(name: String, triage: MessageTriage) -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let summary = {
        let arguments = [
            ("name", name),
            ("messages", format::count(triage.messages as u64)),
            ("unknown", format::count(triage.unknown as u64)),
        ];
        move || wording.filled("page.lookup.triage", &arguments)
    };
    let rows = triage
        .counts
        .into_iter()
        .map(|count| {
            let title = count.title.clone();
            let lines = numbers(&count.lines);
            view! {
                <tr data-testid="triage-row">
                    <td class="number">{format::count(count.count as u64)}</td>
                    <th scope="row">
                        <button type="button" class="link" on:click=move |_| page.lookup_text.set(title.clone())>
                            {count.title.clone()}
                        </button>
                    </th>
                    <td>{count.integration}</td>
                    <td>{lines}</td>
                </tr>
            }
        })
        .collect_view();
    let unknown = triage
        .examples
        .into_iter()
        .map(|message| {
            view! {
                <tr data-testid="triage-unknown">
                    <td class="number">{message.line}</td>
                    <td>
                        <code>{format::visible(&message.text)}</code>
                    </td>
                </tr>
            }
        })
        .collect::<Vec<_>>();
    let unknown = (!unknown.is_empty()).then(|| {
        view! {
            <h3>{wording.say("page.lookup.unknown")}</h3>
            <Table
                label="page.lookup.unknown"
                head=vec![Column::Number("page.lookup.line"), Column::Text("page.lookup.text")]
            >
                <tbody>{unknown}</tbody>
            </Table>
        }
    });
    let head = vec![
        Column::Number("page.lookup.count"),
        Column::Text("page.lookup.message"),
        Column::Text("page.lookup.integration"),
        Column::Text("page.lookup.lines"),
    ];
    view! {
        <div class="triage" data-testid="lookup-triage">
            <h3>{summary}</h3>
            <Table label="page.lookup.counts" head>
                <tbody>{rows}</tbody>
            </Table>
            {unknown}
        </div>
    }
}

/// The first lines of a message; the count tells of the others.
fn numbers(lines: &[usize]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<String> = lines.iter().take(SHOWN).map(ToString::to_string).collect();
    let more = if lines.len() > SHOWN { ", …" } else { "" };
    shown.join(", ") + more
}
