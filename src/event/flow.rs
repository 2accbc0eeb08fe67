//! One connection attempt as the client decided it: steered, bypassed or blocked, and by which kind of exception.

use std::borrow::Cow;

use super::names::{NO_NAME, NameId, Names};
use crate::knowledge::shape::{Match, Shape, Slot};
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

impl Flow {
    /// The same with its names in another table, which has `numbers` for them.
    #[must_use]
    pub fn renumbered(self, numbers: &[NameId]) -> Self {
        let number = |name: NameId| numbers.get(name as usize).copied().unwrap_or(NO_NAME);
        Self {
            host: number(self.host),
            process: number(self.process),
            source: number(self.source),
            destination: number(self.destination),
            ..self
        }
    }
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

/// In the order of [`Decision`].
const DECISIONS: [(&str, Decision); 5] = [
    ("tunnel", Decision::Tunnel),
    ("tunnel_firewall", Decision::TunnelFirewall),
    ("tunnel_undecrypted", Decision::TunnelUndecrypted),
    ("bypass", Decision::Bypass),
    ("block", Decision::Block),
];

/// In the order of [`Reason`].
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
    pub fn named(text: &str) -> Option<Self> {
        named(&DECISIONS, text.as_bytes())
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        DECISIONS.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }
}

impl Reason {
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        named(&REASONS, text.as_bytes())
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        REASONS.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }
}

/// Where the flow lines of one shape carry what a [`Flow`] holds.
pub(super) struct Plan {
    decision: Word<Decision>,
    reason: Word<Reason>,
    host: Option<Slot>,
    process: Option<Slot>,
    source: End,
    destination: End,
}

/// A word of a table: the same for all lines of a shape, or read from each.
enum Word<T> {
    Always(Option<T>),
    Read(Slot),
}

/// Address and port, in one field or in two.
struct End {
    whole: Option<Slot>,
    address: Option<Slot>,
    port: Option<Slot>,
}

impl Plan {
    pub(super) fn of(shape: &Shape) -> Self {
        let end = |name: &str| End {
            whole: shape.slot(name),
            address: shape.slot(&format!("{name}_address")),
            port: shape.slot(&format!("{name}_port")),
        };
        Self {
            decision: Word::of(shape, "decision", &DECISIONS),
            reason: Word::of(shape, "reason", &REASONS),
            host: shape.slot("host"),
            process: shape.slot("process"),
            source: end("source"),
            destination: end("destination"),
        }
    }

    /// The flow that a message of this shape tells of; `None` where it names no decision.
    pub(super) fn read(&self, record: &Record<'_>, found: &Match<'_, '_>, names: &mut Names) -> Option<Flow> {
        let decision = self.decision.read(found, &DECISIONS)?;
        let reason = self.reason.read(found, &REASONS);
        let (source, source_port) = self.source.read(found, names);
        let (destination, destination_port) = self.destination.read(found, names);
        let text = |slot: Option<Slot>| slot.and_then(|slot| found.value(slot));
        let host = text(self.host).map_or(NO_NAME, |host| names.intern(&normalised(host)));
        let process = text(self.process).map_or(NO_NAME, |process| names.intern(process));
        let (at, provenance) = (record.at, record.provenance);
        Some(Flow {
            at,
            host,
            process,
            source,
            destination,
            source_port,
            destination_port,
            decision,
            reason,
            provenance,
        })
    }
}

impl<T: Copy> Word<T> {
    fn of(shape: &Shape, name: &str, table: &[(&str, T)]) -> Self {
        match (shape.slot(name), shape.always(name)) {
            (Some(slot), None) => Self::Read(slot),
            (_, always) => Self::Always(always.and_then(|text| named(table, text.as_bytes()))),
        }
    }

    fn read(&self, found: &Match<'_, '_>, table: &[(&str, T)]) -> Option<T> {
        match self {
            Self::Always(word) => *word,
            Self::Read(slot) => found.value(*slot).and_then(|text| named(table, text)),
        }
    }
}

impl End {
    fn read(&self, found: &Match<'_, '_>, names: &mut Names) -> (NameId, u16) {
        let text = |slot: Option<Slot>| slot.and_then(|slot| found.value(slot));
        match (text(self.whole), text(self.address)) {
            (Some(text), _) => {
                let (address, port) = split_port(text);
                (names.intern(address), port)
            }
            (None, Some(address)) => (names.intern(address), text(self.port).and_then(number).unwrap_or(0)),
            (None, None) => (NO_NAME, 0),
        }
    }
}

