//! The only place that meets compressed bytes: what stands in an input, and how to reach it again.
//!
//! [`list`] walks an input once and leaves a tree of nodes; [`read`] walks that tree. A stream container (tar, tar.gz) is
//! passed through once in each, a zip is entered at each entry. A zip inside another archive needs to be read at any
//! place, so it is taken into memory while it is read, and never longer. Nothing is written or extracted.

mod inflate;
mod tar;
mod zip;

use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;

use inflate::Gunzip;
pub(super) use zip::Seekable;

use super::damage::{self, Stop};
use super::limits::{Meter, Metered};
use super::{Extent, Limits, Member, MemberKind, Source, inventory, text};
use crate::notice::Notice;
use crate::provenance::MemberId;

/// Bytes of an input that are held at once.
const BLOCK: usize = 256 * 1024;
const PIECE: usize = 64 * 1024;
/// Bytes of a dropped text in which a first record is looked for.
const PREFACE: u64 = 1024 * 1024;

/// One thing inside an input, and where: `place` is the entry's number in a zip or tar, 0 at the top.
pub(super) struct Node {
    place: usize,
    /// Layers of gzip around it.
    layers: usize,
    members: Range<u32>,
    content: Content,
}

impl Node {
    /// Of its members.
    pub(super) fn numbers(&self) -> Range<u32> {
        self.members.clone()
    }

    /// Whether this member can be reached without reading others before it.
    pub(super) fn holds_at_hand(&self, member: u32) -> bool {
        self.layers == 0
            && match &self.content {
                Content::Member => self.members.start == member,
                Content::Zip(_, nodes) => nodes.iter().any(|node| {
                    node.layers == 0 && matches!(node.content, Content::Member) && node.members.start == member
                }),
                Content::Tar(_) => false,
            }
    }
}

enum Content {
    Member,
    Tar(Vec<Node>),
    /// The places of the nodes count in this directory.
    Zip(zip::Directory, Vec<Node>),
}

/// What is known of a member beyond what everyone sees.
#[derive(Clone, Debug, Default)]
pub(super) struct Fingerprint {
    /// Decompressed bytes as declared or counted, and their CRC-32.
    pub(super) length: Option<u64>,
    pub(super) checksum: Option<u32>,
    /// What it holds, when it is clearly no text.
    pub(super) foreign: Option<&'static str>,
    /// Not readable without a password.
    pub(super) locked: bool,
}

/// What [`list`] fills.
pub(super) struct Listing<'a> {
    pub(super) limits: Limits,
    pub(super) password: Option<&'a [u8]>,
    pub(super) next: u32,
    pub(super) members: Vec<Member>,
    pub(super) fingerprints: Vec<Fingerprint>,
    pub(super) notices: Vec<Notice>,
    /// Entries of all archives so far, also those that are no members: the limit holds for them too.
    pub(super) entries: usize,
    /// Entries beyond the limit.
    pub(super) left_out: usize,
    pub(super) archives: usize,
}

/// Everything in the input of this `name`; `alone` when there is no other. Fails only when the source itself cannot be read.
pub(super) fn list(
    listing: &mut Listing<'_>,
    meter: &Meter,
    name: &str,
    alone: bool,
    source: &mut dyn Seekable,
) -> io::Result<Option<Node>> {
    let length = source.seek(SeekFrom::End(0))?;
    meter.begin_input(length);
    source.seek(SeekFrom::Start(0))?;
    let start = start_of(source).map_err(|(error, _)| error)?;
    source.seek(SeekFrom::Start(0))?;
    let shown = text::shown(name.as_bytes(), false);
    let place = Inside { path: "", name: &shown, depth: 1, alone };
    if is_zip(&start) || (is_named_zip(name) && inventory::foreign(&start) == Some(inventory::BINARY)) {
        return list_zip(listing, meter, place, 0, 0, source).map(Some);
    }
    if start.starts_with(&[0x1F, 0x8B]) || tar::is_tar(&start) {
        return Ok(list_stream(listing, meter, place, 0, 0, source, Fingerprint::default()));
    }
    let fingerprint = Fingerprint { length: Some(length), ..Fingerprint::default() };
    let node = add_member(listing, shown.clone(), 0, 0, &start, fingerprint);
    // A dropped text is a log even if a long mail stands before it.
    if let Some(member) = listing.members.last_mut().filter(|member| node.is_some() && member.kind == MemberKind::Other)
        && inventory::foreign(&start).is_none()
        && start.len() == inventory::LOOKED_AT
    {
        let mut more = Vec::new();
        (&mut *source).take(PREFACE).read_to_end(&mut more)?;
        if inventory::holds_records(&more) {
            member.kind = MemberKind::ClientLog;
        }
    }
    Ok(node)
}

