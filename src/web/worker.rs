//! The worker's side: a request comes in, a response goes out.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Blob, DedicatedWorkerGlobalScope, FileReaderSync, MessageEvent};

use super::protocol::{Request, Response};

/// Answers every request until the page ends this worker.
pub fn listen() {
    console_error_panic_hook::set_once();
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let answering = scope.clone();
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let response = match Request::from_value(event.data()) {
            Ok(request) => answer(request),
            Err(error) => Response::Failed { sentence: format!("The worker did not understand the page: {error}") },
        };
        if let Ok(value) = response.to_value() {
            // A page that is gone needs no answer.
            let _ = answering.post_message(&value);
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
}

fn answer(request: Request) -> Response {
    match request {
        Request::Probe { blob } => Response::Probed { can_read_files: read(&blob).is_some() },
        Request::OpenFile { file } => match read(&file) {
            Some(bytes) => Response::Opened { name: file.name(), bytes: bytes.length() },
            None => Response::Failed { sentence: format!("{} could not be read", file.name()) },
        },
        Request::OpenBytes { name, bytes } => Response::Opened { name, bytes: Uint8Array::new(&bytes).length() },
    }
}

fn read(blob: &Blob) -> Option<Uint8Array> {
    let buffer = FileReaderSync::new().ok()?.read_as_array_buffer(blob).ok()?;
    Some(Uint8Array::new(&buffer))
}

/// One byte to try reading with.
pub fn probe() -> Option<Request> {
    let blob = Blob::new_with_str_sequence(&Array::of1(&"0".into())).ok()?;
    Some(Request::Probe { blob })
}
