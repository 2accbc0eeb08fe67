//! Prints how often the ranking finds the broken host, per scenario: `cargo run --release --example accuracy [DAYS] [odd|even]`.
//! With `baseline` behind it, a healthy day of each device is at hand; with the name of a scenario, its misses are shown.
//!
//! The constants of the ranking were chosen on even seeds; the published table is made of odd ones.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a table for a person at the command line")]
#![allow(dead_code, reason = "the measurement is shared with a test that uses other parts of it")]

#[path = "../tests/support/measure.rs"]
mod measure;

use measure::{Figures, RIVALS};
use scenario::Fault;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let days: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(100);
    let odd = u64::from(arguments.next().is_none_or(|half| half != "even"));
    let third = arguments.next();
    let with_baseline = third.as_deref() == Some("baseline");
    let knowledge = measure::knowledge();
    if let Some(name) = third.filter(|_| !with_baseline) {
        return misses(&name, (0..days).map(|day| day * 2 + odd), &knowledge);
    }
    println!(
        "| scenario | Hit@1 | Hit@3 | Hit@5 | MRR | strong | likely or strong | false likely | false strong | {} |",
        RIVALS.join(" | ")
    );
    println!("| --- |{}", " --- |".repeat(8 + RIVALS.len()));
    let mut broken = Vec::new();
    for fault in Fault::ALL {
        let seeds = (0..days).map(|day| day * 2 + odd);
        let figures = if with_baseline {
            measure::measure_with_baseline(fault, seeds, &knowledge)
        } else {
            measure::measure(fault, seeds, &knowledge)
        };
        let has_culprit = !fault.day(1).culprits.is_empty();
        print_row(fault.name(), &figures, has_culprit);
        if has_culprit {
            broken.push(figures);
        }
    }
    let mean = |of: &dyn Fn(&Figures) -> f64| broken.iter().map(of).sum::<f64>() / broken.len() as f64;
    let figures = Figures {
        days: days as usize,
        hit_1: mean(&|figures| figures.hit_1),
        hit_3: mean(&|figures| figures.hit_3),
        hit_5: mean(&|figures| figures.hit_5),
        reciprocal_rank: mean(&|figures| figures.reciprocal_rank),
        true_strong: mean(&|figures| figures.true_strong),
        at_least_likely: mean(&|figures| figures.at_least_likely),
        false_likely: mean(&|figures| figures.false_likely),
        false_strong: mean(&|figures| figures.false_strong),
        rivals_hit_3: std::array::from_fn(|rival| mean(&|figures| figures.rivals_hit_3[rival])),
    };
    print_row("mean of the scenarios with a broken host", &figures, true);
}

fn print_row(name: &str, figures: &Figures, has_culprit: bool) {
    let share = |value: f64| if has_culprit { format!("{value:.2}") } else { "–".to_owned() };
    let rivals: Vec<String> = figures.rivals_hit_3.iter().map(|value| share(*value)).collect();
    println!(
        "| {name} | {} | {} | {} | {} | {} | {} | {:.2} | {:.2} | {} |",
        share(figures.hit_1),
        share(figures.hit_3),
        share(figures.hit_5),
        share(figures.reciprocal_rank),
        share(figures.true_strong),
        share(figures.at_least_likely),
        figures.false_likely,
        figures.false_strong,
        rivals.join(" | ")
    );
}

/// Days of one scenario on which a broken host is not first, or a healthy one is called strong.
fn misses(name: &str, seeds: impl Iterator<Item = u64> + Clone, knowledge: &steerscope::knowledge::Knowledge) {
    for fault in Fault::ALL.into_iter().filter(|fault| format!("{fault:?}") == name) {
        for seed in seeds.clone() {
            let log = fault.day(seed);
            let outcome = measure::day(&log, knowledge);
            let missed = !log.culprits.is_empty() && outcome.rank() != Some(1);
            if missed || outcome.false_strong.is_some() {
                println!("\nseed {seed}: {:?}, broken {:?}, reported {:?}", outcome.ranks, log.culprits, log.reported);
                show(&log, knowledge);
            }
        }
    }
}

fn show(log: &scenario::Log, knowledge: &steerscope::knowledge::Knowledge) {
    let analysis = measure::read(log, knowledge);
    let language = steerscope::language::Language::English;
    let report = steerscope::report::compose(&analysis, &measure::incident(log), knowledge, language);
    for suspect in &report.suspects {
        let is_culprit = log.culprits.contains(&suspect.host);
        if suspect.rank <= 3 || is_culprit {
            let signals: Vec<String> =
                suspect.signals.iter().map(|signal| format!("{} {:+.1}", signal.id, signal.points)).collect();
            println!(
                "  {}{:2} {:5.1} {:6} {} {} {} [{}]",
                if is_culprit { "*" } else { " " },
                suspect.rank,
                suspect.score,
                suspect.confidence,
                suspect.onset,
                suspect.process.as_deref().unwrap_or("-"),
                suspect.host,
                signals.join(", ")
            );
        }
    }
}
