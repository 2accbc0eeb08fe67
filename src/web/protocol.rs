//! What the page and its worker say to each other: two closed enums, carried by `postMessage`.
//!
//! As bytes in postcard's format: made and read without a call into the browser for each field, and half the code.

use std::collections::BTreeSet;

use js_sys::{Array, ArrayBuffer, Uint8Array};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, File};

pub use super::incident_words::IncidentWords;
pub use super::inquiry::{Answer, Inquiry};
use crate::report::{Evidence, Report};

/// From the page to the worker. To cancel, the page ends the worker and starts another.
#[derive(Debug, Serialize, Deserialize)]
pub enum Request {
    /// Read these files: archives each as a bundle, loose files together as one. Answered by `Progress`, perhaps a partial `Report`, then
    /// `Report`, `Locked`, `Failed` or `ReadByPage`.
    Open {
        files: Vec<ChosenFile>,
        password: Option<String>,
        /// Other limits of reading than usual, see `Limits::set`.
        limits: Vec<String>,
        question: Question,
        /// How many workers read these files side by side, this one included. Where there are others and the files can be
        /// shared, the answer follows `Join`.
        readers: u32,
    },
    /// Read only the share of these files that such a reader of so many has. Answered by `Progress` and `Portion`; by
    /// anything else where it could not.
    ReadShare { files: Vec<ChosenFile>, password: Option<String>, limits: Vec<String>, reader: u32, readers: u32 },
    /// What the other readers found, in the order of their shares; nothing where one of them could not.
    Join {
        /// Travel beside the bytes of the request.
        #[serde(skip)]
        pieces: Vec<ArrayBuffer>,
        complete: bool,
    },
    /// Rank what was read again. Answered by `Report`.
    Rank { question: Question },
    /// Fetch the text of the lines that the last report rests on. Answered by `Lines`.
    ReadLines { number: u32 },
    /// A question beside the report. Answered by `Answered` with the same ticket.
    Ask { ticket: u32, inquiry: Inquiry },
    /// The last report as a file. Answered by `Exported`.
    Export { format: ExportFormat, redacted: bool, marks: BTreeSet<String> },
}

/// From the worker to the page.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum Response {
    Progress(Progress),
    /// What a reader found in its share.
    Portion {
        /// Travel beside the bytes of the response.
        #[serde(skip)]
        pieces: Vec<ArrayBuffer>,
    },
    Report {
        number: u32,
        report: Box<Report>,
        /// From the first logs alone; the others are still being read, and a `Report` of everything follows.
        partial: bool,
    },
    /// What was opened is a saved report: there is no log to ask.
    Saved {
        number: u32,
        report: Box<Report>,
    },
    Lines {
        number: u32,
        lines: Vec<Evidence>,
        /// Of the log taken after the change.
        later: Vec<Evidence>,
    },
    Answered {
        ticket: u32,
        answer: Answer,
    },
    Exported {
        format: ExportFormat,
        /// Travels beside the bytes of the response.
        #[serde(skip)]
        content: Option<Blob>,
    },
    /// This worker cannot read a `File` at all, as in `WebKit` on `file://`: the page is to read it and send its bytes.
    ReadByPage,
    /// The archive is encrypted, and the password is missing or wrong.
    Locked {
        sentence: String,
    },
    Failed {
        sentence: String,
    },
}

/// What the administrator asked, with a number by which a late answer is recognised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    pub number: u32,
    pub incident: IncidentWords,
    /// `en` or `ja`.
    pub language: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChosenFile {
    /// With its folders when a folder was dropped.
    pub name: String,
    pub role: Role,
    /// Travels beside the bytes of the request.
    #[serde(skip, default = "Content::none")]
    pub content: Content,
}

/// What a file is opened for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    /// Something broke in it.
    #[default]
    Incident,
    /// Taken while things worked.
    Baseline,
    /// Taken after the change.
    After,
}

#[derive(Clone, Debug)]
pub enum Content {
    /// Unread; the worker reads what it needs of it.
    File(File),
    /// Read by the page; transferred, not copied.
    Bytes(ArrayBuffer),
}

