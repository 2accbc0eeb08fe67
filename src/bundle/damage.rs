//! Why a member was not read to its end. Travels as an [`io::Error`] through the layers of an archive.

use std::io;

use super::Member;
use crate::notice::Notice;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The data end before the member does.
    Truncated,
    /// Data that no compressor writes.
    Corrupt,
    WrongChecksum,
    MemberTooLarge {
        limit: u64,
    },
    NestedTooLarge {
        limit: u64,
    },
    BundleTooLarge {
        limit: u64,
    },
    TooCompressed {
        ratio: u64,
    },
    Method {
        method: u16,
    },
    Encrypted,
    WrongPassword,
    /// The visitor had enough.
    Enough,
    /// The header of the member is missing or belongs to something else.
    NoHeader,
}

impl std::fmt::Display for Stop {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{self:?}")
    }
}

impl std::error::Error for Stop {}

impl From<Stop> for io::Error {
    fn from(stop: Stop) -> Self {
        io::Error::other(stop)
    }
}

impl Stop {
    /// The reason inside `error`, if it is one of ours or an end that came too early.
    pub(super) fn of(error: &io::Error) -> Option<Self> {
        if let Some(stop) = error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
            return Some(stop.clone());
        }
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Some(Self::Truncated),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Some(Self::Corrupt),
            _ => None,
        }
    }
}

/// The notice for a member that was not read to its end; `at` is the number of decompressed bytes read before.
pub(super) fn notice(error: &io::Error, member: &Member, at: u64) -> Notice {
    let notice = match Stop::of(error) {
        Some(Stop::Truncated) => Notice::new("member_truncated").with("bytes", at),
        Some(Stop::Corrupt) => Notice::new("member_corrupt").with("bytes", at),
        Some(Stop::WrongChecksum) => Notice::new("member_checksum"),
        Some(Stop::MemberTooLarge { limit }) => Notice::new("member_too_large").with("limit", limit),
        Some(Stop::NestedTooLarge { limit }) => Notice::new("nested_archive_too_large").with("limit", limit),
        Some(Stop::BundleTooLarge { limit }) => Notice::new("bundle_too_large").with("limit", limit).with("bytes", at),
        Some(Stop::TooCompressed { ratio }) => Notice::new("bundle_ratio").with("ratio", ratio).with("bytes", at),
        Some(Stop::Method { method }) => Notice::new("member_method").with("method", method),
        Some(Stop::Encrypted) => Notice::new("member_encrypted"),
        Some(Stop::WrongPassword) => Notice::new("member_wrong_password"),
        Some(Stop::Enough) => Notice::new("member_stopped").with("bytes", at),
        Some(Stop::NoHeader) => Notice::new("member_no_header"),
        None => Notice::new("member_unreadable").with("error", error).with("bytes", at),
    };
    notice.with("path", &member.path).in_member(member.id)
}
