//! One connection attempt as the client decided it: steered, bypassed or blocked, and by which kind of exception.

use super::names::{NO_NAME, NameId, Names};
use crate::knowledge::shape::Match;
use crate::provenance::Provenance;
use crate::record::Record;
use crate::record::time::Timestamp;

/// A flow line, compact: a log holds a million of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    pub at: Timestamp,
    pub host: NameId,
    pub process: NameId,
    pub source: NameId,
    pub destination: NameId,
    /// 0 where the log gives no port.
    pub source_port: u16,
    pub destination_port: u16,
    pub decision: Decision,
    pub reason: Option<Reason>,
    pub provenance: Provenance,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// Steered for web inspection; whether it was decrypted is decided in the cloud and not logged.
    Tunnel,
    /// Steered to the cloud firewall, no web inspection.
    TunnelFirewall,
    /// Bypassed by tunneling: steered, passed without inspection.
    TunnelUndecrypted,
    Bypass,
    Block,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    DomainException,
    PinnedApp,
    PrivateAddress,
    Category,
    AddressRange,
    FirewallException,
    Quic,
}

const DECISIONS: [(&str, Decision); 5] = [
    ("tunnel", Decision::Tunnel),
    ("tunnel_firewall", Decision::TunnelFirewall),
    ("tunnel_undecrypted", Decision::TunnelUndecrypted),
    ("bypass", Decision::Bypass),
    ("block", Decision::Block),
];

const REASONS: [(&str, Reason); 7] = [
    ("domain_exception", Reason::DomainException),
    ("pinned_app", Reason::PinnedApp),
    ("private_address", Reason::PrivateAddress),
    ("category", Reason::Category),
    ("address_range", Reason::AddressRange),
    ("firewall_exception", Reason::FirewallException),
    ("quic", Reason::Quic),
];

impl Decision {
    #[must_use]
    pub fn name(self) -> &'static str {
        DECISIONS.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }
}

impl Reason {
    #[must_use]
    pub fn name(self) -> &'static str {
        REASONS.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }
}

/// The flow that a matched message tells of; `None` where the shape names no decision.
pub(super) fn read(record: &Record<'_>, found: &Match<'_, '_>, names: &mut Names) -> Option<Flow> {
    let decision = found.field("decision").and_then(|text| named(&DECISIONS, text))?;
    let reason = found.field("reason").and_then(|text| named(&REASONS, text));
    let mut end = |whole: &str, address: &str, port: &str| match (found.field(whole), found.field(address)) {
        (Some(text), _) => {
            let (address, port) = split_port(text);
            (names.intern(address), port)
        }
        (None, Some(address)) => (names.intern(address), found.field(port).and_then(number).unwrap_or(0)),
        (None, None) => (NO_NAME, 0),
    };
    let (source, source_port) = end("source", "source_address", "source_port");
    let (destination, destination_port) = end("destination", "destination_address", "destination_port");
    let host = found.field("host").map_or(NO_NAME, |host| names.intern(&normalised(host)));
    let process = found.field("process").map_or(NO_NAME, |process| names.intern(process));
    let (at, provenance) = (record.at, record.provenance);
    Some(Flow { at, host, process, source, destination, source_port, destination_port, decision, reason, provenance })
}

fn named<T: Copy>(table: &[(&str, T)], text: &[u8]) -> Option<T> {
    table.iter().find(|(name, _)| name.as_bytes() == text).map(|(_, value)| *value)
}

/// Splits at the last colon, since IPv6 addresses stand without brackets. A masked port (`xxxxx`) stays with its address.
fn split_port(text: &[u8]) -> (&[u8], u16) {
    match memchr::memrchr(b':', text) {
        Some(position) => match number(&text[position + 1..]) {
            Some(port) => (&text[..position], port),
            None => (text, 0),
        },
        None => (text, 0),
    }
}

fn number(text: &[u8]) -> Option<u16> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

/// Lower case, without the closing dot of a full name or a stray colon.
fn normalised(host: &[u8]) -> Vec<u8> {
    let end = host.iter().rposition(|byte| !matches!(byte, b'.' | b':')).map_or(0, |position| position + 1);
    // An IPv6 address may end in “::”.
    let host = if host.ends_with(b"::") { host } else { &host[..end] };
    host.to_ascii_lowercase()
}
