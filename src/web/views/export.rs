//! The report as a file.

use leptos::prelude::*;

use crate::web::protocol::ExportFormat;

#[component]
pub(super) fn Export() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    view! {
        <div class="export" role="group" aria-label=wording.say("page.export.title") data-testid="export">
            <button
                type="button"
                data-testid="export-markdown"
                aria-label=wording.say("page.export.markdown_long")
                on:click=move |_| page.export(ExportFormat::Markdown)
            >
                {wording.say("page.export.markdown")}
            </button>
            <button
                type="button"
                data-testid="export-json"
                aria-label=wording.say("page.export.json_long")
                on:click=move |_| page.export(ExportFormat::Json)
            >
                {wording.say("page.export.json")}
            </button>
        </div>
    }
}
