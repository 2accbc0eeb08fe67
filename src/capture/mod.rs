//! Reads the inner packet captures of the bundles: whose client refused the certificate that it was shown, and what failed before.
//!
//! Read are pcap and pcapng with the links that clients use (Ethernet, raw IP, loopback, Linux cooked). Of a connection
//! only the handshake is looked at; nothing is decrypted, and no more is held in memory than the limits below say.
//! What a refusal means for the incident is the business of `ranking` and `finding`.

mod clock;
mod conversation;
mod datagram;
mod file;
mod packet;
mod stream;
mod tls;

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::FixedState;

pub use clock::zone_text;
pub use conversation::{Conversation, Outcome, Refusal, alert_name};
pub use datagram::{NameFailure, QuicAttempts, Unresolved};
pub use tls::{Issuer, version_name};

use crate::bundle::{Bundle, Extent, Member, MemberKind, MemberVisitor};
use crate::notice::Notice;
use crate::provenance::{MemberId, Provenance};
use crate::record::time::Timestamp;
use crate::timeline::Timeline;
use conversation::Tracker;
use datagram::Datagrams;
use packet::{Content, Datagram, End, Segment};

/// Everything that the captures of all bundles tell, in the order of members and packets.
#[derive(Clone, Debug, Default)]
pub struct Capture {
    pub files: Vec<CaptureFile>,
    pub conversations: Vec<Conversation>,
    pub unresolved: Vec<Unresolved>,
    pub quic: Vec<QuicAttempts>,
}

/// One capture and how it fits the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptureFile {
    pub member: MemberId,
    pub packets: u32,
    pub conversations: usize,
    /// Microseconds from UTC to the device's wall clock, where both logs show the same connections.
    pub difference: Option<i64>,
    /// First and last packet, UTC.
    pub span: Option<(i64, i64)>,
    /// Only the beginning could be read, or not every connection could be followed.
    pub is_partial: bool,
}

/// Connections that are followed.
const CONNECTIONS: usize = 20_000;
/// Bytes of unfinished handshakes that are held for all of them.
const HELD_BYTES: usize = 48 << 20;

/// Reads every capture of `bundles`, and puts it on the clock of its bundle's logs.
#[must_use]
pub fn read(bundles: &mut [Bundle], timeline: &Timeline) -> (Capture, Vec<Notice>) {
    let mut capture = Capture::default();
    let mut notices = Vec::new();
    for bundle in bundles {
        let wanted: BTreeSet<MemberId> = bundle
            .members
            .iter()
            .filter(|member| member.kind == MemberKind::Capture && bundle.unread(member.id).is_none())
            .map(|member| member.id)
            .collect();
        if wanted.is_empty() {
            continue;
        }
        let mut desk = Desk { reading: None, capture: &mut capture, notices: &mut notices };
        let (first, last) =
            (bundle.members.first().map(|member| member.id), bundle.members.last().map(|member| member.id));
        let own = |member: MemberId| Some(member) >= first && Some(member) <= last;
        let begin = desk.capture.files.len();
        bundle.read_each(&|member| wanted.contains(&member.id), &mut desk);
        capture.join(begin, timeline, &own);
    }
    (capture, notices)
}

impl Capture {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The packet as one line, where it is evidence of something.
    #[must_use]
    pub fn line(&self, provenance: Provenance) -> Option<String> {
        let conversation = self.conversations.iter().find(|known| known.evidence == provenance).map(Conversation::line);
        let time = |at: Option<Timestamp>, utc| at.map_or_else(|| format!("{}Z", Timestamp(utc)), |at| at.to_string());
        let name = || {
            let row = self.unresolved.iter().find(|known| known.evidence == provenance)?;
            Some(format!("#{} {} DNS {}: {}", provenance.line, time(row.at, row.utc), row.name, row.failure.id()))
        };
        let quic = || {
            let row = self.quic.iter().find(|known| known.evidence == provenance)?;
            let answer = if row.answered { "answered" } else { "no answer" };
            Some(format!("#{} {} QUIC to {}: {answer}", provenance.line, time(row.at, row.utc), row.server.0))
        };
        conversation.or_else(name).or_else(quic)
    }

    #[must_use]
    pub fn is_of(&self, member: MemberId) -> bool {
        self.files.iter().any(|file| file.member == member)
    }

    /// Puts the files from `begin` on on the device's clock.
    fn join(&mut self, begin: usize, timeline: &Timeline, logs: &dyn Fn(MemberId) -> bool) {
        for file in &mut self.files[begin..] {
            let own: Vec<Conversation> =
                self.conversations.iter().filter(|row| row.evidence.member == file.member).cloned().collect();
            file.difference = clock::difference(&own, timeline, logs);
            let Some(difference) = file.difference else { continue };
            let local = |utc: i64| Some(Timestamp(utc.saturating_add(difference)));
            for row in self.conversations.iter_mut().filter(|row| row.evidence.member == file.member) {
                row.at = local(row.utc);
            }
            for row in self.unresolved.iter_mut().filter(|row| row.evidence.member == file.member) {
                row.at = local(row.utc);
            }
            for row in self.quic.iter_mut().filter(|row| row.evidence.member == file.member) {
                row.at = local(row.utc);
            }
        }
    }
}

