//! Builds archives byte by byte, so that a test can also build those that no program writes.

use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use steerscope::bundle::Input;

pub(crate) fn input(name: &str, bytes: impl Into<Vec<u8>>) -> Input {
    Input { name: name.into(), source: Box::new(Cursor::new(bytes.into())) }
}

/// `count` records, one a second, from 11:00:00 on; the number of each stands in its message.
pub(crate) fn log(count: usize) -> String {
    (0..count).fold(String::new(), |log, number| {
        let (hour, minute, second) = (11 + number / 3600, number / 60 % 60, number % 60);
        let host = number * 7919 % 1009;
        log + &format!(
            "2024/04/28 {hour:02}:{minute:02}:{second:02}.409 stAgentSvc p17fc tb44 info tunnel.cpp:878 nsTunnel TLS \
             [sessId {number}] Tunneling flow from addr: 192.0.2.7:50123, process: chrome.exe to host: {host}.example.com, \
             addr: 198.51.100.4:443 to nsProxy\n"
        )
    })
}

pub(crate) fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// A tar of plain files; a name that ends in `->` becomes a symbolic link.
pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, data) in files {
        if name.len() > 100 {
            bytes.extend(tar_header("././@LongLink", name.len() + 1, b'L'));
            padded(&mut bytes, &[name.as_bytes(), b"\0"].concat());
        }
        let link = name.ends_with("->");
        bytes.extend(tar_header(&name[..name.len().min(100)], data.len(), if link { b'2' } else { b'0' }));
        padded(&mut bytes, data);
    }
    bytes.extend([0; 1024]);
    bytes
}

fn tar_header(name: &str, length: usize, flag: u8) -> [u8; 512] {
    let mut header = [0; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[124..136].copy_from_slice(format!("{length:011o}\0").as_bytes());
    header[148..156].fill(b' ');
    header[156] = flag;
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

fn padded(bytes: &mut Vec<u8>, data: &[u8]) {
    bytes.extend_from_slice(data);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
}

/// How an entry of a [`Zip`] differs from a well-formed one.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a list of oddities, each on or off")]
pub(crate) struct Odd {
    /// Length and checksum behind the data, zeros in the local header.
    pub(crate) described_behind: bool,
    /// Lengths in a zip64 field.
    pub(crate) zip64: bool,
    pub(crate) wrong_checksum: bool,
    /// Lengths in both headers say this instead.
    pub(crate) declared_length: Option<u32>,
    /// Unix mode of a symbolic link.
    pub(crate) link: bool,
}

#[derive(Default)]
pub(crate) struct Zip {
    pub(crate) bytes: Vec<u8>,
    directory: Vec<u8>,
    count: usize,
}

impl Zip {
    pub(crate) fn stored(self, name: impl AsRef<[u8]>, data: &[u8]) -> Self {
        self.entry(name, 0, data, data, Odd::default())
    }

    pub(crate) fn deflated(self, name: impl AsRef<[u8]>, data: &[u8]) -> Self {
        self.odd(name, data, Odd::default())
    }

    pub(crate) fn odd(self, name: impl AsRef<[u8]>, data: &[u8], odd: Odd) -> Self {
        self.entry(name, 8, data, &deflated(data), odd)
    }

    pub(crate) fn entry(mut self, name: impl AsRef<[u8]>, method: u16, data: &[u8], packed: &[u8], odd: Odd) -> Self {
        let name = name.as_ref();
        let at = self.bytes.len() as u32;
        let checksum = crc32fast::hash(data) ^ u32::from(odd.wrong_checksum);
        let length = odd.declared_length.unwrap_or(data.len() as u32);
        let short = |number: u16| number.to_le_bytes().to_vec();
        let long = |number: u32| number.to_le_bytes().to_vec();
        let extra = if odd.zip64 {
            let field = [u64::from(length).to_le_bytes(), (packed.len() as u64).to_le_bytes()].concat();
            [short(1), short(16), field].concat()
        } else {
            Vec::new()
        };
        let lengths =
            if odd.zip64 { [long(u32::MAX), long(u32::MAX)] } else { [long(packed.len() as u32), long(length)] };
        let flags = short(if odd.described_behind { 8 } else { 0 });
        let common = |described: bool| {
            let numbers = if described { vec![0; 12] } else { [long(checksum), lengths.concat()].concat() };
            [flags.clone(), short(method), vec![0; 4], numbers, short(name.len() as u16), short(extra.len() as u16)]
                .concat()
        };
        self.bytes.extend(
            [b"PK\x03\x04".to_vec(), short(20), common(odd.described_behind), name.to_vec(), extra.clone()].concat(),
        );
        self.bytes.extend_from_slice(packed);
        if odd.described_behind {
            self.bytes.extend([b"PK\x07\x08".to_vec(), long(checksum), lengths.concat()].concat());
        }
        let mode = if odd.link { 0o120_777 << 16 } else { 0o100_644 << 16 };
        self.directory.extend(
            [b"PK\x01\x02".to_vec(), vec![20, 3], short(20), common(false), vec![0; 6], long(mode), long(at)].concat(),
        );
        self.directory.extend([name, extra.as_slice()].concat());
        self.count += 1;
        self
    }

    /// One more name for the data of the first entry; both share every byte.
    pub(crate) fn again(mut self, name: &str) -> Self {
        let name_length = u16::from_le_bytes([self.directory[28], self.directory[29]]);
        let mut entry = self.directory[..46].to_vec();
        assert!(name_length > 0 && self.count > 0);
        entry[28..30].copy_from_slice(&(name.len() as u16).to_le_bytes());
        entry[30..32].fill(0);
        self.directory.extend(entry);
        self.directory.extend(name.as_bytes());
        self.count += 1;
        self
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        let at = self.bytes.len() as u32;
        let (count, length) = (self.count, self.directory.len() as u32);
        let mut bytes = [self.bytes, self.directory].concat();
        if count > 0xFFFE {
            let end = bytes.len() as u64;
            bytes.extend(b"PK\x06\x06");
            bytes.extend(44_u64.to_le_bytes());
            bytes.extend([45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            for number in [count as u64, count as u64, u64::from(length), u64::from(at)] {
                bytes.extend(number.to_le_bytes());
            }
            bytes.extend(b"PK\x06\x07\0\0\0\0");
            bytes.extend(end.to_le_bytes());
            bytes.extend(1_u32.to_le_bytes());
        }
        let short = u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes();
        bytes.extend([b"PK\x05\x06\0\0\0\0".as_slice(), &short, &short].concat());
        bytes.extend([length.to_le_bytes(), at.to_le_bytes()].concat());
        bytes.extend([0, 0]);
        bytes
    }
}
