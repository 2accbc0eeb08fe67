//! The process of a pinned app: a name, or a pattern that the administrator wrote.

use regex::bytes::{Regex, RegexBuilder};

use crate::knowledge::catalogue::process_key;

/// Compared as the client compares: by the name alone, without path.
#[derive(Clone, Debug)]
pub struct ProcessPattern {
    pub written: String,
    /// The entry is a regular expression.
    pub is_pattern: bool,
    /// Missing where the expression is of a kind that is not understood here.
    compiled: Option<Regex>,
}

impl ProcessPattern {
    #[must_use]
    pub fn name(written: &str) -> Self {
        Self { written: written.to_owned(), is_pattern: false, compiled: None }
    }

    #[must_use]
    pub fn pattern(written: &str) -> Self {
        const LARGEST: usize = 256 * 1024;
        let compiled =
            RegexBuilder::new(written).unicode(false).case_insensitive(true).size_limit(LARGEST).build().ok();
        Self { written: written.to_owned(), is_pattern: true, compiled }
    }

    #[must_use]
    pub fn fits(&self, process: &str) -> bool {
        match &self.compiled {
            Some(pattern) => pattern.is_match(process.as_bytes()),
            None => !self.is_pattern && process_key(&self.written) == process_key(process),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_patterns_fit() {
        assert!(ProcessPattern::name("Sync.exe").fits("sync.exe"));
        assert!(!ProcessPattern::name("Sync.exe").fits("sync-helper.exe"));
        assert!(ProcessPattern::pattern("^python[0-9.]*\\.exe$").fits("Python3.11.exe"));
        // Look-around is known to the client, not to the engine used here.
        assert!(!ProcessPattern::pattern("(?=a)b").fits("b"));
    }
}
