//! Measures how long another reported time takes on a log of many flows: `cargo run --release --example ranking_speed [MEGABYTES]`.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods, reason = "a stopwatch for developers")]

use std::io::Cursor;
use std::time::Instant;

use steerscope::bundle::{self, Input, Limits};
use steerscope::incident::{Incident, When};
use steerscope::knowledge::Knowledge;
use steerscope::provenance::MemberId;
use steerscope::ranking;

fn main() {
    let megabytes: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(250);
    let mut text = String::new();
    for line in scenario::bulk(1, megabytes << 20) {
        text.push_str(&line);
        text.push('\n');
    }
    let input = Input { name: "nsdebuglog.log".to_owned(), source: Box::new(Cursor::new(text.into_bytes())) };
    let mut bundles = [bundle::open("bulk", vec![input], &Limits::default(), MemberId(0)).unwrap()];
    let knowledge = Knowledge::built_in().unwrap();
    let start = Instant::now();
    let analysis = steerscope::analyze(&mut bundles, &knowledge, &mut |_| ());
    let timeline = &analysis.timeline;
    let sources = analysis.sources(&knowledge);
    println!("{} flows, {} pairs read in {:?}", timeline.flows.len(), timeline.pairs.len(), start.elapsed());
    for at in ["2025-11-07 10:30", "2025-11-08 03:00", "2025-11-10 15:15"] {
        let incident = Incident { when: Some(When::parse(at, None, None).unwrap()), hints: Vec::new() };
        let start = Instant::now();
        let window = ranking::locate(sources, &incident).unwrap().window;
        let ranked = ranking::rank(sources, &incident, window);
        println!("{at}: {:?} for {} suspects", start.elapsed(), ranked.suspects.len());
    }
    let start = Instant::now();
    let moments = ranking::candidate_moments(sources);
    println!("{} moments without a time: {:?}", moments.len(), start.elapsed());
}
