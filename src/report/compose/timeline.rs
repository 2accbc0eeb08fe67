//! The course of events in sentences: sessions, outages, changes of steering, and single events.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::{Writer, shown};
use crate::event::{Event, EventKind};
use crate::knowledge::errors::ErrorRow;
use crate::record::time::SECOND;
use crate::report::model::{EventSummary, OutageSummary, SessionSummary, SteeringSummary, TimelineSummary};
use crate::timeline::device::status;
use crate::timeline::{SteeringChange, TimeWindow, TunnelSession};

/// More is not read by anybody; the rest is counted.
const SHOWN: usize = 400;
/// A log in which everything fails has a million events; rows are made of those near the incident.
const LOOKED_AT: usize = 20_000;
/// Lines that one row rests on.
const LINES: usize = 5;

impl Writer<'_> {
    pub(super) fn timeline(&self, window: Option<TimeWindow>) -> TimelineSummary {
        let timeline = &self.analysis.timeline;
        let (mut events, passed_over) = self.events(window);
        let left_out = keep_nearest(&mut events, window) + passed_over;
        TimelineSummary {
            sessions: timeline.sessions.iter().take(SHOWN).map(|session| self.session(session)).collect(),
            outages: timeline
                .outages
                .iter()
                .take(SHOWN)
                .map(|outage| OutageSummary {
                    from: outage.window.from.to_string(),
                    to: outage.window.to.to_string(),
                    seconds: outage.window.length() / SECOND,
                    context: outage.context.as_deref().map(shown),
                    uncertain: outage.uncertain,
                    evidence: self.evidence(&outage.evidence[..outage.evidence.len().min(LINES)]),
                })
                .collect(),
            steering: timeline.steering.iter().take(SHOWN).map(|change| self.steering(change)).collect(),
            events,
            events_left_out: left_out,
        }
    }

    fn session(&self, session: &TunnelSession) -> SessionSummary {
        let ended_by = session.ended_by.as_deref();
        let state = ended_by.and_then(|name| {
            let mut states = self.knowledge.errors.rows().iter().filter(|row| row.family == "tunnel_state");
            states.find(|row| row.says.iter().any(|says| says == name))
        });
        SessionSummary {
            from: session.from.to_string(),
            to: session.to.map(|at| at.to_string()),
            protocol: session.transport.as_deref().map(shown),
            gateway: session.gateway.as_deref().map(shown),
            address: session.address.as_deref().map(shown),
            pop: session.pop.as_deref().map(shown),
            ended_by: ended_by.map(shown),
            ended_by_says: state.map(|row| row.cause.in_language(self.language).to_owned()),
            evidence: self.evidence(&session.evidence[..session.evidence.len().min(LINES)]),
        }
    }

    fn steering(&self, change: &SteeringChange) -> SteeringSummary {
        let key = match (change.steering_none, change.location.as_deref()) {
            (true, _) => "none",
            (false, Some("on-prem")) => "on_premises",
            (false, Some("remote")) => "remote",
            _ => "unknown",
        };
        let arguments = [
            ("location", self.named(change.location.as_deref())),
            ("mode", self.named(change.traffic_mode.as_deref())),
            ("web", self.named(change.web_mode.as_deref())),
        ];
        SteeringSummary {
            at: change.at.map(|at| at.to_string()),
            location: change.location.as_deref().map(shown),
            says: self.texts.get(&format!("timeline.steering.{key}"), &arguments),
            evidence: self.evidence(&change.evidence),
        }
    }

    /// Rows of the events around the incident, or of the last ones, and how many were not looked at.
    fn events(&self, window: Option<TimeWindow>) -> (Vec<EventSummary>, u64) {
        let all = &self.analysis.timeline.events;
        let middle = window.map_or(all.len(), |window| all.partition_point(|event| event.at < window.middle()));
        let more = all.len().saturating_sub(LOOKED_AT);
        let from = middle.saturating_sub(LOOKED_AT / 2).min(more);
        let mut rows: Vec<EventSummary> = Vec::new();
        // Of each kind the last row, and on which side of the incident it stands.
        let mut last: BTreeMap<&str, (usize, Option<Ordering>)> = BTreeMap::new();
        let mut before = None;
        for event in &all[from..all.len().min(from + LOOKED_AT)] {
            let Some((kind, says)) = self.event(event) else { continue };
            let at = event.at.to_string();
            let side = window.map(
                |window| {
                    if window.contains(event.at) { Ordering::Equal } else { event.at.cmp(&window.from) }
                },
            );
            let same = last.get(kind).filter(|(row, there)| {
                let follows = is_routine(event.kind) || before == Some(*row);
                follows && rows[*row].says == says && *there == side
            });
            if let Some((row, _)) = same {
                rows[*row].times += 1;
                rows[*row].until = Some(at);
                before = Some(*row);
                continue;
            }
            let lane = lane(event.kind);
            if !is_routine(event.kind) {
                last.retain(|_, (row, _)| rows[*row].lane != lane);
            }
            before = Some(rows.len());
            last.insert(kind, (rows.len(), side));
            let evidence = self.evidence(&[event.provenance]);
            let (kind, lane) = (kind.to_owned(), lane.to_owned());
            rows.push(EventSummary { at, until: None, times: 1, kind, lane, says, evidence });
        }
        (rows, more as u64)
    }

    /// The kind and the sentence of what is worth a row; the steering mode has rows of its own.
    fn event(&self, event: &Event) -> Option<(&'static str, String)> {
        let field = |name: &str| self.named(event.field(name).map(|text| text.trim_matches(['[', ']'])));
        let text = |kind: &'static str, arguments: &[(&str, String)]| {
            Some((kind, self.texts.get(&format!("timeline.event.{kind}"), arguments)))
        };
        match event.kind {
            EventKind::TunnelConnecting => text("tunnel_connecting", &[("gateway", field("gateway"))]),
            EventKind::TunnelUp => {
                text("tunnel_up", &[("gateway", field("gateway")), ("protocol", field("transport"))])
            }
            EventKind::TunnelDown => text("tunnel_down", &[("context", field("context"))]),
            EventKind::TunnelError => text("tunnel_error", &[("meaning", self.meaning(event))]),
            EventKind::ClientStatus => Some(("client_status", self.client_status(event)?)),
            EventKind::ConfigurationUpdated => text("configuration_updated", &[("what", field("what"))]),
            EventKind::ConfigurationFailed => text("configuration_failed", &[("what", field("what"))]),
            EventKind::OwnCallFailed => text("own_call_failed", &[("meaning", self.meaning(event))]),
            EventKind::CertificateRejected => text("certificate_rejected", &[("meaning", self.meaning(event))]),
            EventKind::AuthorityMissing => text("authority_missing", &[]),
            EventKind::PopChosen => text("pop_chosen", &[("pop", field("pop")), ("kind", field("kind"))]),
            EventKind::NameResolved => text("name_resolved", &[("resolver", field("resolver"))]),
            EventKind::NameUnresolved => text("name_unresolved", &[("resolver", field("resolver"))]),
            EventKind::PrivateAccessStatus => match event.field("scope") {
                Some(_) => text("private_access_shutdown", &[("state", field("current"))]),
                None => text("private_access_status", &[("state", field("current"))]),
            },
            EventKind::FailClose => text("fail_close", &[]),
            EventKind::CaptivePortal => text("captive_portal", &[]),
            EventKind::NetworkChanged => {
                let to = event.field("to").or_else(|| event.field("address"));
                text("network_changed", &[("to", self.named(to))])
            }
            EventKind::PowerChanged => text("power_changed", &[]),
            EventKind::Flow
            | EventKind::Context
            | EventKind::SteeringLocation
            | EventKind::SteeringMode
            | EventKind::UserAgent
            | EventKind::DeviceFact
            | EventKind::PopMeasured
            | EventKind::PrivateAccessRule
            | EventKind::Posture => None,
        }
    }

    /// What the log says, or that it says nothing.
    fn named(&self, text: Option<&str>) -> String {
        text.map_or_else(|| self.texts.get("timeline.unnamed", &[]), shown)
    }

    /// What the code of a failure means, as far as it is known.
    fn meaning(&self, event: &Event) -> String {
        let (family, code) = (event.field("family").unwrap_or_default(), event.field("code").unwrap_or_default());
        let name = family.replace('_', " ");
        match self.knowledge.errors.of_code(family, code) {
            Some(row) => format!("{name} {code}: {}", row.title.in_language(self.language)),
            None => shown(format!("{name} {code}").trim()),
        }
    }

    /// Event, who caused it, what the client was then, and what that means.
    fn client_status(&self, event: &Event) -> Option<String> {
        let status = status(event)?;
        let name = status.event?;
        let row = self.knowledge.errors.client_event(&name);
        let own = |field: fn(&ErrorRow) -> Option<&String>| row.and_then(field).cloned();
        let arguments = [
            ("event", shown(&name)),
            ("actor", self.named(status.actor.or_else(|| own(|row| row.actor.as_ref())).as_deref())),
            ("status", self.named(status.status.or_else(|| own(|row| row.status.as_ref())).as_deref())),
            ("meaning", row.map(|row| row.cause.in_language(self.language).to_owned()).unwrap_or_default()),
        ];
        let key = if row.is_some() { "client_status" } else { "client_status_unknown" };
        Some(self.texts.get(&format!("timeline.event.{key}"), &arguments))
    }
}

