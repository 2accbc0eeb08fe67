//! What a good engineer asks before blaming a host: was the client on, the tunnel up, the log good enough?
//!
//! A finding is a state of device or log that explains the incident, forbids a ranking or weakens it.

mod capture;
mod client;
mod configuration;
mod log;
mod network;
mod private_access;
mod steering;

pub(crate) use configuration::SUSPECTS_LOOKED_AT;

use crate::capture::Capture;
use crate::configuration::Configuration;
use crate::event::{Flow, NameId};
use crate::knowledge::Knowledge;
use crate::provenance::Provenance;
use crate::ranking::{Hint, Storm, Suspect};
use crate::record::time::Timestamp;
use crate::timeline::{TimeWindow, Timeline};

/// `id` names the texts `finding.<id>.title`, `.detail` and `.next` of the locale files.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub id: &'static str,
    pub severity: Severity,
    /// Which of the finding's texts fits, where it has several: `finding.<id>.<variant>.title` …
    pub variant: Option<String>,
    pub arguments: Vec<(&'static str, String)>,
    pub window: Option<TimeWindow>,
    pub evidence: Vec<Provenance>,
    /// It explains the incident by itself, so that no host need be suspected.
    pub explains: bool,
    /// It forbids a judgement on hosts.
    pub blinds: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
    Note,
}

impl Severity {
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Where the findings look.
pub struct Scene<'a> {
    pub timeline: &'a Timeline,
    pub configuration: &'a Configuration,
    pub capture: &'a Capture,
    pub suspects: &'a [Suspect],
    pub knowledge: &'a Knowledge,
    pub hints: Vec<Hint>,
    /// As reported; `None` where no time is known.
    pub window: Option<TimeWindow>,
    pub storm: Option<Storm>,
}

impl Scene<'_> {
    /// The window with its margin, or the whole log.
    fn wide(&self) -> Option<TimeWindow> {
        match self.window {
            Some(window) => Some(window.widened(crate::ranking::weights::MARGIN)),
            None => self.timeline.coverage.span,
        }
    }

    /// The flows around the incident; all of the log where no time is known.
    #[must_use]
    pub fn flows(&self) -> &[Flow] {
        self.wide().map_or(&[], |wide| self.timeline.flows_in(wide))
    }

    /// Those from or to an address of IPv6 around a reported time; none without one: a log of a whole day is not searched.
    #[must_use]
    pub fn ipv6_flows(&self) -> Vec<&Flow> {
        if self.window.is_none() {
            return Vec::new();
        }
        let address = |number| self.timeline.names.text(number).and_then(|name| crate::host::address(&name));
        // By name, once it was looked at: few addresses are in many flows.
        let mut known = vec![None; self.timeline.names.len()];
        let mut is_ipv6 = |number: NameId| {
            let of_name = || address(number).is_some_and(|address| address.is_ipv6());
            known.get_mut(number as usize).is_some_and(|known| *known.get_or_insert_with(of_name))
        };
        self.flows().iter().filter(|flow| is_ipv6(flow.source) || is_ipv6(flow.destination)).collect()
    }
}

impl Finding {
    fn new(id: &'static str, severity: Severity) -> Self {
        Self {
            id,
            severity,
            variant: None,
            arguments: Vec::new(),
            window: None,
            evidence: Vec::new(),
            explains: false,
            blinds: false,
        }
    }

    fn variant(mut self, variant: impl Into<String>) -> Self {
        self.variant = Some(variant.into());
        self
    }

    fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arguments.push((name, value.to_string()));
        self
    }

    fn between(mut self, from: Timestamp, to: Timestamp) -> Self {
        self.window = Some(TimeWindow { from, to });
        self
    }

    fn resting_on(mut self, evidence: impl IntoIterator<Item = Provenance>) -> Self {
        const EVIDENCE_LINES: usize = 10;
        self.evidence = evidence.into_iter().take(EVIDENCE_LINES).collect();
        self
    }

    fn explains(mut self) -> Self {
        self.explains = true;
        self
    }

    fn blinds(mut self) -> Self {
        self.blinds = true;
        self
    }
}

/// All findings, the gravest first, then in time order.
#[must_use]
pub fn examine(scene: &Scene<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(log::examine(scene));
    findings.extend(client::examine(scene));
    findings.extend(network::examine(scene));
    findings.extend(capture::examine(scene));
    findings.extend(private_access::examine(scene));
    findings.extend(steering::examine(scene));
    findings.extend(configuration::examine(scene));
    // A risk of the configuration is nobody's incident and stands behind what is.
    findings.sort_by(|a, b| {
        let is_risk = |finding: &Finding| finding.id == "configuration_risk";
        let key = |finding: &Finding| (finding.severity, is_risk(finding), finding.window, finding.id);
        key(a).cmp(&key(b)).then_with(|| a.variant.cmp(&b.variant))
    });
    findings
}
