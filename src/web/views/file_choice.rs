//! A button that opens the browser's own dialog for files: its words are the page's, whatever language the browser speaks.

use leptos::attr::custom::custom_attribute;
use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlInputElement;

use crate::web::intake;
use crate::web::protocol::ChosenFile;

/// Nothing is said when the dialog is left without a choice.
#[component]
pub(super) fn FileButton(
    #[prop(into)] label: Signal<String>,
    test_id: &'static str,
    /// Whole folders instead of files.
    #[prop(optional)]
    folder: bool,
    #[prop(default = true)] several: bool,
    #[prop(default = false.into(), into)] primary: Signal<bool>,
    /// Endings and types that the dialog offers; all without it.
    #[prop(optional)]
    accept: Option<&'static str>,
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
            accept=accept
            multiple={several}
            {..folders}
            class="visually-hidden"
            tabindex="-1"
            aria-hidden="true"
            data-testid=test_id
            on:change=change
        />
    }
}

/// The same file can be chosen again, for instance after it was mended.
fn choose_again(input: &HtmlInputElement) {
    input.set_value("");
}