/// Takes the bytes of captures, one after the other.
struct Desk<'a> {
    reading: Option<Reading>,
    capture: &'a mut Capture,
    notices: &'a mut Vec<Notice>,
}

impl MemberVisitor for Desk<'_> {
    fn bytes(&mut self, _: &Member, chunk: &[u8]) -> bool {
        let reading = self.reading.get_or_insert_with(Reading::default);
        reading.push(chunk)
    }

    fn end(&mut self, member: &Member, extent: &Extent) {
        let reading = self.reading.take().unwrap_or_default();
        if let Extent::Not(notice) = extent {
            self.notices.push(notice.clone());
            return;
        }
        let file = reading.finish(member.id, self.capture, matches!(extent, Extent::Partly(_)));
        if file.is_partial {
            let notice = Notice::new("capture_partly").with("path", &member.path).with("packets", file.packets);
            self.notices.push(notice.in_member(member.id));
        }
    }
}

/// One capture while its packets pass by.
#[derive(Default)]
struct Reading {
    cutter: file::Cutter,
    table: Table,
}

#[derive(Default)]
struct Table {
    /// By the two ends, the lesser one first: position in `connections`.
    open: HashMap<(End, End), usize, FixedState>,
    /// With client and server.
    connections: Vec<(End, End, Tracker)>,
    datagrams: Datagrams,
    held_bytes: usize,
    span: Option<(i64, i64)>,
    overflows: bool,
}

impl Reading {
    fn push(&mut self, chunk: &[u8]) -> bool {
        let table = &mut self.table;
        self.cutter.push(chunk, &mut |packet| {
            if let Some(datagram) = packet::read(packet.link, packet.bytes) {
                table.take(&datagram, packet.number, packet.at);
            }
        })
    }

    fn finish(self, member: MemberId, capture: &mut Capture, is_damaged: bool) -> CaptureFile {
        let last = self.table.span.map_or(0, |(_, last)| last);
        let (unresolved, quic) = self.table.datagrams.finish(member, last);
        let connections = self.table.connections.into_iter();
        let conversations: Vec<Conversation> =
            connections.filter_map(|(client, server, tracker)| tracker.finish(member, client, server)).collect();
        let file = CaptureFile {
            member,
            packets: self.cutter.packets(),
            conversations: conversations.len(),
            difference: None,
            span: self.table.span,
            is_partial: is_damaged || self.cutter.is_cut() || self.table.overflows,
        };
        capture.files.push(file);
        capture.conversations.extend(conversations);
        capture.unresolved.extend(unresolved);
        capture.quic.extend(quic);
        file
    }
}

impl Table {
    fn take(&mut self, datagram: &Datagram<'_>, number: u32, at: i64) {
        let (first, last) = self.span.unwrap_or((at, at));
        self.span = Some((first.min(at), last.max(at)));
        match &datagram.content {
            Content::Tcp(segment) => self.follow(datagram.from, datagram.to, segment, number, at),
            Content::Udp(payload) => self.datagrams.push(datagram.from, datagram.to, payload, number, at),
        }
    }

    fn follow(&mut self, from: End, to: End, segment: &Segment<'_>, number: u32, at: i64) {
        let key = (from.min(to), from.max(to));
        let opens = segment.begins && !segment.acknowledges;
        let known = self.open.get(&key).copied();
        // The same ends again are another connection, unless the first packet was only sent twice.
        let again = opens && known.is_some_and(|position| self.connections[position].2.is_closed());
        let position = match known.filter(|_| !again) {
            Some(position) => position,
            None if self.connections.len() >= CONNECTIONS => {
                self.overflows = true;
                return;
            }
            None => {
                // Who was there first is not seen where the capture begins later: servers have the lesser port.
                let from_client = if segment.begins { opens } else { from.1 >= to.1 };
                let (client, server) = if from_client { (from, to) } else { (to, from) };
                self.connections.push((client, server, Tracker::new(number, at)));
                self.open.insert(key, self.connections.len() - 1);
                self.connections.len() - 1
            }
        };
        let (client, _, tracker) = &mut self.connections[position];
        self.held_bytes -= tracker.held_bytes();
        tracker.push(from == *client, segment, number, at);
        if self.held_bytes + tracker.held_bytes() > HELD_BYTES {
            tracker.settle();
            self.overflows = true;
        }
        self.held_bytes += tracker.held_bytes();
    }
}
