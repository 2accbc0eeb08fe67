//! Any text, cut into chunks of a size that the first byte gives: the same records as in one piece.

#![no_main]

use libfuzzer_sys::fuzz_target;
use steerscope::provenance::MemberId;
use steerscope::record::{Reader, Record, Tally};

fuzz_target!(|bytes: &[u8]| {
    let Some((size, log)) = bytes.split_first() else { return };
    assert_eq!(records(log, usize::from(*size) * 5 + 1), records(log, usize::MAX));
});

fn records(log: &[u8], size: usize) -> (Vec<String>, Tally) {
    let mut records = Vec::new();
    let mut sink = |record: Record<'_>| records.push(format!("{record:?}"));
    let mut reader = Reader::new(MemberId(0));
    for chunk in log.chunks(size) {
        reader.push(chunk, &mut sink);
    }
    let tally = reader.finish(&mut sink);
    (records, tally)
}
