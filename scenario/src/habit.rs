//! What happens on any day, healthy or not: polls, pages, transfers, installations, calls, lost networks.

use crate::day::Day;
use crate::program::Poller;

impl Day {
    /// Short losses of the tunnel: another network, a lid closed and opened.
    pub(crate) fn reconnect(&mut self) {
        let (from, to) = self.hours;
        for _ in 0..self.count(0, 3) {
            let (at, seconds) = (self.between(from + 300.0, to - 300.0), self.between(2.0, 15.0));
            self.lose_tunnel(at, seconds);
        }
    }

    /// Even polls; with the tunnel down or the host broken, attempts in vain.
    pub(crate) fn poll(&mut self, poller: Poller) {
        let Poller { program, host, period, parallel } = poller;
        let period = period * self.between(0.8, 1.25);
        let (from, to) = self.hours;
        let mut at = from + self.between(1.0, period);
        while at < to {
            if self.is_broken(host, at) {
                self.try_in_vain(program, host, at, period * 0.8);
            } else if self.chance(0.004) {
                // The server had a bad moment.
                self.try_in_vain(program, host, at, 8.0);
            } else {
                let connections = self.count(1, parallel);
                self.open(program, host, at, connections);
            }
            at += period * self.between(0.92, 1.08);
        }
        for (down, up) in self.outages.clone() {
            let mut at = down + self.between(0.5, 6.0);
            while at < up {
                self.steer(program, host, at);
                at += self.between(2.0, 9.0);
            }
            // Everything connects anew.
            let again = up + self.between(0.2, 5.0);
            self.steer(program, host, again);
        }
    }

    /// Reading with pauses, as people browse; some sites ask their own server while they are open.
    pub(crate) fn browse(&mut self) {
        let (from, to) = self.hours;
        let mut at = from + self.between(30.0, 300.0);
        while at < to {
            let site = self.popular(70);
            for _ in 0..self.count(1, 5) {
                self.load_page(&format!("site{site:02}"), at);
                at += self.between(5.0, 60.0);
            }
            if self.chance(0.3) {
                let every = self.between(8.0, 40.0);
                for _ in 0..self.count(3, 20) {
                    self.steer("browser", &format!("api.site{site:02}.example"), at);
                    at += every * self.between(0.8, 1.2);
                }
            }
            at += self.between(60.0, 900.0);
        }
    }

    /// A page with its third parties, all within a few seconds.
    pub(crate) fn load_page(&mut self, site: &str, at: f64) {
        let connections = self.count(1, 6);
        self.open("browser", &format!("www.{site}.example"), at, connections);
        for kind in ["static", "img"] {
            if self.chance(0.5) {
                let (start, connections) = (at + self.between(0.1, 1.5), self.count(1, 4));
                self.open("browser", &format!("{kind}.{site}.example"), start, connections);
            }
        }
        for _ in 0..self.count(4, 16) {
            let party = self.popular(110);
            let (start, connections) = (at + self.between(0.2, 3.5), self.count(1, 2));
            self.open("browser", &format!("cdn{party:02}.thirdparty.example"), start, connections);
        }
    }

    /// Files saved, packages installed, commands run, crash reports sent: many connections to one host in a short time.
    pub(crate) fn transfer(&mut self) {
        let hours = (self.hours.1 - self.hours.0) / 3600.0;
        for _ in 0..self.count(0, (hours * 0.7) as u32) {
            let at = self.any_time();
            self.run("storage-sync", "content.storage.example", at, (5, 30), (0.5, 4.0));
        }
        for _ in 0..self.count(1, hours as u32) {
            let at = self.any_time();
            self.report_telemetry(at);
        }
        for _ in 0..self.count(0, (hours * 0.3) as u32) {
            let at = self.any_time();
            self.run("node", "registry.packages.example", at, (10, 40), (0.02, 0.4));
        }
        for _ in 0..self.count(0, hours as u32) {
            let at = self.any_time();
            self.run("git", "code.example", at, (1, 3), (5.0, 120.0));
        }
    }

    /// A crash reporter or an agent that empties its queue.
    pub(crate) fn report_telemetry(&mut self, at: f64) {
        self.run("endpoint-agent", "events.telemetry.example", at, (4, 10), (0.5, 8.0));
    }

    /// A program opened once: several hosts never seen before, a few connections each.
    pub(crate) fn launch(&mut self) {
        for _ in 0..self.count(1, 4) {
            let (at, tool) = (self.any_time(), self.below(40));
            let program = format!("tool{tool:02}");
            for part in 0..self.count(2, 8) {
                let (start, connections) = (at + self.between(0.0, 4.0), self.count(1, 3));
                self.open(&program, &format!("part{part}.{program}.example"), start, connections);
            }
        }
    }

    /// A large update from a host of its own, over several connections at once.
    pub(crate) fn download(&mut self) {
        for _ in 0..self.count(0, 2) {
            let (at, connections) = (self.any_time(), self.count(4, 12));
            let host = self.invent("dl", "vendor");
            let program = if self.chance(0.5) { "updater" } else { "system" };
            self.open(program, &host, at, connections);
            self.run(program, &host, at + 3.0, (0, 6), (1.0, 20.0));
        }
    }

    /// Calls whose media are excepted, and push messages that only the firewall sees.
    pub(crate) fn call(&mut self) {
        for _ in 0..self.count(1, 5) {
            let at = self.any_time();
            for part in 0..self.count(3, 7) {
                let start = at + self.between(0.0, 2.0);
                self.open("meeting", &format!("part{part}.meeting.example"), start, 1);
            }
            for _ in 0..self.count(1, 4) {
                let start = at + self.between(1.0, 20.0);
                self.except("meeting", "media.meeting.example", start);
            }
        }
        let (from, to) = self.hours;
        let mut at = from + self.between(10.0, 600.0);
        while at < to {
            self.except("endpoint-agent", "signatures.agent.example", at);
            self.pass_firewall("browser", "push.platform.example", at + 5.0);
            at += self.between(300.0, 1500.0);
        }
    }

    /// `times` connections to one host, one after the other.
    fn run(&mut self, program: &str, host: &str, at: f64, times: (u32, u32), wait: (f64, f64)) {
        let mut start = at;
        for _ in 0..self.count(times.0, times.1) {
            self.steer(program, host, start);
            start += self.between(wait.0, wait.1);
        }
    }
}
