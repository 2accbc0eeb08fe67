//! What a message can mean. The data files name these kinds; each is read by the stage that needs it.

use serde::{Deserialize, Serialize};

/// Meaning of a message shape, the `event` of its data file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EventKind {
    /// A connection was steered, bypassed or blocked: fields of `flow`.
    Flow,
    /// Known and without consequence.
    Context,
    TunnelConnecting,
    TunnelUp,
    TunnelDown,
    TunnelError,
    /// `json`: the client's own status message.
    ClientStatus,
    /// `location`, `traffic_mode`, `dns_mode`.
    SteeringLocation,
    /// `web_mode`, `firewall_mode`, `dns_mode`, `steering_none`.
    SteeringMode,
    /// `agent`: operating system; client version; host name.
    UserAgent,
    /// `tenant`, `user`, `edition` and the like.
    DeviceFact,
    ConfigurationUpdated,
    ConfigurationFailed,
    /// A call of the client itself failed: `code`, `family`, `text`, `host`.
    OwnCallFailed,
    /// The client met a certificate that it does not trust: `code`, `text`.
    CertificateRejected,
    AuthorityMissing,
    PopMeasured,
    PopChosen,
    NameResolved,
    NameUnresolved,
    /// `current`, `previous`.
    PrivateAccessStatus,
    /// A private application's hosts, in `continuation`.
    PrivateAccessRule,
    FailClose,
    CaptivePortal,
    NetworkChanged,
    PowerChanged,
    Posture,
}

/// Names as data files spell them.
const NAMES: [(&str, EventKind); 27] = [
    ("flow", EventKind::Flow),
    ("context", EventKind::Context),
    ("tunnel_connecting", EventKind::TunnelConnecting),
    ("tunnel_up", EventKind::TunnelUp),
    ("tunnel_down", EventKind::TunnelDown),
    ("tunnel_error", EventKind::TunnelError),
    ("client_status", EventKind::ClientStatus),
    ("steering_location", EventKind::SteeringLocation),
    ("steering_mode", EventKind::SteeringMode),
    ("user_agent", EventKind::UserAgent),
    ("device_fact", EventKind::DeviceFact),
    ("configuration_updated", EventKind::ConfigurationUpdated),
    ("configuration_failed", EventKind::ConfigurationFailed),
    ("own_call_failed", EventKind::OwnCallFailed),
    ("certificate_rejected", EventKind::CertificateRejected),
    ("authority_missing", EventKind::AuthorityMissing),
    ("pop_measured", EventKind::PopMeasured),
    ("pop_chosen", EventKind::PopChosen),
    ("name_resolved", EventKind::NameResolved),
    ("name_unresolved", EventKind::NameUnresolved),
    ("private_access_status", EventKind::PrivateAccessStatus),
    ("private_access_rule", EventKind::PrivateAccessRule),
    ("fail_close", EventKind::FailClose),
    ("captive_portal", EventKind::CaptivePortal),
    ("network_changed", EventKind::NetworkChanged),
    ("power_changed", EventKind::PowerChanged),
    ("posture", EventKind::Posture),
];

impl EventKind {
    /// As data files spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    pub(super) fn from_name(name: &str) -> Result<Self, String> {
        let known = || NAMES.map(|(name, _)| name).join(", ");
        let kind = NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
        kind.ok_or_else(|| format!("there is no event “{name}”; give one of {}", known()))
    }

    pub(crate) fn reads_continuation(self) -> bool {
        matches!(self, Self::PrivateAccessRule | Self::ClientStatus)
    }
}
