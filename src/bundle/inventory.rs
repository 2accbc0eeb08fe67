//! What a member is: by its base name at any depth, by its first bytes where the name says nothing.
//!
//! Ticket systems rename files, so the name alone never rules a log out.

use super::MemberKind;
use super::text::text_of;
use crate::record::header::{self, Grammar};

/// What [`foreign`] calls data of no known format.
pub(super) const BINARY: &str = "unknown binary";

/// Bytes of a member that are looked at.
pub(super) const LOOKED_AT: usize = 16 * 1024;

/// Configuration files of the client; `.bak` and `.backup` twins and prefixes of ticket systems are accepted.
const CONFIGURATION_NAMES: &[&str] = &[
    "nsconfig",
    "nssteering",
    "nsdomain",
    "nsexception",
    "nsbypass",
    "nsbypasscat",
    "nsoverlap",
    "nstunnelpolicy",
    "nsdeviceid",
    "nsuserconfig",
    "nsidpconfig",
    "devconfig",
];

/// Keys that stand in one kind of configuration file alone; of a pair, both.
const CONFIGURATION_KEYS: &[&[&str]] = &[
    &["certPinnedAppList"],
    &["names", "ips", "fail_close"],
    &["domains", "traffic_mode"],
    &["clientConfig"],
    &["nsgw"],
    &["webcat_ids"],
    &["overlappingDomainList"],
    &["tunnelPolicy"],
    &["device_classification_rules"],
    &["deviceClassification"],
    &["nsUserConfig"],
];

/// Labels of `nsdiag -f`; two of them are enough.
const DIAGNOSTIC_LABELS: &[&str] =
    &["Tunnel status::", "Client status::", "Steering Config::", "Gateway::", "Orgname::", "Traffic Mode::"];

/// What the member with this `path` and these first bytes is. `start` is decompressed; `path` may end in `.gz`.
pub(super) fn kind(path: &str, start: &[u8]) -> MemberKind {
    let name = base_name(path);
    if let Some(kind) = by_magic(start) {
        return kind;
    }
    if name.contains("nsbranding") || has_extension(&name, &["p12", "pfx"]) {
        return MemberKind::Secret;
    }
    if name.contains("npadebuglog") {
        return MemberKind::PrivateAccessLog;
    }
    if name.contains("nsdebug") || name.contains("ns_debug") {
        return MemberKind::ClientLog;
    }
    let text = text_of(&start[..start.len().min(LOOKED_AT)]);
    if holds(&text, "PRIVATE KEY-----") {
        return MemberKind::Secret;
    }
    if matches!(text.trim_ascii_start().first(), Some(b'{' | b'[')) {
        if has_key(&text, "OrgKey") || has_key(&text, "UserKey") {
            return MemberKind::Secret;
        }
        if CONFIGURATION_KEYS.iter().any(|keys| keys.iter().all(|key| has_key(&text, key))) {
            return MemberKind::Configuration;
        }
    }
    // Also what cannot be read as JSON: the next stage says so.
    if is_configuration_name(&name) {
        return MemberKind::Configuration;
    }
    match header::found_in(&text) {
        Some(Grammar::Client) => return MemberKind::ClientLog,
        Some(Grammar::PrivateAccess) => return MemberKind::PrivateAccessLog,
        None => {}
    }
    if DIAGNOSTIC_LABELS.iter().filter(|label| holds(&text, label)).count() >= 2 {
        return MemberKind::DiagnosticText;
    }
    if has_extension(&name, &["log"]) && !is_binary(start) {
        return MemberKind::OtherLog;
    }
    MemberKind::Other
}

/// The format of `start`, when it is clearly no text and no archive that is understood.
pub(super) fn foreign(start: &[u8]) -> Option<&'static str> {
    // Names that need no translation.
    const MAGICS: &[(&[u8], &str)] = &[
        (b"\x89PNG", "PNG"),
        (b"\xFF\xD8\xFF", "JPEG"),
        (b"GIF8", "GIF"),
        (b"%PDF", "PDF"),
        (b"MZ\x90", "EXE"),
        (b"\x7FELF", "ELF"),
        (b"\xCF\xFA\xED\xFE", "Mach-O"),
        (b"Rar!", "RAR"),
        (b"7z\xBC\xAF\x27\x1C", "7-Zip"),
        (b"\xFD7zXZ\0", "xz"),
        (b"BZh", "bzip2"),
        (b"\x28\xB5\x2F\xFD", "Zstandard"),
        (b"MSCF", "CAB"),
        (b"ElfFile\0", "EVTX"),
        (b"MDMP", "DMP"),
        (b"PAGEDU", "DMP"),
        (b"SQLite format 3", "SQLite"),
        (b"bplist00", "bplist"),
        (b"\xD0\xCF\x11\xE0", "OLE (Office, Outlook)"),
    ];
    MAGICS
        .iter()
        .find(|(magic, _)| start.starts_with(magic))
        .map(|(_, name)| *name)
        .or_else(|| is_binary(start).then_some(BINARY))
}

