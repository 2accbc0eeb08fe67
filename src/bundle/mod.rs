//! Opens what an administrator drops: an archive, a folder or single files become one [`Bundle`] of members.
//!
//! Stops at decompressed bytes: what a line means is the business of `record`. Nothing is ever written or extracted.

use std::io::{Read, Seek};

use crate::notice::Notice;
use crate::provenance::MemberId;

/// Bytes that a front end hands over: a file on disk, a `File` of the browser, a buffer in memory.
pub trait Source: Read + Seek {}
impl<T: Read + Seek> Source for T {}

/// One file as the front end knows it. `name` may hold folders (`logs/nsdebuglog.log`), separated by `/`.
pub struct Input {
    pub name: String,
    pub source: Box<dyn Source>,
}

/// What an opened bundle consists of. Members stand in archive order and are never extracted.
pub struct Bundle {
    pub name: String,
    pub members: Vec<Member>,
    pub notices: Vec<Notice>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: MemberId,
    /// Path as the archive spells it, control and bidirectional characters escaped; nested archives joined by `!/`.
    pub path: String,
    pub kind: MemberKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberKind {
    ClientLog,
    PrivateAccessLog,
    OtherLog,
    Configuration,
    DiagnosticText,
    Capture,
    Secret,
    Other,
}
