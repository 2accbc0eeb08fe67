//! What the log tells about the device: platform, client version, operating system, gateway and mode.

use std::collections::BTreeMap;

use super::Timeline;
use crate::event::{Event, EventKind, NO_NAME};
use crate::knowledge::catalogue::Platform;
use crate::knowledge::processes::Processes;
use crate::record::time::Timestamp;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    pub platform: Option<Platform>,
    pub client_version: Option<String>,
    pub os: Option<String>,
    pub host_name: Option<String>,
    pub user: Option<String>,
    pub tenant: Option<String>,
    pub traffic_mode: Option<String>,
    pub tunnel_protocol: Option<String>,
    pub gateway: Option<String>,
    pub gateway_address: Option<String>,
    pub pop: Option<String>,
    /// Managed, unmanaged, or a class of the tenant's own.
    pub classification: Option<String>,
    /// The last state of private access, as the client names it.
    pub private_access: Option<String>,
    pub private_access_gateway: Option<String>,
    /// `remote`, `on-prem` or `N/A`.
    pub location: Option<String>,
    /// When the configuration was fetched last.
    pub configuration_updated: Option<Timestamp>,
    /// Did the last attempt to fetch it fail?
    pub configuration_failed: bool,
}

/// The name that the device gives itself in `event`.
#[must_use]
pub fn host_name(event: &Event) -> Option<String> {
    match event.kind {
        EventKind::UserAgent | EventKind::DeviceFact => event.field("hostname").map(str::to_owned),
        EventKind::ClientStatus => status(event)?.host_name,
        _ => None,
    }
}

pub(super) fn read(timeline: &Timeline, writers: &BTreeMap<String, u64>, processes: &Processes) -> Device {
    let mut device = Device::default();
    let mut status_os = None;
    for event in &timeline.events {
        match event.kind {
            EventKind::UserAgent => {
                device.os = event.field("os").map(str::to_owned).or(device.os);
                device.client_version = event.field("version").map(str::to_owned).or(device.client_version);
                device.host_name = event.field("hostname").map(str::to_owned).or(device.host_name);
            }
            EventKind::DeviceFact => {
                device.host_name = event.field("hostname").map(str::to_owned).or(device.host_name);
                device.user = event.field("user").map(str::to_owned).or(device.user);
                device.tenant = event.field("tenant").map(str::to_owned).or(device.tenant);
                device.classification = event.field("classification").map(str::to_owned).or(device.classification);
                device.private_access_gateway =
                    event.field("private_gateway").map(str::to_owned).or(device.private_access_gateway);
            }
            EventKind::ClientStatus => {
                if let Some(status) = status(event) {
                    status_os = status.os.or(status_os);
                    device.client_version = status.client_version.or(device.client_version);
                    device.host_name = status.host_name.or(device.host_name);
                    device.classification = status.classification.or(device.classification);
                }
            }
            EventKind::PrivateAccessStatus if event.field("scope").is_none() => {
                device.private_access = event.field("current").map(str::to_owned).or(device.private_access);
            }
            EventKind::ConfigurationUpdated => {
                device.configuration_updated = Some(event.at);
                device.configuration_failed = false;
            }
            EventKind::ConfigurationFailed => device.configuration_failed = true,
            EventKind::PopChosen if event.field("kind") != Some("NPA") => {
                device.pop = event.field("pop").map(str::to_owned).or(device.pop);
            }
            _ => {}
        }
    }
    if let Some(session) = timeline.sessions.last() {
        device.tunnel_protocol.clone_from(&session.transport);
        device.gateway.clone_from(&session.gateway);
        device.gateway_address.clone_from(&session.address);
        device.pop = session.pop.clone().or(device.pop);
    }
    device.location = timeline.steering.last().and_then(|change| change.location.clone());
    device.traffic_mode = timeline.steering.last().and_then(|change| change.traffic_mode.clone());
    device.platform = status_os
        .as_deref()
        .and_then(|os| processes.platform_of_system(os))
        .or_else(|| device.os.as_deref().and_then(|os| processes.platform_of_system(os)))
        .or_else(|| platform_of_writers(writers, processes))
        .or_else(|| platform_of_processes(timeline));
    device.os = device.os.or(status_os);
    device
}

/// What a client status message tells.
pub struct Status {
    pub event: Option<String>,
    pub os: Option<String>,
    pub client_version: Option<String>,
    pub host_name: Option<String>,
    /// Who caused the event, and what the client was then; missing in most logs.
    pub actor: Option<String>,
    pub status: Option<String>,
    pub classification: Option<String>,
}

#[must_use]
pub fn status(event: &Event) -> Option<Status> {
    let text = event.field("json")?;
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    let status = json.get("client_status").unwrap_or(&json);
    let text = |value: Option<&serde_json::Value>| match value? {
        serde_json::Value::String(text) if !text.is_empty() => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let host = status.get("host_info");
    let of_host = |name: &str| text(host.and_then(|host| host.get(name)));
    let os = of_host("os").map(|os| match of_host("os_version") {
        Some(version) => format!("{os} {version}"),
        None => os,
    });
    Some(Status {
        event: text(status.get("event")),
        os,
        client_version: text(status.get("client_version")),
        host_name: of_host("hostname"),
        actor: text(status.get("actor")),
        status: text(status.get("status")),
        classification: text(status.get("device_classification_status")),
    })
}

fn platform_of_writers(writers: &BTreeMap<String, u64>, processes: &Processes) -> Option<Platform> {
    let mut known: Vec<(u64, Platform)> =
        writers.iter().filter_map(|(writer, count)| Some((*count, processes.platform_of_writer(writer)?))).collect();
    known.sort_unstable();
    known.last().map(|(_, platform)| *platform)
}

/// `stAgentSvc` writes on Windows and on Linux; on Windows the processes of flows end in `.exe`.
fn platform_of_processes(timeline: &Timeline) -> Option<Platform> {
    let named = timeline.pairs.rows().iter().filter(|pair| pair.process != NO_NAME);
    let (mut with_exe, mut all) = (0_usize, 0_usize);
    for pair in named {
        let name = timeline.names.get(pair.process).unwrap_or_default().to_ascii_lowercase();
        with_exe += usize::from(name.ends_with(b".exe")) * pair.count as usize;
        all += pair.count as usize;
    }
    (with_exe * 2 > all).then_some(Platform::Windows)
}
