//! Reads a packet down to its transport: Ethernet, raw IP, loopback and Linux cooked captures.

use std::net::IpAddr;

use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket, TransportSlice};
use pcap_parser::Linktype;

/// Address and port.
pub(super) type End = (IpAddr, u16);

pub(super) struct Datagram<'a> {
    pub(super) from: End,
    pub(super) to: End,
    pub(super) content: Content<'a>,
}

pub(super) enum Content<'a> {
    Tcp(Segment<'a>),
    Udp(&'a [u8]),
}

#[expect(clippy::struct_excessive_bools, reason = "the flags of a TCP header")]
pub(super) struct Segment<'a> {
    pub(super) sequence: u32,
    pub(super) begins: bool,
    pub(super) acknowledges: bool,
    pub(super) ends: bool,
    pub(super) resets: bool,
    pub(super) payload: &'a [u8],
}

/// `None` for what is neither TCP nor UDP over IP, for fragments, and for other links.
pub(super) fn read(link: Linktype, bytes: &[u8]) -> Option<Datagram<'_>> {
    const BSD_RAW: [Linktype; 2] = [Linktype(12), Linktype(14)];
    const LINUX_SLL2: Linktype = Linktype(276);
    let ether_type = |at: usize| Some(EtherType(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])));
    let sliced = match link {
        Linktype::ETHERNET => LaxSlicedPacket::from_ethernet(bytes).ok()?,
        Linktype::RAW | Linktype::IPV4 | Linktype::IPV6 => LaxSlicedPacket::from_ip(bytes).ok()?,
        raw if BSD_RAW.contains(&raw) => LaxSlicedPacket::from_ip(bytes).ok()?,
        // Four bytes name the family in the byte order of the machine; the packet tells it as well.
        Linktype::NULL | Linktype::LOOP => LaxSlicedPacket::from_ip(bytes.get(4..)?).ok()?,
        Linktype::LINUX_SLL => LaxSlicedPacket::from_ether_type(ether_type(14)?, bytes.get(16..)?),
        LINUX_SLL2 => LaxSlicedPacket::from_ether_type(ether_type(0)?, bytes.get(20..)?),
        _ => return None,
    };
    let (source, destination): (IpAddr, IpAddr) = match sliced.net.as_ref()? {
        LaxNetSlice::Ipv4(slice) if !slice.is_payload_fragmented() => {
            (slice.header().source_addr().into(), slice.header().destination_addr().into())
        }
        LaxNetSlice::Ipv6(slice) if !slice.is_payload_fragmented() => {
            (slice.header().source_addr().into(), slice.header().destination_addr().into())
        }
        _ => return None,
    };
    match sliced.transport? {
        TransportSlice::Tcp(tcp) => Some(Datagram {
            from: (source, tcp.source_port()),
            to: (destination, tcp.destination_port()),
            content: Content::Tcp(Segment {
                sequence: tcp.sequence_number(),
                begins: tcp.syn(),
                acknowledges: tcp.ack(),
                ends: tcp.fin(),
                resets: tcp.rst(),
                payload: tcp.payload(),
            }),
        }),
        TransportSlice::Udp(udp) => Some(Datagram {
            from: (source, udp.source_port()),
            to: (destination, udp.destination_port()),
            content: Content::Udp(udp.payload()),
        }),
        _ => None,
    }
}
