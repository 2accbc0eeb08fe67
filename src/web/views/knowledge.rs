//! What the program knows messages by, and what of this log it does not know; a dropped file of shapes is tried at once.

use leptos::prelude::*;

use super::evidence::EvidenceLines;
use super::search_field::SearchField;
use super::table::{Column, More, Table};
use super::text_file_choice::TextFileChoice;
use crate::report::UnknownMessage;
use crate::report::catalogue::{Catalogue, MessageShape};
use crate::web::inquiry::{Answer, Inquiry};
use crate::web::{focus, format};

const PORTION: usize = 30;

#[component]
pub(super) fn Knowledge() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let catalogue = RwSignal::new(None::<Catalogue>);
    // Counts change with the log, shapes with what was dropped.
    Effect::new(move || {
        page.report.track();
        page.knowledge.track();
        page.inquire(Inquiry::Catalogue, move |answer| {
            if let Answer::Catalogue(known) = answer {
                let _ = catalogue.try_set(Some(known));
            }
        });
    });
    let sizes = move || {
        catalogue.get().map(|known| {
            let arguments = [
                ("messages", format::count(known.messages.len() as u64)),
                ("vendors", format::count(known.vendor_rows as u64)),
                ("tools", format::count(known.tools as u64)),
                ("errors", format::count(known.error_texts as u64)),
            ];
            wording.filled("page.knowledge.sizes", &arguments)
        })
    };
    let unknown =
        move || page.report.get().map(|report| view! { <Unknown messages=report.unknown_messages.clone() /> });
    view! {
        <section class="knowledge panel" aria-labelledby="knowledge-title">
            <h2 id="knowledge-title">{wording.say("page.knowledge.title")}</h2>
            <p>{sizes}</p>
            <Added />
            {unknown}
            {move || catalogue.get().map(|known| view! { <Shapes shapes=known.messages /> })}
        </section>
    }
}

/// The files that were added here, and the place to add one.
#[component]
fn Added() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let refused = RwSignal::new(Vec::<(String, String)>::new());
    let add = move |files: Vec<(String, String)>| {
        let name = files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        page.add_knowledge(files, move |problems| {
            if problems.is_empty() {
                page.announcement.set(wording.now("page.knowledge.added", &[("name", name)]));
            }
            let _ = refused.try_set(problems);
        });
    };
    // The parser speaks English, as the format does.
    let told = move |(name, what): (String, String)| {
        view! {
            <p class="field-error">{move || wording.filled("page.knowledge.refused", &[("name", name.clone())])}</p>
            <pre class="refusal">{what}</pre>
        }
    };
    let files = move || {
        page.knowledge.with(|files| {
            let names = files.iter().map(|(name, _)| name.clone());
            names
                .map(|name| {
                    let dropped = name.clone();
                    view! {
                        <li>
                            <code>{name.clone()}</code>
                            " "
                            <button
                                type="button"
                                on:click=move |_| {
                                    page.drop_knowledge(&dropped);
                                    focus::keep(["button:has(+ [data-testid='knowledge-file'])".to_owned()]);
                                }
                            >
                                {wording.say("page.knowledge.remove")}
                            </button>
                        </li>
                    }
                })
                .collect_view()
        })
    };
    view! {
        <TextFileChoice
            label="page.knowledge.add"
            help="page.knowledge.add_help"
            test_id="knowledge-file"
            accept=".toml"
            several=true
            dropped=page.dropped_knowledge
            read=add
        />
        <ul class="plain">{files}</ul>
        <div role="alert" data-testid="knowledge-refused">
            {move || refused.get().into_iter().map(told).collect_view()}
        </div>
    }
}

