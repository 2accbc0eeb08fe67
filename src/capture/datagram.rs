//! What datagrams tell: names that did not resolve, and attempts at QUIC.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::FixedState;

use super::packet::End;
use crate::provenance::{MemberId, Provenance};
use crate::record::time::{SECOND, Timestamp};

const NAME_SERVER: u16 = 53;
const QUIC: u16 = 443;
/// Names, questions and connections that are told apart.
const REMEMBERED: usize = 10_000;
/// An answer that takes longer is none.
const ANSWER_WITHIN: i64 = 5 * SECOND;

/// A name that did not resolve, and never did in the capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    pub name: String,
    pub failure: NameFailure,
    pub times: u32,
    pub utc: i64,
    pub at: Option<Timestamp>,
    /// The first packet that tells it.
    pub evidence: Provenance,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameFailure {
    /// NXDOMAIN
    Unknown,
    /// SERVFAIL
    Failed,
    /// REFUSED
    Refused,
    /// No answer
    Silent,
}

impl NameFailure {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Unknown => "NXDOMAIN",
            Self::Failed => "SERVFAIL",
            Self::Refused => "REFUSED",
            Self::Silent => "timeout",
        }
    }
}

/// Attempts at QUIC with one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuicAttempts {
    pub server: End,
    pub times: u32,
    /// The server, or somebody in its place, answered.
    pub answered: bool,
    pub utc: i64,
    pub at: Option<Timestamp>,
    pub evidence: Provenance,
}

#[derive(Default)]
pub(super) struct Datagrams {
    /// By client, name server and number of the question.
    asked: HashMap<(End, End, u16), Question, FixedState>,
    names: BTreeMap<String, Name>,
    quic: BTreeMap<End, Quic>,
}

struct Question {
    name: String,
    packet: u32,
    at: i64,
}

#[derive(Default)]
struct Name {
    resolved: bool,
    failures: BTreeMap<NameFailure, (u32, i64, u32)>,
}

struct Quic {
    clients: BTreeSet<End>,
    answered: bool,
    packet: u32,
    at: i64,
}

impl Datagrams {
    pub(super) fn push(&mut self, from: End, to: End, payload: &[u8], packet: u32, at: i64) {
        match (from.1, to.1) {
            (_, NAME_SERVER) => self.ask((from, to), payload, packet, at),
            (NAME_SERVER, _) => self.answer((to, from), payload, packet, at),
            (_, QUIC) => self.try_quic(from, to, payload, packet, at),
            (QUIC, _) => {
                if let Some(quic) = self.quic.get_mut(&from) {
                    quic.answered |= quic.clients.contains(&to);
                }
            }
            _ => {}
        }
    }

    /// `last` is the time of the last packet: what was asked right before the end may have been answered after it.
    pub(super) fn finish(mut self, member: MemberId, last: i64) -> (Vec<Unresolved>, Vec<QuicAttempts>) {
        let mut silent: Vec<Question> = self.asked.into_values().collect();
        silent.sort_by_key(|question| question.packet);
        for question in silent.into_iter().filter(|question| last - question.at > ANSWER_WITHIN / 5) {
            note(&mut self.names, &question.name, NameFailure::Silent, question.packet, question.at);
        }
        let unresolved = self.names.into_iter().filter(|(_, name)| !name.resolved).filter_map(|(text, name)| {
            let (failure, (times, utc, packet)) = name.failures.into_iter().next()?;
            let evidence = Provenance { member, line: packet };
            Some(Unresolved { name: text, failure, times, utc, at: None, evidence })
        });
        let quic = self.quic.into_iter().map(|(server, quic)| QuicAttempts {
            server,
            times: quic.clients.len() as u32,
            answered: quic.answered,
            utc: quic.at,
            at: None,
            evidence: Provenance { member, line: quic.packet },
        });
        (unresolved.collect(), quic.collect())
    }

    fn ask(&mut self, ends: (End, End), payload: &[u8], packet: u32, at: i64) {
        let Some((number, _, name)) = question(payload) else { return };
        if self.asked.len() < REMEMBERED {
            // The same question again is a second try of the same wait.
            self.asked.entry((ends.0, ends.1, number)).or_insert(Question { name, packet, at });
        }
    }

    fn answer(&mut self, ends: (End, End), payload: &[u8], packet: u32, at: i64) {
        let Some((number, code, name)) = question(payload) else { return };
        let asked = self.asked.remove(&(ends.0, ends.1, number));
        if asked.as_ref().is_some_and(|asked| asked.name != name || at - asked.at > ANSWER_WITHIN) {
            return;
        }
        let failure = match code {
            0 => None,
            2 => Some(NameFailure::Failed),
            3 => Some(NameFailure::Unknown),
            5 => Some(NameFailure::Refused),
            _ => return,
        };
        match failure {
            Some(failure) => note(&mut self.names, &name, failure, packet, at),
            None if self.names.len() < REMEMBERED || self.names.contains_key(&name) => {
                self.names.entry(name).or_default().resolved = true;
            }
            None => {}
        }
    }

    fn try_quic(&mut self, from: End, to: End, payload: &[u8], packet: u32, at: i64) {
        // A long header with the fixed bit and a version: only those begin a connection.
        let begins = matches!(payload, [first, a, b, c, d, ..] if first & 0xC0 == 0xC0 && [*a, *b, *c, *d] != [0; 4]);
        if !begins || (self.quic.len() >= REMEMBERED && !self.quic.contains_key(&to)) {
            return;
        }
        let quic =
            self.quic.entry(to).or_insert_with(|| Quic { clients: BTreeSet::new(), answered: false, packet, at });
        if quic.clients.len() < 1000 {
            quic.clients.insert(from);
        }
    }
}

fn note(names: &mut BTreeMap<String, Name>, name: &str, failure: NameFailure, packet: u32, at: i64) {
    if names.len() < REMEMBERED || names.contains_key(name) {
        let seen = names.entry(name.to_owned()).or_default().failures.entry(failure).or_insert((0, at, packet));
        seen.0 = seen.0.saturating_add(1);
    }
}

/// Number, answer code and name of a message with one question.
fn question(payload: &[u8]) -> Option<(u16, u8, String)> {
    let &[a, b, _, flags, 0, 1, _, _, _, _, _, _, ref rest @ ..] = payload else { return None };
    let mut name = String::new();
    let mut rest = rest;
    loop {
        let (length, after) = rest.split_first()?;
        if *length == 0 {
            break;
        }
        // Longer values point elsewhere, which a question has no need to do.
        if *length > 63 || name.len() > 253 {
            return None;
        }
        let (label, after) = after.split_at_checked(usize::from(*length))?;
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(&String::from_utf8_lossy(label).to_ascii_lowercase());
        rest = after;
    }
    Some((u16::from_be_bytes([a, b]), flags & 0x0F, name)).filter(|(_, _, name)| !name.is_empty())
}
