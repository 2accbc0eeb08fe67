//! Follows one TCP connection and says how its TLS handshake ended: accepted, refused by the client, or not to be told.

use super::packet::{End, Segment};
use super::stream::Stream;
use super::tls::{self, ALERT, CHANGE_CIPHER, DATA, HANDSHAKE, Hello, Issuer, Reader, Record};
use crate::provenance::{MemberId, Provenance};
use crate::record::time::{SECOND, Timestamp};

/// One TCP connection that began with TLS, as the capture shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Microseconds since 1970, UTC.
    pub utc: i64,
    /// On the device's wall clock, where that can be told.
    pub at: Option<Timestamp>,
    pub client: End,
    pub server: End,
    /// As the client asked for it (SNI), lower case.
    pub server_name: Option<String>,
    /// Protocols that the client offered (ALPN).
    pub protocols: Vec<String>,
    /// Encrypted `ClientHello` was offered; browsers also send it without meaning it.
    pub offers_encrypted_hello: bool,
    pub version: Option<u16>,
    /// Of the server's certificate, where it passed in clear (TLS 1.2 and older).
    pub issuer: Option<Issuer>,
    pub outcome: Outcome,
    /// The packet that tells the outcome; `line` counts packets.
    pub evidence: Provenance,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The client went on to send data.
    Accepted,
    Refused(Refusal),
    Unknown,
}

/// How the client let the server's certificate down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// The alert says so in clear.
    Alert(u8),
    /// TLS 1.3: a record as short as an alert stands where the client's Finished belongs.
    EncryptedAlert,
    /// The client reset the connection once it had seen the certificate.
    Reset,
    /// The client closed the connection once it had seen the certificate, without finishing the handshake.
    Abandoned,
    /// The handshake was finished, and the client left at once without sending anything. It may have been a preconnect.
    NoData,
}

impl Refusal {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Alert(_) => "alert",
            Self::EncryptedAlert => "encrypted_alert",
            Self::Reset => "reset",
            Self::Abandoned => "abandoned",
            Self::NoData => "no_data",
        }
    }

    /// The client said no; the other kinds let one think so.
    #[must_use]
    pub fn is_proof(self) -> bool {
        matches!(self, Self::Alert(_) | Self::EncryptedAlert)
    }
}

/// Alerts by which a client refuses a certificate (RFC 8446, section 6.2).
const CERTIFICATE_ALERTS: [(u8, &str); 5] = [
    (42, "bad certificate"),
    (43, "unsupported certificate"),
    (45, "certificate expired"),
    (46, "certificate unknown"),
    (48, "unknown CA"),
];

/// The name of an alert by which a certificate is refused.
#[must_use]
pub fn alert_name(code: u8) -> Option<&'static str> {
    CERTIFICATE_ALERTS.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}

/// Two bytes of alert, one of inner content type, sixteen of tag. A Finished has 53 or 69.
const ENCRYPTED_ALERT: u16 = 19;
/// A client that waits longer before it leaves had something else in mind.
const PROMPTLY: i64 = 10 * SECOND;

/// A connection while its packets pass by.
#[derive(Default)]
pub(super) struct Tracker {
    first_packet: u32,
    first_at: i64,
    client: Half,
    server: Half,
    hello: Hello,
    /// Enough was seen: the rest is the application's data.
    is_settled: bool,
}

#[derive(Default)]
struct Half {
    stream: Stream,
    reader: Reader,
    /// Where and when this side closed or reset.
    closed: Option<Closing>,
}

#[derive(Clone, Copy)]
struct Closing {
    packet: u32,
    at: i64,
    reset: bool,
}

impl Tracker {
    pub(super) fn new(first_packet: u32, first_at: i64) -> Self {
        Self { first_packet, first_at, ..Self::default() }
    }

    pub(super) fn push(&mut self, from_client: bool, segment: &Segment<'_>, packet: u32, at: i64) {
        let half = if from_client { &mut self.client } else { &mut self.server };
        if segment.begins {
            half.stream.begin(segment.sequence);
        } else if !self.is_settled {
            let Half { stream, reader, .. } = half;
            stream
                .push(segment.sequence, segment.payload, &mut |bytes| reader.push(bytes, packet, at, &mut self.hello));
        }
        if (segment.ends || segment.resets) && half.closed.is_none() {
            half.closed = Some(Closing { packet, at, reset: segment.resets });
        }
        if !self.is_settled && (self.is_foreign() || self.data().is_some()) {
            self.settle();
        }
    }

    /// Bytes held in memory.
    pub(super) fn held_bytes(&self) -> usize {
        let held = |half: &Half| half.stream.held_bytes() + half.reader.held_bytes();
        held(&self.client) + held(&self.server)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.closed.is_some() || self.server.closed.is_some()
    }

    /// Lets go of everything that is not needed for the outcome.
    pub(super) fn settle(&mut self) {
        self.is_settled = true;
        for half in [&mut self.client, &mut self.server] {
            half.stream.forget();
            half.reader.forget();
        }
    }