fn is_zip(start: &[u8]) -> bool {
    matches!(start, [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..])
}

fn is_named_zip(name: &str) -> bool {
    name.len() > 4 && name.as_bytes()[name.len() - 4..].eq_ignore_ascii_case(b".zip")
}

/// Where a thing that may be an archive stands.
#[derive(Clone, Copy)]
struct Inside<'a> {
    /// Path of the archives around it with a closing `!/`, empty at the top.
    path: &'a str,
    /// Its own path within them.
    name: &'a str,
    /// Archives open once this one is entered.
    depth: usize,
    /// The only thing that was dropped: the bundle bears its name.
    alone: bool,
}

impl Inside<'_> {
    fn full(&self) -> String {
        format!("{}{}", self.path, self.name)
    }

    /// The path before the members of this archive.
    fn within(&self) -> String {
        if self.alone { String::new() } else { format!("{}{}!/", self.path, self.name) }
    }
}

/// Lists what a stream holds: a member, a tar, or a zip taken into memory; with any layers of gzip around it, of which
/// `layers` are taken off already.
fn list_stream(
    listing: &mut Listing<'_>,
    meter: &Meter,
    at: Inside<'_>,
    place: usize,
    layers: usize,
    source: &mut dyn Read,
    fingerprint: Fingerprint,
) -> Option<Node> {
    let (start, failure) = match start_of(source) {
        Ok(start) => (start, None),
        Err((error, start)) => (start, Some(error)),
    };
    let mut rest = Cursor::new(start.as_slice()).chain(&mut *source);
    if start.starts_with(&[0x1F, 0x8B]) && layers < listing.limits.depth {
        let mut inner = Metered::layer(Gunzip::new(BufReader::with_capacity(PIECE, rest)), meter);
        return list_stream(listing, meter, at, place, layers + 1, &mut inner, Fingerprint::default());
    }
    let archive = is_zip(&start) || tar::is_tar(&start);
    if archive && at.depth > listing.limits.depth {
        let member = add_member(listing, at.full(), place, layers, &start, fingerprint)?;
        let notice = Notice::new("archive_too_deep").with("path", at.full()).with("depth", listing.limits.depth);
        listing.notices.push(notice.in_member(MemberId(member.members.start)));
        return Some(member);
    }
    if tar::is_tar(&start) {
        return Some(list_tar(listing, meter, at, place, layers, &mut rest));
    }
    if is_zip(&start) {
        let (bytes, failure) = into_memory(&mut Metered::nested(rest, meter));
        if let Some(Stop::NestedTooLarge { limit }) = failure.as_ref().and_then(Stop::of) {
            let member = add_member(listing, at.full(), place, layers, &start, fingerprint)?;
            let notice = Notice::new("nested_archive_too_large").with("path", at.full()).with("limit", limit);
            listing.notices.push(notice.in_member(MemberId(member.members.start)));
            return Some(member);
        }
        // Reading from memory does not fail.
        return list_zip(listing, meter, at, place, layers, &mut Cursor::new(bytes)).ok();
    }
    let locked =
        failure.as_ref().and_then(Stop::of).is_some_and(|stop| matches!(stop, Stop::Encrypted | Stop::WrongPassword));
    add_member(listing, at.full(), place, layers, &start, Fingerprint { locked, ..fingerprint })
}

