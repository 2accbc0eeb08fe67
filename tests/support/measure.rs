//! Measures the ranking on synthetic days, against simpler scores on the same data.

use std::collections::{BTreeMap, BTreeSet};

use scenario::{Fault, Log};
use steerscope::bundle::{self, Input, Limits};
use steerscope::event::{Decision, Flow, NO_NAME};
use steerscope::incident::{Incident, When};
use steerscope::knowledge::Knowledge;
use steerscope::language::Language;
use steerscope::provenance::MemberId;
use steerscope::ranking::{locate, weights};
use steerscope::report::compose;
use steerscope::timeline::{TimeWindow, Timeline};
use steerscope::{Analysis, analyze};

/// Scores that need no knowledge of programs, for comparison.
pub(crate) const RIVALS: [&str; 5] = ["count", "JLH", "G²", "Ochiai", "log-odds"];

/// What came of one day.
pub(crate) struct Outcome {
    /// Places of the broken hosts, from 1; `None` for one that is not listed.
    pub(crate) ranks: Vec<Option<usize>>,
    /// Place of the best broken host under each of [`RIVALS`].
    pub(crate) rival_ranks: [Option<usize>; 5],
    /// A healthy host is called strong.
    pub(crate) false_strong: Option<String>,
    /// A healthy host is called likely or strong.
    pub(crate) false_likely: bool,
    /// A broken host is called strong.
    pub(crate) true_strong: bool,
    /// A broken host is called strong or likely.
    pub(crate) at_least_likely: bool,
    pub(crate) findings: Vec<String>,
}

/// Figures of one scenario over several days, as shares.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) days: usize,
    pub(crate) hit_1: f64,
    pub(crate) hit_3: f64,
    pub(crate) hit_5: f64,
    pub(crate) reciprocal_rank: f64,
    pub(crate) true_strong: f64,
    pub(crate) at_least_likely: f64,
    pub(crate) false_likely: f64,
    pub(crate) false_strong: f64,
    pub(crate) rivals_hit_3: [f64; 5],
}

pub(crate) fn knowledge() -> Knowledge {
    let mut knowledge = Knowledge::built_in().unwrap();
    knowledge.extend("vendor-list.toml", scenario::VENDOR_LIST).unwrap();
    knowledge
}

/// Figures of `fault` over the days of `seeds`. With several broken hosts the worst place counts, less the places that the others take.
pub(crate) fn measure(fault: Fault, seeds: impl Iterator<Item = u64>, knowledge: &Knowledge) -> Figures {
    figures(seeds.map(|seed| day(&fault.day(seed), knowledge)).collect())
}

/// The same with a healthy day of each device as baseline.
pub(crate) fn measure_with_baseline(fault: Fault, seeds: impl Iterator<Item = u64>, knowledge: &Knowledge) -> Figures {
    let outcome = |seed: u64| {
        let log = fault.day(seed);
        let mut analysis = read(&log, knowledge);
        analysis.compare_with(read(&fault.healthy_day(seed), knowledge));
        ranked(&analysis, &log, knowledge)
    };
    figures(seeds.map(outcome).collect())
}

fn figures(outcomes: Vec<Outcome>) -> Figures {
    let share = |holds: &dyn Fn(&Outcome) -> bool| {
        outcomes.iter().filter(|outcome| holds(outcome)).count() as f64 / outcomes.len().max(1) as f64
    };
    let rivals_hit_3 = std::array::from_fn(|rival| {
        share(&|outcome: &Outcome| outcome.rival_ranks[rival].is_some_and(|rank| rank <= 3))
    });
    Figures {
        days: outcomes.len(),
        hit_1: share(&|outcome| outcome.rank().is_some_and(|rank| rank <= 1)),
        hit_3: share(&|outcome| outcome.rank().is_some_and(|rank| rank <= 3)),
        hit_5: share(&|outcome| outcome.rank().is_some_and(|rank| rank <= 5)),
        reciprocal_rank: outcomes
            .iter()
            .map(|outcome| outcome.rank().map_or(0.0, |rank| 1.0 / rank as f64))
            .sum::<f64>()
            / outcomes.len().max(1) as f64,
        true_strong: share(&|outcome| outcome.true_strong),
        at_least_likely: share(&|outcome| outcome.at_least_likely),
        false_likely: share(&|outcome| outcome.false_likely),
        false_strong: share(&|outcome| outcome.false_strong.is_some()),
        rivals_hit_3,
    }
}

impl Outcome {
    pub(crate) fn rank(&self) -> Option<usize> {
        let worst = self.ranks.iter().copied().max_by_key(|rank| rank.unwrap_or(usize::MAX))??;
        Some(worst + 1 - self.ranks.len())
    }
}

/// Reads one log and ranks for what its user tells.
pub(crate) fn day(log: &Log, knowledge: &Knowledge) -> Outcome {
    ranked(&read(log, knowledge), log, knowledge)
}