/// Comes again and again while nothing happens, so that others are told as if it had not come between them.
fn is_routine(kind: EventKind) -> bool {
    matches!(kind, EventKind::NameResolved | EventKind::PopChosen)
}

/// What an event is about.
fn lane(kind: EventKind) -> &'static str {
    match kind {
        EventKind::TunnelConnecting
        | EventKind::TunnelUp
        | EventKind::TunnelDown
        | EventKind::TunnelError
        | EventKind::PopChosen
        | EventKind::PopMeasured
        | EventKind::NameResolved
        | EventKind::NameUnresolved => "tunnel",
        EventKind::ConfigurationUpdated
        | EventKind::ConfigurationFailed
        | EventKind::SteeringLocation
        | EventKind::SteeringMode => "configuration",
        EventKind::NetworkChanged | EventKind::PowerChanged | EventKind::CaptivePortal | EventKind::OwnCallFailed => {
            "network"
        }
        EventKind::PrivateAccessStatus | EventKind::PrivateAccessRule => "private_access",
        EventKind::ClientStatus
        | EventKind::CertificateRejected
        | EventKind::AuthorityMissing
        | EventKind::FailClose
        | EventKind::UserAgent
        | EventKind::DeviceFact
        | EventKind::Posture
        | EventKind::Flow
        | EventKind::Context => "client",
    }
}

/// Keeps [`SHOWN`] rows: those nearest to the incident, or the last ones; answers with the number of the others.
fn keep_nearest(events: &mut Vec<EventSummary>, window: Option<TimeWindow>) -> u64 {
    let more = events.len().saturating_sub(SHOWN);
    if more == 0 {
        return 0;
    }
    // Times are written in a form that sorts like time.
    let middle = window.map(|window| window.middle().to_string());
    let position = middle.map_or(events.len(), |middle| events.partition_point(|event| event.at < middle));
    let from = position.saturating_sub(SHOWN / 2).min(more);
    events.truncate(from + SHOWN);
    events.drain(..from);
    more as u64
}
