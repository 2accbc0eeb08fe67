//! Puts the bytes of one direction of a TCP connection back into order.

/// Bytes and segments of one direction that may wait for what is missing before them.
const HELD_BYTES: usize = 128 << 10;
const HELD_SEGMENTS: usize = 64;

#[derive(Default)]
pub(super) struct Stream {
    next: Option<u32>,
    held: Vec<(u32, Vec<u8>)>,
    held_bytes: usize,
    /// Something was never captured, so that nothing after it can be placed.
    pub(super) is_broken: bool,
}

impl Stream {
    /// The connection begins: the first byte follows this number.
    pub(super) fn begin(&mut self, sequence: u32) {
        *self = Self { next: Some(sequence.wrapping_add(1)), ..Self::default() };
    }

    /// Hands the bytes that are in order now to `take`.
    pub(super) fn push(&mut self, sequence: u32, payload: &[u8], take: &mut dyn FnMut(&[u8])) {
        if payload.is_empty() || self.is_broken {
            return;
        }
        let next = *self.next.get_or_insert(sequence);
        let ahead = sequence.wrapping_sub(next).cast_signed();
        if ahead > 0 {
            return self.hold(sequence, payload);
        }
        // What was sent before is sent again.
        if let Some(new) = payload.get(ahead.unsigned_abs() as usize..).filter(|new| !new.is_empty()) {
            take(new);
            self.next = Some(next.wrapping_add(new.len() as u32));
            self.release(take);
        }
    }

    pub(super) fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    /// Nothing more of this direction is of interest.
    pub(super) fn forget(&mut self) {
        self.is_broken = true;
        self.held = Vec::new();
        self.held_bytes = 0;
    }

    fn hold(&mut self, sequence: u32, payload: &[u8]) {
        if self.held.len() >= HELD_SEGMENTS || self.held_bytes + payload.len() > HELD_BYTES {
            return self.forget();
        }
        self.held_bytes += payload.len();
        self.held.push((sequence, payload.to_vec()));
    }

    fn release(&mut self, take: &mut dyn FnMut(&[u8])) {
        while let Some(next) = self.next {
            let fits = |(sequence, _): &(u32, Vec<u8>)| sequence.wrapping_sub(next).cast_signed() <= 0;
            let Some(position) = self.held.iter().position(fits) else { return };
            let (sequence, payload) = self.held.swap_remove(position);
            self.held_bytes -= payload.len();
            let known = next.wrapping_sub(sequence) as usize;
            if let Some(new) = payload.get(known..).filter(|new| !new.is_empty()) {
                take(new);
                self.next = Some(next.wrapping_add(new.len() as u32));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(begin: u32, segments: &[(u32, &str)]) -> String {
        let mut stream = Stream::default();
        stream.begin(begin);
        let mut text = Vec::new();
        for (sequence, payload) in segments {
            stream.push(*sequence, payload.as_bytes(), &mut |bytes| text.extend_from_slice(bytes));
        }
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn segments_come_into_order() {
        assert_eq!(joined(9, &[(10, "ab"), (12, "cd")]), "abcd");
        assert_eq!(joined(9, &[(12, "cd"), (14, "ef"), (10, "ab")]), "abcdef");
        assert_eq!(joined(9, &[(10, "ab"), (10, "abc"), (11, "bc"), (13, "d")]), "abcd");
        assert_eq!(joined(u32::MAX - 1, &[(1, "cd"), (u32::MAX, "ab")]), "abcd");
        assert_eq!(joined(9, &[(12, "cd")]), "");
    }
}
