//! Any bytes as text: decoded alike in any chunks, and shown without a character that deceives.

#![no_main]

use libfuzzer_sys::fuzz_target;
use steerscope::bundle::text::{Text, shift_jis, shown, text_of};

fuzz_target!(|bytes: &[u8]| {
    let mut text = Vec::new();
    let mut decoder = Text::default();
    for chunk in bytes.chunks(3) {
        decoder.push(chunk, &mut text);
    }
    decoder.finish(&mut text);
    assert_eq!(text, text_of(bytes));
    let _ = shift_jis(bytes);
    assert!(!shown(bytes, false).chars().any(|character| character.is_control() || character == '\u{202e}'));
});
