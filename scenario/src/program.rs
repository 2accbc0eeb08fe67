//! The programs of the device: what they are called in the log, and which servers they ask again and again.

use crate::day::Platform;

/// A program that asks its server at even intervals.
#[derive(Clone, Copy)]
pub(crate) struct Poller {
    pub(crate) program: &'static str,
    pub(crate) host: &'static str,
    /// Seconds.
    pub(crate) period: f64,
    /// Connections that one poll may open at once.
    pub(crate) parallel: u32,
}

const fn poller(program: &'static str, host: &'static str, period: f64, parallel: u32) -> Poller {
    Poller { program, host, period, parallel }
}

/// Asked every half minute.
pub(crate) const CHATTY: Poller = poller("meeting", "presence.meeting.example", 30.0, 1);

/// Asked every few minutes; each day has some of them.
pub(crate) const POLLERS: [Poller; 18] = [
    poller("storage-sync", "sync.storage.example", 300.0, 1),
    poller("mail", "outlook.mail.example", 240.0, 2),
    poller("mail", "attachments.mail.example", 900.0, 1),
    poller("calendar", "events.mail.example", 600.0, 1),
    poller("chat", "gateway.chat.example", 60.0, 1),
    poller("chat", "api.chat.example", 180.0, 2),
    poller("endpoint-agent", "command.agent.example", 120.0, 1),
    poller("endpoint-agent", "telemetry.agent.example", 300.0, 1),
    poller("notes", "api.notes.example", 420.0, 1),
    poller("updater", "updates.vendor.example", 3600.0, 2),
    poller("passwords", "vault.passwords.example", 900.0, 1),
    poller("music", "api.music.example", 200.0, 2),
    poller("tasks", "api.tasks.example", 330.0, 1),
    poller("monitor", "ingest.monitor.example", 60.0, 1),
    poller("printer-service", "queue.printing.example", 1800.0, 1),
    poller("whiteboard", "boards.whiteboard.example", 480.0, 1),
    poller("system", "settings.platform.example", 1200.0, 1),
    poller("system", "time.platform.example", 2700.0, 1),
];

/// Programs that may meet a fault: name and first label of the host concerned.
pub(crate) const SERVICES: [(&str, &str); 8] = [
    ("messenger", "edge"),
    ("drive", "api"),
    ("recorder", "ingest"),
    ("ledger", "sync"),
    ("design", "rt"),
    ("remote-desk", "broker"),
    ("scanner", "cloud"),
    ("dictation", "speech"),
];

/// The name of a program as the platform's log spells it.
pub(crate) fn spelled(program: &str, platform: Platform) -> String {
    let known = match (program, platform) {
        ("browser", Platform::Windows) => "chrome.exe",
        ("browser", Platform::Macos) => "google chrome helper",
        ("browser", _) => "chrome",
        ("system", Platform::Windows) => "svchost.exe",
        ("system", Platform::Macos) => "nsurlsessiond",
        ("system", _) => "packagekitd",
        ("python", Platform::Linux) => "python3",
        (_, Platform::Windows) => return format!("{program}.exe"),
        (_, Platform::Macos) => return program.replace('-', " "),
        _ => program,
    };
    known.to_owned()
}
