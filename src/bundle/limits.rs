//! How much of a bundle is read. Every limit is checked while bytes are inflated, never against a declared size.

use std::cell::Cell;
use std::io::{self, Read};

use super::damage::Stop;

const MEBIBYTE: u64 = 1024 * 1024;

/// The defaults leave room for the largest logs that the client writes (1 GB) and stop what no log ever needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Entries of all archives together; those behind are left out with a notice.
    pub members: usize,
    /// Decompressed bytes read of one member.
    pub bytes_per_member: u64,
    /// Decompressed bytes read of the whole bundle in one pass, all layers of nested archives counted.
    pub total_bytes: u64,
    /// Decompressed bytes per byte of the file that was dropped. Logs reach 10 to 100.
    pub ratio: u64,
    /// Decompressed bytes up to which `ratio` is not asked: small files of blanks compress well.
    pub ratio_from: u64,
    /// Archives inside archives: 1 reads the dropped archive alone.
    pub depth: usize,
    /// Bytes of one zip inside another archive, which has to be held in memory.
    pub nested_archive_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            members: 50_000,
            bytes_per_member: 2048 * MEBIBYTE,
            total_bytes: 8192 * MEBIBYTE,
            ratio: 400,
            ratio_from: 64 * MEBIBYTE,
            depth: 3,
            nested_archive_bytes: 256 * MEBIBYTE,
        }
    }
}

/// Why a limit was not set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    #[error("{setting} is no limit; expected NAME=VALUE, with NAME one of {names}", names = Limits::NAMES.join(", "))]
    Name { setting: String },
    #[error("{value} is no value for {name}; expected a number, where bytes are counted also as 500k, 256m or 8g")]
    Value { name: &'static str, value: String },
}

impl Limits {
    /// What [`Limits::set`] knows.
    pub const NAMES: [&str; 6] = ["members", "member-bytes", "total-bytes", "ratio", "depth", "nested-archive-bytes"];

    /// The defaults with these `settings`, see [`Limits::set`].
    pub fn with<'a>(settings: impl IntoIterator<Item = &'a str>) -> Result<Self, LimitError> {
        let mut limits = Self::default();
        settings.into_iter().try_for_each(|setting| limits.set(setting))?;
        Ok(limits)
    }

    /// The value of a limit as it would be typed; empty for a name that there is not.
    #[must_use]
    pub fn shown(&self, name: &str) -> String {
        match name {
            "members" => self.members.to_string(),
            "member-bytes" => shown_bytes(self.bytes_per_member),
            "total-bytes" => shown_bytes(self.total_bytes),
            "ratio" => self.ratio.to_string(),
            "depth" => self.depth.to_string(),
            "nested-archive-bytes" => shown_bytes(self.nested_archive_bytes),
            _ => String::new(),
        }
    }

    /// Sets one limit from `NAME=VALUE`, as an administrator types it.
    pub fn set(&mut self, setting: &str) -> Result<(), LimitError> {
        let unknown = || LimitError::Name { setting: setting.to_owned() };
        let (name, value) = setting.split_once('=').ok_or_else(unknown)?;
        let name = *Self::NAMES.iter().find(|known| **known == name.trim()).ok_or_else(unknown)?;
        let wrong = || LimitError::Value { name, value: value.trim().to_owned() };
        let number = || value.trim().parse::<u64>().ok().filter(|number| *number > 0).ok_or_else(wrong);
        let count = || number().and_then(|number| usize::try_from(number).map_err(|_| wrong()));
        let bytes = || bytes(value.trim()).filter(|bytes| *bytes > 0).ok_or_else(wrong);
        match name {
            "members" => self.members = count()?,
            "member-bytes" => self.bytes_per_member = bytes()?,
            "total-bytes" => self.total_bytes = bytes()?,
            "ratio" => self.ratio = number()?,
            "depth" => self.depth = count()?.min(MOST_LEVELS),
            _ => self.nested_archive_bytes = bytes()?,
        }
        Ok(())
    }
}

/// Each level takes a reader on the stack.
const MOST_LEVELS: usize = 16;

/// `4096`, `500k`, `256M`, `8GiB`.
fn bytes(text: &str) -> Option<u64> {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let unit = match text[end..].to_ascii_lowercase().as_str() {
        "" => 1,
        "k" | "kb" | "kib" => 1024,
        "m" | "mb" | "mib" => MEBIBYTE,
        "g" | "gb" | "gib" => 1024 * MEBIBYTE,
        _ => return None,
    };
    text[..end].parse::<u64>().ok()?.checked_mul(unit)
}

