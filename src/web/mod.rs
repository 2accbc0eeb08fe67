//! The page: only translates between the browser and the core. Compiled with feature `web` only.

pub mod protocol;
pub mod start;
pub mod worker;

use js_sys::{Array, ArrayBuffer};
use leptos::html;
use leptos::mount::mount_to_body;
use leptos::prelude::*;
use leptos::task::spawn_local;
use protocol::{Request, Response};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, MessageEvent, Worker};

/// Puts the page in place of what `www/index.html` shows while it starts.
pub fn mount() {
    console_error_panic_hook::set_once();
    if let Some(starting) = document().get_element_by_id("starting") {
        starting.remove();
    }
    mount_to_body(Page);
}

#[component]
fn Page() -> impl IntoView {
    let worker = start::start_worker();
    let can_read_files = RwSignal::new(None::<bool>);
    let message = RwSignal::new(String::new());
    hear(&worker, move |response| match response {
        Response::Probed { can_read_files: answer } => can_read_files.set(Some(answer)),
        Response::Opened { name, bytes } => message.set(format!("{name}: {bytes} bytes")),
        Response::Failed { sentence } => message.set(sentence),
    });
    if let Some(probe) = worker::probe() {
        ask(&worker, &probe);
    }

    let file_input = NodeRef::<html::Input>::new();
    let open = move |_| {
        let Some(file) = file_input.get().and_then(|input| input.files()).and_then(|files| files.get(0)) else {
            return;
        };
        if can_read_files.get_untracked() == Some(true) {
            ask(&worker, &Request::OpenFile { file });
        } else {
            let worker = worker.clone();
            spawn_local(async move {
                if let Some(request) = read_in_page(&file).await {
                    ask(&worker, &request);
                }
            });
        }
    };

    view! {
        <main>
            <h1>"steerscope"</h1>
            <p><strong>"Nothing"</strong>" leaves this browser."</p>
            <input node_ref=file_input type="file" data-testid="file-input" on:change=open />
            <p data-testid="notice" role="status">{move || message.get()}</p>
        </main>
    }
}

async fn read_in_page(file: &File) -> Option<Request> {
    let bytes = JsFuture::from(file.array_buffer()).await.ok()?.dyn_into::<ArrayBuffer>().ok()?;
    Some(Request::OpenBytes { name: file.name(), bytes })
}

fn hear(worker: &Worker, mut listener: impl FnMut(Response) + 'static) {
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        listener(Response::from_value(event.data()).unwrap_or_else(|error| Response::Failed {
            sentence: format!("The page did not understand its worker: {error}"),
        }));
    });
    worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
}

fn ask(worker: &Worker, request: &Request) {
    let Ok(value) = request.to_value() else { return };
    let transfer = match request {
        Request::OpenBytes { bytes, .. } => Array::of1(bytes),
        Request::Probe { .. } | Request::OpenFile { .. } => Array::new(),
    };
    if let Err(error) = worker.post_message_with_transfer(&value, &transfer) {
        leptos::logging::error!("{}", JsValue::from(error).as_string().unwrap_or_default());
    }
}
