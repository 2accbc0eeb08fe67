//! The parts of one log in order of time: does each begin where the one before ends?
//!
//! A client writes its log in parts and never two at a time, so a silence between two parts may be a part that is missing,
//! and parts that cover the same time come from two devices, or the clock was set back between them. Silences and steps of
//! the clock inside a part are found while it is read.

use super::time::{MINUTE, Timestamp};
use super::{BACKWARDS, SILENCE};
use crate::bundle::{Member, MemberKind};
use crate::notice::Notice;

/// A log of a bundle, from its first to its last record; what it repeats of another part is left out.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    pub member: &'a Member,
    pub first: Timestamp,
    pub last: Timestamp,
}

/// What is odd about the order of `parts`, the logs of one bundle in any order.
#[must_use]
pub fn order(parts: &[Part<'_>]) -> Vec<Notice> {
    [MemberKind::ClientLog, MemberKind::PrivateAccessLog]
        .into_iter()
        .flat_map(|kind| order_of_one(parts.iter().filter(|part| part.member.kind == kind).copied().collect()))
        .collect()
}

fn order_of_one(mut parts: Vec<Part<'_>>) -> Vec<Notice> {
    parts.sort_by_key(|part| (part.first, part.last, part.member.id));
    let (mut gaps, mut overlaps) = (Vec::new(), Vec::new());
    let Some((mut latest, others)) = parts.split_first() else { return Vec::new() };
    for part in others {
        let silence = part.first.since(latest.last);
        if silence > SILENCE {
            gaps.push((latest, part));
        } else if silence < -BACKWARDS {
            overlaps.push((latest, part));
        }
        if part.last > latest.last {
            latest = part;
        }
    }
    let gap = gaps.first().map(|(before, after)| {
        about("log_parts_apart", before, after)
            .with("from", before.last.to_second())
            .with("to", after.first.to_second())
            .with("minutes", after.first.since(before.last) / MINUTE)
            .with("count", gaps.len())
    });
    let overlap = overlaps.first().map(|(before, after)| {
        about("log_parts_overlap", before, after)
            .with("from", after.first.to_second())
            .with("to", after.last.min(before.last).to_second())
            .with("count", overlaps.len())
    });
    gap.into_iter().chain(overlap).collect()
}

fn about(id: &'static str, before: &Part<'_>, after: &Part<'_>) -> Notice {
    Notice::new(id).with("path", &before.member.path).with("other", &after.member.path).in_member(after.member.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::MemberId;

    #[track_caller]
    fn check(minutes: &[(i64, i64)], expected: &[&str]) {
        let members: Vec<Member> = (0..minutes.len())
            .map(|number| Member { id: MemberId(number as u32), path: number.to_string(), kind: MemberKind::ClientLog })
            .collect();
        let at = |minute: &i64| Timestamp(minute * MINUTE);
        let parts: Vec<Part<'_>> = members
            .iter()
            .zip(minutes)
            .map(|(member, (first, last))| Part { member, first: at(first), last: at(last) })
            .collect();
        let found: Vec<String> = order(&parts)
            .iter()
            .map(|notice| {
                let value = |name| notice.arguments.iter().find(|(known, _)| *known == name).unwrap().1.clone();
                format!("{} {} {} {}", notice.id, value("path"), value("other"), value("count"))
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn parts_follow_each_other() {
        check(&[(100, 200), (0, 100), (200, 210)], &[]);
        check(&[], &[]);
    }

    #[test]
    fn silences_and_overlaps_between_parts_are_told() {
        check(&[(0, 10), (50, 60), (100, 110)], &["log_parts_apart 0 1 2"]);
        check(&[(20, 40), (0, 30), (45, 50)], &["log_parts_overlap 1 0 1"]);
        // A short part inside a long one leaves no silence behind it.
        check(&[(0, 100), (10, 20), (100, 120)], &["log_parts_overlap 0 1 1"]);
    }
}