/// What a binary file of no use is: by its content, or by its extension where the content has no mark.
pub(super) fn format(path: &str, foreign: Option<&'static str>) -> Option<&'static str> {
    const EXTENSIONS: [(&str, &str); 3] = [("etl", "ETL"), ("evtx", "EVTX"), ("dmp", "DMP")];
    let found = foreign?;
    let name = base_name(path);
    let by_extension = EXTENSIONS.iter().find(|(extension, _)| has_extension(&name, &[extension]));
    Some(by_extension.filter(|_| found == BINARY).map_or(found, |(_, format)| format))
}

/// Whether the client encrypted the file itself, as it does with its configuration when it is told to.
pub(super) fn is_sealed(path: &str) -> bool {
    has_extension(&base_name(path), &["enc"])
}

/// Whether a record stands in `start`, whatever else does.
pub(super) fn holds_records(start: &[u8]) -> bool {
    header::found_in(&text_of(start)).is_some()
}

/// Zero bytes that are not those of UTF-16 text.
fn is_binary(start: &[u8]) -> bool {
    let text = text_of(&start[..start.len().min(4096)]);
    let odd = text.iter().filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)).count();
    let invalid: usize = text.utf8_chunks().map(|chunk| chunk.invalid().len()).sum();
    odd * 50 > text.len() || invalid * 4 > text.len()
}

fn by_magic(start: &[u8]) -> Option<MemberKind> {
    match start {
        [0xD4, 0xC3, 0xB2, 0xA1, ..]
        | [0xA1, 0xB2, 0xC3, 0xD4, ..]
        | [0x4D, 0x3C, 0xB2, 0xA1, ..]
        | [0xA1, 0xB2, 0x3C, 0x4D, ..]
        | [0x0A, 0x0D, 0x0D, 0x0A, ..] => Some(MemberKind::Capture),
        [b'P', b'K', 3, 4, ..] | [0x1F, 0x8B, ..] => Some(MemberKind::Other),
        _ => None,
    }
}

/// Lower case, without folders and without the extensions of compression.
fn base_name(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    name.strip_suffix(".gz").unwrap_or(&name).to_owned()
}

fn has_extension(name: &str, extensions: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
}

/// `nsconfig.json`, `7f3a-TICKET-nsconfig.json.bak`, `nsconfig (1).json`; not `nsconfiguration-howto.txt`.
fn is_configuration_name(name: &str) -> bool {
    name.contains(".json")
        && CONFIGURATION_NAMES.iter().any(|known| {
            name.match_indices(known).any(|(start, _)| {
                let rest = &name[start + known.len()..];
                !rest.starts_with(|next: char| next.is_ascii_alphanumeric())
            })
        })
}

fn holds(text: &[u8], part: &str) -> bool {
    memchr::memmem::find(text, part.as_bytes()).is_some()
}

fn has_key(text: &[u8], key: &str) -> bool {
    memchr::memmem::find_iter(text, key.as_bytes())
        .any(|start| start > 0 && text[start - 1] == b'"' && text.get(start + key.len()) == Some(&b'"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &[u8] = b"2024/04/28 11:02:28.409 stAgentSvc p17fc tb44 info tunnel.cpp:878 nsTunnel x\n";

    #[test]
    fn names_tell_the_kind() {
        for (path, kind_expected) in [
            ("nsdebuglog.log", MemberKind::ClientLog),
            ("Logs\\NSDebugLog.10.LOG", MemberKind::ClientLog),
            ("a/old.nsdebuglog", MemberKind::ClientLog),
            ("7f3a-TICKET-99-nsdebuglog.1.log.gz", MemberKind::ClientLog),
            ("logs.zip!/npadebuglog.2.log", MemberKind::PrivateAccessLog),
            ("nsconfig.json", MemberKind::Configuration),
            ("data/TICKET-nsSteering.json.bak", MemberKind::Configuration),
            ("nsbypass (1).json", MemberKind::Configuration),
            ("nsbranding.json", MemberKind::Secret),
            ("nsusercert.p12", MemberKind::Secret),
            ("nsInstallation.log", MemberKind::OtherLog),
            ("notes.txt", MemberKind::Other),
            ("nsconfigurations.json.md", MemberKind::Other),
        ] {
            assert_eq!(kind(path, b"plain text"), kind_expected, "{path}");
        }
    }

    #[test]
    fn content_tells_the_kind() {
        let utf16: Vec<u8> = String::from_utf8_lossy(LOG).encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (start, expected) in [
            (LOG, MemberKind::ClientLog),
            (&utf16, MemberKind::ClientLog),
            (b"[pc-1:2025-11-05 12:40:29.981215 +09:00] [err] a.cpp:1:f(): x", MemberKind::PrivateAccessLog),
            (br#"{"certPinnedAppList":[]}"#, MemberKind::Configuration),
            (br#"{"names":[],"ips":[],"fail_close":{}}"#, MemberKind::Configuration),
            (br#"{"names":[],"ips":[]}"#, MemberKind::Other),
            (br#"{"OrgKey":"x"}"#, MemberKind::Secret),
            (b"-----BEGIN PRIVATE KEY-----", MemberKind::Secret),
            (b"-----BEGIN CERTIFICATE-----", MemberKind::Other),
            (b"Orgname:: Example.\nTunnel status:: NSTUNNEL_CONNECTED.", MemberKind::DiagnosticText),
            (b"\xD4\xC3\xB2\xA1\x02\0\x04\0", MemberKind::Capture),
            (b"\x0A\x0D\x0D\x0A\x1C\0\0\0", MemberKind::Capture),
        ] {
            assert_eq!(kind("attachment-1.txt", start), expected, "{}", String::from_utf8_lossy(start));
        }
    }

    #[test]
    fn knows_what_is_no_log() {
        assert_eq!(foreign(b"\x89PNG\r\n\x1a\n"), Some("PNG"));
        assert_eq!(foreign(b"\0\x01\x02\x03\xFF\xFE\0\0\x05"), Some(BINARY));
        assert_eq!(foreign("日本語のメモ".as_bytes()), None);
        assert_eq!(foreign(b""), None);
    }
}
