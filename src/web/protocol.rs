//! What the page and its worker say to each other: two closed enums, carried by `postMessage`.

use js_sys::ArrayBuffer;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use web_sys::{Blob, File};

/// From the page to the worker.
#[derive(Debug, Serialize, Deserialize)]
pub enum Request {
    /// Can this worker read files at all? `WebKit` refuses it to a page opened from `file://`.
    Probe {
        #[serde(with = "serde_wasm_bindgen::preserve")]
        blob: Blob,
    },
    /// A chosen file, unread, for a worker that can read files.
    OpenFile {
        #[serde(with = "serde_wasm_bindgen::preserve")]
        file: File,
    },
    /// A chosen file that the page had to read itself; its buffer is transferred, not copied.
    OpenBytes {
        name: String,
        #[serde(with = "serde_wasm_bindgen::preserve")]
        bytes: ArrayBuffer,
    },
}

/// From the worker to the page.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum Response {
    Probed { can_read_files: bool },
    Opened { name: String, bytes: u32 },
    Failed { sentence: String },
}

impl Request {
    pub fn to_value(&self) -> Result<JsValue, serde_wasm_bindgen::Error> {
        serde_wasm_bindgen::to_value(self)
    }

    pub fn from_value(value: JsValue) -> Result<Self, serde_wasm_bindgen::Error> {
        serde_wasm_bindgen::from_value(value)
    }
}

impl Response {
    pub fn to_value(&self) -> Result<JsValue, serde_wasm_bindgen::Error> {
        serde_wasm_bindgen::to_value(self)
    }

    pub fn from_value(value: JsValue) -> Result<Self, serde_wasm_bindgen::Error> {
        serde_wasm_bindgen::from_value(value)
    }
}
