//! What the log tells about the device: platform, client version, operating system, gateway and mode.

use std::collections::BTreeMap;

use super::Timeline;
use crate::event::{Event, EventKind, NO_NAME};
use crate::knowledge::catalogue::Platform;
use crate::knowledge::processes::Processes;

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
    pub pop: Option<String>,
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
            }
            EventKind::ClientStatus => {
                if let Some(status) = status(event) {
                    status_os = status.os.or(status_os);
                    device.client_version = status.client_version.or(device.client_version);
                    device.host_name = status.host_name.or(device.host_name);
                }
            }
            EventKind::PopChosen if event.field("kind") != Some("NPA") => {
                device.pop = event.field("pop").map(str::to_owned).or(device.pop);
            }
            _ => {}
        }
    }
    if let Some(session) = timeline.sessions.last() {
        device.tunnel_protocol.clone_from(&session.transport);
        device.gateway.clone_from(&session.gateway);
        device.pop = session.pop.clone().or(device.pop);
    }
    device.traffic_mode = timeline.steering.last().and_then(|change| change.traffic_mode.clone());
    device.platform = status_os
        .as_deref()
        .and_then(platform_named)
        .or_else(|| device.os.as_deref().and_then(platform_named))
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
}

#[must_use]
pub fn status(event: &Event) -> Option<Status> {
    let text = event.field("json")?;
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    let status = json.get("client_status").unwrap_or(&json);
    let text = |value: Option<&serde_json::Value>| value.and_then(|value| value.as_str()).map(str::to_owned);
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
    })
}

fn platform_named(os: &str) -> Option<Platform> {
    let os = os.to_lowercase();
    let known = [
        ("windows", Platform::Windows),
        ("macos", Platform::Macos),
        ("mac os", Platform::Macos),
        ("darwin", Platform::Macos),
        ("mac", Platform::Macos),
        ("ios", Platform::Ios),
        ("ipados", Platform::Ios),
        ("iphone", Platform::Ios),
        ("chromeos", Platform::Chromeos),
        ("android", Platform::Android),
        ("linux", Platform::Linux),
        ("ubuntu", Platform::Linux),
    ];
    known.into_iter().find(|(name, _)| os.contains(name)).map(|(_, platform)| platform)
}

fn platform_of_writers(writers: &BTreeMap<String, u64>, processes: &Processes) -> Option<Platform> {
    let mut known: Vec<(u64, Platform)> =
        writers.iter().filter_map(|(writer, count)| Some((*count, processes.platform_of_writer(writer)?))).collect();
    known.sort_unstable();
    known.last().map(|(_, platform)| *platform)
}

/// `stAgentSvc` writes on Windows and on Linux; on Windows the processes of flows end in `.exe`.
fn platform_of_processes(timeline: &Timeline) -> Option<Platform> {
    let named = timeline.pairs.iter().filter(|pair| pair.process != NO_NAME);
    let (mut with_exe, mut all) = (0_usize, 0_usize);
    for pair in named {
        let name = timeline.names.get(pair.process).unwrap_or_default().to_ascii_lowercase();
        with_exe += usize::from(name.ends_with(b".exe")) * pair.flows.len();
        all += pair.flows.len();
    }
    (with_exe * 2 > all).then_some(Platform::Windows)
}
