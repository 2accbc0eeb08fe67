//! Measures how long another reported time takes, ranking and report:
//! `cargo run --release --example ranking_speed BUNDLE TIME…`, a time as `2025-11-06 15:34` or `2025-11-06 15:34±1h`.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods, reason = "a stopwatch for developers")]

use std::fs::File;
use std::hint::black_box;
use std::time::{Duration, Instant};

use steerscope::bundle::{self, Input, Limits};
use steerscope::incident::{Incident, When};
use steerscope::knowledge::Knowledge;
use steerscope::language::Language;
use steerscope::provenance::MemberId;
use steerscope::{ranking, report};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().unwrap();
    let input = Input { name: path.clone(), source: Box::new(File::open(&path).unwrap()) };
    let mut bundles = [bundle::open(&path, vec![input], &Limits::default(), MemberId(0)).unwrap()];
    let knowledge = Knowledge::built_in().unwrap();
    let start = Instant::now();
    let analysis = steerscope::analyze(&mut bundles, &knowledge, &mut |_| ());
    let (timeline, sources) = (&analysis.timeline, analysis.sources(&knowledge));
    println!("{} flows, {} pairs read in {:?}", timeline.flows.len(), timeline.pairs.rows().len(), start.elapsed());
    for at in arguments {
        let (moment, within) = at.split_once('±').map_or((at.as_str(), None), |(at, within)| (at, Some(within)));
        let incident = Incident { when: Some(When::parse(moment, None, within).unwrap()), hints: Vec::new() };
        let ranked = median(|| drop(black_box(ranking::suspects_of(sources, &incident))));
        let composed = median(|| drop(black_box(report::compose(&analysis, &incident, &knowledge, Language::English))));
        println!("{at}: {ranked:?} to rank, {composed:?} with the report");
    }
    println!("without a time: {:?}", median(|| drop(black_box(ranking::candidate_moments(sources)))));
}

/// Of nine runs.
fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..9)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}
