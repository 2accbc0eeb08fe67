//! Lets the core read a `File` of the browser piece by piece: one slice is held at a time, nothing is loaded whole.
//!
//! Works in a worker only; `FileReaderSync` does not exist on the page.

use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, DomException, FileReaderSync};

/// Large enough that the cost of a call vanishes, small enough that a directory at the end of a zip costs little.
const SLICE: u64 = 1024 * 1024;

pub struct FileSource {
    reader: FileReaderSync,
    blob: Blob,
    size: u64,
    position: u64,
    /// The slice read last, and where it begins.
    slice: Vec<u8>,
    slice_start: u64,
}

impl FileSource {
    #[expect(clippy::cast_sign_loss, reason = "a size is a whole number from zero to 2^53")]
    pub fn new(blob: Blob) -> Result<Self> {
        let reader = FileReaderSync::new().map_err(|error| to_error(&error))?;
        let size = blob.size() as u64;
        Ok(Self { reader, blob, size, position: 0, slice: Vec::new(), slice_start: 0 })
    }

    /// Whether this worker may read the file at all; costs one byte.
    pub fn probe(&self) -> Result<()> {
        if self.size == 0 {
            return Ok(());
        }
        self.read_slice(0, 1).map(|_| ())
    }

    fn read_slice(&self, start: u64, end: u64) -> Result<Vec<u8>> {
        let part = self.blob.slice_with_f64_and_f64(start as f64, end as f64).map_err(|error| to_error(&error))?;
        let buffer = self.reader.read_as_array_buffer(&part).map_err(|error| to_error(&error))?;
        Ok(Uint8Array::new(&buffer).to_vec())
    }

    fn holds(&self, position: u64) -> bool {
        position >= self.slice_start && position < self.slice_start + self.slice.len() as u64
    }
}

impl Read for FileSource {
    fn read(&mut self, target: &mut [u8]) -> Result<usize> {
        if self.position >= self.size || target.is_empty() {
            return Ok(0);
        }
        if !self.holds(self.position) {
            let start = self.position - self.position % SLICE;
            self.slice = self.read_slice(start, self.size.min(start + SLICE))?;
            self.slice_start = start;
            if !self.holds(self.position) {
                return Err(Error::new(ErrorKind::UnexpectedEof, "the file became shorter while it was read"));
            }
        }
        let from = (self.position - self.slice_start) as usize;
        let available = &self.slice[from..];
        let length = available.len().min(target.len());
        target[..length].copy_from_slice(&available[..length]);
        self.position += length as u64;
        Ok(length)
    }
}

impl Seek for FileSource {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position =
            position.ok_or_else(|| Error::new(ErrorKind::InvalidInput, "a place before the file's start"))?;
        Ok(self.position)
    }
}

fn to_error(error: &JsValue) -> Error {
    let reason = error.dyn_ref::<DomException>().map_or_else(|| format!("{error:?}"), DomException::message);
    Error::other(reason)
}
