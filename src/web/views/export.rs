//! The report as a file, with or without the names in it.

use leptos::prelude::*;

use super::dialog::Dialog;
use super::table::{Column, Table};
use crate::report::redact::Replacement;
use crate::web::format;
use crate::web::inquiry::{Answer, Inquiry};
use crate::web::protocol::ExportFormat;

#[component]
pub(super) fn Export() -> impl IntoView {
    let page = super::page();
    let open = RwSignal::new(false);
    let begin = move |_| {
        page.export_said.set(String::new());
        open.set(true);
    };
    view! {
        <button type="button" data-testid="export" on:click=begin>
            {page.wording.say("page.export.open")}
        </button>
        <Dialog open title="page.export.title" test_id="export-dialog">
            <Choices />
        </Dialog>
    }
}

#[component]
fn Choices() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let saved = page.saved;
    // What was saved before holds no log whose names could be found.
    let redact = RwSignal::new(!saved.get_untracked());
    let choices = ExportFormat::ALL
        .into_iter()
        // Of a saved report there are no flows.
        .filter(|format| !(saved.get_untracked() && *format == ExportFormat::FlowsCsv))
        .map(|format| {
            let name = format.id();
            view! {
                <li>
                    <button
                        type="button"
                        data-testid=format!("export-{name}")
                        on:click=move |_| page.export(format, redact.get_untracked())
                    >
                        {move || wording.text(&format!("page.export.{name}"))}
                    </button>
                    <span class="help">{move || wording.text(&format!("page.export.{name}_for"))}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <Show
            when=move || !saved.get()
            fallback=move || view! { <p class="help">{wording.say("page.export.saved_as_is")}</p> }
        >
            <label class="check">
                <input
                    type="checkbox"
                    data-testid="redact"
                    prop:checked=redact
                    on:change=move |event| redact.set(event_target_checked(&event))
                />
                <span>{wording.say("page.export.redact")}</span>
            </label>
        </Show>
        <Show when=move || redact.get()>
            <Preview />
        </Show>
        <ul class="formats">{choices}</ul>
        // Also announced.
        <p class="said" data-testid="export-said">{page.export_said}</p>
    }
}

/// What stands for what, before anything is saved.
#[component]
fn Preview() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let replacements = RwSignal::new(None::<Vec<Replacement>>);
    page.inquire(Inquiry::Redaction, move |answer| {
        if let Answer::Redaction(found) = answer {
            let _ = replacements.try_set(Some(found));
        }
    });
    let rows = move || {
        replacements.get().map(|replacements| {
            if replacements.is_empty() {
                return view! { <p class="empty">{wording.say("page.export.nothing_to_redact")}</p> }.into_any();
            }
            let rows = replacements
                .into_iter()
                .map(|Replacement { original, pseudonym }| {
                    view! {
                        <tr data-testid="replacement">
                            <th scope="row" class="host">
                                {format::visible(&original)}
                            </th>
                            <td>
                                <code>{pseudonym}</code>
                            </td>
                        </tr>
                    }
                })
                .collect_view();
            view! {
                <Table
                    label="page.export.preview"
                    head=vec![Column::Text("page.export.original"), Column::Text("page.export.pseudonym")]
                    class="table-frame preview"
                >
                    <tbody>{rows}</tbody>
                </Table>
            }
            .into_any()
        })
    };
    view! {
        <p class="help">{wording.say("page.export.redact_help")}</p>
        <div data-testid="redaction" aria-live="polite">
            {rows}
        </div>
    }
}
