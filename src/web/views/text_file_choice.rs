//! A button for small text files, read whole: lists of messages and knowledge, not logs.

use js_sys::Uint8Array;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::file_choice::FileButton;
use crate::bundle::text::readable;
use crate::web::format;
use crate::web::protocol::{ChosenFile, Content};

/// More than a person collects; a log of that size belongs into the drop zone.
const LARGEST: f64 = 16.0 * 1024.0 * 1024.0;

#[component]
pub(super) fn TextFileChoice(
    label: &'static str,
    help: &'static str,
    test_id: &'static str,
    accept: &'static str,
    #[prop(optional)] several: bool,
    /// What was dropped on the page for this.
    dropped: RwSignal<Vec<ChosenFile>, LocalStorage>,
    /// Gets the name and the text of each, all at once.
    read: impl Fn(Vec<(String, String)>) + Copy + 'static,
) -> impl IntoView {
    let wording = super::page().wording;
    let problem = RwSignal::new(None::<String>);
    let take = move |files: Vec<ChosenFile>| {
        problem.set(None);
        spawn_local(async move {
            let mut texts = Vec::new();
            for file in files {
                let Content::File(file) = file.content else { continue };
                let name = format::visible(&file.name());
                match text_of(&file).await {
                    Ok(text) => texts.push((name, text)),
                    Err(reason) => {
                        let arguments = [("name", name), ("reason", reason)];
                        // The view may have gone meanwhile.
                        let _ = problem.try_set(Some(wording.now("page.problem.out_of_reach", &arguments)));
                        return;
                    }
                }
            }
            read(texts);
        });
    };
    Effect::new(move || {
        let files = dropped.get();
        if !files.is_empty() {
            dropped.set(Vec::new());
            take(files);
        }
    });
    view! {
        <div class="file-choice">
            <FileButton label=Signal::derive(wording.say(label)) test_id accept several chosen=take />
            <p class="help">{wording.say(help)}</p>
        </div>
        <div role="alert">
            {move || problem.get().map(|sentence| view! { <p class="field-error">{sentence}</p> })}
        </div>
    }
}

async fn text_of(file: &File) -> Result<String, String> {
    if file.size() > LARGEST {
        return Err("> 16 MB".to_owned());
    }
    let buffer = JsFuture::from(file.array_buffer()).await.map_err(|error| format!("{error:?}"))?;
    Ok(readable(&Uint8Array::new(&buffer).to_vec()))
}