fn ranked(analysis: &Analysis, log: &Log, knowledge: &Knowledge) -> Outcome {
    let incident = incident(log);
    let report = compose(analysis, &incident, knowledge, Language::English);
    let place = |culprit: &String| report.suspects.iter().position(|suspect| suspect.host == *culprit).map(|at| at + 1);
    let is_culprit = |host: &str| log.culprits.iter().any(|culprit| culprit == host);
    let strong = || report.suspects.iter().filter(|suspect| suspect.confidence == "strong");
    let window = locate(analysis.sources(knowledge), &incident).map(|located| located.window);
    Outcome {
        ranks: log.culprits.iter().map(place).collect(),
        rival_ranks: rival_ranks(&analysis.timeline, window, &log.culprits),
        false_strong: strong().find(|suspect| !is_culprit(&suspect.host)).map(|suspect| suspect.host.clone()),
        false_likely: report.suspects.iter().any(|suspect| suspect.confidence != "weak" && !is_culprit(&suspect.host)),
        true_strong: strong().any(|suspect| is_culprit(&suspect.host)),
        at_least_likely: report
            .suspects
            .iter()
            .any(|suspect| suspect.confidence != "weak" && is_culprit(&suspect.host)),
        findings: report.findings.iter().map(|finding| finding.id.clone()).collect(),
    }
}

pub(crate) fn read(log: &Log, knowledge: &Knowledge) -> Analysis {
    let text = log.text("\n").into_bytes();
    let input = Input { name: "nsdebuglog.log".to_owned(), source: Box::new(std::io::Cursor::new(text)) };
    let mut bundles = [bundle::open("day", vec![input], &Limits::default(), MemberId(0)).unwrap()];
    analyze(&mut bundles, knowledge, &mut |_| ())
}

pub(crate) fn incident(log: &Log) -> Incident {
    let Some(reported) = &log.reported else { return Incident::default() };
    let when = When::parse(&reported.at, None, reported.within.as_deref()).unwrap();
    Incident { when: Some(when), hints: reported.hints.clone() }
}

/// Flows of one host in and outside the window, and minutes in which it occurs.
#[derive(Default)]
struct Counts {
    inside: f64,
    outside: f64,
    minutes_inside: BTreeSet<i64>,
    minutes_outside: BTreeSet<i64>,
}

fn rival_ranks(timeline: &Timeline, window: Option<TimeWindow>, culprits: &[String]) -> [Option<usize>; 5] {
    const MINUTE: i64 = 60_000_000;
    let Some(window) = window.map(|window| window.widened(weights::MARGIN)) else { return [None; 5] };
    let inspected = |flow: &&Flow| flow.decision == Decision::Tunnel && flow.host != NO_NAME;
    let mut hosts: BTreeMap<u32, Counts> = BTreeMap::new();
    for flow in timeline.flows.iter().filter(inspected) {
        let counts = hosts.entry(flow.host).or_default();
        let minute = flow.at.0.div_euclid(MINUTE);
        if window.contains(flow.at) {
            counts.inside += 1.0;
            counts.minutes_inside.insert(minute);
        } else {
            counts.outside += 1.0;
            counts.minutes_outside.insert(minute);
        }
    }
    let inside: f64 = hosts.values().map(|counts| counts.inside).sum();
    let outside: f64 = hosts.values().map(|counts| counts.outside).sum();
    let failing = (window.length() / MINUTE + 1) as f64;
    let scores: [&dyn Fn(&Counts) -> f64; 5] = [
        &|counts| counts.inside,
        &|counts| jlh(counts, inside, outside),
        &|counts| log_likelihood(counts, inside, outside),
        &|counts| {
            let (with, without) = (counts.minutes_inside.len() as f64, counts.minutes_outside.len() as f64);
            with / (failing * (with + without)).sqrt()
        },
        &|counts| log_odds(counts, inside, outside, hosts.len() as f64),
    ];
    scores.map(|score| {
        let mut ranked: Vec<(f64, String)> = hosts
            .iter()
            .filter(|(_, counts)| counts.inside > 0.0)
            .map(|(host, counts)| (score(counts), timeline.name(*host).unwrap_or_default()))
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        ranked.iter().position(|(_, host)| culprits.contains(host)).map(|at| at + 1)
    })
}

/// Absolute times relative change of the share, as full-text search engines score significant terms.
fn jlh(counts: &Counts, inside: f64, outside: f64) -> f64 {
    let (here, there) = (counts.inside / inside, (counts.outside + 0.5) / outside);
    if here > there { (here - there) * here / there } else { 0.0 }
}

/// Dunning's log-likelihood ratio, of hosts that became more frequent.
fn log_likelihood(counts: &Counts, inside: f64, outside: f64) -> f64 {
    let share = (counts.inside + counts.outside) / (inside + outside);
    let term = |observed: f64, expected: f64| if observed > 0.0 { observed * (observed / expected).ln() } else { 0.0 };
    let ratio = 2.0 * (term(counts.inside, inside * share) + term(counts.outside, outside * share));
    if counts.inside / inside > counts.outside / outside { ratio } else { -ratio }
}

/// Log-odds ratio with a Dirichlet prior, as a z-score.
fn log_odds(counts: &Counts, inside: f64, outside: f64, hosts: f64) -> f64 {
    steerscope::ranking::statistics::log_odds(counts.inside, inside, counts.outside, outside, 0.5, 0.5 * hosts)
}
