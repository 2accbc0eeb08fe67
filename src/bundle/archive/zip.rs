//! The directory of a zip and the data behind each of its entries.
//!
//! The crate `zip` reads the directory (zip64, leading bytes, comments) and decrypts. Data that are not encrypted are
//! inflated here, because the crate gives up a whole buffer at the first bad byte and believes declared sizes. Where the
//! directory is missing, cut off or wrong, the local headers are searched for.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use memchr::memmem;
use zip::ZipReadOptions;
use zip::read::{Config, OwnedZipFileEntry};
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

use super::inflate::Inflate;
use crate::bundle::damage::Stop;

const LOCAL_HEADER: &[u8; 4] = b"PK\x03\x04";
const LOCAL_HEADER_LENGTH: u64 = 30;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// Anything that bytes can be read from at any place.
pub(in crate::bundle) trait Seekable: BufRead + Seek {}
impl<T: BufRead + Seek + ?Sized> Seekable for T {}

pub(super) struct Directory {
    /// In the order of the directory; those found by their local headers follow in the order of the file.
    pub(super) entries: Vec<Entry>,
    /// Entries that the directory announces but that are beyond `most`.
    pub(super) left_out: usize,
    /// The directory was missing or damaged: local headers were searched for.
    pub(super) recovered: bool,
    /// Entries share bytes, as in a bomb or after a faulty repair.
    pub(super) overlapping: bool,
}

pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) link: bool,
    pub(super) folder: bool,
    /// Decompressed bytes as declared: for progress and for finding twins, never for limits.
    pub(super) declared_length: Option<u64>,
    pub(super) checksum: Option<u32>,
    method: u16,
    header_at: u64,
    compressed_length: u64,
    encrypted: Option<Box<OwnedZipFileEntry>>,
    /// Encrypted, and found without a directory: cannot be opened.
    sealed: bool,
}

/// Lists the entries, at most `most`.
pub(super) fn directory(archive: &mut dyn Seekable, most: usize) -> io::Result<Directory> {
    let mut entries = Vec::new();
    let mut left_out = 0;
    let whole = listed(archive, most, &mut entries, &mut left_out);
    let recovered = whole.is_err();
    if recovered {
        let length = archive.seek(SeekFrom::End(0))?;
        scan(archive, length, most, &mut entries)?;
    }
    let overlapping = !recovered && overlap(&entries);
    Ok(Directory { entries, left_out, recovered, overlapping })
}

fn listed(
    archive: &mut dyn Seekable,
    most: usize,
    entries: &mut Vec<Entry>,
    left_out: &mut usize,
) -> Result<(), ZipError> {
    let mut iterable = ZipIterable::try_new(&mut *archive, Config::default())?;
    let announced = iterable.len();
    for (index, entry) in iterable.files()?.enumerate() {
        if index == most {
            *left_out = announced - most;
            break;
        }
        let entry = entry?;
        entries.push(Entry {
            name: entry.name_raw().to_vec(),
            link: entry.is_symlink(),
            folder: entry.is_dir(),
            declared_length: Some(entry.size()),
            checksum: Some(entry.crc32()),
            method: method_number(entry.compression()),
            header_at: entry.header_start(),
            compressed_length: entry.compressed_size(),
            encrypted: entry.encrypted().then(|| Box::new(OwnedZipFileEntry::from(entry))),
            sealed: false,
        });
    }
    // A directory that does not point at entries belongs to another file, or its front part is gone.
    match entries.iter().find(|entry| !entry.folder) {
        Some(first) if local_header(archive, first.header_at)?.is_none() => {
            entries.clear();
            Err(ZipError::InvalidArchive("The directory points elsewhere".into()))
        }
        _ => Ok(()),
    }
}

fn method_number(method: zip::CompressionMethod) -> u16 {
    match method {
        zip::CompressionMethod::Stored => STORED,
        zip::CompressionMethod::Deflated => DEFLATED,
        #[expect(deprecated, reason = "the only way to learn the number of a method that is not compiled in")]
        other => other.to_u16(),
    }
}

struct LocalHeader {
    flags: u16,
    method: u16,
    checksum: u32,
    compressed_length: u64,
    length: u64,
    name: Vec<u8>,
    data_at: u64,
}

