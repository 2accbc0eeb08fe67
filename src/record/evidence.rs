//! Fetches the text of records again, for those few that the report shows.

use std::collections::{BTreeMap, BTreeSet};

use super::{Reader, Record};
use crate::bundle::{Bundle, Extent, Member, MemberVisitor, text};
use crate::provenance::MemberId;

/// Bytes of a record that are shown: enough for a flow line and the head of a dump.
const SHOWN: usize = 4096;

/// The records that begin at the `wanted` lines: header, message and the lines that continue it, as they stand in the
/// log and safe to show; longer ones end in `…`. Records joined on one line come together, each on a line of its own.
///
/// A second pass over the members concerned, each left at its last wanted line. A line at which no record begins has no
/// text in the answer.
pub fn lines(bundle: &mut Bundle, wanted: &BTreeMap<MemberId, BTreeSet<u32>>) -> BTreeMap<(MemberId, u32), String> {
    let mut visitor = Evidence { wanted, current: None, found: BTreeMap::new() };
    bundle.read_each(&|member| wanted.get(&member.id).is_some_and(|lines| !lines.is_empty()), &mut visitor);
    visitor.found
}

struct Evidence<'a> {
    wanted: &'a BTreeMap<MemberId, BTreeSet<u32>>,
    current: Option<Reader>,
    found: BTreeMap<(MemberId, u32), String>,
}

impl MemberVisitor for Evidence<'_> {
    fn wants_all(&self, _: &Member) -> bool {
        false
    }

    fn bytes(&mut self, member: &Member, chunk: &[u8]) -> bool {
        let Some(lines) = self.wanted.get(&member.id) else { return false };
        let Some(last) = lines.last() else { return false };
        let found = &mut self.found;
        let mut done = false;
        self.current.get_or_insert_with(|| Reader::new(member.id)).push_raw(chunk, &mut |record, head| {
            done |= record.provenance.line > *last;
            keep(lines, found, &record, head);
        });
        !done
    }

    fn end(&mut self, member: &Member, _: &Extent) {
        let Some(mut reader) = self.current.take() else { return };
        let Some(lines) = self.wanted.get(&member.id) else { return };
        reader.finish_raw(&mut |record, head| keep(lines, &mut self.found, &record, head));
    }
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
