//! The workers that read beside the page's own one: each reads its share of the same files, hands over what it found, and
//! is ended.

use js_sys::ArrayBuffer;
use leptos::prelude::window;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{ErrorEvent, MessageEvent, Worker};

use super::protocol::{ChosenFile, Content, Progress, Request, Response, Role};
use super::start;

/// Bytes of files below which another worker is not worth its start: compressed, some ten times as much text.
const WORTH_IT: f64 = (3 << 20) as f64;
/// Each needs memory, and inflates what stands before its share.
const MOST: f64 = 4.0;

/// How many readers, the page's own worker included, are to read such files.
#[expect(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "a small number from one on")]
pub(super) fn count_for(files: &[ChosenFile]) -> u32 {
    let size = |file: &ChosenFile| match &file.content {
        Content::File(file) => file.size(),
        Content::Bytes(buffer) => f64::from(buffer.byte_length()),
    };
    let bytes: f64 = files.iter().filter(|file| file.role == Role::Incident).map(size).sum();
    if bytes < WORTH_IT { 1 } else { window().navigator().hardware_concurrency().clamp(1.0, MOST) as u32 }
}

#[derive(Default)]
pub(super) struct Readers {
    readers: Vec<Reader>,
}

struct Reader {
    worker: Worker,
    progress: Option<Progress>,
    /// Once it has ended.
    found: Option<Vec<ArrayBuffer>>,
}

/// What became of the others.
pub(super) enum Outcome {
    Underway,
    /// What they found, in the order of their shares.
    Complete(Vec<ArrayBuffer>),
    /// One of them could not read.
    Failed,
}

impl Readers {
    /// Starts a worker that answers `requests`; `heard` gets its number and what it says, nothing if it died.
    pub(super) fn start<'a>(
        &mut self,
        requests: impl Iterator<Item = &'a Request>,
        heard: impl Fn(usize, Option<Response>) + Clone + 'static,
    ) {
        let worker = start::start_worker();
        let number = self.readers.len();
        let died = heard.clone();
        let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            heard(number, Response::from_value(event.data()).ok());
        });
        let on_error = Closure::<dyn Fn(ErrorEvent)>::new(move |_| died(number, None));
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        // As those of the page's own worker.
        on_message.forget();
        on_error.forget();
        for request in requests {
            // A reader that was asked nothing is missed when it is waited for.
            if let Ok(message) = request.to_value() {
                let _ = worker.post_message(&message);
            }
        }
        self.readers.push(Reader { worker, progress: None, found: None });
    }

    /// Takes what a reader said.
    pub(super) fn take(&mut self, number: usize, said: Option<Response>) -> Outcome {
        let Some(reader) = self.readers.get_mut(number) else { return Outcome::Underway };
        match said {
            Some(Response::Progress(progress)) => {
                reader.progress = Some(progress);
                return Outcome::Underway;
            }
            // To the knowledge that it was given before.
            Some(Response::Answered { .. }) => return Outcome::Underway,
            Some(Response::Portion { pieces }) => {
                // Its memory is free for the others.
                reader.end();
                reader.found = Some(pieces);
            }
            _ => {
                self.end();
                return Outcome::Failed;
            }
        }
        if self.readers.iter().any(|reader| reader.found.is_none()) {
            return Outcome::Underway;
        }
        let found = self.readers.drain(..).filter_map(|reader| reader.found);
        Outcome::Complete(found.flatten().collect())
    }

    pub(super) fn end(&mut self) {
        self.readers.drain(..).for_each(|reader| reader.end());
    }

    /// What all have read when the page's own worker has read so much.
    pub(super) fn together(&self, own: Progress) -> Progress {
        let others = || self.readers.iter().map(|reader| reader.progress.as_ref());
        Progress {
            bytes: own.bytes + others().flatten().map(|progress| progress.bytes).sum::<u64>(),
            records: own.records + others().flatten().map(|progress| progress.records).sum::<u64>(),
            // Known when all have begun.
            total: others()
                .try_fold(own.total, |sum, other| Some(sum.zip(other?.total).map(|(sum, more)| sum + more)))
                .flatten(),
            ..own
        }
    }
}

impl Reader {
    /// What it said before arrives nowhere.
    fn end(&self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}
