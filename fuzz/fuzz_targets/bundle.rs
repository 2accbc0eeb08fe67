//! Any bytes as a dropped file: open it, read its logs, fetch evidence. Nothing panics, hangs or grows beyond the limits.

#![no_main]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use steerscope::bundle::{self, Input, Limits};
use steerscope::provenance::MemberId;
use steerscope::record;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { total_bytes: 1 << 24, ratio_from: 1 << 22, members: 200, ..Limits::default() };
    let input = Input { name: "bundle.zip".into(), source: Box::new(Cursor::new(bytes.to_vec())) };
    let Ok(mut bundle) = bundle::open_with_password("bundle.zip", vec![input], &limits, MemberId(7), Some(b"password"))
    else {
        return;
    };
    assert!(bundle.members.len() <= limits.members);
    let mut lines: BTreeMap<MemberId, BTreeSet<u32>> = BTreeMap::new();
    let reading = record::read(
        &mut bundle,
        &mut |member, record| {
            assert_eq!(member.id, record.provenance.member);
            lines.entry(member.id).or_default().insert(record.provenance.line);
        },
        &mut |_| {},
    );
    let read: u64 = reading.members.iter().map(|member| member.bytes).sum();
    assert!(read <= limits.total_bytes + (1 << 20));
    let wanted: usize = lines.values().map(BTreeSet::len).sum();
    assert_eq!(record::lines(&mut bundle, &lines).len(), wanted);
});
