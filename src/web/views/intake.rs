//! Where the log comes in: a large drop zone at first, one line once a log was opened.

use leptos::attr::custom::custom_attribute;
use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlInputElement;

use crate::web::intake;
use crate::web::page::Stage;

/// Of more names than these only the number is told.
const MOST_NAMES: usize = 3;

#[component]
pub(super) fn Intake() -> impl IntoView {
    let page = super::page();
    let wording = page.wording;
    let file_input = NodeRef::<html::Input>::new();
    let folder_input = NodeRef::<html::Input>::new();
    let open = move |input: NodeRef<html::Input>| {
        let Some(input) = input.get() else { return };
        let input: HtmlInputElement = input;
        let files = intake::from_list(input.files().as_ref());
        // The same file can be chosen again, for instance after it was mended.
        input.set_value("");
        if !files.is_empty() {
            page.open(files);
        }
    };
    let click = move |input: NodeRef<html::Input>| {
        if let Some(input) = input.get() {
            input.click();
        }
    };
    let first = move || page.stage.with(|stage| *stage == Stage::First);
    let title = move || {
        if first() { wording.text("page.intake.drop") } else { wording.text("page.intake.title") }
    };
    let about = move || {
        if page.saved.get() {
            return wording.text("page.intake.saved");
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

    // Unknown to the macro, known to every browser.
    let folders = custom_attribute("webkitdirectory", true);

    view! {
        <section class="intake" aria-labelledby="intake-title" data-testid="intake">
            <h2 id="intake-title">{title}</h2>
            <p class="about">{about}</p>
            <div class="actions">
                <button type="button" class:primary=first on:click=move |_| click(file_input)>{choose}</button>
                <Show when=first>
                    <button type="button" on:click=move |_| click(folder_input)>
                        {wording.say("page.intake.choose_folder")}
                    </button>
                    <Show when=move || page.has_example.get()>
                        <button type="button" data-testid="example" on:click=move |_| page.open_example()>
                            {wording.say("page.intake.example")}
                        </button>
                    </Show>
                </Show>
            </div>
            // The buttons above open these; a second stop for the keyboard would say the same.
            <input
                node_ref=file_input
                type="file"
                multiple=true
                class="visually-hidden"
                tabindex="-1"
                aria-hidden="true"
                data-testid="file-input"
                on:change=move |_| open(file_input)
            />
            <input
                node_ref=folder_input
                type="file"
                multiple=true
                {..folders}
                class="visually-hidden"
                tabindex="-1"
                aria-hidden="true"
                data-testid="folder-input"
                on:change=move |_| open(folder_input)
            />
        </section>
    }
}
