//! A day of one device: polling apps, page loads with third parties, telemetry, reconnects; and one fault.

use fastrand::Rng;

use crate::Log;
use crate::clock::Clock;
use crate::fault::{Fault, program};
use crate::line::Writer;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    Windows,
    Macos,
    Linux,
    Ios,
}

/// Events collected out of order; [`Day::log`] sorts them.
pub struct Day {
    random: Rng,
    writer: Writer,
    lines: Vec<(f64, String)>,
    hours: (f64, f64),
}

/// Apps that ask their server again and again: name, host, seconds.
const POLLERS: [(&str, &str, f64); 8] = [
    ("mail", "outlook.mail.example", 300.0),
    ("chat", "gateway.chat.example", 60.0),
    ("calendar", "events.mail.example", 600.0),
    ("storage-sync", "sync.storage.example", 240.0),
    ("endpoint-agent", "telemetry.agent.example", 180.0),
    ("notes", "api.notes.example", 420.0),
    ("updater", "updates.vendor.example", 3600.0),
    ("meeting", "presence.meeting.example", 30.0),
];

impl Day {
    /// A working day from `from` to `to` hours.
    #[must_use]
    pub fn new(seed: u64, platform: Platform, from: f64, to: f64) -> Self {
        let hours = (from * 3600.0, to * 3600.0);
        Self { random: Rng::with_seed(seed), writer: Writer { platform }, lines: Vec::new(), hours }
    }

    /// The log of the day with `fault` at `at` hours, told by the user to the minute.
    #[must_use]
    pub fn log(mut self, fault: Fault, at: f64) -> Log {
        let at = at * 3600.0 + self.between(0.0, 40.0);
        self.start();
        self.poll();
        self.browse();
        self.pass_exceptions();
        let culprits = fault.strike(&mut self, at);
        self.lines.sort_by(|a, b| a.0.total_cmp(&b.0));
        let reported = (fault != Fault::None).then(|| Clock(at).told());
        Log { lines: self.lines.into_iter().map(|(_, line)| line).collect(), reported, culprits }
    }

    pub(crate) fn between(&mut self, from: f64, to: f64) -> f64 {
        from + self.random.f64() * (to - from)
    }

    /// A host that occurs nowhere else.
    pub(crate) fn invent(&mut self, label: &str, name: &str) -> String {
        format!("{label}-{:03}.{name}.example", self.random.u32(0..1000))
    }

    pub(crate) fn steer(&mut self, name: &str, host: &str, at: f64) {
        let process = program(name, self.writer.platform);
        let port = self.random.u16(49_152..=65_000);
        let at = Clock(at);
        let line = match self.writer.platform {
            Platform::Ios => self.writer.category(at, host),
            _ => self.writer.steered(at, &process, host, port),
        };
        self.lines.push((at.0, line));
    }

    pub(crate) fn block(&mut self, name: &str, host: &str, at: f64) {
        let process = program(name, self.writer.platform);
        self.lines.push((at, self.writer.blocked(Clock(at), &process, host)));
    }

    /// A program that fails and tries again, waiting longer each time.
    pub(crate) fn retry(&mut self, name: &str, host: &str, at: f64, attempts: u32) {
        let mut start = at;
        let mut wait = self.between(0.8, 1.6);
        for _ in 0..attempts {
            self.steer(name, host, start);
            start += wait;
            wait = (wait * self.between(1.2, 1.8)).min(30.0);
        }
    }

    /// No tunnel for `seconds`; everything that polls tries again and again.
    pub(crate) fn lose_tunnel(&mut self, at: f64, seconds: f64) {
        self.lines.push((at, self.writer.tunnel_down(Clock(at))));
        for (name, host, _) in POLLERS {
            let mut start = at + self.between(1.0, 8.0);
            while start < at + seconds {
                self.steer(name, host, start);
                start += self.between(2.0, 9.0);
            }
        }
        self.lines.push((at + seconds, self.writer.tunnel_up(Clock(at + seconds))));
    }

    /// A page with its third parties, all within a few seconds.
    pub(crate) fn load_page(&mut self, at: f64) {
        let site = self.random.u32(0..60);
        self.steer("browser", &format!("www.site{site:02}.example"), at);
        for _ in 0..self.random.u32(5..18) {
            let party = self.random.u32(0..90);
            let start = at + self.between(0.1, 3.5);
            self.steer("browser", &format!("cdn{party:02}.thirdparty.example"), start);
        }
    }

    fn start(&mut self) {
        let from = self.hours.0;
        let agent = match self.writer.platform {
            Platform::Windows => "Windows NT 11.0 x64",
            Platform::Macos => "macOS 15.1",
            Platform::Linux => "Linux Ubuntu 24.04",
            Platform::Ios => "iOS 18.1",
        };
        let message = format!("Config setting STA user agent: {agent};Netskope ST Agent 126.0.0.2400;DEVICE-0001");
        self.lines.push((from, self.writer.line(Clock(from), "Config.cpp:211", &message)));
        self.lines.push((from + 0.5, self.writer.tunnel_up(Clock(from + 0.5))));
        let mode = "CTunnelMgr Client location is remote and traffic mode is 3, DNS 1";
        self.lines.push((from + 0.9, self.writer.line(Clock(from + 0.9), "tunnelMgr.cpp:2204", mode)));
    }

    fn poll(&mut self) {
        let (from, to) = self.hours;
        for (name, host, period) in POLLERS {
            let mut at = from + self.between(1.0, period);
            while at < to {
                self.steer(name, host, at);
                at += period * self.between(0.9, 1.1);
            }
        }
    }

    /// Bursts of reading with pauses, as people browse.
    fn browse(&mut self) {
        let (from, to) = self.hours;
        let mut at = from + self.between(30.0, 300.0);
        while at < to {
            for _ in 0..self.random.u32(1..6) {
                self.load_page(at);
                at += self.between(5.0, 60.0);
            }
            at += self.between(60.0, 900.0);
        }
    }

    fn pass_exceptions(&mut self) {
        let (from, to) = self.hours;
        let process = program("meeting", self.writer.platform);
        let mut at = from + self.between(60.0, 600.0);
        while at < to {
            let port = self.random.u16(49_152..=65_000);
            let line = self.writer.excepted(Clock(at), &process, "media.meeting.example", port);
            self.lines.push((at, line));
            at += self.between(400.0, 1200.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_day() {
        let log = |seed| Day::new(seed, Platform::Windows, 9.0, 12.0).log(Fault::PinnedNewHost, 10.5);
        assert_eq!(log(1).lines, log(1).lines);
        assert_ne!(log(1).lines, log(2).lines);
        assert_eq!(log(1).reported.as_deref(), Some("2025-11-06 10:30"));
    }
}
