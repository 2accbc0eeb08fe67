//! What is known about host and process beforehand: reports, catalogues, exceptions that exist already.

use super::{Argument, Signal};
use crate::knowledge::vendors::VendorReason;
use crate::ranking::candidate::Candidate;
use crate::ranking::{Context, weights};

/// The user named the host, its domain or the process.
pub(super) fn hint(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let hint = context.hints.iter().find(|hint| hint.fits(&candidate.host_name, candidate.process_name.as_deref()))?;
    let signal = Signal::of(candidate, "hint", weights::HINT).with("hint", hint.text.as_str());
    Some(signal.resting_on(context.timeline.resolve(candidate.inside.first())).corroborates())
}

/// Somebody stated in public that this host breaks under inspection.
pub(super) fn known_host(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let mut rows = context.host(candidate.host)?.vendor_rows(context.knowledge);
    let row = rows.find(|row| row.reason != VendorReason::PeerDefaultExemption)?;
    // A row that nobody confirmed counts half.
    let points = if row.unverified.is_some() { weights::KNOWN_HOST / 2.0 } else { weights::KNOWN_HOST };
    let signal = Signal::of(candidate, "known_host", points)
        .with("vendor", row.vendor.as_str())
        .with("service", &row.service)
        .with("reason", Argument::Key(format!("vendor_reason.{}", row.reason.id())));
    Some(signal.backed_by(row.references.first()).corroborates())
}

/// The process belongs to an app that is known to pin certificates.
pub(super) fn known_process(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let program = context.program(candidate.process)?;
    let row = program.pinning?;
    let signal = Signal::of(candidate, "known_process", weights::KNOWN_PROCESS)
        .with("process", &*program.name)
        .with("vendor", row.vendor.as_str())
        .with("service", &row.service);
    Some(signal.backed_by(row.references.first()).corroborates())
}

/// The process looks for authorities in a place of its own.
pub(super) fn own_trust_store(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let program = context.program(candidate.process)?;
    let tool = program.own_store?;
    let signal = Signal::of(candidate, "own_trust_store", weights::OWN_TRUST_STORE)
        .with("process", &*program.name)
        .with("tool", &tool.name);
    Some(signal.backed_by(tool.references.first()).corroborates())
}

/// People sign in at this host: such servers ask for client certificates, and nothing works without them.
pub(super) fn sign_in(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let is_tried_again = candidate.attempts.len() >= 2;
    (is_tried_again && context.knowledge.processes.is_sign_in_host(&candidate.host_name))
        .then(|| Signal::of(candidate, "sign_in", weights::SIGN_IN))
}

/// The same process reached the same host past inspection earlier: it needed that, and has it no longer.
pub(super) fn excepted_before(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let passed = context.index.excepted.get(candidate.registrable_domain.as_deref()?)?;
    let flow = passed
        .iter()
        .find(|flow| flow.host == candidate.host && flow.process == candidate.process && flow.at < candidate.onset)?;
    // Steered at earlier times as well, it is one of those hosts that are treated now so, now so.
    let first_steered = candidate.nearest.0.is_none();
    first_steered.then(|| {
        Signal::of(candidate, "excepted_before", weights::EXCEPTED_BEFORE)
            .with("at", flow.at)
            .resting_on([flow])
            .corroborates()
    })
}

/// A host of the same domain is already excepted for the same process: somebody met this fault before.
pub(super) fn excepted_neighbour(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let passed = context.index.excepted.get(candidate.registrable_domain.as_deref()?)?;
    let flow = passed.iter().find(|flow| flow.process == candidate.process && flow.host != candidate.host)?;
    if candidate.attempts.len() < 2 {
        return None;
    }
    let host = context.timeline.name(flow.host).unwrap_or_default();
    Some(
        Signal::of(candidate, "excepted_neighbour", weights::EXCEPTED_NEIGHBOUR)
            .with("neighbour", host)
            .resting_on([flow]),
    )
}

/// Programs outside the browser pin certificates and bring their own trust stores; browsers use the system's.
pub(super) fn no_browser(candidate: &Candidate) -> Option<Signal> {
    let process = candidate.process_name.as_deref().filter(|_| !candidate.is_browser)?;
    let points = if candidate.attempts.len() > 1 { weights::NO_BROWSER } else { weights::NO_BROWSER * weights::SINGLE };
    Some(Signal::of(candidate, "no_browser", points).with("process", process))
}

/// The same host also went around Netskope after the attempts began, so it can be reached without it already.
pub(super) fn also_bypassed(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let bypassed = context.bypassed.get(&candidate.host).filter(|flow| flow.at > candidate.onset)?;
    Some(Signal::of(candidate, "also_bypassed", weights::ALSO_BYPASSED).resting_on([bypassed]))
}
