//! The worker's side: a request comes in, responses go out.

use std::cell::Cell;

use js_sys::{Array, Date, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, BlobPropertyBag, DedicatedWorkerGlobalScope, MessageEvent};

use super::desk::{Desk, File, Manner};
use super::file_source::FileSource;
use super::protocol::{self, ChosenFile, Content, Progress, Request, Response};
use crate::bundle::Limits;

/// Milliseconds between two messages about progress: often enough to look alive, seldom enough to cost little, where the
/// screen is drawn by the processor that reads.
const BETWEEN_PROGRESS: f64 = 250.0;
/// Milliseconds of reading from which the rest can be told.
const ENOUGH_TO_TELL: f64 = 1000.0;

/// Answers every request until the page ends this worker.
pub fn listen() {
    console_error_panic_hook::set_once();
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let page = scope.clone();
    let mut desk = Desk::new();
    // What was asked while other readers were waited for.
    let mut kept = Vec::new();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let say = |response: &Response| {
            if let Ok((message, buffers)) = response.to_value() {
                // A page that is gone needs no answer.
                let _ = page.post_message_with_transfer(&message, &buffers);
            }
        };
        let desk = match &mut desk {
            Ok(desk) => desk,
            Err(error) => return say(&Response::Failed { sentence: error.clone() }),
        };
        match Request::from_value(event.data()) {
            Ok(request) if desk.is_waiting() && !matches!(request, Request::Join { .. }) => kept.push(request),
            Ok(request) => {
                let others =
                    if matches!(request, Request::Join { .. }) { std::mem::take(&mut kept) } else { Vec::new() };
                for request in std::iter::once(request).chain(others) {
                    let response = answer(desk, request, &say);
                    response.unwrap_or_else(|sentence| Some(Response::Failed { sentence })).iter().for_each(say);
                }
            }
            Err(error) => say(&Response::Failed { sentence: error.to_string() }),
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
}

/// `None` where the answer follows another request.
fn answer(desk: &mut Desk, request: Request, say: &dyn Fn(&Response)) -> Result<Option<Response>, String> {
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
    let manner = |password, limits: Vec<String>| {
        let limits = Limits::with(limits.iter().map(String::as_str)).map_err(|error| error.to_string())?;
        Ok::<_, String>(Manner { password, limits })
    };
    Ok(Some(match request {
        Request::Open { files, password, limits, question, readers } => {
            let Ok(files) = files.into_iter().map(source).collect() else { return Ok(Some(Response::ReadByPage)) };
            return desk.open(files, &manner(password, limits)?, &question, readers as usize, &hear);
        }
        Request::ReadShare { files, password, limits, reader, readers } => {
            let Ok(files) = files.into_iter().map(source).collect() else { return Ok(Some(Response::ReadByPage)) };
            let mut pieces = Vec::new();
            let mut give = |piece| pieces.push(protocol::bytes_of(&piece).map(|bytes| bytes.buffer()));
            let of = (reader as usize, readers as usize);
            desk.read_share(files, &manner(password, limits)?, of, &mut give, &hear)?;
            let pieces = pieces.into_iter().collect::<Result<_, _>>().map_err(|error| error.to_string())?;
            Response::Portion { pieces }
        }
        Request::Join { pieces, complete } => {
            let pieces = complete.then(|| pieces.iter().map(|piece| protocol::value_of(&Uint8Array::new(piece)).ok()));
            return desk.join(pieces, &hear);
        }
        Request::Rank { question } => desk.answer(&question)?,
        Request::ReadLines { number } => desk.lines(number),
        Request::Ask { ticket, inquiry } => Response::Answered { ticket, answer: desk.inquire(inquiry) },
        Request::Export { format, redacted, marks } => {
            let (pieces, mut problem) = (Array::new(), None);
            desk.export(format, redacted, marks, &mut |piece| {
                // Each as a blob, which the browser keeps where it likes.
                match blob_of(&Array::of1(&Uint8Array::from(piece.as_bytes())), "") {
                    Ok(piece) => _ = pieces.push(&piece),
                    Err(error) => problem = Some(error),
                }
            })?;
            let content = problem.map_or_else(|| blob_of(&pieces, format.media_type()), Err);
            Response::Exported { format, content: Some(content.map_err(|error| format!("{error:?}"))?) }
        }
    }))
}

fn blob_of(parts: &Array, media_type: &str) -> Result<Blob, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    Blob::new_with_blob_sequence_and_options(parts, &options)
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
