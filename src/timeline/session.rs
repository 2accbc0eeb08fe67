//! What lasts: tunnel sessions and outages from events of their beginning and end, and the steering mode in force.

use super::window::TimeWindow;
use crate::event::{Event, EventKind};
use crate::provenance::Provenance;
use crate::record::time::Timestamp;

/// A tunnel from up to down on one gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TunnelSession {
    pub from: Timestamp,
    /// `None` if it was still up at the end of the log.
    pub to: Option<Timestamp>,
    pub transport: Option<String>,
    pub gateway: Option<String>,
    pub address: Option<String>,
    pub pop: Option<String>,
    /// Why it ended, as the client names it (`NSTUNNEL_DISCONNECTED_BYUSER`).
    pub ended_by: Option<String>,
    pub evidence: Vec<Provenance>,
}

/// A span without a tunnel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// To the next tunnel, or as long as the log shows attempts.
    pub window: TimeWindow,
    /// As the client names it, where it does.
    pub context: Option<String>,
    /// The wording is not a documented one.
    pub uncertain: bool,
    pub evidence: Vec<Provenance>,
}

/// The steering mode from `at` on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SteeringChange {
    pub at: Option<Timestamp>,
    /// `remote`, `on-prem` or `N/A`.
    pub location: Option<String>,
    /// The log's number: 3 was seen with firewall steering, 1 with cloud apps or none.
    pub traffic_mode: Option<String>,
    pub web_mode: Option<String>,
    pub steering_none: bool,
    pub evidence: Vec<Provenance>,
}

/// An outage without a known end is taken to last this long after the last sign of it.
const SILENT_AFTER: i64 = 5 * crate::record::time::MINUTE;

pub(super) fn sessions(events: &[Event]) -> Vec<TunnelSession> {
    let mut sessions: Vec<TunnelSession> = Vec::new();
    for event in events {
        match event.kind {
            EventKind::TunnelUp => {
                let again = sessions.last_mut().filter(|last| {
                    // “SSL connected” and “established to gateway, pop” are two lines of one start.
                    last.to.is_none() && event.at.since(last.from) < 5 * crate::record::time::SECOND
                });
                if let Some(last) = again {
                    fill(last, event);
                } else {
                    end(&mut sessions, event, None);
                    let mut session = TunnelSession {
                        from: event.at,
                        to: None,
                        transport: None,
                        gateway: None,
                        address: None,
                        pop: None,
                        ended_by: None,
                        evidence: Vec::new(),
                    };
                    fill(&mut session, event);
                    sessions.push(session);
                }
            }
            EventKind::TunnelDown => end(&mut sessions, event, event.field("context")),
            _ => {}
        }
    }
    sessions
}

fn fill(session: &mut TunnelSession, event: &Event) {
    let set = |slot: &mut Option<String>, name: &str| {
        if let Some(value) = event.field(name) {
            *slot = Some(value.trim_matches(['[', ']']).to_owned());
        }
    };
    set(&mut session.transport, "transport");
    set(&mut session.gateway, "gateway");
    set(&mut session.address, "address");
    set(&mut session.pop, "pop");
    session.evidence.push(event.provenance);
}

fn end(sessions: &mut [TunnelSession], event: &Event, context: Option<&str>) {
    if let Some(last) = sessions.last_mut().filter(|last| last.to.is_none()) {
        last.to = Some(event.at);
        last.ended_by = context.map(str::to_owned);
        last.evidence.push(event.provenance);
    }
}

pub(super) fn outages(events: &[Event], span: Option<TimeWindow>) -> Vec<Outage> {
    let Some(span) = span else { return Vec::new() };
    let mut outages: Vec<Outage> = Vec::new();
    let mut open: Option<Outage> = None;
    let mut last_sign = span.from;
    for event in events {
        if matches!(event.kind, EventKind::TunnelDown | EventKind::TunnelError | EventKind::TunnelConnecting) {
            last_sign = event.at;
        }
        match event.kind {
            EventKind::TunnelDown => {
                let outage = open.get_or_insert_with(|| Outage {
                    window: TimeWindow { from: event.at, to: span.to },
                    context: None,
                    uncertain: event.field("confidence") == Some("low"),
                    evidence: Vec::new(),
                });
                outage.context = outage.context.take().or_else(|| event.field("context").map(str::to_owned));
                outage.evidence.push(event.provenance);
            }
            EventKind::TunnelError => {
                if let Some(outage) = &mut open {
                    outage.evidence.push(event.provenance);
                }
            }
            EventKind::TunnelUp => {
                if let Some(mut outage) = open.take() {
                    outage.window.to = event.at;
                    outage.evidence.push(event.provenance);
                    outages.push(outage);
                }
            }
            _ => {}
        }
    }
    // A client that lost its tunnel keeps trying and says so. Without a line of success the outage lasts as long as that
    // goes on: wordings vary by release, and one that is not known must not silence the rest of the day.
    if let Some(mut outage) = open {
        outage.window.to = last_sign.plus(SILENT_AFTER).min(span.to);
        outages.push(outage);
    }
    outages
}

pub(super) fn steering(events: &[Event]) -> Vec<SteeringChange> {
    let mut changes: Vec<SteeringChange> = Vec::new();
    for event in events {
        let mut change = match event.kind {
            EventKind::SteeringLocation | EventKind::SteeringMode => changes.last().cloned().unwrap_or_default(),
            _ => continue,
        };
        let before = change.clone();
        if event.kind == EventKind::SteeringLocation {
            change.location = event.field("location").map(str::to_owned);
            change.traffic_mode = event.field("traffic_mode").map(str::to_owned);
        } else {
            change.web_mode = event.field("web_mode").map(str::to_owned);
            change.steering_none = event.field("steering_none") == Some("true");
        }
        if change != before {
            change.at = Some(event.at);
            change.evidence = vec![event.provenance];
            changes.push(change);
        }
    }
    changes
}
