//! One pure function per reason to suspect or to clear a host; each answers with points and the lines that it rests on.

mod bound;
mod captured;
mod comparison;
mod known;
mod pace;
mod shape;

pub(super) use bound::{at_most, at_most_roughly};

use super::Context;
use super::candidate::Candidate;
use crate::event::Flow;
use crate::language::Bilingual;
use crate::provenance::Provenance;
use crate::record::time::Timestamp;

/// A reason with its points. `id` names the sentence `signal.<id>` of the locale files.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    pub id: &'static str,
    pub points: f64,
    pub arguments: Vec<(&'static str, Argument)>,
    pub evidence: Vec<Provenance>,
    /// A page that backs the statement.
    pub reference: Option<String>,
    /// It speaks for the host by something else than the number of attempts.
    pub corroborates: bool,
    /// Neither arguments nor evidence are kept.
    is_brief: bool,
}

/// What fills a place of a sentence. It becomes a text when the sentence is written: most signals never are.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    Count(u64),
    Decimal(f64),
    /// 1 is all.
    Share(f64),
    /// So many a minute.
    Rate(f64),
    Time(Timestamp),
    Text(String),
    Bilingual(Bilingual),
    /// A text of the locale files.
    Key(String),
}

impl From<u64> for Argument {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<usize> for Argument {
    fn from(count: usize) -> Self {
        Self::Count(count as u64)
    }
}

impl From<Timestamp> for Argument {
    fn from(at: Timestamp) -> Self {
        Self::Time(at)
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&Bilingual> for Argument {
    fn from(text: &Bilingual) -> Self {
        Self::Bilingual(text.clone())
    }
}

impl Signal {
    fn of(candidate: &Candidate, id: &'static str, points: f64) -> Self {
        let is_brief = candidate.is_brief;
        Self { id, points, arguments: Vec::new(), evidence: Vec::new(), reference: None, corroborates: false, is_brief }
    }

    fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Self {
        if !self.is_brief {
            self.arguments.push((name, value.into()));
        }
        self
    }

    fn resting_on<'f>(self, flows: impl IntoIterator<Item = &'f Flow>) -> Self {
        self.proven_by(flows.into_iter().map(|flow| flow.provenance))
    }

    fn proven_by(mut self, lines: impl IntoIterator<Item = Provenance>) -> Self {
        if !self.is_brief {
            self.evidence = lines.into_iter().take(EVIDENCE_LINES).collect();
        }
        self
    }

    fn backed_by(mut self, reference: Option<&String>) -> Self {
        self.reference = reference.filter(|_| !self.is_brief).cloned();
        self
    }

    fn corroborates(mut self) -> Self {
        self.corroborates = true;
        self
    }
}

/// More lines than this prove nothing more and are not read by anybody.
const EVIDENCE_LINES: usize = 12;

/// Everything that speaks for or against `candidate`. The points add up to its score.
#[must_use]
pub fn weigh(candidate: &Candidate, context: &Context<'_>) -> Vec<Signal> {
    let Some(burst) = shape::retry_burst(candidate, context) else { return Vec::new() };
    // Each doubt takes a share of what the doubts before it left of the burst.
    let mut left = burst.points;
    let mut signals = Vec::with_capacity(16);
    signals.push(burst);
    let doubts: [_; DOUBTS] = [
        Some(shape::distance(candidate, context)),
        shape::usual_burst(candidate),
        shape::fan_out(candidate, context),
        pace::page_poll(candidate, context),
        shape::storm(candidate, context),
    ];
    for (mut doubt, share) in doubts.into_iter().flatten() {
        doubt.points = -left * share;
        left += doubt.points;
        signals.push(doubt);
    }
    signals.extend(from_other_sources(candidate, context).into_iter().flatten());
    signals.extend(from_habits(candidate, context).into_iter().flatten());
    signals.extend(from_knowledge(candidate, context).into_iter().flatten());
    // A reason of no weight is no reason; the burst stays, since it tells the counts.
    signals.retain(|signal| signal.id == "retry_burst" || signal.points.abs() >= LEAST_POINTS);
    signals
}

/// Reasons that take a share of the burst.
const DOUBTS: usize = 5;

/// Fewer points are no reason.
const LEAST_POINTS: f64 = 0.05;

fn from_other_sources(candidate: &Candidate, context: &Context<'_>) -> [Option<Signal>; 7] {
    [
        captured::refused(candidate, context),
        captured::left(candidate, context),
        captured::no_data(candidate, context),
        captured::accepted(candidate, context),
        comparison::not_in_baseline(candidate, context),
        comparison::excepted_in_baseline(candidate, context),
        comparison::other_devices(candidate, context),
    ]
}

fn from_habits(candidate: &Candidate, context: &Context<'_>) -> [Option<Signal>; 8] {
    [
        shape::exceptional(candidate),
        Some(shape::novelty(candidate, context)),
        pace::growing_gaps(candidate, context),
        pace::even_gaps(candidate, context),
        shape::recovered(candidate, context),
        shape::silence(candidate, context),
        shape::fallback(candidate, context),
        shape::periodic(candidate, context),
    ]
}

fn from_knowledge(candidate: &Candidate, context: &Context<'_>) -> [Option<Signal>; 9] {
    [
        known::hint(candidate, context),
        known::known_host(candidate, context),
        known::known_process(candidate, context),
        known::own_trust_store(candidate, context),
        known::sign_in(candidate, context),
        known::excepted_before(candidate, context),
        known::excepted_neighbour(candidate, context),
        known::no_browser(candidate),
        known::also_bypassed(candidate, context),
    ]
}
