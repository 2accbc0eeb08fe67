//! Reads one direction of a TLS connection: its records by kind and length, and what its handshake says in clear.

use tls_parser::{
    SNIType, TlsExtension, TlsMessage, TlsMessageHandshake, TlsVersion, parse_tls_client_hello_extensions,
    parse_tls_message_handshake, parse_tls_server_hello_extensions,
};
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::name::Name;

pub(super) const CHANGE_CIPHER: u8 = 20;
pub(super) const ALERT: u8 = 21;
pub(super) const HANDSHAKE: u8 = 22;
pub(super) const DATA: u8 = 23;

const TLS_1_3: u16 = 0x0304;
/// A `ClientHello` with the key shares of today is 2 KB; a chain of certificates seldom more than 10.
const LONGEST_HANDSHAKE: usize = 64 << 10;
/// Protocol limit with room for the expansion of old ciphers.
const LONGEST_RECORD: usize = (16 << 10) + 2048;
/// Records that are remembered; the beginning tells.
const RECORDS: usize = 48;

/// A record of one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) kind: u8,
    pub(super) length: u16,
    /// The packet in which it ended.
    pub(super) packet: u32,
    pub(super) at: i64,
    /// After the change of cipher, so that its content cannot be read.
    pub(super) encrypted: bool,
    /// Of an alert in clear.
    pub(super) alert: Option<u8>,
}

/// Who issued the server's certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Issuer {
    pub organization: Option<String>,
    pub common_name: Option<String>,
}

/// What both sides said in clear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hello {
    pub(super) server_name: Option<String>,
    /// Protocols that the client offers (`h2`, `http/1.1`).
    pub(super) protocols: Vec<String>,
    /// Encrypted `ClientHello` is offered. Browsers also send it without meaning it.
    pub(super) offers_encryption: bool,
    pub(super) client_spoke: bool,
    pub(super) version: Option<u16>,
    pub(super) issuer: Option<Issuer>,
    /// The server's certificate passed by in clear.
    pub(super) certificate_shown: bool,
}

impl Hello {
    pub(super) fn is_modern(&self) -> bool {
        self.version == Some(TLS_1_3)
    }
}

#[derive(Default)]
pub(super) struct Reader {
    header: Vec<u8>,
    /// Bytes of the present record that are still to come.
    missing: usize,
    /// Of a record whose content is looked at.
    body: Option<Vec<u8>>,
    handshake: Vec<u8>,
    present: Option<Record>,
    changed_cipher: bool,
    pub(super) records: Vec<Record>,
    /// The bytes are no TLS.
    pub(super) is_foreign: bool,
}

impl Reader {
    pub(super) fn push(&mut self, mut bytes: &[u8], packet: u32, at: i64, hello: &mut Hello) {
        while !bytes.is_empty() && !self.is_foreign {
            if self.present.is_none() {
                let wanted = (5 - self.header.len()).min(bytes.len());
                self.header.extend_from_slice(&bytes[..wanted]);
                bytes = &bytes[wanted..];
                if self.header.len() == 5 {
                    self.begin();
                }
            }
            let Some(present) = &mut self.present else { continue };
            let wanted = self.missing.min(bytes.len());
            if let Some(body) = &mut self.body {
                body.extend_from_slice(&bytes[..wanted]);
            }
            bytes = &bytes[wanted..];
            self.missing -= wanted;
            (present.packet, present.at) = (packet, at);
            if self.missing == 0 {
                self.end(hello);
            }
        }
    }

    /// Bytes held in memory.
    pub(super) fn held_bytes(&self) -> usize {
        self.handshake.len() + self.body.as_ref().map_or(0, Vec::len)
    }

    pub(super) fn forget(&mut self) {
        self.is_foreign = true;
        self.handshake = Vec::new();
        self.body = None;
    }

    fn begin(&mut self) {
        let header = std::mem::take(&mut self.header);
        let &[kind, major, _, high, low] = header.as_slice() else { return };
        let length = u16::from_be_bytes([high, low]);
        if !(CHANGE_CIPHER..=DATA + 1).contains(&kind) || major != 3 || usize::from(length) > LONGEST_RECORD {
            return self.forget();
        }
        self.missing = usize::from(length);
        let encrypted = self.changed_cipher || kind == DATA;
        let is_read = !encrypted && (kind == HANDSHAKE || kind == ALERT && length == 2);
        self.body = is_read.then(Vec::new);
        self.present = Some(Record { kind, length, packet: 0, at: 0, encrypted, alert: None });
        // A record without content ends at once; no byte follows that would tell.
        if length == 0 {
            (self.present, self.body) = (None, None);
        }
    }

