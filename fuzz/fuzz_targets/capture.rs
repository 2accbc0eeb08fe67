//! Any bytes as a packet capture: read it, show each line. Nothing panics, hangs or grows beyond the limits.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use steerscope::bundle::{self, Input, Limits};
use steerscope::capture;
use steerscope::provenance::MemberId;
use steerscope::timeline::Timeline;

fuzz_target!(|bytes: &[u8]| {
    let input = Input { name: "nspktdump.pcap".into(), source: Box::new(Cursor::new(bytes.to_vec())) };
    let Ok(bundle) = bundle::open("nspktdump.pcap", vec![input], &Limits::default(), MemberId(0)) else { return };
    let (read, _) = capture::read(&mut [bundle], &Timeline::default());
    for conversation in &read.conversations {
        assert!(read.line(conversation.evidence).is_some());
    }
});
