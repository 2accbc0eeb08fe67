//! Hosts and apps about whose TLS inspection somebody made a statement in public: the vendor, Netskope, or another maker of inspection products.
//!
//! Tells which rows fit a host, a process or an app. Whether a row may be proposed as an exception is said by [`Use`]; what to propose is decided elsewhere.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use foldhash::fast::FixedState;
use serde::Deserialize;

use super::catalogue::{KnowledgeError, Platform, check_distinct, check_row, parse, process_key};
use crate::host;
use crate::language::Bilingual;

const FILES: &[&str] = &[
    include_str!("vendors/adobe.toml"),
    include_str!("vendors/amazon.toml"),
    include_str!("vendors/apple.toml"),
    include_str!("vendors/blackberry.toml"),
    include_str!("vendors/cisco.toml"),
    include_str!("vendors/citrix.toml"),
    include_str!("vendors/crowdstrike.toml"),
    include_str!("vendors/cursor.toml"),
    include_str!("vendors/cybozu.toml"),
    include_str!("vendors/dropbox.toml"),
    include_str!("vendors/google.toml"),
    include_str!("vendors/mcafee_trellix.toml"),
    include_str!("vendors/microsoft.toml"),
    include_str!("vendors/netskope_default_exceptions.toml"),
    include_str!("vendors/netskope_pinned_apps.toml"),
    include_str!("vendors/nta_japan.toml"),
    include_str!("vendors/okta.toml"),
    include_str!("vendors/rapid7.toml"),
    include_str!("vendors/slack.toml"),
    include_str!("vendors/sophos.toml"),
    include_str!("vendors/teamviewer.toml"),
    include_str!("vendors/trend_micro.toml"),
];

/// All rows, found by host, process or app name without walking through them.
#[derive(Clone, Debug, Default)]
pub struct Vendors {
    rows: Vec<VendorRow>,
    by_host: Places,
    by_suffix: Places,
    by_process: Places,
    by_app: Places,
    /// Longest prefix first.
    address_blocks: Vec<(AddressBlock, usize)>,
}

/// Where the rows of a name stand.
type Places = HashMap<String, Vec<usize>, FixedState>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorRow {
    pub id: String,
    pub vendor: String,
    pub service: Bilingual,
    pub pattern: VendorPattern,
    /// As a client log shows them, lower case.
    pub processes: Vec<String>,
    pub reason: VendorReason,
    /// Empty means every platform.
    pub platforms: Vec<Platform>,
    pub proposal: Use,
    pub note: Option<Bilingual>,
    /// What no source confirmed; shown wherever the row is shown.
    pub unverified: Option<Bilingual>,
    pub references: Vec<String>,
    /// Tenants start with a rule that leaves the vendor's suite undecrypted.
    pub has_default_rule: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VendorPattern {
    /// This name alone.
    Host(String),
    /// Every name below, at any depth, not the name itself; kept without `*.`.
    Suffix(String),
    Addresses(AddressBlock),
    /// Name of a predefined certificate pinned app in the console; its hosts are unknown.
    App(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VendorReason {
    Pinned,
    /// The server wants a client certificate.
    Mtls,
    OwnTrustStore,
    /// Sign-in checks the source address, so only a route that keeps it helps.
    SourceIp,
    OsUpdate,
    Edr,
    VendorRecommends,
    NetskopeDefaultException,
    /// Factory list of another inspection product.
    PeerDefaultExemption,
}

impl VendorReason {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            VendorReason::Pinned => "pinned",
            VendorReason::Mtls => "mtls",
            VendorReason::OwnTrustStore => "own_trust_store",
            VendorReason::SourceIp => "source_ip",
            VendorReason::OsUpdate => "os_update",
            VendorReason::Edr => "edr",
            VendorReason::VendorRecommends => "vendor_recommends",
            VendorReason::NetskopeDefaultException => "netskope_default_exception",
            VendorReason::PeerDefaultExemption => "peer_default_exemption",
        }
    }
}

/// How far a row may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// May be proposed as the documented list when the observed host falls under it.
    Entry,
    /// Explains why a host is known; never proposed as typed.
    Evidence,
    /// Covers a public suffix: says nothing about the hosts below it, so it is never matched.
    Never,
}

/// An address with the number of leading bits that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressBlock {
    pub address: IpAddr,
    pub prefix: u8,
}

impl AddressBlock {
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (ours, theirs, width) = match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => (u128::from(ours.to_bits()), u128::from(theirs.to_bits()), 32),
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => (ours.to_bits(), theirs.to_bits(), 128),
            _ => return false,
        };
        self.prefix == 0 || (ours ^ theirs) >> (width - u32::from(self.prefix)) == 0
    }

    fn read(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let prefix: u8 = prefix.parse().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        (prefix <= width).then_some(Self { address, prefix })
    }
}

