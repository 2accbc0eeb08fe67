//! The headers of a tar, as a stream: v7, ustar, GNU long names, pax.
//!
//! Not the crate `tar`: it needs a file system crate, reads names of any declared length into memory and stops for good
//! at the first bad header. Here names are bounded and reading goes on at the next header that holds.

use std::io::{self, Read};

use crate::bundle::damage::Stop;

const BLOCK: usize = 512;
/// Longest name or pax header that is taken.
const LONGEST_NAME: u64 = 64 * 1024;

pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) kind: EntryKind,
    pub(super) length: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    File,
    Link,
    /// Directories, devices: nothing to list.
    Nothing,
}

/// What became of the walk.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Walked {
    /// Headers that did not hold and were passed over.
    pub(super) damaged: bool,
    pub(super) stop: Option<Stop>,
}

/// Whether `start` begins with a tar header that holds.
pub(super) fn is_tar(start: &[u8]) -> bool {
    start.first_chunk::<BLOCK>().is_some_and(|block| block[0] != 0 && checksum_holds(block))
}

/// Calls `visit` with every entry and its data, in order, until it says `false`. Data left unread are skipped.
pub(super) fn walk(
    source: &mut dyn Read,
    visit: &mut dyn FnMut(Entry, &mut dyn Read) -> Result<bool, Stop>,
) -> io::Result<Walked> {
    let mut walked = Walked::default();
    let mut long_name = None;
    let mut long_length = None;
    loop {
        let mut block = [0; BLOCK];
        match fill(source, &mut block)? {
            BLOCK => {}
            0 => return Ok(walked),
            _ => {
                walked.stop = Some(Stop::Truncated);
                return Ok(walked);
            }
        }
        if block.iter().all(|byte| *byte == 0) {
            continue;
        }
        if !checksum_holds(&block) {
            walked.damaged = true;
            continue;
        }
        let length = number(&block[124..136]).unwrap_or(0);
        let padding = |length: u64| length.next_multiple_of(BLOCK as u64) - length;
        match block[156] {
            b'L' | b'K' | b'x' | b'g' => {
                if length > LONGEST_NAME {
                    walked.damaged = true;
                    skip(source, length.saturating_add(padding(length)))?;
                    continue;
                }
                let mut data = vec![0; length as usize];
                source.read_exact(&mut data)?;
                skip(source, padding(length))?;
                match block[156] {
                    b'L' => long_name = Some(until_zero(&data).to_vec()),
                    b'x' => {
                        long_name = pax(&data, b"path").map(<[u8]>::to_vec).or(long_name);
                        long_length = pax(&data, b"size").and_then(decimal).or(long_length);
                    }
                    _ => {}
                }
            }
            flag => {
                let entry = Entry {
                    name: long_name.take().unwrap_or_else(|| name(&block)),
                    kind: match flag {
                        b'0' | 0 | b'7' if !until_zero(&block[..100]).ends_with(b"/") => EntryKind::File,
                        b'1' | b'2' => EntryKind::Link,
                        _ => EntryKind::Nothing,
                    },
                    length: long_length.take().unwrap_or(length),
                };
                let length = if entry.kind == EntryKind::Link { 0 } else { entry.length };
                let mut data = Exactly { source: &mut *source, left: length };
                match visit(entry, &mut data) {
                    Ok(true) => {}
                    Ok(false) => return Ok(walked),
                    Err(stop) => {
                        walked.stop = Some(stop);
                        return Ok(walked);
                    }
                }
                let left = data.left;
                skip(
                    source,
                    left.saturating_add(length.checked_next_multiple_of(BLOCK as u64).map_or(0, |end| end - length)),
                )?;
            }
        }
    }
}

/// The data of one entry; an end before the announced length is damage.
struct Exactly<'a> {
    source: &'a mut dyn Read,
    left: u64,
}

impl Read for Exactly<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if room == 0 {
            return Ok(0);
        }
        let count = self.source.read(&mut buffer[..room])?;
        if count == 0 {
            return Err(Stop::Truncated.into());
        }
        self.left -= count as u64;
        Ok(count)
    }
}

fn skip(source: &mut dyn Read, count: u64) -> io::Result<()> {
    let skipped = io::copy(&mut source.take(count), &mut io::sink())?;
    if skipped == count { Ok(()) } else { Err(Stop::Truncated.into()) }
}

fn fill(source: &mut dyn Read, block: &mut [u8; BLOCK]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < BLOCK {
        match source.read(&mut block[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

/// The sum of all bytes, those of the sum itself taken as blanks; some old programs add signed bytes.
fn checksum_holds(block: &[u8; BLOCK]) -> bool {
    let Some(expected) = number(&block[148..156]) else { return false };
    let outside = || block[..148].iter().chain(&block[156..]);
    let unsigned = outside().map(|byte| i64::from(*byte)).sum::<i64>() + 8 * 32;
    let signed = outside().map(|byte| i64::from(byte.cast_signed())).sum::<i64>() + 8 * 32;
    i64::try_from(expected).is_ok_and(|expected| expected == unsigned || expected == signed)
}

/// Octal digits, or binary when the first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        return field[field.len() - 8..].iter().try_fold(0_u64, |sum, byte| Some(sum << 8 | u64::from(*byte)));
    }
    let digits = until_zero(field).trim_ascii();
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |sum, digit| {
        matches!(digit, b'0'..=b'7').then(|| sum.wrapping_mul(8).wrapping_add(u64::from(digit - b'0')))
    })
}

fn decimal(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn until_zero(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Name, with the folder that ustar keeps apart.
fn name(block: &[u8; BLOCK]) -> Vec<u8> {
    let name = until_zero(&block[..100]);
    let folder = if &block[257..263] == b"ustar\0" { until_zero(&block[345..500]) } else { b"" };
    if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() }
}

/// `<length> <key>=<value>\n`, again and again.
fn pax<'a>(mut data: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    loop {
        let blank = memchr::memchr(b' ', data)?;
        let length = usize::try_from(decimal(&data[..blank])?).ok()?;
        let record = data.get(blank + 1..length)?;
        if let Some(value) = record.strip_prefix(key).and_then(|rest| rest.strip_prefix(b"=")) {
            return Some(value.strip_suffix(b"\n").unwrap_or(value));
        }
        data = &data[length..];
    }
}
