//! The worker's side: a request comes in, responses go out.

use std::cell::Cell;

use js_sys::{Array, Date, Uint8Array};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::desk::{Desk, File, Manner};
use super::file_source::FileSource;
use super::protocol::{ChosenFile, Content, Progress, Request, Response};
use crate::bundle::Limits;

/// Milliseconds between two messages about progress: often enough to look alive, seldom enough to cost nothing.
const BETWEEN_PROGRESS: f64 = 100.0;
/// Milliseconds of reading from which the rest can be told.
const ENOUGH_TO_TELL: f64 = 1000.0;

/// Answers every request until the page ends this worker.
pub fn listen() {
    console_error_panic_hook::set_once();
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let page = scope.clone();
    let mut desk = Desk::new();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let say = |response: &Response| {
            if let Ok(value) = response.to_value() {
                // A page that is gone needs no answer.
                let _ = page.post_message_with_transfer(&value, &Array::of1(&value.buffer()));
            }
        };
        let response = match (Request::from_value(event.data()), &mut desk) {
            (Ok(request), Ok(desk)) => answer(desk, request, &say),
            (Err(error), _) => Err(error.to_string()),
            (_, Err(error)) => Err(error.clone()),
        };
        say(&response.unwrap_or_else(|sentence| Response::Failed { sentence }));
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
}

fn answer(desk: &mut Desk, request: Request, say: &dyn Fn(&Response)) -> Result<Response, String> {
    match request {
        Request::Open { files, password, limits, question } => {
            let mut sources = Vec::with_capacity(files.len());
            for file in files {
                match source(file) {
                    Ok(file) => sources.push(file),
                    Err(_) => return Ok(Response::ReadByPage),
                }
            }
            let started = Date::now();
            let last = Cell::new(0.0);
            let hear = |response: Response| match response {
                Response::Progress(progress) => {
                    let now = Date::now();
                    if now - last.get() >= BETWEEN_PROGRESS || progress.ranking {
                        last.set(now);
                        let seconds_left = seconds_left(&progress, now - started);
                        say(&Response::Progress(Progress { seconds_left, ..progress }));
                    }
                }
                response => say(&response),
            };
            let limits = Limits::with(limits.iter().map(String::as_str)).map_err(|error| error.to_string())?;
            desk.open(sources, &Manner { password, limits }, &question, &hear)
        }
        Request::Rank { question } => desk.answer(&question),
        Request::ReadLines { number } => Ok(desk.lines(number)),
        Request::Ask { ticket, inquiry } => Ok(Response::Answered { ticket, answer: desk.inquire(inquiry) }),
        Request::Export { format, redacted, marks } => {
            desk.export(format, redacted, marks).map(|text| Response::Exported { format, text })
        }
    }
}

/// At the pace so far; `None` while that says little.
#[expect(clippy::cast_sign_loss, reason = "neither bytes nor time are negative")]
fn seconds_left(progress: &Progress, milliseconds: f64) -> Option<u64> {
    let left = progress.total?.checked_sub(progress.bytes)?;
    let pace = progress.bytes as f64 / milliseconds;
    (milliseconds >= ENOUGH_TO_TELL && pace > 0.0 && left > 0).then(|| (left as f64 / pace / 1000.0).ceil() as u64)
}

fn source(file: ChosenFile) -> std::io::Result<File> {
    let ChosenFile { name, role, content } = file;
    Ok(match content {
        Content::File(blob) => {
            let source = FileSource::new(blob.into())?;
            source.probe()?;
            File { name, role, source: Box::new(source) }
        }
        Content::Bytes(buffer) => {
            let bytes = Uint8Array::new(&buffer).to_vec();
            File { name, role, source: Box::new(std::io::Cursor::new(bytes)) }
        }
    })
}
