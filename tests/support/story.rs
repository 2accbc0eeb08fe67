//! Tells a small bundle as a sentence: what the log says when, what the configuration holds, what the user reports.

#![allow(dead_code, reason = "each test file tells with the words that it needs")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::fmt::Write as _;
use std::io::Cursor;

use steerscope::bundle::{self, Bundle, Input, Limits};
use steerscope::incident::{Incident, When};
use steerscope::knowledge::Knowledge;
use steerscope::language::Language;
use steerscope::provenance::MemberId;
use steerscope::report::{self, Finding, Report};

/// An hour from 15:00 to 16:00 on a Windows device, with a working tunnel and a mail program that polls every minute.
pub(crate) fn story() -> Story {
    let mut story = Story { lines: Vec::new(), files: Vec::new(), clock: String::new(), at: None, hints: Vec::new() };
    story = story
        .at("15:00:00")
        .says("Config setting STA user agent: Windows NT 11.0 x64;Netskope ST Agent 126.0.0.2400;DEVICE-0001")
        .says(
            "nsTunnel DTLS SSL connected to the gslbgw server: gateway-nrt1.example.com(192.0.2.35):443 successfully",
        );
    for minute in 0..60 {
        story = story.at(&format!("15:{minute:02}:30")).steers("mail.exe", "mail.example.net");
    }
    story
}

/// A bundle with nothing in it but what is told.
pub(crate) fn empty_story() -> Story {
    Story { lines: Vec::new(), files: Vec::new(), clock: String::new(), at: None, hints: Vec::new() }
}

pub(crate) struct Story {
    lines: Vec<(String, String)>,
    files: Vec<(String, Vec<u8>)>,
    clock: String,
    at: Option<String>,
    hints: Vec<String>,
}

impl Story {
    /// The time of what is told next.
    pub(crate) fn at(mut self, clock: &str) -> Self {
        clock.clone_into(&mut self.clock);
        self
    }

    pub(crate) fn says(self, message: &str) -> Self {
        self.says_at_level("info", message)
    }

    pub(crate) fn says_at_level(mut self, level: &str, message: &str) -> Self {
        let number = self.lines.len() % 1000;
        let line =
            format!("2025/11/06 {}.{number:03} stAgentSvc p17fc tb44 {level} source.cpp:1 {message}", self.clock);
        self.lines.push((self.clock.clone(), line));
        self
    }

    pub(crate) fn steers(self, process: &str, host: &str) -> Self {
        let flow = format!(
            "nsTunnel DTLS [sessId 1] Tunneling flow from addr: 192.0.2.7:50123, process: {process} to host: {host}, addr: 198.51.100.4:443 to nsProxy"
        );
        self.says(&flow)
    }

    pub(crate) fn bypasses(self, process: &str, host: &str) -> Self {
        let flow = format!(
            "BypassAppMgr bypassing flow to exception host: {host}, process: {process}, Dest IP: 198.51.100.4, Dest Port: 443, Src IP: 192.0.2.7, Src Port: 50123"
        );
        self.says(&flow)
    }

    /// A program that tries a host nine times within a minute.
    pub(crate) fn retries(mut self, process: &str, host: &str) -> Self {
        let minute = self.clock[..5].to_owned();
        for attempt in 0..9 {
            self = self.at(&format!("{minute}:{:02}", attempt * 6)).steers(process, host);
        }
        self
    }

    /// The client's own status message.
    pub(crate) fn reports_status(self, event: &str) -> Self {
        let json = format!(
            "clientStatusHandler client status message: {{\"client_status\": {{\"event\": \"{event}\", \"host_info\": {{\"os\": \"Windows\", \"os_version\": \"11.0\"}}}}}}"
        );
        self.says(&json)
    }

    pub(crate) fn with_file(mut self, name: &str, text: &str) -> Self {
        self.files.push((name.to_owned(), text.to_owned().into_bytes()));
        self
    }

    pub(crate) fn with_bytes(mut self, name: &str, bytes: &[u8]) -> Self {
        self.files.push((name.to_owned(), bytes.to_vec()));
        self
    }

    /// When the user says that it broke.
    pub(crate) fn broke_at(mut self, clock: &str) -> Self {
        self.at = Some(format!("2025-11-06 {clock}"));
        self
    }

    pub(crate) fn hint(mut self, hint: &str) -> Self {
        self.hints.push(hint.to_owned());
        self
    }

    pub(crate) fn report(&self) -> Report {
        self.report_in(Language::English)
    }

    /// The story read as a bundle, whose members are numbered from `first` on.
    pub(crate) fn bundle(&self, first: u32) -> Bundle {
        let mut lines = self.lines.clone();
        lines.sort_by(|a, b| a.0.cmp(&b.0));
        let log = lines.iter().fold(String::new(), |mut log, (_, line)| {
            let _ = writeln!(log, "{line}");
            log
        });
        let mut files = self.files.clone();
        files.insert(0, ("nsdebuglog.log".to_owned(), log.into_bytes()));
        let input = |(name, bytes): (String, Vec<u8>)| Input { name, source: Box::new(Cursor::new(bytes)) };
        let inputs = files.into_iter().map(input).collect();
        bundle::open("bundle", inputs, &Limits::default(), MemberId(first)).unwrap()
    }

    pub(crate) fn incident(&self) -> Incident {
        let when = self.at.as_deref().map(|at| When::parse(at, None, None).unwrap());
        Incident { when, hints: self.hints.clone() }
    }

    pub(crate) fn report_in(&self, language: Language) -> Report {
        let mut bundles = vec![self.bundle(0)];
        let knowledge = Knowledge::built_in().unwrap();
        let analysis = steerscope::analyze(&mut bundles, &knowledge, &mut |_| {});
        let mut report = report::compose(&analysis, &self.incident(), &knowledge, language);
        report::attach_evidence(&mut report, &analysis, &mut bundles);
        report
    }

    /// The finding of this id, which must be there.
    pub(crate) fn finding(&self, id: &str) -> Finding {
        let report = self.report();
        let ids: Vec<&str> = report.findings.iter().map(|finding| finding.id.as_str()).collect();
        let found = report.findings.iter().find(|finding| finding.id == id);
        found.unwrap_or_else(|| panic!("no {id} in {ids:?}")).clone()
    }

    pub(crate) fn has_finding(&self, id: &str) -> bool {
        self.report().findings.iter().any(|finding| finding.id == id)
    }
}
