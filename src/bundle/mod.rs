//! Opens what an administrator drops: an archive, a folder or single files become one [`Bundle`] of members.
//!
//! Stops at decompressed bytes: what a line means is the business of `record`. Nothing is ever written or extracted.
//! Read are zip (stored, deflated, zip64, encrypted with a password), gzip, tar, any of them inside each other, and plain
//! files. Not read: 7-Zip, RAR, xz, bzip2, Zstandard; they are named, so that the reader can unpack them.

mod archive;
mod damage;
mod error;
mod inventory;
mod limits;
pub mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek, SeekFrom};

pub use error::BundleError;
pub use limits::{LimitError, Limits};
use serde::{Deserialize, Serialize};

use crate::notice::Notice;
use crate::provenance::MemberId;
use archive::{Blocks, Fingerprint, Listing, Node};
use limits::Meter;

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
    /// What was found while the members were listed; reading them gives more.
    pub notices: Vec<Notice>,
    first: MemberId,
    limits: Limits,
    password: Option<Vec<u8>>,
    fingerprints: Vec<Fingerprint>,
    twins: BTreeMap<MemberId, MemberId>,
    roots: Vec<(Blocks, Node)>,
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

/// How much of a member was read; everything before the damage was handed out.
///
/// As bytes only [`Extent::Whole`] exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Extent {
    Whole,
    #[serde(skip)]
    Partly(Notice),
    #[serde(skip)]
    Not(Notice),
}

/// Takes the bytes of members, one member after the other.
pub trait MemberVisitor {
    /// Whether `member` is wanted to its end: the checksum of what is left earlier cannot be compared, so that none is taken.
    fn wants_all(&self, member: &Member) -> bool {
        let _ = member;
        true
    }

    /// The next decompressed bytes of `member`, still in its own encoding. `false` when no more of it is wanted.
    fn bytes(&mut self, member: &Member, chunk: &[u8]) -> bool;

    /// No more bytes of `member` follow. Also called for a member of which nothing could be read.
    fn end(&mut self, member: &Member, extent: &Extent) {
        let _ = (member, extent);
    }
}

/// Opens the `inputs` as one bundle. The numbers of its members count on from `first`.
///
/// `name` is what the administrator dropped, for messages. Fails when nothing in the inputs is of use, see
/// [`BundleError`]; what is damaged, left out or over a limit becomes a notice.
pub fn open(name: &str, inputs: Vec<Input>, limits: &Limits, first: MemberId) -> Result<Bundle, BundleError> {
    open_with_password(name, inputs, limits, first, None)
}

/// As [`open`], for archives whose members are encrypted. The password is kept with the bundle only, and never shown.
pub fn open_with_password(
    name: &str,
    inputs: Vec<Input>,
    limits: &Limits,
    first: MemberId,
    password: Option<&[u8]>,
) -> Result<Bundle, BundleError> {
    let shown_name = text::shown(name.as_bytes(), false);
    let mut listing = Listing {
        limits: *limits,
        password,
        next: first.0,
        members: Vec::new(),
        fingerprints: Vec::new(),
        notices: Vec::new(),
        entries: 0,
        left_out: 0,
        archives: 0,
    };
    let meter = Meter::new(*limits);
    let mut roots = Vec::new();
    let mut unreadable = None;
    let count = inputs.len();
    for input in inputs {
        let mut source = Blocks::new(input.source);
        match archive::list(&mut listing, &meter, &input.name, count == 1, &mut source) {
            Ok(Some(node)) => roots.push((source, node)),
            Ok(None) => {}
            Err(error) => {
                let path = text::shown(input.name.as_bytes(), false);
                listing.notices.push(Notice::new("input_unreadable").with("path", &path).with("error", &error));
                unreadable.get_or_insert(error);
            }
        }
    }
    if let Some(error) = unreadable.filter(|_| roots.is_empty()) {
        return Err(BundleError::Unreadable { name: shown_name, error });
    }
    let mut bundle = Bundle {
        name: shown_name,
        first,
        limits: *limits,
        twins: twins(&listing.members, &listing.fingerprints),
        password: password.map(<[u8]>::to_vec),
        members: listing.members,
        fingerprints: listing.fingerprints,
        notices: listing.notices,
        roots,
    };
    if listing.left_out > 0 {
        let notice = Notice::new("too_many_members").with("limit", limits.members).with("count", listing.left_out);
        bundle.notices.push(notice);
    }
    bundle.check(count, listing.archives)?;
    bundle.note_members();
    Ok(bundle)
}

impl Bundle {
    /// The member of this number.
    #[must_use]
    pub fn member(&self, id: MemberId) -> Option<&Member> {
        self.members.get(id.0.checked_sub(self.first.0)? as usize)
    }