impl LocalHeader {
    /// Length and checksum follow the data.
    fn described_behind(&self) -> bool {
        self.flags & 8 != 0
    }
}

/// The local header at `at`, or `None` where there is none.
fn local_header(archive: &mut dyn Seekable, at: u64) -> io::Result<Option<LocalHeader>> {
    archive.seek(SeekFrom::Start(at))?;
    let mut fixed = [0; LOCAL_HEADER_LENGTH as usize];
    if let Err(error) = archive.read_exact(&mut fixed) {
        return if error.kind() == io::ErrorKind::UnexpectedEof { Ok(None) } else { Err(error) };
    }
    let short = |offset: usize| u16::from_le_bytes([fixed[offset], fixed[offset + 1]]);
    let long = |offset: usize| u32::from(short(offset)) | u32::from(short(offset + 2)) << 16;
    // A version beyond any specification, or no name, is a chance hit in compressed data.
    if !fixed.starts_with(LOCAL_HEADER) || fixed[4] > 90 || short(26) == 0 {
        return Ok(None);
    }
    let mut name = vec![0; usize::from(short(26))];
    let mut extra = vec![0; usize::from(short(28))];
    if archive.read_exact(&mut name).and_then(|()| archive.read_exact(&mut extra)).is_err() {
        return Ok(None);
    }
    let (mut compressed_length, mut length) = (u64::from(long(18)), u64::from(long(22)));
    if let Some([large_length, large_compressed]) = zip64_lengths(&extra) {
        length = large_length;
        compressed_length = large_compressed;
    }
    Ok(Some(LocalHeader {
        flags: short(6),
        method: short(8),
        checksum: long(14),
        compressed_length,
        length,
        data_at: at + LOCAL_HEADER_LENGTH + name.len() as u64 + extra.len() as u64,
        name,
    }))
}

fn zip64_lengths(mut extra: &[u8]) -> Option<[u64; 2]> {
    while let [id_low, id_high, low, high, rest @ ..] = extra {
        let field = rest.get(..usize::from(u16::from_le_bytes([*low, *high])))?;
        if (*id_low, *id_high) == (1, 0) {
            let (numbers, _) = field.as_chunks::<8>();
            return Some([u64::from_le_bytes(*numbers.first()?), u64::from_le_bytes(*numbers.get(1)?)]);
        }
        extra = &rest[field.len()..];
    }
    None
}

/// Adds every entry whose local header stands in the file and is not known yet.
fn scan(archive: &mut dyn Seekable, end: u64, most: usize, entries: &mut Vec<Entry>) -> io::Result<()> {
    let known: std::collections::BTreeSet<u64> = entries.iter().map(|entry| entry.header_at).collect();
    let mut at = 0;
    while entries.len() < most {
        let Some(found) = find(archive, at)? else { return Ok(()) };
        let Some(header) = local_header(archive, found)? else {
            at = found + 4;
            continue;
        };
        let described_behind = header.described_behind();
        let compressed_length = if header.compressed_length > 0 || !described_behind {
            at = header.data_at.saturating_add(header.compressed_length).min(end);
            // What was announced, so that a cut shows as one.
            header.compressed_length
        } else {
            at = find(archive, header.data_at)?.unwrap_or(end);
            // A chance hit in compressed data must not cut them; inflating knows where they end.
            if header.method == STORED { at - header.data_at } else { end.saturating_sub(header.data_at) }
        };
        if known.contains(&found) {
            continue;
        }
        entries.push(Entry {
            link: false,
            folder: header.name.ends_with(b"/"),
            declared_length: (!described_behind).then_some(header.length),
            checksum: (!described_behind).then_some(header.checksum),
            method: header.method,
            header_at: found,
            compressed_length,
            encrypted: None,
            sealed: header.flags & 1 != 0,
            name: header.name,
        });
    }
    Ok(())
}

