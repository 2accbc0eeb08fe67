//! Single entries of the exception lists, and which host each of them covers.
//!
//! Where sources disagree on the reach of an entry, it covers a host only perhaps: nothing is promised on one side's word.

use std::net::IpAddr;

use super::{Branch, ProcessPattern};
use crate::host::is_below;
use crate::provenance::MemberId;

/// One row of the list of certificate-pinned apps.
#[derive(Clone, Debug)]
pub struct PinnedApp {
    pub name: String,
    pub process: ProcessPattern,
    /// Made by the administrator, not predefined.
    pub custom: bool,
    /// `direct` or `tunnel`, as the file spells it.
    pub mode: Option<String>,
    /// `1` is bypass; the other numbers are not documented and are shown as they are.
    pub action: Option<String>,
    pub domains: Vec<String>,
    pub tunnel_domains: Vec<String>,
    pub branch: Branch,
    pub member: MemberId,
}

/// A domain that leaves Netskope for every process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainException {
    /// Lower case; exact, or with a leading `*.`.
    pub pattern: String,
    pub branch: Branch,
    pub member: MemberId,
}

/// Destination addresses that leave Netskope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressException {
    pub addresses: Addresses,
    /// As the file spells it.
    pub written: String,
    pub branch: Branch,
    pub member: MemberId,
}

/// From the first to the last address, both included and of one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    pub first: IpAddr,
    pub last: IpAddr,
}

/// Does an entry cover a host?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    No,
    /// Sources disagree.
    Perhaps,
    Yes,
}

impl PinnedApp {
    /// Is this row an exception at all?
    #[must_use]
    pub fn is_bypass(&self) -> bool {
        self.action.as_deref().is_none_or(|action| action == "1")
    }

    /// Any host: the lone `*`.
    #[must_use]
    pub fn is_for_any_host(&self) -> bool {
        self.domains.iter().any(|domain| domain == "*")
    }

    /// The host alone; the process is asked for separately.
    #[must_use]
    pub fn reach(&self, host: &str) -> Reach {
        let domains = self.domains.iter().chain(&self.tunnel_domains);
        domains.map(|domain| pinned_reach(domain, host)).max().unwrap_or(Reach::No)
    }
}

/// A parent covers its sub-domains; whether more than one level of them is disputed.
#[must_use]
pub fn pinned_reach(domain: &str, host: &str) -> Reach {
    // A wildcard is documented as not accepted here, so one that stands there all the same may do nothing.
    let (parent, certain) = domain.strip_prefix("*.").map_or((domain, true), |parent| (parent, false));
    if domain == "*" || (certain && host == parent) {
        return Reach::Yes;
    }
    if !is_below(host, parent) {
        return Reach::No;
    }
    let labels = host[..host.len() - parent.len() - 1].split('.').count();
    if certain && labels == 1 { Reach::Yes } else { Reach::Perhaps }
}

impl DomainException {
    /// `example.com` is that name alone; `*.example.com` is every name below, and perhaps the name itself.
    #[must_use]
    pub fn reach(&self, host: &str) -> Reach {
        match self.pattern.strip_prefix("*.") {
            _ if self.pattern == "*" || self.pattern == host => Reach::Yes,
            Some(parent) if is_below(host, parent) => Reach::Yes,
            Some(parent) if host == parent => Reach::Perhaps,
            _ => Reach::No,
        }
    }
}

impl Addresses {
    /// Reads an address, a block with its prefix, or a range `first-last`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((address, prefix)) = text.split_once('/') {
            return Self::block(address.trim().parse().ok()?, prefix.trim().parse().ok()?);
        }
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last): (IpAddr, IpAddr) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        (first.is_ipv4() == last.is_ipv4() && first <= last).then_some(Self { first, last })
    }

    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.first.is_ipv4() && self.first <= address && address <= self.last
    }

    /// So much of the Internet that nobody meant to leave it out: from a 128th of all addresses on.
    #[must_use]
    pub fn is_nearly_everything(&self) -> bool {
        match (self.first, self.last) {
            (IpAddr::V4(first), IpAddr::V4(last)) => last.to_bits() - first.to_bits() >= u32::MAX >> 7,
            (IpAddr::V6(first), IpAddr::V6(last)) => last.to_bits() - first.to_bits() >= u128::MAX >> 7,
            _ => false,
        }
    }

    fn block(address: IpAddr, prefix: u32) -> Option<Self> {
        match address {
            IpAddr::V4(address) => {
                let rest = u32::MAX.checked_shr(prefix).unwrap_or(0);
                let first = address.to_bits() & !rest;
                (prefix <= 32)
                    .then(|| Self { first: IpAddr::V4(first.into()), last: IpAddr::V4((first | rest).into()) })
            }
            IpAddr::V6(address) => {
                let rest = u128::MAX.checked_shr(prefix).unwrap_or(0);
                let first = address.to_bits() & !rest;
                (prefix <= 128)
                    .then(|| Self { first: IpAddr::V6(first.into()), last: IpAddr::V6((first | rest).into()) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(pattern: &str, host: &str) -> Reach {
        let exception =
            DomainException { pattern: pattern.to_owned(), branch: Branch::Everywhere, member: MemberId(0) };
        exception.reach(host)
    }

    #[test]
    fn a_domain_exception_covers_what_its_two_forms_cover() {
        assert_eq!(domain("example.com", "example.com"), Reach::Yes);
        assert_eq!(domain("example.com", "www.example.com"), Reach::No);
        assert_eq!(domain("*.example.com", "a.b.example.com"), Reach::Yes);
        assert_eq!(domain("*.example.com", "example.com"), Reach::Perhaps);
        assert_eq!(domain("*.example.com", "badexample.com"), Reach::No);
        assert_eq!(domain("*", "any.example"), Reach::Yes);
    }

    #[test]
    fn a_pinned_app_covers_one_level_for_sure_and_more_perhaps() {
        assert_eq!(pinned_reach("example.com", "example.com"), Reach::Yes);
        assert_eq!(pinned_reach("example.com", "www.example.com"), Reach::Yes);
        assert_eq!(pinned_reach("example.com", "a.b.example.com"), Reach::Perhaps);
        assert_eq!(pinned_reach("*.example.com", "www.example.com"), Reach::Perhaps);
        assert_eq!(pinned_reach("*.example.com", "example.com"), Reach::No);
        assert_eq!(pinned_reach("*", "any.example"), Reach::Yes);
        assert_eq!(pinned_reach("example.com", "1example.com"), Reach::No);
    }

    #[test]
    fn addresses_come_alone_as_block_and_as_range() {
        let of = |text: &str| Addresses::parse(text);
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        assert!(of("192.0.2.0/24").is_some_and(|block| block.contains(address("192.0.2.200"))));
        assert!(of("192.0.2.9-192.0.2.20").is_some_and(|range| !range.contains(address("192.0.2.21"))));
        assert!(of("2001:db8::/32").is_some_and(|block| block.contains(address("2001:db8::7"))));
        assert_eq!(of("192.0.2.1/40"), None);
        assert_eq!(of("local"), None);
        for everything in ["0.0.0.0/0", "::/0", "0.0.0.0/1", "0.0.0.0-255.255.255.255"] {
            assert!(of(everything).is_some_and(|all| all.is_nearly_everything()), "{everything}");
        }
        assert!(!of("10.0.0.0/8").expect("a block").is_nearly_everything());
    }
}