fn list_tar(
    listing: &mut Listing<'_>,
    meter: &Meter,
    at: Inside<'_>,
    place: usize,
    layers: usize,
    source: &mut dyn Read,
) -> Node {
    listing.archives += 1;
    let first = listing.next;
    let mut nodes = Vec::new();
    let mut number = 0;
    let within = at.within();
    let walked = tar::walk(source, &mut |entry, data| {
        let place = number;
        number += 1;
        if listing.entries >= listing.limits.members {
            listing.left_out += 1;
            return Ok(true);
        }
        listing.entries += 1;
        let name = text::shown(&entry.name, false);
        let inside = Inside { path: &within, name: &name, depth: at.depth + 1, alone: false };
        match entry.kind {
            tar::EntryKind::Nothing => {}
            tar::EntryKind::Link => {
                listing.notices.push(Notice::new("member_link").with("path", inside.full()));
            }
            tar::EntryKind::File => {
                let fingerprint = Fingerprint { length: Some(entry.length), ..Fingerprint::default() };
                nodes.extend(list_stream(listing, meter, inside, place, 0, data, fingerprint));
            }
        }
        Ok(true)
    });
    let (damaged, stop) = match walked {
        Ok(walked) => (walked.damaged, walked.stop),
        Err(error) => (false, Some(Stop::of(&error).unwrap_or(Stop::Corrupt))),
    };
    if damaged {
        listing.notices.push(Notice::new("archive_damaged").with("path", at.full()));
    }
    if let Some(stop) = stop {
        let members = listing.next - first;
        listing.notices.push(archive_stopped(&stop).with("path", at.full()).with("members", members));
    }
    Node { place, layers, members: first..listing.next, content: Content::Tar(nodes) }
}

fn archive_stopped(stop: &Stop) -> Notice {
    match stop {
        Stop::BundleTooLarge { limit } => Notice::new("archive_over_limit").with("limit", limit),
        Stop::TooCompressed { ratio } => Notice::new("archive_ratio").with("ratio", ratio),
        _ => Notice::new("archive_truncated"),
    }
}

fn list_zip(
    listing: &mut Listing<'_>,
    meter: &Meter,
    at: Inside<'_>,
    place: usize,
    layers: usize,
    archive: &mut dyn Seekable,
) -> io::Result<Node> {
    listing.archives += 1;
    let first = listing.next;
    let room = listing.limits.members.saturating_sub(listing.entries);
    let directory = zip::directory(archive, room)?;
    listing.entries += directory.entries.len();
    listing.left_out += directory.left_out;
    let mut nodes = Vec::new();
    let mut names = std::collections::BTreeSet::new();
    let mut twins = 0;
    let within = at.within();
    for (place, entry) in directory.entries.iter().enumerate() {
        let name = text::shown(&entry.name, false);
        let inside = Inside { path: &within, name: &name, depth: at.depth + 1, alone: false };
        if entry.folder {
            continue;
        }
        if !names.insert(&entry.name) {
            twins += 1;
        }
        if entry.link {
            listing.notices.push(Notice::new("member_link").with("path", inside.full()));
            continue;
        }
        let fingerprint =
            Fingerprint { length: entry.declared_length, checksum: entry.checksum, ..Fingerprint::default() };
        let password = listing.password;
        let opened = zip::open(archive, entry, password, true, |data| {
            list_stream(listing, meter, inside, place, 0, data, fingerprint.clone())
        });
        nodes.extend(match opened {
            Ok(node) => node,
            Err(error) => {
                let locked = matches!(Stop::of(&error), Some(Stop::Encrypted | Stop::WrongPassword));
                add_member(listing, inside.full(), place, 0, b"", Fingerprint { locked, ..fingerprint })
            }
        });
    }
    if directory.recovered {
        let members = listing.next - first;
        listing.notices.push(Notice::new("archive_recovered").with("path", at.full()).with("members", members));
    }
    if directory.overlapping {
        listing.notices.push(Notice::new("archive_overlapping").with("path", at.full()));
    }
    if twins > 0 {
        listing.notices.push(Notice::new("archive_duplicate_names").with("path", at.full()).with("count", twins));
    }
    Ok(Node { place, layers, members: first..listing.next, content: Content::Zip(directory, nodes) })
}

