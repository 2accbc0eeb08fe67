//! What a log says, made safe for the eye: nothing in it hides, or turns the writing round.

/// For the eye: invalid bytes as `\xNN`, control characters and marks that turn the writing direction or hide
/// themselves as `\u{…}`. Line feed and tab stay when `lines` is set.
#[must_use]
pub fn shown(bytes: &[u8], lines: bool) -> String {
    use std::fmt::Write as _;
    let mut shown = String::with_capacity(bytes.len());
    for piece in bytes.utf8_chunks() {
        for character in piece.valid().chars() {
            if deceives(character) && !(lines && matches!(character, '\n' | '\t')) {
                // Writing to a String cannot fail.
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
            } else {
                shown.push(character);
            }
        }
        for byte in piece.invalid() {
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

fn deceives(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}