impl Content {
    fn none() -> Self {
        Self::Bytes(ArrayBuffer::new(0))
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub bytes: u64,
    /// Where the size of everything is known beforehand.
    pub total: Option<u64>,
    pub records: u64,
    /// The log that is being read.
    pub member: Option<MemberProgress>,
    pub seconds_left: Option<u64>,
    /// Everything is read, the ranking has begun.
    pub ranking: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberProgress {
    pub path: String,
    /// Counted from 1, and how many there are.
    pub number: u32,
    pub of: u32,
    pub bytes: u64,
    pub total: Option<u64>,
    pub records: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExportFormat {
    Markdown,
    Html,
    Json,
    SuspectsCsv,
    FlowsCsv,
}

impl Request {
    /// As a message: the request as bytes, then what bytes cannot carry, file by file.
    pub fn to_value(&self) -> Result<JsValue, postcard::Error> {
        let message = Array::of1(bytes_of(self)?.as_ref());
        match self {
            Self::Open { files, .. } | Self::ReadShare { files, .. } => {
                for file in files {
                    message.push(match &file.content {
                        Content::File(file) => file,
                        Content::Bytes(buffer) => buffer,
                    });
                }
            }
            Self::Join { pieces, .. } => pieces.iter().for_each(|piece| _ = message.push(piece)),
            _ => {}
        }
        Ok(message.into())
    }

    pub fn from_value(value: JsValue) -> Result<Self, postcard::Error> {
        let (mut request, parts): (Self, _) = parts_of(value)?;
        match &mut request {
            Self::Open { files, .. } | Self::ReadShare { files, .. } => {
                for (file, part) in files.iter_mut().zip(parts) {
                    file.content = match part.dyn_into::<File>() {
                        Ok(file) => Content::File(file),
                        Err(other) => Content::Bytes(other.unchecked_into()),
                    };
                }
            }
            Self::Join { pieces, .. } => pieces.extend(parts.map(JsValue::unchecked_into::<ArrayBuffer>)),
            _ => {}
        }
        Ok(request)
    }
}

impl Response {
    /// As a message, and its buffers, which are to be transferred.
    pub fn to_value(&self) -> Result<(JsValue, Array), postcard::Error> {
        let bytes = bytes_of(self)?;
        let (message, buffers) = (Array::of1(bytes.as_ref()), Array::of1(&bytes.buffer()));
        match self {
            Self::Portion { pieces } => {
                for piece in pieces {
                    message.push(piece);
                    buffers.push(piece);
                }
            }
            Self::Exported { content: Some(content), .. } => _ = message.push(content),
            _ => {}
        }
        Ok((message.into(), buffers))
    }

    pub fn from_value(value: JsValue) -> Result<Self, postcard::Error> {
        let (mut response, mut parts) = parts_of(value)?;
        match &mut response {
            Self::Portion { pieces } => pieces.extend(parts.map(JsValue::unchecked_into::<ArrayBuffer>)),
            Self::Exported { content, .. } => *content = parts.next().and_then(|part| part.dyn_into().ok()),
            _ => {}
        }
        Ok(response)
    }
}

/// The message whose bytes come first, and what travels beside it.
fn parts_of<T: DeserializeOwned>(value: JsValue) -> Result<(T, js_sys::ArrayIntoIter), postcard::Error> {
    let mut parts = value.dyn_into::<Array>().unwrap_or_default().into_iter();
    let message = parts.next().and_then(|part| part.dyn_into::<Uint8Array>().ok());
    value_of(&message.unwrap_or_default()).map(|message| (message, parts))
}

/// In a buffer of their own, which can be transferred.
pub(super) fn bytes_of(message: &impl Serialize) -> Result<Uint8Array, postcard::Error> {
    postcard::to_allocvec(message).map(|bytes| Uint8Array::from(bytes.as_slice()))
}

/// What is no message is read as nothing, and the error says that it ends too early.
pub(super) fn value_of<T: DeserializeOwned>(bytes: &Uint8Array) -> Result<T, postcard::Error> {
    postcard::from_bytes(&bytes.to_vec())
}

impl ExportFormat {
    /// In the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Markdown, Self::Html, Self::Json, Self::SuspectsCsv, Self::FlowsCsv];

    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Json => "json",
            Self::SuspectsCsv => "suspects_csv",
            Self::FlowsCsv => "flows_csv",
        }
    }

    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Markdown => "steerscope-report.md",
            Self::Html => "steerscope-report.html",
            Self::Json => "steerscope-report.json",
            Self::SuspectsCsv => "steerscope-suspects.csv",
            Self::FlowsCsv => "steerscope-flows.csv",
        }
    }

    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown",
            Self::Html => "text/html",
            Self::Json => "application/json",
            Self::SuspectsCsv | Self::FlowsCsv => "text/csv",
        }
    }
}
