//! What packet captures show around the incident, whether a flow line tells of the host or not.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Scene, Severity};
use crate::capture::{Conversation, NameFailure, Outcome, Refusal, alert_name};
use crate::provenance::Provenance;
use crate::record::time::Timestamp;

pub(super) fn examine(scene: &Scene<'_>) -> Vec<Finding> {
    if scene.capture.is_empty() {
        return Vec::new();
    }
    let found = [
        certificate_refused(scene),
        inspection_seen(scene),
        other_inspector(scene),
        server_name_hidden(scene),
        quic_attempted(scene),
        names_unresolved(scene),
    ];
    found.into_iter().flatten().collect()
}

/// The one proof that there is: a client said that it does not trust what it was shown.
fn certificate_refused(scene: &Scene<'_>) -> Option<Finding> {
    let refused = conversations(scene).filter_map(|row| match row.outcome {
        Outcome::Refused(refusal) if refusal.is_proof() => Some((row, refusal)),
        _ => None,
    });
    let refused: Vec<(&Conversation, Refusal)> = refused.collect();
    let alerts: BTreeSet<String> = refused
        .iter()
        .map(|(_, refusal)| match refusal {
            Refusal::Alert(code) => format!("{code} {}", alert_name(*code).unwrap_or_default()),
            _ => "TLS 1.3".to_owned(),
        })
        .collect();
    let rows: Vec<&Conversation> = refused.iter().map(|(row, _)| *row).collect();
    let finding = told("certificate_refused", Severity::Warning, &rows)?;
    Some(finding.with("alerts", alerts.into_iter().collect::<Vec<_>>().join(", ")))
}

/// The capture confirms that inspection took place.
fn inspection_seen(scene: &Scene<'_>) -> Option<Finding> {
    let inspected: Vec<&Conversation> =
        conversations(scene).filter(|row| inspector(scene, row).is_some_and(|(own, _)| own)).collect();
    told("inspection_seen", Severity::Note, &inspected)
}

/// Somebody else signs certificates on the way.
fn other_inspector(scene: &Scene<'_>) -> Option<Finding> {
    let other: Vec<(&Conversation, String)> = conversations(scene)
        .filter_map(|row| inspector(scene, row).filter(|(own, _)| !own).map(|(_, name)| (row, name)))
        .collect();
    let names: BTreeSet<&str> = other.iter().map(|(_, name)| name.as_str()).collect();
    let rows: Vec<&Conversation> = other.iter().map(|(row, _)| *row).collect();
    let finding = told("other_tls_inspection", Severity::Warning, &rows)?.variant("captured");
    Some(finding.with("product", names.into_iter().collect::<Vec<_>>().join(", ")))
}

fn inspector(scene: &Scene<'_>, row: &Conversation) -> Option<(bool, String)> {
    let issuer = row.issuer.as_ref()?;
    let names = issuer.organization.iter().chain(&issuer.common_name).map(String::as_str);
    scene.knowledge.inspectors.of_issuer(names).map(|row| (row.own, row.name.clone()))
}

/// With Encrypted `ClientHello` the name outside stands for all sites of a provider; rules by name cannot match.
fn server_name_hidden(scene: &Scene<'_>) -> Option<Finding> {
    const OUTER_NAMES: [&str; 1] = ["cloudflare-ech.com"];
    let is_outer = |row: &&Conversation| {
        row.offers_encrypted_hello && row.server_name.as_deref().is_some_and(|name| OUTER_NAMES.contains(&name))
    };
    let hidden: Vec<&Conversation> = conversations(scene).filter(is_outer).collect();
    told("server_name_hidden", Severity::Warning, &hidden)
}

fn quic_attempted(scene: &Scene<'_>) -> Option<Finding> {
    let attempts: Vec<_> = scene.capture.quic.iter().filter(|row| is_near(scene, row.at)).collect();
    let times: u32 = attempts.iter().map(|row| row.times).sum();
    let servers: BTreeSet<String> = attempts.iter().map(|row| row.server.0.to_string()).collect();
    let answered = attempts.iter().any(|row| row.answered);
    let finding = Finding::new("quic_attempted", Severity::Note)
        .variant(if answered { "answered" } else { "unanswered" })
        .with("times", times)
        .with("servers", shortened(servers));
    let times: Vec<_> = attempts.iter().map(|row| row.at).collect();
    (!attempts.is_empty()).then(|| spanned(finding.resting_on(attempts.iter().map(|row| row.evidence)), &times))
}

fn names_unresolved(scene: &Scene<'_>) -> Option<Finding> {
    let rows: Vec<_> = scene.capture.unresolved.iter().filter(|row| is_near(scene, row.at)).collect();
    let mut by_failure: BTreeMap<NameFailure, BTreeSet<String>> = BTreeMap::new();
    for row in &rows {
        by_failure.entry(row.failure).or_default().insert(row.name.clone());
    }
    let names = by_failure.into_iter().map(|(failure, names)| format!("{}: {}", failure.id(), shortened(names)));
    let finding = Finding::new("names_unresolved", Severity::Warning)
        .with("count", rows.len())
        .with("names", names.collect::<Vec<_>>().join("; "))
        .resting_on(rows.iter().map(|row| row.evidence));
    (!rows.is_empty()).then(|| spanned(finding, &rows.iter().map(|row| row.at).collect::<Vec<_>>()))
}

fn told(id: &'static str, severity: Severity, rows: &[&Conversation]) -> Option<Finding> {
    rows.first()?;
    let hosts: BTreeSet<String> = rows.iter().filter_map(|row| row.server_name.clone()).collect();
    let issuers: BTreeSet<String> = rows
        .iter()
        .filter_map(|row| row.issuer.as_ref())
        .filter_map(|issuer| issuer.common_name.clone().or_else(|| issuer.organization.clone()))
        .collect();
    let evidence: Vec<Provenance> = rows.iter().map(|row| row.evidence).collect();
    let finding = Finding::new(id, severity)
        .with("times", rows.len())
        .with("hosts", shortened(hosts))
        .with("issuers", shortened(issuers))
        .resting_on(evidence);
    Some(spanned(finding, &rows.iter().map(|row| row.at).collect::<Vec<_>>()))
}

/// From the first to the last of `times`, where the capture's clock could be joined.
fn spanned(finding: Finding, times: &[Option<Timestamp>]) -> Finding {
    let known = || times.iter().flatten().copied();
    match (known().min(), known().max()) {
        (Some(first), Some(last)) => finding.between(first, last),
        _ => finding,
    }
}

fn conversations<'s>(scene: &'s Scene<'_>) -> impl Iterator<Item = &'s Conversation> {
    scene.capture.conversations.iter().filter(|row| is_near(scene, row.at))
}

/// Around the incident, or of unknown time.
fn is_near(scene: &Scene<'_>, at: Option<Timestamp>) -> bool {
    match (at, scene.wide()) {
        (Some(at), Some(wide)) => wide.contains(at),
        _ => true,
    }
}

/// A few of them.
fn shortened(names: BTreeSet<String>) -> String {
    const SHOWN: usize = 5;
    let more = names.len() > SHOWN;
    let mut text = names.into_iter().take(SHOWN).collect::<Vec<_>>().join(", ");
    if more {
        text.push_str(", …");
    }
    if text.is_empty() { "—".to_owned() } else { text }
}
