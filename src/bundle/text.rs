//! Bytes of a member to text: the encoding is found at its start, everything else passes as it is.
//!
//! Bytes that are no UTF-8 are kept for matching; [`shown`] makes them, and every character that could deceive on a
//! screen, visible. Line ends are the business of `record`.

use encoding_rs::{Decoder, SHIFT_JIS, UTF_16BE, UTF_16LE};

pub use crate::visible::shown;

/// Bytes looked at before an encoding is settled.
const SNIFFED: usize = 64;

/// Turns the chunks of one member into UTF-8 (or into the very bytes, where they are of no known encoding).
#[derive(Default)]
pub struct Text {
    state: State,
}

#[derive(Default)]
enum State {
    #[default]
    New,
    /// The first bytes, too few to settle the encoding.
    Waiting(Vec<u8>),
    Bytes,
    Decoding(Box<Decoder>),
}

impl Text {
    /// From a place inside a text that is read as its bytes are.
    pub(crate) fn plain() -> Self {
        Self { state: State::Bytes }
    }

    /// Whether it is settled that the text is read as its bytes are.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.state, State::Bytes)
    }

    /// Appends the text of `chunk` to `text`. How the bytes are cut into chunks makes no difference.
    pub fn push(&mut self, chunk: &[u8], text: &mut Vec<u8>) {
        match &mut self.state {
            State::Bytes => text.extend_from_slice(chunk),
            State::Decoding(decoder) => decode(decoder, chunk, false, text),
            State::New if chunk.len() >= SNIFFED => self.settle(chunk, text),
            State::New => self.state = State::Waiting(chunk.to_vec()),
            State::Waiting(start) => {
                start.extend_from_slice(chunk);
                if start.len() >= SNIFFED {
                    let start = std::mem::take(start);
                    self.settle(&start, text);
                }
            }
        }
    }

    /// Call once, after the last chunk.
    pub fn finish(&mut self, text: &mut Vec<u8>) {
        if let State::Waiting(start) = &mut self.state {
            let start = std::mem::take(start);
            self.settle(&start, text);
        }
        if let State::Decoding(decoder) = &mut self.state {
            decode(decoder, b"", true, text);
        }
        self.state = State::Bytes;
    }

    fn settle(&mut self, start: &[u8], text: &mut Vec<u8>) {
        let (encoding, mark) = encoding(&start[..start.len().min(SNIFFED)]);
        self.state = match encoding {
            Encoding::Bytes => State::Bytes,
            Encoding::Utf16LittleEndian => State::Decoding(Box::new(UTF_16LE.new_decoder_without_bom_handling())),
            Encoding::Utf16BigEndian => State::Decoding(Box::new(UTF_16BE.new_decoder_without_bom_handling())),
        };
        self.push(&start[mark..], text);
    }
}

/// Whether a text that begins like this is read as its bytes are.
#[must_use]
pub(crate) fn is_plain(start: &[u8]) -> bool {
    matches!(encoding(&start[..start.len().min(SNIFFED)]).0, Encoding::Bytes)
}

/// The text of a short piece, such as the start of a member.
#[must_use]
pub fn text_of(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    let mut decoder = Text::default();
    decoder.push(bytes, &mut text);
    decoder.finish(&mut text);
    text
}

/// A short file in whatever encoding it was saved.
#[must_use]
pub fn readable(bytes: &[u8]) -> String {
    let text = text_of(bytes);
    shift_jis(&text).unwrap_or_else(|| String::from_utf8_lossy(&text).into_owned())
}

fn decode(decoder: &mut Decoder, mut bytes: &[u8], last: bool, text: &mut Vec<u8>) {
    let mut piece = [0; 4096];
    loop {
        let (result, read, written, _) = decoder.decode_to_utf8(bytes, &mut piece, last);
        text.extend_from_slice(&piece[..written]);
        bytes = &bytes[read..];
        if result == encoding_rs::CoderResult::InputEmpty {
            return;
        }
    }
}

