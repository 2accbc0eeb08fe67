//! What goes wrong on a day, and how the program concerned behaves.

use crate::day::{Day, Platform};

/// One way in which inspection or something else breaks an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A healthy day.
    None,
    /// A program that pins its certificate meets a host that it never contacted that day.
    PinnedNewHost,
    /// The same with a host that it contacts every few minutes all day.
    PinnedKnownHost,
    /// A command-line tool that does not trust the Netskope CA, started again and again by its user.
    CommandLineTool,
    /// A sign-in page in the browser, among the third parties of its page.
    BrowserLogin,
    /// The tunnel breaks down; nothing else is wrong.
    TunnelOutage,
    /// The pinned app is set to Block.
    Blocked,
}

impl Fault {
    /// Puts the fault into `day` at `at` seconds; gives the broken hosts.
    pub(crate) fn strike(self, day: &mut Day, at: f64) -> Vec<String> {
        match self {
            Self::None => Vec::new(),
            Self::PinnedNewHost => {
                let host = day.invent("edge", "messenger");
                day.retry("messenger", &host, at, 9);
                vec![host]
            }
            Self::PinnedKnownHost => {
                let host = "sync.storage.example".to_owned();
                day.retry("storage-sync", &host, at, 11);
                vec![host]
            }
            Self::CommandLineTool => {
                let host = day.invent("git", "code");
                for attempt in 0..5 {
                    let start = at + f64::from(attempt) * day.between(8.0, 25.0);
                    day.steer("git", &host, start);
                }
                vec![host]
            }
            Self::BrowserLogin => {
                let host = day.invent("login", "identity");
                for attempt in 0..3 {
                    let start = at + f64::from(attempt) * day.between(12.0, 30.0);
                    day.load_page(start);
                    day.steer("browser", &host, start + 0.4);
                    day.steer("browser", &host, start + 1.1);
                }
                vec![host]
            }
            Self::TunnelOutage => {
                day.lose_tunnel(at, 75.0);
                Vec::new()
            }
            Self::Blocked => {
                let host = day.invent("api", "drive");
                let mut start = at;
                for _ in 0..6 {
                    day.block("drive", &host, start);
                    start += day.between(2.0, 9.0);
                }
                Vec::new()
            }
        }
    }
}

/// The name of a program as the platform's log spells it.
pub(crate) fn program(name: &str, platform: Platform) -> String {
    match (name, platform) {
        ("browser", Platform::Windows) => "chrome.exe".to_owned(),
        ("browser", Platform::Macos) => "google chrome helper".to_owned(),
        ("browser", Platform::Linux) => "chrome".to_owned(),
        (_, Platform::Windows) => format!("{name}.exe"),
        // The app on iOS cannot see other apps' processes.
        (_, Platform::Ios) => String::new(),
        _ => name.to_owned(),
    }
}
