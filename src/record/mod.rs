//! Cuts text into records: one header, its message and the lines that continue it.
//!
//! Stops at the header's fields: what a message means is the business of `event`.

pub mod time;

use crate::provenance::Provenance;
use time::Timestamp;

/// One entry of a log. Borrowed from the reading buffer: a visitor keeps what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    pub at: Timestamp,
    pub process: &'a [u8],
    pub process_id: &'a [u8],
    pub thread_id: &'a [u8],
    pub level: Level,
    /// `tunnel.cpp` of `tunnel.cpp:878`; the number moves with each release.
    pub source_file: &'a [u8],
    pub source_line: u32,
    /// Tag and message up to the end of the first line, without line end and trailing blanks.
    pub message: &'a [u8],
    /// The lines that continue the record, joined by `\n`; empty for most.
    pub continuation: &'a [u8],
    pub provenance: Provenance,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Critical,
    Error,
    Warning,
    Info,
    Debug,
    Unknown,
}
