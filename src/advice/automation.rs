//! The documented REST call that enters hosts into a URL list, for those who keep their exceptions by program.
//!
//! There is no documented call that makes an SSL Decryption policy: the policy is made once by hand and refers to the list.

use serde_json::json;

use crate::host::registrable_domain;

/// A call and its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlList {
    pub call: &'static str,
    pub body: String,
    pub deploy: &'static str,
}

/// A list of `entries`, named after their first domain.
#[must_use]
pub fn url_list(entries: &[String]) -> Option<UrlList> {
    let first = entries.first()?;
    let bare = first.strip_prefix("*.").unwrap_or(first);
    let name = registrable_domain(bare).unwrap_or_else(|| bare.to_owned()).replace(['.', ':'], "-");
    let body = json!({ "name": format!("do-not-decrypt-{name}"), "data": { "urls": entries, "type": "exact" } });
    Some(UrlList {
        call: "POST /api/v2/policy/urllist",
        body: body.to_string(),
        deploy: "POST /api/v2/policy/urllist/deploy",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_nests_the_list_under_data() {
        let list = url_list(&["app.example.com".to_owned(), "*.app.example.com".to_owned()]).unwrap();
        assert_eq!(
            list.body,
            r#"{"data":{"type":"exact","urls":["app.example.com","*.app.example.com"]},"name":"do-not-decrypt-example-com"}"#
        );
        assert_eq!(url_list(&[]), None);
    }
}
