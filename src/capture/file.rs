//! Cuts a capture file into packets as its bytes arrive: pcap and pcapng, either byte order.
//!
//! Stops at the link layer's bytes. Holds no more than one block.

use pcap_parser::{Block, Linktype, PcapHeader};

/// A block longer than this is damage, not a packet.
const LONGEST_BLOCK: usize = 1 << 20;
/// Interfaces of a section that are told apart.
const INTERFACES: usize = 1024;

/// One packet as it was captured; its bytes may be cut short.
pub(super) struct Packet<'a> {
    /// Counted from 1, as packet viewers count.
    pub(super) number: u32,
    /// Microseconds since 1970, UTC.
    pub(super) at: i64,
    pub(super) link: Linktype,
    pub(super) bytes: &'a [u8],
}

#[derive(Default)]
pub(super) struct Cutter {
    buffer: Vec<u8>,
    format: Format,
    number: u32,
}

#[derive(Default)]
enum Format {
    #[default]
    Unknown,
    Pcap(PcapHeader),
    /// Big-endian or not, and the interfaces of the section.
    Pcapng(bool, Vec<Interface>),
    Damaged,
}

#[derive(Clone, Copy)]
struct Interface {
    link: Linktype,
    /// Units of its clock in a second.
    resolution: u64,
    /// Seconds to be added.
    offset: i64,
}

/// What a look at the front of the buffer gave.
enum Step {
    /// So many bytes are done with.
    Done(usize),
    /// More bytes are needed.
    Wait,
    Damaged,
}

impl Cutter {
    /// Hands out the packets that `chunk` completes. `false` where no more can be read.
    pub(super) fn push(&mut self, chunk: &[u8], take: &mut dyn FnMut(Packet<'_>)) -> bool {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.extend_from_slice(chunk);
        let mut done = 0;
        loop {
            match self.step(&buffer[done..], take) {
                Step::Done(length) => done += length.max(1).min(buffer.len() - done),
                Step::Wait if buffer.len() - done < LONGEST_BLOCK => break,
                Step::Wait | Step::Damaged => {
                    self.format = Format::Damaged;
                    return false;
                }
            }
        }
        buffer.drain(..done);
        self.buffer = buffer;
        true
    }

    /// Whether a packet was begun and its rest is missing.
    pub(super) fn is_cut(&self) -> bool {
        matches!(self.format, Format::Damaged | Format::Unknown) || !self.buffer.is_empty()
    }

    pub(super) fn packets(&self) -> u32 {
        self.number
    }

    fn step(&mut self, bytes: &[u8], take: &mut dyn FnMut(Packet<'_>)) -> Step {
        // A section may begin anywhere, with a byte order and interfaces of its own.
        if let Some(big_endian) = section(bytes) {
            self.format = Format::Pcapng(big_endian, Vec::new());
        }
        match &mut self.format {
            Format::Damaged => Step::Damaged,
            Format::Unknown if bytes.len() < 24 => Step::Wait,
            Format::Unknown => match pcap_parser::pcap::parse_pcap_header(bytes) {
                Ok((rest, header)) => {
                    self.format = Format::Pcap(header);
                    Step::Done(bytes.len() - rest.len())
                }
                Err(_) => Step::Damaged,
            },
            Format::Pcap(header) => {
                let read = match (header.is_bigendian(), header.is_modified_format()) {
                    (true, false) => pcap_parser::pcap::parse_pcap_frame_be(bytes),
                    (false, false) => pcap_parser::pcap::parse_pcap_frame(bytes),
                    (false, true) => pcap_parser::pcap::parse_pcap_frame_modified(bytes),
                    (true, true) => return Step::Damaged,
                };
                match read {
                    Ok((rest, frame)) => {
                        self.number = self.number.saturating_add(1);
                        let divisor = if header.is_nanosecond_precision() { 1000 } else { 1 };
                        let at = i64::from(frame.ts_sec) * 1_000_000 + i64::from(frame.ts_usec) / divisor;
                        take(Packet { number: self.number, at, link: header.network, bytes: frame.data });
                        Step::Done(bytes.len() - rest.len())
                    }
                    Err(error) if error.is_incomplete() => Step::Wait,
                    Err(_) => Step::Damaged,
                }
            }
            Format::Pcapng(big_endian, interfaces) => {
                if bytes.len() < 12 {
                    return Step::Wait;
                }
                let read = if *big_endian {
                    pcap_parser::pcapng::parse_block_be(bytes)
                } else {
                    pcap_parser::pcapng::parse_block_le(bytes)
                };
                match read {
                    Ok((rest, block)) => {
                        let packet = content(&block, interfaces);
                        if let Some((at, link, data)) = packet {
                            self.number = self.number.saturating_add(1);
                            take(Packet { number: self.number, at, link, bytes: data });
                        }
                        Step::Done(bytes.len() - rest.len())
                    }
                    Err(error) if error.is_incomplete() => Step::Wait,
                    Err(_) => Step::Damaged,
                }
            }
        }
    }
}

/// The byte order of a section header at the front of `bytes`.
fn section(bytes: &[u8]) -> Option<bool> {
    match bytes {
        [0x0A, 0x0D, 0x0D, 0x0A, _, _, _, _, 0x1A, 0x2B, 0x3C, 0x4D, ..] => Some(true),
        [0x0A, 0x0D, 0x0D, 0x0A, _, _, _, _, 0x4D, 0x3C, 0x2B, 0x1A, ..] => Some(false),
        _ => None,
    }
}

fn content<'a>(block: &Block<'a>, interfaces: &mut Vec<Interface>) -> Option<(i64, Linktype, &'a [u8])> {
    match block {
        Block::InterfaceDescription(description) if interfaces.len() < INTERFACES => {
            interfaces.push(Interface {
                link: description.linktype,
                resolution: description.ts_resolution().unwrap_or(1_000_000).max(1),
                offset: description.ts_offset(),
            });
            None
        }
        Block::EnhancedPacket(packet) => {
            let interface = interfaces.get(packet.if_id as usize)?;
            let ticks = u128::from(packet.ts_high) << 32 | u128::from(packet.ts_low);
            let microseconds = i64::try_from(ticks * 1_000_000 / u128::from(interface.resolution)).ok()?;
            let at = microseconds.saturating_add(interface.offset.saturating_mul(1_000_000));
            let length = (packet.caplen as usize).min(packet.data.len());
            Some((at, interface.link, &packet.data[..length]))
        }
        Block::SimplePacket(packet) => {
            let interface = interfaces.first()?;
            let length = (packet.origlen as usize).min(packet.data.len());
            // Simple packets carry no time.
            Some((0, interface.link, &packet.data[..length]))
        }
        _ => None,
    }
}
