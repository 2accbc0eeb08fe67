//! The flows of a log as a table that is asked for piece by piece: filtered, counted by facet, sorted.
//!
//! A question selects once; its rows are then fetched by range, so that a page never holds a million of them.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::FixedState;
use serde::{Deserialize, Serialize};

use super::activity::time;
use crate::analysis::Analysis;
use crate::bundle::text::shown;
use crate::event::{Decision, Flow, NO_NAME, NameId, Reason};
use crate::timeline::Timeline;

/// Which flows, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FlowQuestion {
    /// Every word must stand in process, host or address.
    pub text: String,
    pub choices: Vec<FacetChoice>,
    /// Only flows of this span, as the report writes times.
    pub from: Option<String>,
    pub to: Option<String>,
    pub sort: FlowColumn,
    pub descending: bool,
}

/// A value that flows must have, or must not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetChoice {
    pub facet: Facet,
    pub value: String,
    pub include: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    Process,
    Host,
    Decision,
    Reason,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowColumn {
    #[default]
    At,
    Process,
    Host,
    Decision,
    Reason,
    Destination,
}

/// One row of the table; what the line does not say is null.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowRow {
    pub at: String,
    pub decision: String,
    pub reason: Option<String>,
    pub process: Option<String>,
    pub host: Option<String>,
    pub destination: Option<String>,
    pub member: String,
    pub line: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetCounts {
    pub facet: Facet,
    /// Values of the selected flows, most frequent first; an empty value is what the line does not say.
    pub values: Vec<(String, u64)>,
    pub further: u64,
}

/// More values of a facet are found by typing.
const SHOWN_VALUES: usize = 40;
const MOST_ROWS: usize = 500;

/// The flows that a question selects, in its order.
#[derive(Clone, Debug, Default)]
pub struct FlowList {
    numbers: Vec<u32>,
    pub facets: Vec<FacetCounts>,
}

impl FlowList {
    #[must_use]
    pub fn select(analysis: &Analysis, question: &FlowQuestion) -> Self {
        let timeline = &analysis.timeline;
        let filter = Filter::of(timeline, question);
        let flows = timeline.flows.iter().enumerate();
        let mut numbers: Vec<u32> =
            flows.filter(|(_, flow)| filter.accepts(flow)).map(|(number, _)| number as u32).collect();
        let facets = facets(timeline, &numbers);
        sort(timeline, &mut numbers, question);
        Self { numbers, facets }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    #[must_use]
    pub fn rows(&self, analysis: &Analysis, first: usize, count: usize) -> Vec<FlowRow> {
        let timeline = &analysis.timeline;
        let name = |number: NameId| named(timeline, number);
        let numbers = self.numbers.iter().skip(first).take(count.min(MOST_ROWS));
        numbers
            .filter_map(|number| timeline.flows.get(*number as usize))
            .map(|flow| FlowRow {
                at: flow.at.to_string(),
                decision: flow.decision.name().to_owned(),
                reason: flow.reason.map(|reason| reason.name().to_owned()),
                process: name(flow.process),
                host: name(flow.host),
                destination: name(flow.destination).map(|address| match flow.destination_port {
                    0 => address,
                    port => format!("{address}:{port}"),
                }),
                member: analysis.path(flow.provenance.member),
                line: flow.provenance.line,
            })
            .collect()
    }
}

struct Filter {
    /// By number of the name: does it hold each word? Empty without words.
    words: Vec<Vec<bool>>,
    processes: Sieve<NameId>,
    hosts: Sieve<NameId>,
    decisions: Sieve<&'static str>,
    reasons: Sieve<&'static str>,
    from: Option<crate::record::time::Timestamp>,
    to: Option<crate::record::time::Timestamp>,
}

/// Values of which one is wanted, and values that are not.
struct Sieve<Value> {
    wanted: BTreeSet<Value>,
    unwanted: BTreeSet<Value>,
    /// Something is wanted that the log does not know.
    nothing: bool,
}

impl<Value: Ord + Copy> Sieve<Value> {
    fn of(question: &FlowQuestion, facet: Facet, value: impl Fn(&str) -> Option<Value>) -> Self {
        let chosen = |include: bool| {
            let choices =
                question.choices.iter().filter(move |choice| choice.facet == facet && choice.include == include);
            choices.filter_map(|choice| value(&choice.value)).collect::<BTreeSet<Value>>()
        };
        let wanted = chosen(true);
        let asked = question.choices.iter().any(|choice| choice.facet == facet && choice.include);
        Self { nothing: asked && wanted.is_empty(), wanted, unwanted: chosen(false) }
    }