enum Encoding {
    Bytes,
    Utf16LittleEndian,
    Utf16BigEndian,
}

/// The encoding and the length of a byte order mark. Without a mark, a log in UTF-16 shows by a zero in every pair.
fn encoding(start: &[u8]) -> (Encoding, usize) {
    match start {
        [0xFF, 0xFE, ..] => return (Encoding::Utf16LittleEndian, 2),
        [0xFE, 0xFF, ..] => return (Encoding::Utf16BigEndian, 2),
        [0xEF, 0xBB, 0xBF, ..] => return (Encoding::Bytes, 3),
        _ => {}
    }
    let (pairs, _) = start.as_chunks::<2>();
    let mostly = |zero: usize| pairs.iter().filter(|pair| pair[zero] == 0 && pair[1 - zero] != 0).count() * 4;
    if pairs.len() < 4 {
        (Encoding::Bytes, 0)
    } else if mostly(1) >= pairs.len() * 3 {
        (Encoding::Utf16LittleEndian, 0)
    } else if mostly(0) >= pairs.len() * 3 {
        (Encoding::Utf16BigEndian, 0)
    } else {
        (Encoding::Bytes, 0)
    }
}

/// The text of `bytes` if they are Shift-JIS beyond doubt, as old programs on Japanese Windows write: no error, kana or
/// two everyday kanji in a row, nothing that is valid UTF-8. `None` otherwise; Latin letters with accents stay bytes.
#[must_use]
pub fn shift_jis(bytes: &[u8]) -> Option<String> {
    if std::str::from_utf8(bytes).is_ok() {
        return None;
    }
    let text = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes)?;
    let mut previous_kanji = false;
    let certain = text.chars().any(|character| {
        let kanji = ('\u{4E00}'..='\u{9FFF}').contains(&character);
        let kana = ('\u{3041}'..='\u{30FE}').contains(&character);
        let pair = kanji && previous_kanji;
        previous_kanji = kanji;
        kana || pair
    });
    (certain && !text.chars().any(|character| ('\u{E000}'..='\u{F8FF}').contains(&character)))
        .then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_encoding_whatever_the_chunks() {
        let log = "2024/04/28 11:02:28.409 stAgentSvc p1 t1 info a.cpp:1 プロセス host";
        let little: Vec<u8> = log.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = log.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            log.as_bytes().to_vec(),
            [b"\xEF\xBB\xBF", log.as_bytes()].concat(),
            little.clone(),
            [vec![0xFF, 0xFE], little].concat(),
            [vec![0xFE, 0xFF], big].concat(),
        ] {
            for size in [1, 3, 63, 64, 1000] {
                let mut text = Vec::new();
                let mut decoder = Text::default();
                for chunk in bytes.chunks(size) {
                    decoder.push(chunk, &mut text);
                }
                decoder.finish(&mut text);
                assert_eq!(String::from_utf8(text).unwrap(), log);
            }
        }
    }

    #[test]
    fn takes_only_certain_shift_jis() {
        let (bytes, _, _) = SHIFT_JIS.encode("C:\\ユーザー\\田中 太郎");
        assert_eq!(shift_jis(&bytes).as_deref(), Some("C:\\ユーザー\\田中 太郎"));
        for other in
            [&b"M\xFCller caf\xE9 r"[..], b"plain", "ユーザー".as_bytes(), b"\xFF\xFE\x00", b"\xE9t\xE9 na\xEFve"]
        {
            assert_eq!(shift_jis(other), None, "{}", shown(other, false));
        }
    }

    #[test]
    fn shows_what_deceives() {
        assert_eq!(shown(b"a\xFFb\x07\n\xE2\x80\xAEc", false), "a\\xffb\\u{7}\\u{a}\\u{202e}c");
        assert_eq!(shown("a\n\tb – 東京".as_bytes(), true), "a\n\tb – 東京");
    }
}
