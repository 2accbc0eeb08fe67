//! A day of one device: its habits and one fault, as the lines of its log.

use fastrand::Rng;

use crate::clock::Clock;
use crate::fault::{Fault, Telling};
use crate::line::{Writer, number_of};
use crate::program::{CHATTY, POLLERS, spelled};
use crate::{Log, Reported};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Platform {
    Windows,
    Macos,
    Linux,
    Ios,
}

/// Lines collected out of order; [`Day::log`] sorts them.
pub struct Day {
    pub(crate) writer: Writer,
    /// Begin and end in seconds.
    pub(crate) hours: (f64, f64),
    /// From down to up.
    pub(crate) outages: Vec<(f64, f64)>,
    /// Hosts that refuse what they accepted before, from and to.
    pub(crate) broken: Vec<(&'static str, f64, f64)>,
    random: Rng,
    lines: Vec<(f64, String)>,
    busy: bool,
}

impl Day {
    /// A working day from `from` to `to` hours.
    #[must_use]
    pub fn new(seed: u64, platform: Platform, from: f64, to: f64) -> Self {
        Self {
            random: Rng::with_seed(seed),
            writer: Writer { platform, categories_only: platform == Platform::Ios },
            lines: Vec::new(),
            hours: (from * 3600.0, to * 3600.0),
            outages: Vec::new(),
            broken: Vec::new(),
            busy: false,
        }
    }

    /// Several people's worth of traffic.
    #[must_use]
    pub(crate) fn busy(mut self) -> Self {
        self.busy = true;
        self
    }

    /// The log of the day with `fault` at `at` hours.
    #[must_use]
    pub fn log(mut self, fault: Fault, at: f64) -> Log {
        let at = at * 3600.0 + self.between(0.0, 40.0);
        self.writer.categories_only |= fault == Fault::CategoryLinesOnly;
        self.introduce(match self.writer.platform {
            Platform::Windows => "Windows NT 11.0 x64",
            Platform::Macos => "macOS 15.1",
            Platform::Linux => "Linux Ubuntu 24.04",
            Platform::Ios => "iOS 18.1",
        });
        self.reconnect();
        let culprits = fault.strike(&mut self, at);
        self.live(at);
        let reported = self.told(fault.telling(), at);
        self.lines.sort_by(|a, b| a.0.total_cmp(&b.0));
        Log { lines: self.lines.into_iter().map(|(_, line)| line).collect(), reported, culprits }
    }

    /// Everything that happens anyway.
    fn live(&mut self, at: f64) {
        self.poll(CHATTY);
        for poller in POLLERS {
            if self.busy || self.chance(0.7) || self.broken.iter().any(|(host, _, _)| *host == poller.host) {
                self.poll(poller);
            }
        }
        for _ in 0..if self.busy { 6 } else { 1 } {
            self.browse();
            self.transfer();
            self.launch();
            self.download();
            self.call();
        }
        if self.chance(0.5) {
            let near = at + self.between(-90.0, 90.0);
            self.report_telemetry(near);
        }
        self.update_configuration();
        self.murmur(if self.busy { 2.0 } else { 20.0 });
    }

    /// People notice late, look at the clock later, and round.
    fn told(&mut self, telling: Telling, at: f64) -> Option<Reported> {
        let noticed = at + 30.0 + self.between(-60.0, 60.0) + self.between(-60.0, 60.0);
        let side = if self.chance(0.5) { 1.0 } else { -1.0 };
        let (told, within) = match telling {
            Telling::Nothing => return None,
            Telling::Time | Telling::TimeAndApp => (noticed, None),
            Telling::VagueTime => (at + side * self.between(180.0, 600.0), Some("10m".to_owned())),
            Telling::WrongTime => (at + side * self.between(900.0, 2700.0), None),
        };
        let told = told.clamp(self.hours.0, self.hours.1);
        let hints = if telling == Telling::TimeAndApp { vec![CHATTY.program.to_owned()] } else { Vec::new() };
        Some(Reported { at: Clock(told).told(), within, hints })
    }

    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.random.f64() < share
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.random.usize(0..end)
    }

