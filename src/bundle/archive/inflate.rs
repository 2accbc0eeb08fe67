//! DEFLATE and gzip as streams that give up nothing: what was inflated before the damage is handed out first.

use std::io::{self, BufRead, Read};

use crc32fast::Hasher;
use flate2::{Decompress, FlushDecompress, Status};

use crate::bundle::damage::Stop;

/// A raw DEFLATE stream. Reading ends at the end of the stream, or fails with [`Stop::Truncated`] or [`Stop::Corrupt`].
pub(super) struct Inflate<R> {
    source: R,
    engine: Decompress,
    ended: bool,
    stop: Option<Stop>,
}

impl<R: BufRead> Inflate<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, engine: Decompress::new(false), ended: false, stop: None }
    }
}

impl<R: BufRead> Read for Inflate<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended || buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(stop) = &self.stop {
                return Err(stop.clone().into());
            }
            let input = self.source.fill_buf()?;
            let at_end = input.is_empty();
            let (taken_before, given_before) = (self.engine.total_in(), self.engine.total_out());
            let result = self.engine.decompress(input, buffer, FlushDecompress::None);
            let taken = (self.engine.total_in() - taken_before) as usize;
            let given = (self.engine.total_out() - given_before) as usize;
            self.source.consume(taken);
            match result {
                Ok(Status::StreamEnd) => {
                    self.ended = true;
                    return Ok(given);
                }
                Ok(Status::Ok | Status::BufError) if given > 0 || taken > 0 => {}
                Ok(_) if at_end => self.stop = Some(Stop::Truncated),
                Ok(_) | Err(_) => self.stop = Some(Stop::Corrupt),
            }
            if given > 0 {
                return Ok(given);
            }
        }
    }
}

/// One gzip file: any number of gzip members one after the other. What follows them and is no gzip is ignored.
pub(super) struct Gunzip<R> {
    stage: Stage<R>,
    checksum: Hasher,
    /// A whole gzip member was read, so that an odd end is no damage.
    any: bool,
}

enum Stage<R> {
    Header(R),
    Body(Inflate<R>),
    End,
}

impl<R: BufRead> Gunzip<R> {
    pub(super) fn new(source: R) -> Self {
        Self { stage: Stage::Header(source), checksum: Hasher::new(), any: false }
    }
}

impl<R: BufRead> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match std::mem::replace(&mut self.stage, Stage::End) {
                Stage::End => return Ok(0),
                Stage::Header(mut source) => {
                    if self.any && source.fill_buf()?.first() != Some(&0x1F) {
                        return Ok(0);
                    }
                    match header(&mut source) {
                        Ok(()) => {}
                        Err(_) if self.any => return Ok(0),
                        Err(error) => return Err(error),
                    }
                    self.checksum.reset();
                    self.stage = Stage::Body(Inflate::new(source));
                }
                Stage::Body(mut body) => match body.read(buffer)? {
                    0 => {
                        let mut trailer = [0; 8];
                        body.source.read_exact(&mut trailer)?;
                        let [a, b, c, d, ..] = trailer;
                        if u32::from_le_bytes([a, b, c, d]) != self.checksum.clone().finalize() {
                            return Err(Stop::WrongChecksum.into());
                        }
                        self.any = true;
                        self.stage = Stage::Header(body.source);
                    }
                    count => {
                        self.checksum.update(&buffer[..count]);
                        self.stage = Stage::Body(body);
                        return Ok(count);
                    }
                },
            }
        }
    }
}

/// RFC 1952: ten fixed bytes, then what the flags announce.
fn header(source: &mut impl BufRead) -> io::Result<()> {
    let mut fixed = [0; 10];
    source.read_exact(&mut fixed)?;
    let [0x1F, 0x8B, 8, flags, ..] = fixed else { return Err(Stop::Corrupt.into()) };
    if flags & 4 != 0 {
        let mut length = [0; 2];
        source.read_exact(&mut length)?;
        skip(source, u64::from(u16::from_le_bytes(length)))?;
    }
    for _ in 0..(flags >> 3 & 1) + (flags >> 4 & 1) {
        skip_text(source)?;
    }
    if flags & 2 != 0 {
        skip(source, 2)?;
    }
    Ok(())
}

fn skip(source: &mut impl Read, count: u64) -> io::Result<()> {
    let skipped = io::copy(&mut source.take(count), &mut io::sink())?;
    if skipped == count { Ok(()) } else { Err(Stop::Truncated.into()) }
}

/// File name or comment, up to its zero byte; nobody needs one of more than 64 KiB.
fn skip_text(source: &mut impl BufRead) -> io::Result<()> {
    let mut byte = [1];
    for _ in 0..65_536 {
        source.read_exact(&mut byte)?;
        if byte == [0] {
            return Ok(());
        }
    }
    Err(Stop::Corrupt.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> (Vec<u8>, Option<Stop>) {
        let mut text = Vec::new();
        let mut reader = Gunzip::new(bytes);
        let mut buffer = [0; 100];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => return (text, None),
                Ok(count) => text.extend_from_slice(&buffer[..count]),
                Err(error) => return (text, Stop::of(&error)),
            }
        }
    }

    #[test]
    fn reads_joined_files_and_ignores_what_follows() {
        let joined = [gzip(b"one "), gzip(b"two"), vec![0; 700]].concat();
        assert_eq!(read(&joined), (b"one two".to_vec(), None));
    }

    #[test]
    fn keeps_everything_before_the_damage() {
        let text: Vec<u8> =
            (0..5000_u32).flat_map(|number| format!("line {}\n", number * number).into_bytes()).collect();
        let whole = gzip(&text);
        let (start, stop) = read(&whole[..whole.len() / 2]);
        assert!(text.starts_with(&start) && start.len() > text.len() / 4);
        assert_eq!(stop, Some(Stop::Truncated));

        let mut wrong = whole.clone();
        let checksum = wrong.len() - 8;
        wrong[checksum] ^= 1;
        assert_eq!(read(&wrong), (text, Some(Stop::WrongChecksum)));
        assert_eq!(read(b"\x1F\x8B\x08"), (Vec::new(), Some(Stop::Truncated)));
    }
}
