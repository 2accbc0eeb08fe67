//! Which hosts each process contacted around the incident, in time order.
//!
//! Beside the flows themselves, which are large and of all processes by turns: what goes on around a flow is asked of
//! thousands. Stops at hosts and times.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::FixedState;

use super::weights;
use crate::event::{Flow, NO_NAME, NameId};
use crate::record::time::Timestamp;

pub(super) struct Contacts(HashMap<NameId, Vec<Contact>, FixedState>);

#[derive(Clone, Copy)]
pub(super) struct Contact {
    pub(super) at: Timestamp,
    pub(super) host: NameId,
    /// In `Timeline::flows`.
    pub(super) position: u32,
}

impl Contacts {
    /// Of the flows at `positions`, whose names are less than `names`.
    pub(super) fn new(flows: &[Flow], positions: Range<usize>, names: usize) -> Self {
        // By process: its place in `lists`, if it has one. A blank process stands behind the names.
        let mut places = vec![usize::MAX; names + 1];
        let mut lists: Vec<(NameId, Vec<Contact>)> = Vec::new();
        for (flow, position) in flows[positions.clone()].iter().zip(positions) {
            let place = &mut places[(flow.process as usize).min(names)];
            if *place == usize::MAX {
                *place = lists.len();
                lists.push((flow.process, Vec::new()));
            }
            lists[*place].1.push(Contact { at: flow.at, host: flow.host, position: position as u32 });
        }
        Self(lists.into_iter().collect())
    }

    /// In no order.
    pub(super) fn processes(&self) -> impl Iterator<Item = NameId> {
        self.0.keys().copied()
    }

    /// What a process did after `after` and until `until`.
    pub(super) fn of(&self, process: NameId, after: Timestamp, until: Timestamp) -> impl Iterator<Item = &Contact> {
        let contacts = self.0.get(&process).map(Vec::as_slice).unwrap_or_default();
        let later = &contacts[contacts.partition_point(|contact| contact.at <= after)..];
        later.iter().take_while(move |contact| contact.at <= until)
    }

    /// For each of `positions`, whether its process contacted many other hosts within half the fan-out span to both sides.
    pub(super) fn fanned_out(&self, positions: &Range<usize>, names: usize) -> Vec<bool> {
        let mut fanned_out = vec![false; positions.len()];
        // By host; a blank one counts as one.
        let mut counts = vec![0_u32; names + 1];
        let host = |contact: &Contact| (contact.host as usize).min(names);
        #[expect(clippy::iter_over_hash_type, reason = "each process stands alone, in whatever order")]
        for (process, contacts) in &self.0 {
            let many = if *process == NO_NAME { weights::FAN_OUT_HOSTS_MIXED } else { weights::FAN_OUT_HOSTS };
            let within = contacts.partition_point(|contact| (contact.position as usize) < positions.end);
            let contacts = &contacts[..within];
            let (mut ahead, mut behind, mut distinct) = (contacts.iter().peekable(), contacts.iter().peekable(), 0);
            for contact in contacts {
                while let Some(next) = ahead.next_if(|next| next.at.since(contact.at) <= weights::FAN_OUT / 2) {
                    counts[host(next)] += 1;
                    distinct += usize::from(counts[host(next)] == 1);
                }
                while let Some(last) = behind.next_if(|last| contact.at.since(last.at) > weights::FAN_OUT / 2) {
                    counts[host(last)] -= 1;
                    distinct -= usize::from(counts[host(last)] == 0);
                }
                // Besides its own.
                fanned_out[contact.position as usize - positions.start] = distinct > many;
            }
            behind.for_each(|left| counts[host(left)] = 0);
        }
        fanned_out
    }
}