/// Flows as bytes that go from one reader to another: a million of them, each as many bytes as the other.
pub(super) mod packed {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};
    use serde_bytes::ByteBuf;

    use super::{DECISIONS, Flow, REASONS};
    use crate::provenance::{MemberId, Provenance};
    use crate::record::time::Timestamp;

    const LENGTH: usize = 38;
    const NO_REASON: u8 = u8::MAX;

    pub(in crate::event) fn serialize<S: Serializer>(flows: &[Flow], serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::with_capacity(flows.len() * LENGTH);
        for flow in flows {
            bytes.extend_from_slice(&pack(flow));
        }
        serializer.serialize_bytes(&bytes)
    }

    pub(in crate::event) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Flow>, D::Error> {
        let bytes = ByteBuf::deserialize(deserializer)?;
        let (flows, []) = bytes.as_chunks::<LENGTH>() else { return Err(D::Error::custom("a flow ends too early")) };
        let flows: Option<Vec<Flow>> = flows.iter().map(unpack).collect();
        flows.ok_or_else(|| D::Error::custom("a flow without a decision"))
    }

    fn pack(flow: &Flow) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        let mut rest = &mut bytes[..];
        let mut put = |field: &[u8]| {
            let (place, behind) = std::mem::take(&mut rest).split_at_mut(field.len());
            place.copy_from_slice(field);
            rest = behind;
        };
        put(&flow.at.0.to_le_bytes());
        for number in [flow.host, flow.process, flow.source, flow.destination] {
            put(&number.to_le_bytes());
        }
        put(&flow.source_port.to_le_bytes());
        put(&flow.destination_port.to_le_bytes());
        put(&[flow.decision as u8, flow.reason.map_or(NO_REASON, |reason| reason as u8)]);
        put(&flow.provenance.member.0.to_le_bytes());
        put(&flow.provenance.line.to_le_bytes());
        bytes
    }

    fn unpack(bytes: &[u8; LENGTH]) -> Option<Flow> {
        let mut rest = &bytes[..];
        Some(Flow {
            at: Timestamp(i64::from_le_bytes(taken(&mut rest)?)),
            host: u32::from_le_bytes(taken(&mut rest)?),
            process: u32::from_le_bytes(taken(&mut rest)?),
            source: u32::from_le_bytes(taken(&mut rest)?),
            destination: u32::from_le_bytes(taken(&mut rest)?),
            source_port: u16::from_le_bytes(taken(&mut rest)?),
            destination_port: u16::from_le_bytes(taken(&mut rest)?),
            decision: DECISIONS.get(usize::from(u8::from_le_bytes(taken(&mut rest)?)))?.1,
            reason: match taken::<1>(&mut rest)? {
                [NO_REASON] => None,
                [number] => Some(REASONS.get(usize::from(number))?.1),
            },
            provenance: Provenance {
                member: MemberId(u32::from_le_bytes(taken(&mut rest)?)),
                line: u32::from_le_bytes(taken(&mut rest)?),
            },
        })
    }

    fn taken<const LENGTH: usize>(bytes: &mut &[u8]) -> Option<[u8; LENGTH]> {
        let (first, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        Some(*first)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_flow_comes_out_as_it_went_in() {
            for (number, (_, decision)) in (1..).zip(DECISIONS) {
                for reason in REASONS.map(|(_, reason)| Some(reason)).into_iter().chain([None]) {
                    let flow = Flow {
                        at: Timestamp(i64::MIN + i64::from(number)),
                        host: number,
                        process: number + 10,
                        source: u32::MAX,
                        destination: number + 20,
                        source_port: 50_000,
                        destination_port: 443,
                        decision,
                        reason,
                        provenance: Provenance { member: MemberId(number + 30), line: u32::MAX - number },
                    };
                    assert_eq!(unpack(&pack(&flow)), Some(flow));
                }
            }
        }
    }
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
    let digits = text.trim_ascii();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    digits.iter().try_fold(0_u16, |number, digit| number.checked_mul(10)?.checked_add(u16::from(digit - b'0')))
}

/// Lower case, without the closing dot of a full name or a stray colon.
fn normalised(host: &[u8]) -> Cow<'_, [u8]> {
    let end = host.iter().rposition(|byte| !matches!(byte, b'.' | b':')).map_or(0, |position| position + 1);
    // An IPv6 address may end in “::”.
    let host = if host.ends_with(b"::") { host } else { &host[..end] };
    if host.iter().any(u8::is_ascii_uppercase) { host.to_ascii_lowercase().into() } else { host.into() }
}
