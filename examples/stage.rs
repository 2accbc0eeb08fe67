//! Runs the stages of a reading up to one of them on a synthetic log of two megabytes, for `cargo xtask count`:
//! `stage none|bundle|record|event|ranking BUNDLE`. `none` is what all of them begin with.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods, reason = "a measure for developers")]

use std::fs::File;

use steerscope::bundle::{self, Input, Limits, Member, MemberVisitor};
use steerscope::incident::Incident;
use steerscope::knowledge::Knowledge;
use steerscope::language::Language;
use steerscope::provenance::MemberId;
use steerscope::{analyze, record, report};

#[derive(Default)]
struct Length(usize);

impl MemberVisitor for Length {
    fn bytes(&mut self, _: &Member, chunk: &[u8]) -> bool {
        self.0 += chunk.len();
        true
    }
}

fn main() {
    let [stage, path] = std::env::args().skip(1).collect::<Vec<String>>().try_into().unwrap();
    let knowledge = Knowledge::built_in().unwrap();
    let input = Input { name: "bundle.zip".to_owned(), source: Box::new(File::open(path).unwrap()) };
    let mut bundles = [bundle::open("bundle.zip", vec![input], &Limits::default(), MemberId(0)).unwrap()];
    let amount = match stage.as_str() {
        "none" => 0,
        "bundle" => {
            let mut length = Length::default();
            bundles[0].read_each(&|_| true, &mut length);
            length.0
        }
        "record" => {
            let mut records = 0;
            record::read(&mut bundles[0], &mut |_, _| records += 1, &mut |_| {});
            records
        }
        "event" | "ranking" => {
            let analysis = analyze(&mut bundles, &knowledge, &mut |_| {});
            match stage.as_str() {
                "event" => analysis.timeline.flows.len(),
                _ => report::compose(&analysis, &Incident::default(), &knowledge, Language::English).suspects.len(),
            }
        }
        other => panic!("{other} is no stage"),
    };
    println!("{stage}: {amount}");
}