    /// Why a member is not read at all: encrypted, a secret, of no known format, the twin of another log, of no use.
    /// `None` for what is read.
    #[must_use]
    pub fn unread(&self, id: MemberId) -> Option<Notice> {
        let member = self.member(id)?;
        let fingerprint = self.fingerprints.get((id.0 - self.first.0) as usize)?;
        let about = |notice: &'static str| Notice::new(notice).with("path", &member.path).in_member(id);
        if fingerprint.locked {
            return Some(about(if self.password.is_some() { "member_wrong_password" } else { "member_encrypted" }));
        }
        if fingerprint.foreign.is_some() && inventory::is_sealed(&member.path) {
            return Some(about("member_sealed"));
        }
        match member.kind {
            MemberKind::Secret => Some(about("member_secret")),
            MemberKind::Capture => None,
            MemberKind::Other | MemberKind::OtherLog => {
                Some(match inventory::format(&member.path, fingerprint.foreign) {
                    Some(found) => about("member_foreign").with("found", found),
                    None => about("member_not_used"),
                })
            }
            MemberKind::Configuration | MemberKind::DiagnosticText => {
                fingerprint.foreign.map(|found| about("member_foreign").with("found", found))
            }
            MemberKind::ClientLog | MemberKind::PrivateAccessLog => {
                if let Some(earlier) = self.twins.get(&id).and_then(|earlier| self.member(*earlier)) {
                    return Some(about("member_twin").with("other", &earlier.path));
                }
                // A log may begin with the zeros of a crashed disk; reading it tells.
                let foreign = fingerprint.foreign.filter(|found| *found != inventory::BINARY);
                foreign.map(|found| about("member_foreign").with("found", found))
            }
        }
    }

    /// Whether some of it is closed for want of a password, though there is something to read.
    #[must_use]
    pub fn is_partly_locked(&self) -> bool {
        self.password.is_none() && self.fingerprints.iter().any(|fingerprint| fingerprint.locked)
    }

    /// Decompressed bytes of a member as declared: for progress alone, it may be wrong or missing.
    #[must_use]
    pub fn declared_length(&self, id: MemberId) -> Option<u64> {
        self.fingerprints.get(id.0.checked_sub(self.first.0)? as usize)?.length
    }

    /// Whether each of `members` can be reached without a password and without reading others before it.
    pub(crate) fn are_at_hand(&self, members: &BTreeSet<MemberId>) -> bool {
        let is_open = self.password.is_none() && !self.is_partly_locked();
        is_open && members.iter().all(|member| self.roots.iter().any(|(_, node)| node.holds_at_hand(member.0)))
    }

    /// Whether so many bytes of each member, all of them at hand, are read in one pass without reaching a limit.
    pub(crate) fn allows(&mut self, bytes: &BTreeMap<MemberId, u64>) -> bool {
        let meter = Meter::new(self.limits);
        self.roots.iter_mut().all(|(source, node)| {
            let Ok(length) = source.seek(SeekFrom::End(0)) else { return false };
            meter.begin_input(length);
            node.numbers().filter_map(|number| bytes.get(&MemberId(number))).all(|bytes| meter.add(*bytes).is_ok())
        })
    }

    /// Streams the bytes of the chosen members in archive order. A stream container is passed through once.
    ///
    /// The answer holds every chosen member, in the order in which they were read.
    pub fn read_each(
        &mut self,
        wanted: &dyn Fn(&Member) -> bool,
        visitor: &mut dyn MemberVisitor,
    ) -> Vec<(MemberId, Extent)> {
        let wanted: Vec<bool> = self.members.iter().map(wanted).collect();
        let mut visit =
            Visit { members: &self.members, first: self.first.0, wanted: &wanted, visitor, extents: Vec::new() };
        let meter = Meter::new(self.limits);
        for (source, node) in &mut self.roots {
            let mut reading = archive::Reading {
                members: &self.members,
                first: self.first.0,
                meter: &meter,
                password: self.password.as_deref(),
                take: &mut visit,
            };
            // What was chosen and has no extent by the end is noted below.
            let _ = reading.input(node, source);
        }
        let mut extents = visit.extents;
        let read: BTreeSet<MemberId> = extents.iter().map(|(id, _)| *id).collect();
        for (member, _) in self.members.iter().zip(&wanted).filter(|(_, wanted)| **wanted) {
            if !read.contains(&member.id) {
                let notice = Notice::new("member_unreachable").with("path", &member.path).in_member(member.id);
                let extent = Extent::Not(notice);
                visitor.end(member, &extent);
                extents.push((member.id, extent));
            }
        }
        extents
    }

