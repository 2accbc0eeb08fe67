//! What the user typed about the application: a name, a URL or a host.

use crate::host::{is_below, registrable_domain};
use crate::incident::to_half_width;
use crate::knowledge::catalogue::process_key;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// As typed.
    pub text: String,
    host: Option<String>,
    domain: Option<String>,
    word: String,
}

impl Hint {
    /// `None` for an empty text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let half_width: String = text.chars().map(to_half_width).collect();
        if text.is_empty() {
            return None;
        }
        let lower = half_width.trim().to_lowercase();
        let after_scheme = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
        let authority = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default();
        let host = host.trim_start_matches("*.").trim_matches('.');
        let is_host = host.contains('.') && !host.contains(char::is_whitespace) && !process_like(host);
        let host = is_host.then(|| host.to_owned());
        let domain = host.as_deref().and_then(registrable_domain);
        Some(Self { text: text.to_owned(), host, domain, word: process_key(&lower) })
    }

    /// The same host or domain, or a name that holds the word.
    #[must_use]
    pub fn fits(&self, host: &str, process: Option<&str>) -> bool {
        if let Some(named) = &self.host {
            let same_domain = self.domain.as_deref().is_some_and(|domain| host == domain || is_below(host, domain));
            return host == named || is_below(host, named) || same_domain;
        }
        let in_process = process.is_some_and(|process| process_key(process).contains(&self.word));
        in_process || (self.word.len() >= 3 && host.split('.').any(|label| label.contains(&self.word)))
    }
}

/// `slack.exe` looks like a host, but is none.
fn process_like(text: &str) -> bool {
    [".exe", ".app", ".msi"].iter().any(|ending| text.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(hint: &str, host: &str, process: &str) -> bool {
        Hint::parse(hint).unwrap().fits(host, Some(process))
    }

    #[test]
    fn a_url_names_its_host_and_its_domain() {
        assert!(fits("https://app.example.com/login?x=1", "app.example.com", "chrome.exe"));
        assert!(fits("https://www.example.com/", "login.example.com", "chrome.exe"));
        assert!(!fits("https://www.example.com/", "www.example.net", "chrome.exe"));
        assert!(!fits("https://www.example.com/", "www.badexample.com", "chrome.exe"));
    }

    #[test]
    fn a_word_names_a_process_or_a_label() {
        assert!(fits("Slack", "edge.example.com", "slack.exe"));
        assert!(fits("slack.exe", "edge.example.com", "Slack.exe"));
        assert!(fits("examplechat", "api.examplechat.test", "helper"));
        assert!(!fits("zoom", "edge.example.com", "slack.exe"));
        assert!(Hint::parse("  ").is_none());
    }
}
