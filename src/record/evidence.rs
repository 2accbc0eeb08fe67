//! Fetches the text of records again, for those few that the report shows.

use std::collections::{BTreeMap, BTreeSet};

use memchr::memchr_iter;

use super::{Reader, Record};
use crate::bundle::{Bundle, Extent, Member, MemberVisitor, text};
use crate::provenance::MemberId;

/// Bytes of a record that are shown: enough for a flow line and the head of a dump.
const SHOWN: usize = 4096;

/// The records that begin at the `wanted` lines: header, message and the lines that continue it, as they stand in the
/// log and safe to show; longer ones end in `…`. Records joined on one line come together, each on a line of its own.
///
/// A second pass over the members concerned, each left at its last wanted line; of what lies between two lines far apart the
/// lines are counted, no more. A line at which no record begins has no text in the answer.
pub fn lines(bundle: &mut Bundle, wanted: &BTreeMap<MemberId, BTreeSet<u32>>) -> BTreeMap<(MemberId, u32), String> {
    let mut visitor = Evidence { wanted, current: None, found: BTreeMap::new() };
    bundle.read_each(&|member| wanted.get(&member.id).is_some_and(|lines| !lines.is_empty()), &mut visitor);
    visitor.found
}

struct Evidence<'a> {
    wanted: &'a BTreeMap<MemberId, BTreeSet<u32>>,
    current: Option<Place>,
    found: BTreeMap<(MemberId, u32), String>,
}

enum Place {
    Reading(Box<Reader>),
    /// On the way to a wanted line, so many lines passed.
    Passing {
        passed: u32,
        wanted: u32,
    },
}

/// Lines nearer than this are read up to.
const FAR: u32 = 300;

impl MemberVisitor for Evidence<'_> {
    fn wants_all(&self, _: &Member) -> bool {
        false
    }

    fn bytes(&mut self, member: &Member, chunk: &[u8]) -> bool {
        let Some(lines) = self.wanted.get(&member.id) else { return false };
        let place = self.current.get_or_insert_with(|| Place::Reading(Box::new(Reader::new(member.id))));
        let mut text = chunk;
        if let Place::Passing { passed, wanted } = place {
            let before = *wanted - 1;
            let Some(rest) = pass(text, passed, before) else { return true };
            *place = Place::Reading(Box::new(Reader::inside(member.id, before)));
            text = rest;
        }
        let Place::Reading(reader) = place else { return true };
        let found = &mut self.found;
        reader.push_raw(text, &mut |record, head| keep(lines, found, &record, head));
        if reader.open_line().is_some_and(|line| lines.contains(&line)) {
            return true;
        }
        let passed = reader.tally().lines;
        let Some(wanted) = lines.range(passed.saturating_add(1)..).next() else { return false };
        if wanted - passed > FAR && reader.may_be_left() {
            *place = Place::Passing { passed, wanted: *wanted };
        }
        true
    }

    fn end(&mut self, member: &Member, _: &Extent) {
        let Some(Place::Reading(mut reader)) = self.current.take() else { return };
        let Some(lines) = self.wanted.get(&member.id) else { return };
        reader.finish_raw(&mut |record, head| keep(lines, &mut self.found, &record, head));
    }
}

/// What stands behind so many lines in all; `None` if `text` has fewer, which then are `passed`.
fn pass<'t>(text: &'t [u8], passed: &mut u32, lines: u32) -> Option<&'t [u8]> {
    let missing = (lines - *passed) as usize;
    let here = memchr_iter(b'\n', text).count();
    if here < missing {
        *passed += here as u32;
        return None;
    }
    let start = missing.checked_sub(1).and_then(|before| memchr_iter(b'\n', text).nth(before));
    Some(&text[start.map_or(0, |line_feed| line_feed + 1)..])
}

fn keep(lines: &BTreeSet<u32>, found: &mut BTreeMap<(MemberId, u32), String>, record: &Record<'_>, head: &[u8]) {
    let line = record.provenance.line;
    if !lines.contains(&line) {
        return;
    }
    let text = found.entry((record.provenance.member, line)).or_default();
    // A mail client may have joined a whole log on one line.
    if text.len() >= SHOWN {
        return;
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&shown(record, head));
}

fn shown(record: &Record<'_>, head: &[u8]) -> String {
    let mut text = head.to_vec();
    text.extend_from_slice(record.message);
    if !record.continuation.is_empty() {
        text.push(b'\n');
        text.extend_from_slice(&record.continuation[..record.continuation.len().min(SHOWN)]);
    }
    if text.len() <= SHOWN {
        return text::shown(&text, true);
    }
    // Not inside a character.
    let cut = (SHOWN - 3..=SHOWN).rev().find(|cut| text[*cut] & 0xC0 != 0x80).unwrap_or(SHOWN);
    format!("{}…", text::shown(&text[..cut], true))
}