impl Vendors {
    /// The catalogue that ships with the program.
    pub fn built_in() -> Result<Self, KnowledgeError> {
        let mut vendors = Self::default();
        for toml in FILES {
            vendors.extend(toml)?;
        }
        Ok(vendors)
    }

    /// Adds the rows of one file in the built-in format; with an error nothing is added.
    pub fn extend(&mut self, toml: &str) -> Result<(), KnowledgeError> {
        let rows = read_rows(parse(toml)?)?;
        check_distinct(self.rows.iter().chain(&rows).map(|row| row.id.as_str()))?;
        for row in rows {
            self.add(row);
        }
        Ok(())
    }

    #[must_use]
    pub fn rows(&self) -> &[VendorRow] {
        &self.rows
    }

    /// Rows that speak about `host` (a name or an address), the most specific first; a row that may be proposed stands before one that may not.
    #[must_use]
    pub fn of_host(&self, host: &str) -> Vec<&VendorRow> {
        self.places_of_host(host).into_iter().map(|place| &self.rows[place]).collect()
    }

    /// The same as places in [`rows`](Self::rows), for those who keep them.
    #[must_use]
    pub fn places_of_host(&self, host: &str) -> Vec<usize> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        if let Some(address) = host::address(&host) {
            let blocks = self.address_blocks.iter().filter(|(block, _)| block.contains(address));
            return blocks.map(|(_, place)| *place).collect();
        }
        let mut found = self.listed(&self.by_host, &host);
        let mut rest = host.as_str();
        while let Some((_, parent)) = rest.split_once('.') {
            found.extend(self.listed(&self.by_suffix, parent));
            rest = parent;
        }
        found
    }

    /// Of a vendor whose suite a rule that tenants start with leaves undecrypted.
    #[must_use]
    pub fn with_default_rule(&self, host: &str) -> Option<&VendorRow> {
        self.of_host(host).into_iter().find(|row| row.has_default_rule)
    }

    /// Rows whose source names this process.
    #[must_use]
    pub fn of_process(&self, process: &str) -> Vec<&VendorRow> {
        self.named(&self.by_process, process)
    }

    /// Predefined certificate pinned apps with this very name, case aside. Given the name of a process (`slack.exe`) this is a guess.
    #[must_use]
    pub fn of_app(&self, name: &str) -> Vec<&VendorRow> {
        self.named(&self.by_app, name)
    }

    fn named(&self, index: &Places, name: &str) -> Vec<&VendorRow> {
        self.listed(index, &process_key(name)).into_iter().map(|place| &self.rows[place]).collect()
    }

    fn listed(&self, index: &Places, key: &str) -> Vec<usize> {
        let mut places = index.get(key).cloned().unwrap_or_default();
        places.sort_by_key(|place| self.rows[*place].proposal);
        places
    }

    fn add(&mut self, row: VendorRow) {
        let position = self.rows.len();
        if row.proposal != Use::Never {
            match &row.pattern {
                VendorPattern::Host(host) => self.by_host.entry(host.clone()).or_default().push(position),
                VendorPattern::Suffix(suffix) => self.by_suffix.entry(suffix.clone()).or_default().push(position),
                VendorPattern::App(app) => self.by_app.entry(process_key(app)).or_default().push(position),
                VendorPattern::Addresses(block) => {
                    let place = self.address_blocks.partition_point(|(other, _)| other.prefix >= block.prefix);
                    self.address_blocks.insert(place, (*block, position));
                }
            }
            for process in &row.processes {
                self.by_process.entry(process_key(process)).or_default().push(position);
            }
        }
        self.rows.push(row);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Missing where each app is its own vendor.
    vendor: Option<String>,
    #[serde(default)]
    has_default_rule: bool,
    references: Vec<String>,
    listing: Vec<Listing>,
}

/// What several rows have in common; each table below maps the id of a row to its pattern.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    service: Bilingual,
    reason: VendorReason,
    #[serde(default)]
    platforms: Vec<Platform>,
    #[serde(rename = "use")]
    proposal: Use,
    #[serde(default)]
    processes: Vec<String>,
    note: Option<Bilingual>,
    unverified: Option<Bilingual>,
    references: Option<Vec<String>>,
    #[serde(default)]
    host: BTreeMap<String, String>,
    #[serde(default)]
    suffix: BTreeMap<String, String>,
    #[serde(default)]
    cidr: BTreeMap<String, String>,
    #[serde(default)]
    app: BTreeMap<String, String>,
}