fn add_member(
    listing: &mut Listing<'_>,
    path: String,
    place: usize,
    layers: usize,
    start: &[u8],
    mut fingerprint: Fingerprint,
) -> Option<Node> {
    if listing.members.len() >= listing.limits.members {
        listing.left_out += 1;
        return None;
    }
    let id = listing.next;
    listing.next = id.checked_add(1)?;
    fingerprint.foreign = inventory::foreign(start).filter(|_| !inventory::holds_records(start));
    if layers > 0 {
        fingerprint.length = None;
        fingerprint.checksum = None;
    }
    listing.members.push(Member { id: MemberId(id), kind: inventory::kind(&path, start), path });
    listing.fingerprints.push(fingerprint);
    Some(Node { place, layers, members: id..id + 1, content: Content::Member })
}

/// As many first bytes as the inventory looks at; on failure, those before it.
fn start_of(source: &mut (impl Read + ?Sized)) -> Result<Vec<u8>, (io::Error, Vec<u8>)> {
    let mut start = vec![0; inventory::LOOKED_AT];
    let mut filled = 0;
    while filled < start.len() {
        match source.read(&mut start[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                start.truncate(filled);
                return Err((error, start));
            }
        }
    }
    start.truncate(filled);
    Ok(start)
}

fn into_memory(source: &mut dyn Read) -> (Vec<u8>, Option<io::Error>) {
    let mut bytes = Vec::new();
    let failure = source.read_to_end(&mut bytes).err();
    (bytes, failure)
}

/// Takes the bytes of the wanted members, in the order of the archive.
pub(super) trait Take {
    fn wants(&self, member: u32) -> bool;
    /// Whether this member is wanted to its end.
    fn wants_all(&self, member: u32) -> bool;
    /// `false` when enough of this member was read.
    fn bytes(&mut self, member: u32, chunk: &[u8]) -> bool;
    fn end(&mut self, member: u32, extent: Extent);
}

/// Reads the wanted members of one input.
pub(super) struct Reading<'a> {
    pub(super) members: &'a [Member],
    /// Number of `members[0]`.
    pub(super) first: u32,
    pub(super) meter: &'a Meter,
    pub(super) password: Option<&'a [u8]>,
    pub(super) take: &'a mut dyn Take,
}