/// Where the next local header, or an entry of the directory, stands at or behind `from`.
fn find(archive: &mut dyn Seekable, from: u64) -> io::Result<Option<u64>> {
    archive.seek(SeekFrom::Start(from))?;
    let mut block = [0; 8 * 1024];
    let (mut kept, mut base) = (0, from);
    loop {
        let count = archive.read(&mut block[kept..])?;
        if count == 0 {
            return Ok(None);
        }
        let filled = kept + count;
        let found = memmem::find_iter(&block[..filled], b"PK")
            .find(|start| matches!(block[start + 2..filled], [3, 4, ..] | [1, 2, ..]));
        if let Some(found) = found {
            return Ok(Some(base + found as u64));
        }
        kept = filled.min(3);
        block.copy_within(filled - kept..filled, 0);
        base += (filled - kept) as u64;
    }
}

fn overlap(entries: &[Entry]) -> bool {
    let mut spans: Vec<(u64, u64)> = entries
        .iter()
        .map(|entry| {
            let least = LOCAL_HEADER_LENGTH + entry.name.len() as u64;
            (entry.header_at, entry.header_at.saturating_add(least).saturating_add(entry.compressed_length))
        })
        .collect();
    spans.sort_unstable();
    spans.windows(2).any(|pair| pair[1].0 < pair[0].1)
}

/// Hands the decompressed data of `entry` to `read`, whose reader fails where the data are damaged. Whoever does not read
/// them to their end needs no `checksum`.
pub(super) fn open<T>(
    archive: &mut dyn Seekable,
    entry: &Entry,
    password: Option<&[u8]>,
    checksum: bool,
    read: impl FnOnce(&mut dyn Read) -> T,
) -> io::Result<T> {
    if entry.sealed || entry.encrypted.is_some() && password.is_none() {
        return Err(Stop::Encrypted.into());
    }
    if let Some(encrypted) = &entry.encrypted {
        let mut archive = archive;
        let options = ZipReadOptions::new().password(password);
        let mut reader =
            encrypted.as_ref().as_ref().with_reader(&mut archive, options).map_err(|error| match error {
                ZipError::InvalidPassword => Stop::WrongPassword.into(),
                ZipError::CompressionMethodNotSupported(method) => Stop::Method { method }.into(),
                ZipError::UnsupportedArchive(_) => Stop::Encrypted.into(),
                ZipError::Io(error) => error,
                _ => io::Error::from(Stop::NoHeader),
            })?;
        return Ok(read(&mut Deciphered { source: &mut reader }));
    }
    let Some(header) = local_header(archive, entry.header_at)? else { return Err(Stop::NoHeader.into()) };
    archive.seek(SeekFrom::Start(header.data_at))?;
    let data = archive.take(entry.compressed_length);
    let checksum = entry.checksum.filter(|_| checksum);
    match entry.method {
        STORED => Ok(read(&mut Checked::new(Exactly { source: data }, checksum))),
        DEFLATED => Ok(read(&mut Checked::new(Inflate::new(data), checksum))),
        method => Err(Stop::Method { method }.into()),
    }
}

/// Data of an encrypted entry. The old cipher accepts one wrong password in 256 and then gives noise, so data that
/// cannot be inflated speak against the password first.
struct Deciphered<'a> {
    source: &'a mut dyn Read,
}

impl Read for Deciphered<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.source.read(buffer).map_err(|error| match Stop::of(&error) {
            Some(Stop::Corrupt) => Stop::WrongPassword.into(),
            _ => error,
        })
    }
}

/// Stored data: an end of the file before the announced one is damage.
struct Exactly<R> {
    source: io::Take<R>,
}

impl<R: Read> Read for Exactly<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        if count == 0 && !buffer.is_empty() && self.source.limit() > 0 {
            return Err(Stop::Truncated.into());
        }
        Ok(count)
    }
}

/// Compares the checksum at the end of the data, where one is expected.
struct Checked<R> {
    source: R,
    expected: Option<(u32, crc32fast::Hasher)>,
}

impl<R> Checked<R> {
    fn new(source: R, expected: Option<u32>) -> Self {
        Self { source, expected: expected.map(|expected| (expected, crc32fast::Hasher::new())) }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        let Some((expected, sum)) = &mut self.expected else { return Ok(count) };
        if count == 0 && !buffer.is_empty() && *expected != sum.clone().finalize() {
            return Err(Stop::WrongChecksum.into());
        }
        sum.update(&buffer[..count]);
        Ok(count)
    }
}
