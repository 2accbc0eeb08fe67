//! What a healthy log of the same device, or one like it, tells about the habits of its programs.

use std::collections::{BTreeMap, BTreeSet};

use super::attempt::Tally;
use crate::event::{Decision, NO_NAME, Reason};
use crate::knowledge::catalogue::process_key;
use crate::timeline::Timeline;

/// Habits by process and host. Processes are compared as the catalogues do, without path, case and `.exe`.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    habits: BTreeMap<(String, String), Habit>,
    /// Every host that was steered for inspection, whoever did it.
    pub hosts: BTreeSet<String>,
    /// Every process that has a flow.
    pub processes: BTreeSet<String>,
    /// Microseconds in which the log is not silent.
    pub covered: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Habit {
    /// Attempts under inspection.
    pub attempts: usize,
    /// Most of them within a minute.
    pub busiest: usize,
    /// An exception let it pass.
    pub was_excepted: bool,
}

impl Baseline {
    #[must_use]
    pub fn of(timeline: &Timeline) -> Self {
        let mut baseline = Self {
            covered: timeline.coverage.span.map_or(0, |span| super::covered(timeline, span)),
            ..Self::default()
        };
        for pair in timeline.pairs.rows().iter().filter(|pair| pair.host != NO_NAME) {
            let Some(host) = timeline.name(pair.host) else { continue };
            let process = timeline.name(pair.process).map(|process| process_key(&process)).unwrap_or_default();
            let mut tally = Tally::default();
            let mut was_excepted = false;
            for flow in timeline.flows_of(pair) {
                match flow.decision {
                    // What is retried while there is no tunnel is no habit.
                    Decision::Tunnel if timeline.outage_at(flow.at).is_none() => tally.add(flow.at),
                    Decision::Bypass | Decision::TunnelUndecrypted => {
                        was_excepted |= flow.reason != Some(Reason::PrivateAddress);
                    }
                    _ => {}
                }
            }
            if tally.flows > 0 {
                baseline.hosts.insert(host.clone());
            }
            let habit = baseline.habits.entry((process.clone(), host)).or_default();
            habit.attempts += tally.attempts;
            habit.busiest = habit.busiest.max(tally.busiest);
            habit.was_excepted |= was_excepted;
            if !process.is_empty() {
                baseline.processes.insert(process);
            }
        }
        baseline
    }

    #[must_use]
    pub fn habit(&self, process: Option<&str>, host: &str) -> Option<Habit> {
        self.habits.get(&(process.map(process_key).unwrap_or_default(), host.to_owned())).copied()
    }
}