fn read_rows(file: File) -> Result<Vec<VendorRow>, KnowledgeError> {
    let mut rows = Vec::new();
    for listing in file.listing {
        let mut patterns = Vec::new();
        for (id, host) in &listing.host {
            patterns.push((id, name(host).map(VendorPattern::Host), host));
        }
        for (id, suffix) in &listing.suffix {
            patterns.push((id, suffix.strip_prefix("*.").and_then(name).map(VendorPattern::Suffix), suffix));
        }
        for (id, block) in &listing.cidr {
            patterns.push((id, AddressBlock::read(block).map(VendorPattern::Addresses), block));
        }
        for (id, app) in &listing.app {
            patterns.push((id, Some(VendorPattern::App(app.clone())), app));
        }
        for (id, pattern, written) in patterns {
            let references = listing.references.as_ref().unwrap_or(&file.references);
            check_row(id, references)?;
            let refuse = |what| KnowledgeError::Row { id: id.clone(), what };
            rows.push(VendorRow {
                id: id.clone(),
                vendor: file.vendor.clone().unwrap_or_else(|| written.clone()),
                service: listing.service.clone(),
                pattern: pattern.ok_or_else(|| refuse("the pattern is not of the kind of its table"))?,
                processes: listing.processes.clone(),
                reason: listing.reason,
                platforms: listing.platforms.clone(),
                proposal: listing.proposal,
                note: listing.note.clone(),
                unverified: listing.unverified.clone(),
                references: references.clone(),
                has_default_rule: file.has_default_rule,
            });
        }
    }
    Ok(rows)
}

fn name(text: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_');
    (text.contains('.') && text.bytes().all(plain)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = r#"
        vendor = "Example"
        references = ["https://docs.example.com/hosts"]
        [[listing]]
        service = { en = "sync", ja = "同期" }
        reason = "pinned"
        use = "evidence"
        processes = ["sync.exe", "com.example.sync"]
        [listing.suffix]
        wide = "*.example.com"
        [[listing]]
        service = "login"
        reason = "source_ip"
        platforms = ["windows"]
        use = "entry"
        references = ["https://docs.example.com/login"]
        [listing.host]
        exact = "login.eu.example.com"
        [listing.suffix]
        near = "*.eu.example.com"
        same = "*.example.com"
        [listing.cidr]
        big = "192.0.0.0/8"
        small = "192.0.2.0/24"
        [listing.app]
        app = "Example Sync"
        [[listing]]
        service = "objects"
        reason = "pinned"
        use = "never"
        [listing.suffix]
        public = "*.co.jp"
    "#;

    fn sample() -> Vendors {
        let mut vendors = Vendors::default();
        vendors.extend(SAMPLE).unwrap();
        vendors
    }

    fn ids(rows: &[&VendorRow]) -> String {
        rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_most_specific_row_of_a_host_comes_first() {
        let vendors = sample();
        assert_eq!(ids(&vendors.of_host("login.eu.example.com")), "exact near same wide");
        assert_eq!(ids(&vendors.of_host("A.B.Example.COM.")), "same wide");
        assert_eq!(ids(&vendors.of_host("192.0.2.9")), "small big");
    }

    #[test]
    fn a_suffix_needs_a_label_of_its_own() {
        let vendors = sample();
        assert_eq!(ids(&vendors.of_host("example.com")), "");
        assert_eq!(ids(&vendors.of_host("badexample.com")), "");
    }

    #[test]
    fn a_row_for_a_public_suffix_never_matches() {
        assert_eq!(ids(&sample().of_host("example.co.jp")), "");
    }

    #[test]
    fn processes_and_apps_are_found_by_name() {
        let vendors = sample();
        assert_eq!(ids(&vendors.of_process("C:\\Sync.exe")), "wide");
        assert_eq!(ids(&vendors.of_process("com.example.sync")), "wide");
        assert_eq!(ids(&vendors.of_app("example sync.exe")), "app");
        assert_eq!(ids(&vendors.of_process("other.exe")), "");
    }

    #[test]
    fn a_row_takes_the_reference_of_its_listing_or_of_its_file() {
        let vendors = sample();
        assert_eq!(vendors.of_host("a.eu.example.com")[0].references, ["https://docs.example.com/login"]);
        assert_eq!(vendors.of_process("sync")[0].references, ["https://docs.example.com/hosts"]);
    }

    #[test]
    fn a_refused_file_adds_nothing() {
        let mut vendors = sample();
        let before = vendors.rows().len();
        assert_eq!(vendors.extend(SAMPLE), Err(KnowledgeError::Duplicate("app".to_owned())));
        let wildcard = SAMPLE.replace("login.eu.example.com", "*.eu.example.com");
        assert!(matches!(Vendors::default().extend(&wildcard), Err(KnowledgeError::Row { .. })));
        assert_eq!(vendors.rows().len(), before);
    }

    #[test]
    fn address_blocks_compare_leading_bits() {
        let block = AddressBlock::read("2001:db8::/32").unwrap();
        assert!(block.contains("2001:db8:1::1".parse().unwrap()));
        assert!(!block.contains("2001:db9::1".parse().unwrap()));
        assert!(AddressBlock::read("0.0.0.0/0").unwrap().contains("192.0.2.1".parse().unwrap()));
        assert!(AddressBlock::read("192.0.2.0/33").is_none());
    }
}
