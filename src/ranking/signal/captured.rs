//! What a packet capture shows of the host: the only place where a refused certificate can be seen.

use super::Signal;
use crate::capture::{Conversation, Outcome, Refusal};
use crate::ranking::candidate::Candidate;
use crate::ranking::{Context, weights};

/// The client refused the certificate, by an alert in clear or of an alert's length.
pub(super) fn refused(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let proofs = with(candidate, context, Refusal::is_proof);
    let first = proofs.first()?;
    let alert = match first.outcome {
        Outcome::Refused(Refusal::Alert(code)) => {
            format!("{code} ({})", crate::capture::alert_name(code).unwrap_or_default())
        }
        _ => return Some(told(candidate, "certificate_refused_encrypted", weights::REFUSED, &proofs).corroborates()),
    };
    Some(told(candidate, "certificate_refused", weights::REFUSED, &proofs).with("alert", alert).corroborates())
}

/// The client left right after it had seen the certificate, without saying why.
pub(super) fn left(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let left = with(candidate, context, |refusal| matches!(refusal, Refusal::Reset | Refusal::Abandoned));
    let again = left.len() > 1;
    let points = if again { weights::LEFT } else { weights::LEFT / 2.0 };
    let signal = told(candidate, "left_after_certificate", points, &left);
    (!left.is_empty()).then(|| if again { signal.corroborates() } else { signal })
}

/// Handshakes without any data, again and again: one alone may be a preconnect.
pub(super) fn no_data(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let idle = with(candidate, context, |refusal| refusal == Refusal::NoData);
    let accepted = conversations(candidate, context).any(|row| row.outcome == Outcome::Accepted);
    (idle.len() > 1 && !accepted).then(|| told(candidate, "handshake_without_data", weights::NO_DATA, &idle))
}

/// The client accepted the certificate and went on: inspection is not what fails here.
pub(super) fn accepted(candidate: &Candidate, context: &Context<'_>) -> Option<Signal> {
    let refused = conversations(candidate, context).any(|row| matches!(row.outcome, Outcome::Refused(_)));
    let accepted: Vec<&Conversation> =
        conversations(candidate, context).filter(|row| row.outcome == Outcome::Accepted).collect();
    (!refused && !accepted.is_empty()).then(|| told(candidate, "certificate_accepted", weights::ACCEPTED, &accepted))
}

fn told(candidate: &Candidate, id: &'static str, points: f64, conversations: &[&Conversation]) -> Signal {
    let signal = Signal::of(candidate, id, points).with("times", conversations.len());
    signal.proven_by(conversations.iter().map(|row| row.evidence))
}

fn with<'c>(
    candidate: &'c Candidate,
    context: &'c Context<'_>,
    kind: impl Fn(Refusal) -> bool,
) -> Vec<&'c Conversation> {
    let refused = |row: &&Conversation| matches!(row.outcome, Outcome::Refused(refusal) if kind(refusal));
    conversations(candidate, context).filter(refused).collect()
}

/// Conversations with the host around the incident; all of them where the capture's clock could not be joined.
fn conversations<'c>(candidate: &'c Candidate, context: &'c Context<'_>) -> impl Iterator<Item = &'c Conversation> {
    let rows = &context.capture.conversations;
    // Most logs come without a capture.
    let address = (!rows.is_empty()).then(|| crate::host::address(&candidate.host_name)).flatten();
    rows.iter().filter(move |row| {
        let named = row.server_name.as_deref() == Some(&*candidate.host_name);
        // A line without a host name shows the address alone.
        let addressed = address.is_some_and(|address| row.server.0 == address);
        (named || addressed) && row.at.is_none_or(|at| context.wide.contains(at))
    })
}
