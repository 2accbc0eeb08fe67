//! A small text file, whole: lists of messages and knowledge, not logs.

use js_sys::Uint8Array;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use crate::bundle::text::readable;

/// More than a person collects; a log of that size belongs into the drop zone.
const LARGEST: f64 = 16.0 * 1024.0 * 1024.0;

pub(super) async fn text_of(file: &File) -> Result<String, String> {
    if file.size() > LARGEST {
        return Err("> 16 MB".to_owned());
    }
    let buffer = JsFuture::from(file.array_buffer()).await.map_err(|error| format!("{error:?}"))?;
    Ok(readable(&Uint8Array::new(&buffer).to_vec()))
}