    fn accepts(&self, value: Value) -> bool {
        !self.nothing && (self.wanted.is_empty() || self.wanted.contains(&value)) && !self.unwanted.contains(&value)
    }
}

impl Filter {
    fn of(timeline: &Timeline, question: &FlowQuestion) -> Self {
        let name = |text: &str| if text.is_empty() { Some(NO_NAME) } else { timeline.names.find(text.as_bytes()) };
        let word = |word: &str| -> Vec<bool> {
            let names = (0..timeline.names.len() as u32).map(|number| timeline.names.text(number));
            names.map(|name| name.is_some_and(|name| name.to_lowercase().contains(word))).collect()
        };
        Self {
            words: question.text.to_lowercase().split_whitespace().map(word).collect(),
            processes: Sieve::of(question, Facet::Process, name),
            hosts: Sieve::of(question, Facet::Host, name),
            decisions: Sieve::of(question, Facet::Decision, |text| Decision::named(text).map(Decision::name)),
            reasons: Sieve::of(question, Facet::Reason, |text| match text {
                "" => Some(""),
                text => Reason::named(text).map(Reason::name),
            }),
            from: question.from.as_deref().and_then(time),
            to: question.to.as_deref().and_then(time),
        }
    }

    fn accepts(&self, flow: &Flow) -> bool {
        let has = |word: &Vec<bool>, number: NameId| word.get(number as usize).copied().unwrap_or(false);
        self.from.is_none_or(|from| from <= flow.at)
            && self.to.is_none_or(|to| flow.at <= to)
            && self.decisions.accepts(flow.decision.name())
            && self.reasons.accepts(flow.reason.map_or("", Reason::name))
            && self.processes.accepts(flow.process)
            && self.hosts.accepts(flow.host)
            && self.words.iter().all(|word| {
                has(word, flow.host) || has(word, flow.process) || has(word, flow.destination) || has(word, flow.source)
            })
    }
}

fn facets(timeline: &Timeline, numbers: &[u32]) -> Vec<FacetCounts> {
    let mut processes: HashMap<NameId, u64, FixedState> = HashMap::default();
    let mut hosts: HashMap<NameId, u64, FixedState> = HashMap::default();
    let mut decisions: HashMap<&'static str, u64, FixedState> = HashMap::default();
    let mut reasons: HashMap<&'static str, u64, FixedState> = HashMap::default();
    for flow in numbers.iter().filter_map(|number| timeline.flows.get(*number as usize)) {
        *processes.entry(flow.process).or_default() += 1;
        *hosts.entry(flow.host).or_default() += 1;
        *decisions.entry(flow.decision.name()).or_default() += 1;
        *reasons.entry(flow.reason.map_or("", Reason::name)).or_default() += 1;
    }
    let named = |counts: HashMap<NameId, u64, FixedState>| {
        counts.into_iter().map(|(number, count)| (named(timeline, number).unwrap_or_default(), count)).collect()
    };
    let fixed = |counts: HashMap<&'static str, u64, FixedState>| {
        counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
    };
    vec![
        most_frequent(Facet::Decision, fixed(decisions)),
        most_frequent(Facet::Reason, fixed(reasons)),
        most_frequent(Facet::Process, named(processes)),
        most_frequent(Facet::Host, named(hosts)),
    ]
}

fn most_frequent(facet: Facet, mut values: Vec<(String, u64)>) -> FacetCounts {
    values.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let further = values.len().saturating_sub(SHOWN_VALUES) as u64;
    values.truncate(SHOWN_VALUES);
    FacetCounts { facet, values, further }
}

/// Flows stand in time order; equal ones keep it.
fn sort(timeline: &Timeline, numbers: &mut [u32], question: &FlowQuestion) {
    let flow = |number: &u32| &timeline.flows[*number as usize];
    if question.sort != FlowColumn::At {
        let ranks = ranks(timeline);
        // What the line does not say comes last.
        let rank = |number: NameId| ranks.get(number as usize).copied().unwrap_or(u32::MAX);
        match question.sort {
            FlowColumn::At => {}
            FlowColumn::Process => numbers.sort_by_key(|number| rank(flow(number).process)),
            FlowColumn::Host => numbers.sort_by_key(|number| rank(flow(number).host)),
            FlowColumn::Destination => {
                numbers.sort_by_key(|number| (rank(flow(number).destination), flow(number).destination_port));
            }
            FlowColumn::Decision => numbers.sort_by_key(|number| flow(number).decision.name()),
            FlowColumn::Reason => {
                numbers.sort_by_key(|number| flow(number).reason.map_or("\u{7f}", Reason::name));
            }
        }
    }
    if question.descending {
        numbers.reverse();
    }
}

/// The place of each name in the order of the alphabet.
fn ranks(timeline: &Timeline) -> Vec<u32> {
    let mut order: Vec<NameId> = (0..timeline.names.len() as u32).collect();
    order.sort_by(|one, other| timeline.names.get(*one).cmp(&timeline.names.get(*other)));
    let mut ranks = vec![0; order.len()];
    for (rank, number) in order.into_iter().enumerate() {
        ranks[number as usize] = rank as u32;
    }
    ranks
}

fn named(timeline: &Timeline, number: NameId) -> Option<String> {
    (number != NO_NAME).then(|| timeline.names.get(number)).flatten().map(|name| shown(name, false))
}
