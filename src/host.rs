//! Host names: the part that can be registered, and whether a name is an address.

use std::net::IpAddr;
use std::sync::LazyLock;

use publicsuffix::{List, Psl as _, Type};

/// Public suffix plus one label: `example.co.jp` of `a.blog.example.co.jp`. `None` for addresses, bare suffixes and single labels.
///
/// Names below a private suffix (`x.s3.amazonaws.com`, `x.github.io`) keep their own label: their parent belongs to many customers.
#[must_use]
pub fn registrable_domain(host: &str) -> Option<String> {
    if address(host).is_some() {
        return None;
    }
    let domain = PUBLIC_SUFFIXES.domain(host.as_bytes())?;
    // A rule matches whole labels, so the cut is never inside a character.
    host.get(host.len() - domain.as_bytes().len()..).map(str::to_owned)
}

/// Is the name a public suffix, or below one that hosts many customers, with nothing of its own?
#[must_use]
pub fn is_public_suffix(host: &str) -> bool {
    let suffix = PUBLIC_SUFFIXES.suffix(host.as_bytes());
    suffix.is_some_and(|suffix| suffix == host.as_bytes()) || !host.contains('.')
}

/// Does the name lie under a domain that many customers share (`azureedge.net`, `sharepoint.com` …)?
#[must_use]
pub fn is_shared_hosting(host: &str) -> bool {
    PUBLIC_SUFFIXES.suffix(host.as_bytes()).is_some_and(|suffix| suffix.typ() == Some(Type::Private))
        || customer_domains().any(|domain| is_below(host, domain))
}

/// Does what is below the name belong to many: a public suffix, a domain that customers share, or the root of such
/// domains (`amazonaws.com`)?
#[must_use]
pub fn has_many_owners(parent: &str) -> bool {
    let holds_customers = || {
        let below = |label: &str| is_shared_hosting(&format!("{label}.{parent}"));
        below("any") || below("any.s3") || customer_domains().any(|domain| is_below(domain, parent))
    };
    is_public_suffix(parent) || !is_shared_hosting(parent) && holds_customers()
}

/// Of services that give each customer a name of its own without being in the public suffix list.
fn customer_domains() -> impl Iterator<Item = &'static str> {
    let lines = include_str!("knowledge/customer_domains.dat").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split(' ').next())
}

#[must_use]
pub fn address(host: &str) -> Option<IpAddr> {
    // Most names hold a letter that no address has: nothing is parsed for them.
    let fits = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':' | b'[' | b']');
    if host.bytes().all(fits) { host.trim_matches(['[', ']']).parse().ok() } else { None }
}

/// An address that means another device in every network.
#[must_use]
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private() || address.is_link_local() || address.is_loopback(),
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local() || address.is_loopback(),
    }
}

/// Does `host` stand under `*.parent`, at any depth?
#[must_use]
pub fn is_below(host: &str, parent: &str) -> bool {
    host.strip_suffix(parent).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

/// Parsed when first asked: most of a log's hosts never are. A list that cannot be parsed is empty; the tests below would fail.
static PUBLIC_SUFFIXES: LazyLock<List> =
    LazyLock::new(|| include_str!("knowledge/public_suffixes.dat").parse().unwrap_or_default());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_registrable_domain() {
        assert_eq!(registrable_domain("a.blog.example.co.jp").as_deref(), Some("example.co.jp"));
        assert_eq!(registrable_domain("example.com").as_deref(), Some("example.com"));
        assert_eq!(registrable_domain("192.0.2.1"), None);
        assert_eq!(registrable_domain("co.jp"), None);
        assert_eq!(registrable_domain("a.b.city.kawasaki.jp").as_deref(), Some("city.kawasaki.jp"));
        assert_eq!(registrable_domain("a.b.example.xn--55qx5d.cn").as_deref(), Some("example.xn--55qx5d.cn"));
        assert_eq!(registrable_domain("www.例え.公司.cn").as_deref(), Some("例え.公司.cn"));
    }

    #[test]
    fn shared_hosting_is_told_apart() {
        assert!(is_shared_hosting("tenant.s3.amazonaws.com"));
        assert!(is_shared_hosting("tenant.sharepoint.com") && is_shared_hosting("store.dfs.core.windows.net"));
        assert!(!is_shared_hosting("www.example.com") && !is_shared_hosting("www.service-now.example"));
        assert!(is_public_suffix("co.jp") && is_public_suffix("localhost") && !is_public_suffix("example.com"));
    }

    #[test]
    fn what_belongs_to_one_customer_has_one_owner() {
        for many in ["co.jp", "github.io", "amazonaws.com", "sharepoint.com", "core.windows.net", "windows.net"] {
            assert!(has_many_owners(many), "{many}");
        }
        for one in ["example.com", "tenant.github.io", "tenant.sharepoint.com", "tenant.s3.amazonaws.com"] {
            assert!(!has_many_owners(one), "{one}");
        }
    }

    #[test]
    fn below_means_a_whole_label() {
        assert!(is_below("a.b.example.com", "example.com"));
        assert!(!is_below("example.com", "example.com"));
        assert!(!is_below("badexample.com", "example.com"));
    }
}
