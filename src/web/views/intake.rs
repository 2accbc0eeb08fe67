//! Where the log comes in: a large drop zone at first, one line once a log was opened.

use leptos::prelude::*;

use super::file_choice::FileButton;
use crate::web::page::{Page, Stage};

/// Of more names than these only the number is told.
const MOST_NAMES: usize = 3;

/// A saved report holds the sentences of one language.
fn saved(page: Page) -> String {
    let wording = page.wording;
    let written = page.report.with(|report| report.as_ref().map(|report| report.language.clone())).unwrap_or_default();
    let sentence = wording.text("page.intake.saved");
    if written == wording.language().code() {
        return sentence;
    }
    let language = wording.word("language_name", &written);
    format!("{sentence} {}", wording.filled("page.intake.saved_language", &[("language", language)]))
}

#[component]
pub(super) fn Intake() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let first = move || page.stage.with(|stage| *stage == Stage::First);
    let title = move || {
        if first() { wording.text("page.intake.drop") } else { wording.text("page.intake.title") }
    };
    let about = move || {
        if page.saved.get() {
            return saved(page);
        }
        if first() {
            return wording.text("page.intake.formats");
        }
        let names = page.file_names.get();
        let more = names.len().saturating_sub(MOST_NAMES);
        let more = (more > 0).then(|| format!("+ {more}"));
        let shown = names.into_iter().take(MOST_NAMES).chain(more).collect::<Vec<_>>().join(", ");
        wording.filled("page.intake.opened", &[("names", shown)])
    };
    let choose = move || {
        if first() { wording.text("page.intake.choose") } else { wording.text("page.intake.another") }
    };

    view! {
        <section class="intake" aria-labelledby="intake-title" data-testid="intake">
            <h2 id="intake-title">{title}</h2>
            <p class="about">{about}</p>
            <div class="actions">
                <FileButton
                    label=Signal::derive(choose)
                    test_id="file-input"
                    primary=Signal::derive(first)
                    chosen=move |files| page.open(files)
                />
                <Show when=first>
                    <FileButton
                        label=Signal::derive(wording.say("page.intake.choose_folder"))
                        test_id="folder-input"
                        folder=true
                        chosen=move |files| page.open(files)
                    />
                    <Show when=move || page.has_example.get()>
                        <button type="button" data-testid="example" on:click=move |_| page.open_example()>
                            {wording.say("page.intake.example")}
                        </button>
                    </Show>
                </Show>
            </div>
        </section>
    }
}
