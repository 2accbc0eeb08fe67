//! Was the client on and its tunnel up; could it trust what it met; was its configuration fresh?

use super::{Finding, Scene, Severity};
use crate::event::{Event, EventKind};
use crate::record::time::{HOUR, MINUTE};
use crate::timeline::TimeWindow;

pub(super) fn examine(scene: &Scene<'_>) -> Vec<Finding> {
    [
        tunnel_down(scene),
        tunnel_flapping(scene),
        tunnel_never_up(scene),
        client_disabled(scene),
        fail_close(scene),
        ca_missing(scene),
        other_tls_inspection(scene),
        configuration_stale(scene),
        all_hosts_storm(scene),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn tunnel_down(scene: &Scene<'_>) -> Option<Finding> {
    let wide = scene.wide()?;
    let mut outages = scene.timeline.outages.iter().filter(|outage| outage.window.overlaps(wide));
    let longest = outages.by_ref().max_by_key(|outage| outage.window.length())?;
    // Without a reported time an outage is only worth a warning: nobody said that it hurt.
    let within = scene.window.is_some_and(|window| longest.window.overlaps(window));
    let serious = within && longest.window.length() >= MINUTE / 4;
    let severity = if serious { Severity::Error } else { Severity::Warning };
    let finding = Finding::new("tunnel_down", severity)
        .with("seconds", longest.window.length() / crate::record::time::SECOND)
        .with("context", longest.context.as_deref().unwrap_or("—"))
        .between(longest.window.from, longest.window.to)
        .resting_on(longest.evidence.iter().copied());
    let finding = if longest.uncertain { finding.variant("uncertain") } else { finding };
    Some(if serious && !longest.uncertain { finding.explains() } else { finding })
}

/// Several losses within an hour around the incident.
fn tunnel_flapping(scene: &Scene<'_>) -> Option<Finding> {
    const OFTEN: usize = 3;
    let around = match scene.window {
        Some(window) => window.widened(HOUR / 2),
        None => scene.timeline.coverage.span?,
    };
    let outages: Vec<_> = scene.timeline.outages.iter().filter(|outage| outage.window.overlaps(around)).collect();
    let (first, last) = (outages.first()?, outages.last()?);
    (outages.len() >= OFTEN).then(|| {
        Finding::new("tunnel_flapping", Severity::Warning)
            .with("times", outages.len())
            .between(first.window.from, last.window.to)
            .resting_on(outages.iter().filter_map(|outage| outage.evidence.first().copied()))
    })
}

/// The client tried again and again in the whole log and never had a tunnel.
fn tunnel_never_up(scene: &Scene<'_>) -> Option<Finding> {
    const ATTEMPTS: usize = 10;
    let of = |kind| scene.timeline.events.iter().filter(move |event| event.kind == kind);
    let attempts: Vec<&Event> = of(EventKind::TunnelConnecting).collect();
    let errors = of(EventKind::TunnelError).count();
    let (first, last) = (attempts.first()?, attempts.last()?);
    if attempts.len() < ATTEMPTS || errors == 0 || of(EventKind::TunnelUp).next().is_some() {
        return None;
    }
    let evidence = of(EventKind::TunnelError).chain(attempts.iter().copied());
    Some(
        Finding::new("tunnel_never_up", Severity::Error)
            .with("attempts", attempts.len())
            .with("errors", errors)
            .between(first.at, last.at)
            .resting_on(evidence.map(|event| event.provenance))
            .explains(),
    )
}

/// The last word before or within the window was that the client is off.
///
/// Whoever turned it off after the fault, to see whether that helps, did not cause the fault: what was steered until then
/// may have been broken by Netskope.
fn client_disabled(scene: &Scene<'_>) -> Option<Finding> {
    let TimeWindow { from, to } = scene.window.or_else(|| scene.wide())?;
    let before = scene.timeline.events.partition_point(|event| event.at <= to);
    let mut states =
        scene.timeline.events[..before].iter().rev().filter_map(|event| Some((event, power(scene, event)?)));
    let (event, Power::Off(why)) = states.next()? else { return None };
    let steered = |from, to| {
        let flows = scene.timeline.flows_in(TimeWindow { from, to });
        flows.iter().any(|flow| flow.decision == crate::event::Decision::Tunnel)
    };
    // A state of yesterday that was left by steering since then is no state.
    if steered(event.at, from) {
        return None;
    }
    let was_on = steered(from, event.at);
    let finding = Finding::new("client_disabled", if was_on { Severity::Warning } else { Severity::Error })
        .variant(why)
        .between(event.at, to.max(event.at))
        .resting_on([event.provenance]);
    Some(if was_on { finding } else { finding.explains() })
}

/// What an event leaves the client as.
enum Power {
    On,
    /// With the last part of the finding's texts.
    Off(String),
}

fn power(scene: &Scene<'_>, event: &Event) -> Option<Power> {
    match event.kind {
        EventKind::TunnelUp => Some(Power::On),
        EventKind::TunnelDown => {
            let by_user = event.field("context").is_some_and(|context| context.ends_with("BYUSER"));
            by_user.then(|| Power::Off("user".to_owned()))
        }
        EventKind::ClientStatus => {
            let name = crate::timeline::device::status(event)?.event?;
            let row = scene.knowledge.errors.client_event(&name)?;
            match &row.off_because {
                Some(why) => Some(Power::Off(why.clone())),
                None => (row.status.as_deref() == Some("Enabled")).then_some(Power::On),
            }
        }
        _ => None,
    }
}

fn fail_close(scene: &Scene<'_>) -> Option<Finding> {
    let mut events = of_kind(scene, EventKind::FailClose);
    events.extend(of_status(scene, &["status_fail_close"]));
    events.sort_by_key(|event| (event.at, event.provenance));
    let (first, last) = (events.first()?, events.last()?);
    let finding = Finding::new("fail_close", if scene.window.is_some() { Severity::Error } else { Severity::Warning })
        .between(first.at, last.at)
        .resting_on(events.iter().map(|event| event.provenance));
    Some(if scene.window.is_some() { finding.explains() } else { finding })
}

/// Anywhere before the incident: the CA does not come back by itself.
fn ca_missing(scene: &Scene<'_>) -> Option<Finding> {
    let wide = scene.wide()?;
    let events: Vec<&Event> = scene
        .timeline
        .events
        .iter()
        .filter(|event| event.kind == EventKind::AuthorityMissing && event.at <= wide.to)
        .collect();
    let (first, last) = (events.first()?, events.last()?);
    let certain = events.iter().any(|event| event.field("confidence").is_none());
    let finding = Finding::new("ca_missing", if certain { Severity::Error } else { Severity::Warning })
        .between(first.at, last.at)
        .resting_on(events.iter().map(|event| event.provenance));
    Some(if certain { finding.explains() } else { finding.variant("uncertain") })
}

/// The client's own calls met a certificate that is not the vendor's: something else on the path inspects TLS.
fn other_tls_inspection(scene: &Scene<'_>) -> Option<Finding> {
    let events: Vec<&Event> = scene.timeline.events.iter().filter(|event| rejects_certificate(event)).collect();
    let (first, last) = (events.first()?, events.last()?);
    let mut codes: Vec<String> = events
        .iter()
        .filter_map(|event| Some(format!("{} {}", event.field("family")?.replace('_', " "), event.field("code")?)))
        .collect();
    codes.sort();
    codes.dedup();
    Some(
        Finding::new("other_tls_inspection", Severity::Warning)
            .with("times", events.len())
            .with("codes", codes.join(", "))
            .between(first.at, last.at)
            .resting_on(events.iter().map(|event| event.provenance)),
    )
}

fn rejects_certificate(event: &Event) -> bool {
    let code = event.field("code").unwrap_or_default();
    match event.kind {
        EventKind::CertificateRejected => matches!(code, "18" | "19" | "20" | "21"),
        EventKind::OwnCallFailed => event.field("family") == Some("curl") && code == "60",
        _ => false,
    }
}

/// Downloads failed up to the incident and none succeeded after the failure.
fn configuration_stale(scene: &Scene<'_>) -> Option<Finding> {
    let wide = scene.wide()?;
    let before = scene.timeline.events.partition_point(|event| event.at <= wide.to);
    let relevant = scene.timeline.events[..before].iter().rev();
    let failures: Vec<&Event> = relevant
        .filter(|event| matches!(event.kind, EventKind::ConfigurationFailed | EventKind::ConfigurationUpdated))
        .take_while(|event| event.kind == EventKind::ConfigurationFailed)
        .collect();
    let (last, first) = (failures.first()?, failures.last()?);
    (failures.len() >= 2).then(|| {
        Finding::new("configuration_stale", Severity::Warning)
            .with("times", failures.len())
            .between(first.at, last.at)
            .resting_on(failures.iter().map(|event| event.provenance))
    })
}

fn all_hosts_storm(scene: &Scene<'_>) -> Option<Finding> {
    let storm = scene.storm?;
    let flows = scene.timeline.flows_in(storm.window);
    Some(
        Finding::new("all_hosts_storm", Severity::Warning)
            .with("processes", storm.processes)
            .with("hosts", storm.hosts)
            .between(storm.window.from, storm.window.to)
            .resting_on(flows.iter().map(|flow| flow.provenance)),
    )
}

pub(super) fn of_kind<'a>(scene: &Scene<'a>, kind: EventKind) -> Vec<&'a Event> {
    let Some(wide) = scene.wide() else { return Vec::new() };
    scene.timeline.events_in(wide).iter().filter(|event| event.kind == kind).collect()
}

/// Client status messages around the incident whose event is one of `rows`.
pub(super) fn of_status<'a>(scene: &Scene<'a>, rows: &[&str]) -> Vec<&'a Event> {
    let is_one = |event: &&Event| {
        let name = crate::timeline::device::status(event).and_then(|status| status.event);
        let row = name.and_then(|name| scene.knowledge.errors.client_event(&name));
        row.is_some_and(|row| rows.contains(&row.id.as_str()))
    };
    of_kind(scene, EventKind::ClientStatus).into_iter().filter(is_one).collect()
}