    /// All bytes of one member, at most `cap`: for configuration files and captures.
    pub fn read_all(&mut self, member: MemberId, cap: usize) -> (Vec<u8>, Extent) {
        struct All {
            bytes: Vec<u8>,
            cap: usize,
            cut: bool,
        }
        impl MemberVisitor for All {
            fn bytes(&mut self, _: &Member, chunk: &[u8]) -> bool {
                let room = (self.cap - self.bytes.len()).min(chunk.len());
                self.bytes.extend_from_slice(&chunk[..room]);
                self.cut = room < chunk.len();
                !self.cut
            }
        }
        let mut all = All { bytes: Vec::new(), cap, cut: false };
        let extents = self.read_each(&|candidate| candidate.id == member, &mut all);
        let path = self.member(member).map(|member| member.path.clone()).unwrap_or_default();
        let extent = if all.cut {
            Extent::Partly(Notice::new("member_start_only").with("limit", cap).with("path", path).in_member(member))
        } else {
            extents.into_iter().next().map_or_else(
                || Extent::Not(Notice::new("member_unreachable").with("path", path).in_member(member)),
                |(_, extent)| extent,
            )
        };
        (all.bytes, extent)
    }

    /// Whether there is anything to work with.
    fn check(&self, inputs: usize, archives: usize) -> Result<(), BundleError> {
        let name = || self.name.clone();
        if self.members.is_empty() {
            let damaged = self.notices.iter().any(|notice| notice.id.starts_with("archive_"));
            return Err(if damaged {
                BundleError::Damaged { name: name() }
            } else {
                BundleError::Empty { name: name() }
            });
        }
        if self.fingerprints.iter().all(|fingerprint| fingerprint.locked) {
            return Err(match self.password {
                None => BundleError::PasswordNeeded { name: name() },
                Some(_) => BundleError::WrongPassword { name: name() },
            });
        }
        if inputs == 1 && archives == 0 && self.members[0].kind == MemberKind::Other {
            return Err(match self.fingerprints[0].foreign {
                Some(found) => BundleError::NotABundle { name: name(), found },
                None => BundleError::NoRecord { name: name() },
            });
        }
        Ok(())
    }

    /// Secrets and files of no use are left to [`Bundle::unread`]: they are no news.
    fn note_members(&mut self) {
        let of_use = |kind| !matches!(kind, MemberKind::Secret | MemberKind::Other | MemberKind::OtherLog);
        let locked = |notice: &Notice| matches!(notice.id, "member_encrypted" | "member_wrong_password");
        let news: Vec<Notice> = self
            .members
            .iter()
            .filter_map(|member| self.unread(member.id).filter(|notice| of_use(member.kind) || locked(notice)))
            .collect();
        self.notices.extend(news);
    }
}

/// Logs whose content stands in the bundle before: the later one → the earlier one. By length and checksum as declared,
/// so only where the archive holds both.
fn twins(members: &[Member], fingerprints: &[Fingerprint]) -> BTreeMap<MemberId, MemberId> {
    let mut seen = BTreeMap::new();
    let mut twins = BTreeMap::new();
    for (member, fingerprint) in members.iter().zip(fingerprints).filter(|(member, _)| is_log(member.kind)) {
        if let (Some(length @ 1..), Some(checksum)) = (fingerprint.length, fingerprint.checksum) {
            let earlier = *seen.entry((length, checksum)).or_insert(member.id);
            if earlier != member.id {
                twins.insert(member.id, earlier);
            }
        }
    }
    twins
}

fn is_log(kind: MemberKind) -> bool {
    matches!(kind, MemberKind::ClientLog | MemberKind::PrivateAccessLog)
}

/// Joins members and numbers for the archive, which knows numbers only.
struct Visit<'a> {
    members: &'a [Member],
    first: u32,
    wanted: &'a [bool],
    visitor: &'a mut dyn MemberVisitor,
    extents: Vec<(MemberId, Extent)>,
}

impl archive::Take for Visit<'_> {
    fn wants(&self, member: u32) -> bool {
        self.wanted.get((member - self.first) as usize).copied().unwrap_or(false)
    }

    fn wants_all(&self, member: u32) -> bool {
        self.visitor.wants_all(&self.members[(member - self.first) as usize])
    }

    fn bytes(&mut self, member: u32, chunk: &[u8]) -> bool {
        self.visitor.bytes(&self.members[(member - self.first) as usize], chunk)
    }

    fn end(&mut self, member: u32, extent: Extent) {
        self.visitor.end(&self.members[(member - self.first) as usize], &extent);
        self.extents.push((MemberId(member), extent));
    }
}