/// Messages of this log without a shape, by the source file that writes them.
#[component]
fn Unknown(messages: Vec<UnknownMessage>) -> impl IntoView {
    let wording = super::page().wording;
    let none = messages.is_empty().then(|| view! { <p class="empty">{wording.say("page.knowledge.none_unknown")}</p> });
    let mut files: Vec<(String, Vec<UnknownMessage>)> = Vec::new();
    for message in messages {
        match files.iter_mut().find(|(file, _)| *file == message.source_file) {
            Some((_, messages)) => messages.push(message),
            None => files.push((message.source_file.clone(), vec![message])),
        }
    }
    let groups = files
        .into_iter()
        .map(|(file, messages)| {
            let sum = format::count(messages.iter().map(|message| message.count).sum());
            let rows = messages
                .into_iter()
                .map(|message| {
                    view! {
                        <tr data-testid="unknown-message">
                            <td class="number">{format::count(message.count)}</td>
                            <td>
                                <code>{message.template}</code>
                                <EvidenceLines evidence=vec![message.first] sample=true />
                            </td>
                        </tr>
                    }
                })
                .collect_view();
            view! {
                <tbody>
                    <tr>
                        <td class="number">{sum}</td>
                        <th scope="rowgroup">
                            <code>{file}</code>
                        </th>
                    </tr>
                    {rows}
                </tbody>
            }
        })
        .collect::<Vec<_>>();
    let table = (!groups.is_empty()).then(|| {
        view! {
            <Table
                label="page.knowledge.unknown"
                head=vec![Column::Number("page.knowledge.records"), Column::Text("page.knowledge.template")]
            >
                {groups}
            </Table>
        }
    });
    view! {
        <h3>{wording.say("page.knowledge.unknown")}</h3>
        {none}
        {table}
    }
}

#[component]
fn Shapes(shapes: Vec<MessageShape>) -> impl IntoView {
    let wording = super::page().wording;
    let mut shapes = shapes;
    // What this log holds comes first; the others keep the order in which they are tried.
    shapes.sort_by_key(|shape| std::cmp::Reverse(shape.records));
    let shapes = StoredValue::new(shapes);
    let filter = RwSignal::new(String::new());
    let limit = RwSignal::new(PORTION);
    let matching = Memo::new(move |_| {
        let filter = filter.get();
        shapes.with_value(|shapes| {
            let fits = |shape: &MessageShape| format::matches(&filter, &[&shape.name, &shape.event, &shape.sample]);
            (0..shapes.len()).filter(|number| fits(&shapes[*number])).collect::<Vec<_>>()
        })
    });
    let rows = move || {
        matching.with(|numbers| {
            shapes.with_value(|shapes| {
                let shown = numbers.iter().take(limit.get()).filter_map(|number| shapes.get(*number).cloned());
                shown.map(|shape| view! { <ShapeRow shape /> }).collect_view()
            })
        })
    };
    let head = vec![
        Column::Text("page.knowledge.shape"),
        Column::Text("page.knowledge.event"),
        Column::Number("page.knowledge.records"),
        Column::Text("page.knowledge.known"),
        Column::Text("page.knowledge.sample"),
    ];
    view! {
        <h3>{wording.say("page.knowledge.shapes")}</h3>
        <SearchField
            label="page.configuration.filter"
            test_id="shape-filter"
            text=filter
            typed=move |text| filter.set(text)
        />
        <Table label="page.knowledge.shapes" head>
            <tbody>{rows}</tbody>
        </Table>
        <More limit portion=PORTION rows=Signal::derive(move || matching.with(Vec::len)) />
    }
}

#[component]
fn ShapeRow(shape: MessageShape) -> impl IntoView {
    let wording = super::page().wording;
    let grade = format!("page.grade.{}", shape.grade);
    view! {
        <tr data-testid="shape">
            <th scope="row">
                <code>{shape.name}</code>
            </th>
            <td class="word">
                <code>{shape.event}</code>
            </td>
            <td class="number">{format::count(shape.records)}</td>
            <td class="word">{move || wording.text(&grade)}</td>
            <td>
                <code class="sample">{shape.sample}</code>
            </td>
        </tr>
    }
}