fn shown_bytes(bytes: u64) -> String {
    let units = [(1024 * MEBIBYTE, "g"), (MEBIBYTE, "m"), (1024, "k")];
    let unit = units.into_iter().find(|(unit, _)| bytes.is_multiple_of(*unit));
    unit.map_or_else(|| bytes.to_string(), |(unit, letter)| format!("{}{letter}", bytes / unit))
}

/// Counts the bytes of one pass over a bundle.
pub(super) struct Meter {
    limits: Limits,
    total: Cell<u64>,
    input: Cell<u64>,
    input_length: Cell<u64>,
}

impl Meter {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, total: Cell::new(0), input: Cell::new(0), input_length: Cell::new(0) }
    }

    /// The next dropped file is of `length` bytes.
    pub(super) fn begin_input(&self, length: u64) {
        self.input.set(0);
        self.input_length.set(length);
    }

    pub(super) fn add(&self, bytes: u64) -> Result<(), Stop> {
        self.total.set(self.total.get().saturating_add(bytes));
        self.input.set(self.input.get().saturating_add(bytes));
        if self.total.get() > self.limits.total_bytes {
            return Err(Stop::BundleTooLarge { limit: self.limits.total_bytes });
        }
        let allowed = self.input_length.get().saturating_mul(self.limits.ratio).max(self.limits.ratio_from);
        if self.input.get() > allowed {
            return Err(Stop::TooCompressed { ratio: self.limits.ratio });
        }
        Ok(())
    }
}

/// A decompressed stream under the limits of the pass, and under one of its own.
pub(super) struct Metered<'a, R> {
    source: R,
    meter: &'a Meter,
    left: u64,
    limit: Stop,
    /// Of the pass; told after the bytes that went over it.
    stop: Option<Stop>,
}

impl<'a, R> Metered<'a, R> {
    /// A member, or a stream that is read like one.
    pub(super) fn member(source: R, meter: &'a Meter) -> Self {
        let limit = meter.limits.bytes_per_member;
        Self { source, meter, left: limit, limit: Stop::MemberTooLarge { limit }, stop: None }
    }

    /// An archive inside another one that is taken into memory.
    pub(super) fn nested(source: R, meter: &'a Meter) -> Self {
        let limit = meter.limits.nested_archive_bytes;
        Self { source, meter, left: limit, limit: Stop::NestedTooLarge { limit }, stop: None }
    }

    /// A layer that is only passed through, such as the gzip of a `.tar.gz`.
    pub(super) fn layer(source: R, meter: &'a Meter) -> Self {
        let limit = meter.limits.total_bytes;
        Self { source, meter, left: u64::MAX, limit: Stop::BundleTooLarge { limit }, stop: None }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if let Some(stop) = &self.stop {
            return Err(stop.clone().into());
        }
        if self.left == 0 {
            // One byte tells a member of exactly the limit from a larger one.
            return match self.source.read(&mut [0])? {
                0 => Ok(0),
                _ => Err(self.limit.clone().into()),
            };
        }
        let room = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let count = self.source.read(&mut buffer[..room])?;
        self.left -= count as u64;
        self.stop = self.meter.add(count as u64).err();
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_set_as_they_are_typed() {
        let mut limits = Limits::default();
        for setting in ["members=70000", "member-bytes=4G", "total-bytes = 500kb", "ratio=1000", "depth=99"] {
            limits.set(setting).unwrap();
        }
        limits.set("nested-archive-bytes=12").unwrap();
        let expected = Limits {
            members: 70_000,
            bytes_per_member: 4 << 30,
            total_bytes: 500 * 1024,
            ratio: 1000,
            ratio_from: 64 * MEBIBYTE,
            depth: MOST_LEVELS,
            nested_archive_bytes: 12,
        };
        assert_eq!(limits, expected);
    }

    #[test]
    fn limits_are_shown_as_they_are_typed() {
        for limits in [Limits::default(), Limits::with(["member-bytes=12", "total-bytes=500k", "depth=1"]).unwrap()] {
            let settings: Vec<String> = Limits::NAMES.map(|name| format!("{name}={}", limits.shown(name))).into();
            assert_eq!(Limits::with(settings.iter().map(String::as_str)), Ok(limits));
        }
        assert_eq!(Limits::default().shown("member-bytes"), "2g");
    }

    #[test]
    fn a_wrong_limit_says_what_is_right() {
        for (setting, expected) in [
            ("files=3", "files=3 is no limit"),
            ("members", "members is no limit"),
            ("members=0", "0 is no value for members"),
            ("members=5k", "5k is no value"),
            ("total-bytes=5t", "5t is no value"),
            ("member-bytes=99999999999g", "is no value for member-bytes"),
        ] {
            let error = Limits::default().set(setting).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
