//! Ways to choose files: a button that opens the browser's own dialog, and what an input in sight was given.

use leptos::attr::custom::custom_attribute;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{File, HtmlInputElement};

use crate::web::intake;
use crate::web::protocol::ChosenFile;

/// A button for logs. Nothing is said when the dialog is left without a choice.
#[component]
pub(super) fn FileButton(
    #[prop(into)] label: Signal<String>,
    test_id: &'static str,
    /// Whole folders instead of files.
    #[prop(optional)]
    folder: bool,
    #[prop(default = false.into(), into)] primary: Signal<bool>,
    chosen: impl Fn(Vec<ChosenFile>) + 'static,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let click = move |_| {
        if let Some(input) = input.get() {
            input.click();
        }
    };
    let change = move |_| {
        let Some(input) = input.get() else { return };
        let files = intake::from_list(input.files().as_ref());
        choose_again(&input);
        if !files.is_empty() {
            chosen(files);
        }
    };
    // Unknown to the macro, known to every browser.
    let folders = custom_attribute("webkitdirectory", folder);
    view! {
        <button type="button" class:primary=primary on:click=click>
            {label}
        </button>
        // The button opens it; a second stop for the keyboard would say the same.
        <input
            node_ref=input
            type="file"
            multiple=true
            {..folders}
            class="visually-hidden"
            tabindex="-1"
            aria-hidden="true"
            data-testid=test_id
            on:change=change
        />
    }
}

/// The one file that an input in sight was given.
pub(super) fn chosen_file(event: &web_sys::Event) -> Option<File> {
    let input = event.target()?.dyn_into::<HtmlInputElement>().ok()?;
    let file = input.files().and_then(|files| files.get(0));
    choose_again(&input);
    file
}

/// The same file can be chosen again, for instance after it was mended.
fn choose_again(input: &HtmlInputElement) {
    input.set_value("");
}