    /// From `from` to `to`, both included.
    pub(crate) fn count(&mut self, from: u32, to: u32) -> u32 {
        self.random.u32(from..=to.max(from))
    }

    pub(crate) fn between(&mut self, from: f64, to: f64) -> f64 {
        from + self.random.f64() * (to - from)
    }

    pub(crate) fn any_time(&mut self) -> f64 {
        let (from, to) = self.hours;
        self.between(from + 30.0, to - 60.0)
    }

    /// A number below `end`, small ones more often: few sites are visited by everybody.
    pub(crate) fn popular(&mut self, end: u32) -> u32 {
        (self.random.f64().powi(2) * f64::from(end)) as u32
    }

    /// A host that occurs nowhere else.
    pub(crate) fn invent(&mut self, label: &str, service: &str) -> String {
        format!("{label}-{:03}.{service}.example", self.random.u32(0..1000))
    }

    pub(crate) fn is_broken(&self, host: &str, at: f64) -> bool {
        self.broken.iter().any(|(broken, from, to)| *broken == host && *from <= at && at < *to)
    }

    pub(crate) fn write(&mut self, at: f64, line: impl FnOnce(Writer, Clock) -> String) {
        if at <= self.hours.1 {
            self.lines.push((at, line(self.writer, Clock(at))));
        }
    }

    /// Up to `connections` at once.
    pub(crate) fn open(&mut self, program: &str, host: &str, at: f64, connections: u32) {
        for _ in 0..connections.max(1) {
            let start = at + self.between(0.0, 0.3);
            self.steer(program, host, start);
        }
    }

    pub(crate) fn steer(&mut self, program: &str, host: &str, at: f64) {
        let process = spelled(program, self.writer.platform);
        let port = self.random.u16(49_152..=65_000);
        // With an exception by category in force, the client also writes its decision on the category.
        if self.writer.platform == Platform::Macos && !self.writer.categories_only && number_of(host).is_multiple_of(3)
        {
            self.write(at - 0.000_2, |writer, at| writer.category(at, host, "Tunnel"));
        }
        self.write(at, |writer, at| writer.steered(at, &process, host, port));
    }

    pub(crate) fn except(&mut self, program: &str, host: &str, at: f64) {
        let process = spelled(program, self.writer.platform);
        let port = self.random.u16(49_152..=65_000);
        self.write(at, |writer, at| writer.excepted(at, &process, host, port));
    }

    pub(crate) fn pass_firewall(&mut self, program: &str, host: &str, at: f64) {
        let process = spelled(program, self.writer.platform);
        let port = self.random.u16(49_152..=65_000);
        if !self.writer.categories_only {
            self.write(at, |writer, at| writer.to_firewall(at, &process, host, port));
        }
    }

    pub(crate) fn block(&mut self, program: &str, host: &str, at: f64) {
        let process = spelled(program, self.writer.platform);
        self.write(at, |writer, at| writer.blocked(at, &process, host));
    }

    /// No tunnel for `seconds`; what polls tries again and again.
    pub(crate) fn lose_tunnel(&mut self, at: f64, seconds: f64) {
        let gateway = self.count(1, 4);
        self.write(at, Writer::tunnel_down);
        self.write(at + seconds, |writer, at| writer.tunnel_up(at, gateway));
        self.outages.push((at, at + seconds));
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
    }

    #[test]
    fn every_fault_shows_in_its_log() {
        for fault in Fault::ALL {
            let log = fault.day(3);
            for culprit in &log.culprits {
                assert!(log.lines.iter().any(|line| line.contains(culprit)), "{}: {culprit}", fault.name());
            }
            assert!(log.lines.is_sorted_by_key(|line| line[..23].to_owned()), "{}", fault.name());
        }
    }
}