impl Reading<'_> {
    pub(super) fn input(&mut self, node: &Node, source: &mut dyn Seekable) -> io::Result<()> {
        if !self.wanted(node) {
            return Ok(());
        }
        let length = source.seek(SeekFrom::End(0))?;
        self.meter.begin_input(length);
        source.seek(SeekFrom::Start(0))?;
        match &node.content {
            Content::Zip(directory, nodes) if node.layers == 0 => self.zip(directory, nodes, source),
            _ => self.stream(node, node.layers, source),
        }
        Ok(())
    }

    fn wanted(&self, node: &Node) -> bool {
        node.members.clone().any(|member| self.take.wants(member))
    }

    fn zip(&mut self, directory: &zip::Directory, nodes: &[Node], archive: &mut dyn Seekable) {
        for node in nodes {
            if !self.wanted(node) {
                continue;
            }
            let Some(entry) = directory.entries.get(node.place) else { continue };
            let password = self.password;
            let checksum = node.members.clone().any(|member| self.take.wants_all(member));
            let stream = |data: &mut dyn Read| self.stream(node, node.layers, data);
            if let Err(error) = zip::open(archive, entry, password, checksum, stream) {
                self.fail(node, &error, 0);
            }
        }
    }

    fn stream(&mut self, node: &Node, layers: usize, source: &mut dyn Read) {
        if layers > 0 {
            let meter = self.meter;
            let mut inner = Metered::layer(Gunzip::new(BufReader::with_capacity(PIECE, source)), meter);
            return self.stream(node, layers - 1, &mut inner);
        }
        match &node.content {
            Content::Member => self.member(node, source),
            Content::Tar(nodes) => self.tar(nodes, source),
            Content::Zip(directory, nodes) => {
                let meter = self.meter;
                let (bytes, _) = into_memory(&mut Metered::nested(source, meter));
                self.zip(directory, nodes, &mut Cursor::new(bytes));
            }
        }
    }

    fn tar(&mut self, nodes: &[Node], source: &mut dyn Read) {
        let mut wanted = nodes.iter().filter(|node| self.wanted(node)).collect::<Vec<_>>().into_iter().peekable();
        let mut number = 0;
        let walked = tar::walk(source, &mut |_, data| {
            if wanted.peek().is_some_and(|node| node.place == number)
                && let Some(node) = wanted.next()
            {
                self.stream(node, node.layers, data);
            }
            number += 1;
            Ok(wanted.peek().is_some())
        });
        let failure = walked.err().unwrap_or_else(|| Stop::Truncated.into());
        for left in wanted {
            self.fail(left, &failure, 0);
        }
    }

    fn member(&mut self, node: &Node, source: &mut dyn Read) {
        let id = node.members.start;
        let meter = self.meter;
        let mut source = Metered::member(source, meter);
        let mut piece = vec![0; PIECE];
        let mut at = 0;
        let failure = loop {
            match source.read(&mut piece) {
                Ok(0) => break None,
                Ok(count) => {
                    at += count as u64;
                    if !self.take.bytes(id, &piece[..count]) {
                        break Some(Stop::Enough.into());
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Some(error),
            }
        };
        match failure {
            None => self.take.end(id, Extent::Whole),
            Some(error) => self.fail(node, &error, at),
        }
    }

    fn fail(&mut self, node: &Node, error: &io::Error, at: u64) {
        for id in node.members.clone().filter(|id| self.take.wants(*id)).collect::<Vec<_>>() {
            let Some(member) = self.members.get((id - self.first) as usize) else { continue };
            let notice = damage::notice(error, member, at);
            self.take.end(id, if at > 0 { Extent::Partly(notice) } else { Extent::Not(notice) });
        }
    }
}

/// An input with a block of it in memory: searching about in a zip costs no reading, and the front end is asked for
/// large pieces only.
pub(super) struct Blocks {
    source: Box<dyn Source>,
    block: Vec<u8>,
    /// Where `block` begins in the source.
    base: u64,
    position: u64,
}

impl Blocks {
    pub(super) fn new(source: Box<dyn Source>) -> Self {
        Self { source, block: Vec::new(), base: 0, position: 0 }
    }
}

impl Read for Blocks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Blocks {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let inside = self.position.checked_sub(self.base).filter(|offset| *offset < self.block.len() as u64);
        let offset = if let Some(offset) = inside {
            offset as usize
        } else {
            self.source.seek(SeekFrom::Start(self.position))?;
            self.base = self.position;
            self.block.clear();
            self.block.reserve_exact(BLOCK);
            let read = (&mut self.source).take(BLOCK as u64).read_to_end(&mut self.block);
            if self.block.is_empty() {
                read?;
            }
            0
        };
        Ok(&self.block[offset..])
    }

    fn consume(&mut self, count: usize) {
        self.position += count as u64;
    }
}

impl Seek for Blocks {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = match to {
            SeekFrom::Start(position) => position,
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset).ok_or(io::ErrorKind::InvalidInput)?,
            SeekFrom::End(_) => self.source.seek(to)?,
        };
        Ok(self.position)
    }
}