    fn end(&mut self, hello: &mut Hello) {
        let (Some(mut record), body) = (self.present.take(), self.body.take()) else { return };
        match (record.kind, body) {
            (CHANGE_CIPHER, _) => self.changed_cipher = true,
            (ALERT, Some(body)) => record.alert = body.get(1).copied(),
            (HANDSHAKE, Some(body)) if self.handshake.len() + body.len() <= LONGEST_HANDSHAKE => {
                self.handshake.extend_from_slice(&body);
                self.listen(hello);
            }
            _ => {}
        }
        if self.records.len() < RECORDS {
            self.records.push(record);
        }
    }

    /// Takes whole messages from the front of the handshake.
    fn listen(&mut self, hello: &mut Hello) {
        while let &[_, a, b, c, ..] = self.handshake.as_slice() {
            let length = 4 + u32::from_be_bytes([0, a, b, c]) as usize;
            if self.handshake.len() < length {
                return;
            }
            let rest = self.handshake.split_off(length);
            let message = std::mem::replace(&mut self.handshake, rest);
            if let Ok((_, TlsMessage::Handshake(message))) = parse_tls_message_handshake(&message) {
                hello.hear(&message);
            }
        }
    }
}

impl Hello {
    fn hear(&mut self, message: &TlsMessageHandshake<'_>) {
        match message {
            TlsMessageHandshake::ClientHello(contents) => {
                self.client_spoke = true;
                let extensions = contents.ext.and_then(|bytes| parse_tls_client_hello_extensions(bytes).ok());
                for extension in extensions.map(|(_, extensions)| extensions).unwrap_or_default() {
                    self.hear_client(&extension);
                }
            }
            TlsMessageHandshake::ServerHello(contents) => {
                let extensions = contents.ext.and_then(|bytes| parse_tls_server_hello_extensions(bytes).ok());
                let chosen = extensions.map(|(_, extensions)| extensions).unwrap_or_default().into_iter().find_map(
                    |extension| match extension {
                        TlsExtension::SupportedVersions(versions) => versions.first().copied(),
                        _ => None,
                    },
                );
                self.version = Some(chosen.unwrap_or(contents.version).0);
            }
            // A client may show one as well; the server's comes first.
            TlsMessageHandshake::Certificate(contents) if !self.certificate_shown => {
                self.certificate_shown = !contents.cert_chain.is_empty();
                self.issuer = contents.cert_chain.first().and_then(|raw| issuer(raw.data));
            }
            _ => {}
        }
    }

    fn hear_client(&mut self, extension: &TlsExtension<'_>) {
        const ENCRYPTED_HELLO: u16 = 0xFE0D;
        const NAMES: usize = 8;
        match extension {
            TlsExtension::SNI(names) => {
                let name = names.iter().find(|(kind, _)| *kind == SNIType::HostName).map(|(_, name)| *name);
                self.server_name = name.map(|name| String::from_utf8_lossy(name).to_ascii_lowercase());
            }
            TlsExtension::ALPN(names) => {
                let text = |name: &&[u8]| String::from_utf8_lossy(name).into_owned();
                self.protocols = names.iter().take(NAMES).map(text).collect();
            }
            TlsExtension::EncryptedServerName { .. } => self.offers_encryption = true,
            TlsExtension::Unknown(kind, _) if kind.0 == ENCRYPTED_HELLO => self.offers_encryption = true,
            _ => {}
        }
    }
}

fn issuer(certificate: &[u8]) -> Option<Issuer> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let name = certificate.tbs_certificate().issuer();
    Some(Issuer { organization: part(name, "2.5.4.10"), common_name: part(name, "2.5.4.3") })
}

/// The first value of this type, whatever string type it has.
fn part(name: &Name, kind: &str) -> Option<String> {
    let kind = ObjectIdentifier::new(kind).ok()?;
    let value = name.iter().find(|attribute| attribute.oid == kind)?;
    Some(String::from_utf8_lossy(value.value.value()).into_owned()).filter(|text| !text.is_empty())
}

/// The version as people write it.
#[must_use]
pub fn version_name(version: u16) -> &'static str {
    match TlsVersion(version) {
        TlsVersion::Ssl30 => "SSL 3.0",
        TlsVersion::Tls10 => "TLS 1.0",
        TlsVersion::Tls11 => "TLS 1.1",
        TlsVersion::Tls12 => "TLS 1.2",
        TlsVersion::Tls13 => "TLS 1.3",
        _ => "TLS",
    }
}