    /// What was seen; `None` for what is no TLS.
    pub(super) fn finish(self, member: MemberId, client: End, server: End) -> Option<Conversation> {
        if !self.hello.client_spoke {
            return None;
        }
        let (outcome, packet) = self.outcome();
        Some(Conversation {
            utc: self.first_at,
            at: None,
            client,
            server,
            outcome,
            evidence: Provenance { member, line: packet },
            server_name: self.hello.server_name,
            protocols: self.hello.protocols,
            offers_encrypted_hello: self.hello.offers_encryption,
            version: self.hello.version,
            issuer: self.hello.issuer,
        })
    }

    fn is_foreign(&self) -> bool {
        self.client.reader.is_foreign && !self.hello.client_spoke
    }

    /// The first record of application data that the client sent after it had seen the server's certificate.
    fn data(&self) -> Option<&Record> {
        let mut sent = self.client.reader.records.iter().filter(|record| record.kind == DATA);
        if self.hello.is_modern() {
            let flight = self.flight()?;
            // The first one finishes the handshake; those of an alert's length close it.
            sent.filter(|record| record.packet >= flight.packet && record.length != ENCRYPTED_ALERT).nth(1)
        } else {
            sent.next()
        }
    }

    /// The server's first message that holds its certificate, or may hold it.
    fn flight(&self) -> Option<&Record> {
        let records = &self.server.reader.records;
        if self.hello.is_modern() {
            records.iter().find(|record| record.kind == DATA)
        } else {
            records.iter().filter(|_| self.hello.certificate_shown).find(|record| record.kind == HANDSHAKE)
        }
    }

    fn outcome(&self) -> (Outcome, u32) {
        let records = &self.client.reader.records;
        let alert =
            records.iter().find_map(|record| Some((record.alert.filter(|code| alert_name(*code).is_some())?, record)));
        if let Some((code, record)) = alert {
            return (Outcome::Refused(Refusal::Alert(code)), record.packet);
        }
        if let Some(data) = self.data() {
            return (Outcome::Accepted, data.packet);
        }
        let refusal = self.flight().and_then(|flight| self.refusal(flight));
        refusal.map_or((Outcome::Unknown, self.first_packet), |(refusal, packet)| (Outcome::Refused(refusal), packet))
    }

    /// How the client left after the server's `flight`, if it did.
    fn refusal(&self, flight: &Record) -> Option<(Refusal, u32)> {
        let records = &self.client.reader.records;
        let mut answers = records.iter().filter(|record| record.packet >= flight.packet);
        let finished = if self.hello.is_modern() {
            match answers.find(|record| record.kind == DATA) {
                Some(record) if record.length == ENCRYPTED_ALERT => {
                    return Some((Refusal::EncryptedAlert, record.packet));
                }
                answer => answer.is_some(),
            }
        } else {
            answers.any(|record| record.kind == CHANGE_CIPHER)
        };
        let left = self.client.closed?;
        // The server closed first, or the client took its time.
        if self.server.closed.is_some_and(|closed| closed.packet < left.packet) || left.at - flight.at > PROMPTLY {
            return None;
        }
        // Losses in the capture look like silence.
        if self.client.stream.is_broken || self.server.stream.is_broken {
            return None;
        }
        let other_alert = records.iter().any(|record| record.kind == ALERT && record.alert.is_some());
        let refusal = match (finished, left.reset) {
            (true, _) => Refusal::NoData,
            (false, _) if other_alert => return None,
            (false, true) => Refusal::Reset,
            (false, false) => Refusal::Abandoned,
        };
        Some((refusal, left.packet))
    }
}

impl Conversation {
    /// One line that stands for the conversation where evidence is shown.
    #[must_use]
    pub fn line(&self) -> String {
        let outcome = match self.outcome {
            Outcome::Accepted => "accepted".to_owned(),
            Outcome::Unknown => "unknown".to_owned(),
            Outcome::Refused(Refusal::Alert(code)) => {
                format!("client alert {code} ({})", alert_name(code).unwrap_or_default())
            }
            Outcome::Refused(Refusal::EncryptedAlert) => "client record of 19 bytes in place of Finished".to_owned(),
            Outcome::Refused(Refusal::Reset) => "client RST after the certificate".to_owned(),
            Outcome::Refused(Refusal::Abandoned) => "client FIN after the certificate".to_owned(),
            Outcome::Refused(Refusal::NoData) => "handshake finished, no data, client FIN".to_owned(),
        };
        format!(
            "#{} {} {} -> {} {} SNI {}: {outcome}",
            self.evidence.line,
            self.at.map_or_else(|| format!("{}Z", Timestamp(self.utc)), |at| at.to_string()),
            shown(self.client),
            shown(self.server),
            self.version.map_or("TLS", tls::version_name),
            self.server_name.as_deref().unwrap_or("-"),
        )
    }
}

fn shown((address, port): End) -> String {
    std::net::SocketAddr::new(address, port).to_string()
}
