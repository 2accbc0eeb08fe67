//! What goes wrong on a day, how the program concerned behaves, and what its user tells.

use crate::Log;
use crate::day::{Day, Platform};
use crate::program::{CHATTY, POLLERS, SERVICES};

/// One way in which inspection or something else breaks an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A healthy day of which somebody reports a time all the same.
    Healthy,
    /// A healthy day without a report.
    HealthyUnreported,
    /// A program that pins its certificate meets a host that it never contacted that day.
    PinnedNewHost,
    /// The same with a host that it contacts every few minutes all day.
    PinnedKnownHost,
    /// The same with a host that it contacts every half minute all day.
    ChattyHost,
    /// The same, and the user names the app.
    ChattyHostNamed,
    /// A sign-in page in the browser, among the third parties of its page.
    BrowserLogin,
    /// A command-line tool that does not trust the Netskope CA, started again and again by its user.
    CommandLineTool,
    /// The tunnel breaks down; nothing else is wrong.
    Outage,
    /// The tunnel breaks down, and a host is broken as well.
    OutageAndPinnedHost,
    /// A program that shows its error after two or three attempts.
    FewRetries,
    /// The user is three to ten minutes off and says so.
    VagueTime,
    /// The user is a quarter to three quarters of an hour off and does not know.
    WrongTime,
    /// A broken host, and nobody says when.
    UnknownTime,
    /// Two hosts of one service are broken.
    TwoHosts,
    /// A program that opens eight hosts at its start, one of them broken.
    EightHosts,
    /// The pinned app is set to Block.
    Blocked,
    /// Excepted at the office, steered and broken elsewhere.
    ExceptedElsewhere,
    /// A host that wants a client certificate, on a vendor's list; few attempts.
    VendorListed,
    /// macOS, with lines that name no process.
    CategoryLinesOnly,
    /// iOS, whose lines name no process either.
    Ios,
}

/// What the user says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Telling {
    Nothing,
    Time,
    TimeAndApp,
    VagueTime,
    WrongTime,
}

impl Fault {
    pub const ALL: [Self; 21] = [
        Self::PinnedNewHost,
        Self::PinnedKnownHost,
        Self::ChattyHost,
        Self::ChattyHostNamed,
        Self::BrowserLogin,
        Self::CommandLineTool,
        Self::OutageAndPinnedHost,
        Self::FewRetries,
        Self::VagueTime,
        Self::WrongTime,
        Self::UnknownTime,
        Self::TwoHosts,
        Self::EightHosts,
        Self::ExceptedElsewhere,
        Self::VendorListed,
        Self::CategoryLinesOnly,
        Self::Ios,
        Self::Outage,
        Self::Blocked,
        Self::Healthy,
        Self::HealthyUnreported,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy, a time reported",
            Self::HealthyUnreported => "healthy, nothing reported",
            Self::PinnedNewHost => "pinned app, new host",
            Self::PinnedKnownHost => "pinned app, host seen all day",
            Self::ChattyHost => "chatty host, every 30 s",
            Self::ChattyHostNamed => "chatty host, app named",
            Self::BrowserLogin => "browser login in a fan-out",
            Self::CommandLineTool => "command-line tool",
            Self::Outage => "tunnel outage alone",
            Self::OutageAndPinnedHost => "tunnel outage and a broken host",
            Self::FewRetries => "two or three attempts",
            Self::VagueTime => "vague time (3–10 min)",
            Self::WrongTime => "wrong time (15–45 min)",
            Self::UnknownTime => "no time given",
            Self::TwoHosts => "two hosts of one service",
            Self::EightHosts => "one of eight hosts",
            Self::Blocked => "blocked by configuration",
            Self::ExceptedElsewhere => "excepted at the office only",
            Self::VendorListed => "on a vendor's list",
            Self::CategoryLinesOnly => "macOS, lines without process",
            Self::Ios => "iOS",
        }
    }

    /// A healthy day of the device of [`Fault::day`], with programs and habits as there.
    #[must_use]
    pub fn healthy_day(self, seed: u64) -> Log {
        let mut random = self.random(seed);
        let platform = self.platform(&mut random);
        let from = 7.0 + random.f64() * 3.0;
        let to = from + 4.0 + random.f64() * 4.0;
        // Another stream of chance than that of the broken day.
        let seed = random.u64(..) ^ u64::MAX;
        let mut day = Day::new(seed, platform, from, to);
        day.writer.categories_only |= self == Self::CategoryLinesOnly;
        let mut log = day.log(Self::HealthyUnreported, from + 1.0);
        log.culprits.clear();
        log
    }

    fn random(self, seed: u64) -> fastrand::Rng {
        fastrand::Rng::with_seed(seed.wrapping_mul(64).wrapping_add(self as u64))
    }

    fn platform(self, random: &mut fastrand::Rng) -> Platform {
        match self {
            Self::Ios => Platform::Ios,
            Self::CategoryLinesOnly => Platform::Macos,
            _ => [Platform::Windows, Platform::Macos, Platform::Linux][random.usize(0..3)],
        }
    }

    /// A day with this fault: platform, length and hour drawn from `seed`.
    #[must_use]
    pub fn day(self, seed: u64) -> Log {
        let mut random = self.random(seed);
        let platform = self.platform(&mut random);
        let from = 7.0 + random.f64() * 3.0;
        let to = from + 3.0 + random.f64() * 5.0;
        let at = from + 0.5 + random.f64() * (to - from - 1.2);
        Day::new(random.u64(..), platform, from, to).log(self, at)
    }

    pub(crate) fn telling(self) -> Telling {
        match self {
            Self::HealthyUnreported | Self::UnknownTime => Telling::Nothing,
            Self::ChattyHostNamed => Telling::TimeAndApp,
            Self::VagueTime => Telling::VagueTime,
            Self::WrongTime => Telling::WrongTime,
            _ => Telling::Time,
        }
    }

    /// Puts the fault into `day` at `at` seconds; gives the broken hosts.
    pub(crate) fn strike(self, day: &mut Day, at: f64) -> Vec<String> {
        match self {
            Self::Healthy | Self::HealthyUnreported => Vec::new(),
            Self::PinnedNewHost | Self::CategoryLinesOnly | Self::Ios => day.pinned_new(at),
            Self::VagueTime | Self::WrongTime | Self::UnknownTime => {
                if day.chance(0.6) {
                    day.pinned_new(at)
                } else {
                    day.pinned_known(at)
                }
            }
            Self::PinnedKnownHost => day.pinned_known(at),
            Self::ChattyHost | Self::ChattyHostNamed => day.breaks(CHATTY.host, at),
            Self::BrowserLogin => day.login(at),
            Self::CommandLineTool => {
                let tool = ["git", "python", "node", "aws", "curl"][day.below(5)];
                let host = day.invent("registry", "code");
                day.run_again(tool, &host, at);
                vec![host]
            }
            Self::Outage => {
                let seconds = day.between(30.0, 240.0);
                day.lose_tunnel(at, seconds);
                Vec::new()
            }
            Self::OutageAndPinnedHost => {
                let seconds = day.between(20.0, 90.0);
                day.lose_tunnel(at, seconds);
                if day.chance(0.5) { day.pinned_new(at + seconds + 5.0) } else { day.pinned_known(at) }
            }
            Self::FewRetries => {
                let (program, label) = SERVICES[day.below(SERVICES.len())];
                let host = day.invent(label, program);
                day.try_briefly(program, &host, at);
                vec![host]
            }
            Self::TwoHosts => {
                let (program, label) = SERVICES[day.below(SERVICES.len())];
                let hosts = vec![day.invent(label, program), day.invent("content", program)];
                let later = at + day.between(0.1, 3.0);
                day.fail(program, &hosts[0], at);
                day.fail(program, &hosts[1], later);
                hosts
            }
            Self::EightHosts => day.eight_hosts(at),
            Self::Blocked => {
                let host = day.invent("api", "drive");
                let mut start = at;
                for _ in 0..day.count(4, 10) {
                    day.block("drive", &host, start);
                    start += day.between(1.0, 9.0);
                }
                Vec::new()
            }
            Self::ExceptedElsewhere => day.move_out(at),
            Self::VendorListed => {
                let host = day.invent("signin", "vault");
                for _ in 0..day.count(1, 3) {
                    let start = at + day.between(0.0, 60.0);
                    day.try_briefly("vault-client", &host, start);
                }
                vec![host]
            }
        }
    }
}

impl Day {
    /// A native program whose new host refuses; its other hosts work.
    fn pinned_new(&mut self, at: f64) -> Vec<String> {
        let (program, label) = SERVICES[self.below(SERVICES.len())];
        let host = self.invent(label, program);
        if self.chance(0.6) {
            for part in 0..self.count(1, 4) {
                let start = at + self.between(-2.0, 3.0);
                self.open(program, &format!("part{part}.{program}.example"), start, 1);
            }
        }
        self.fail(program, &host, at);
        if self.chance(0.4) {
            // It reports its own failure.
            for _ in 0..self.count(1, 3) {
                let start = at + self.between(1.0, 60.0);
                self.steer(program, &format!("errors.{program}.example"), start);
            }
        }
        vec![host]
    }

    /// A host that a program asks every few minutes refuses from `at` on.
    fn pinned_known(&mut self, at: f64) -> Vec<String> {
        let asked_often = POLLERS.iter().filter(|poller| (200.0..=600.0).contains(&poller.period)).count();
        let number = self.below(asked_often);
        let chosen = POLLERS.iter().filter(|poller| (200.0..=600.0).contains(&poller.period)).nth(number);
        chosen.map_or_else(Vec::new, |poller| {
            // The user noticed it when the program began to fail, not when the host began to refuse.
            self.fail_now(poller.program, poller.host, at);
            self.breaks(poller.host, at + 30.0)
        })
    }

    fn fail_now(&mut self, program: &str, host: &str, at: f64) {
        self.try_in_vain(program, host, at, 240.0);
    }

    /// From `at` on each poll of `host` fails, for a while or for good.
    fn breaks(&mut self, host: &'static str, at: f64) -> Vec<String> {
        let until = if self.chance(0.5) { self.hours.1 } else { at + self.between(120.0, 1800.0) };
        self.broken.push((host, at, until));
        vec![host.to_owned()]
    }

    /// A page sends the browser to a sign-in host that refuses; the user reloads, and looks the error up elsewhere.
    fn login(&mut self, at: f64) -> Vec<String> {
        let label = ["login", "sso", "gate", "www", "id", "workplace"][self.below(6)];
        let host = self.invent(label, "identity");
        if self.chance(0.3) {
            let morning = self.hours.0 + self.between(60.0, 900.0);
            self.open("browser", &host, morning, 2);
        }
        self.load_page("portal", at);
        let mut start = at + self.between(0.3, 1.5);
        for attempt in 0..self.count(3, 6) {
            let connections = self.count(1, 3);
            self.open("browser", &host, start, connections);
            if attempt > 0 && self.chance(0.5) {
                self.open("browser", "www.portal.example", start - 0.4, 1);
            }
            if self.chance(0.25) {
                let elsewhere = format!("site{:02}", self.popular(70));
                let moment = start + self.between(2.0, 6.0);
                self.load_page(&elsewhere, moment);
            }
            start += self.between(4.0, 40.0);
        }
        vec![host]
    }

    /// Eight hosts at each start of a program; one of them refuses.
    fn eight_hosts(&mut self, at: f64) -> Vec<String> {
        let (program, _) = SERVICES[self.below(SERVICES.len())];
        let hosts: Vec<String> = (0..8).map(|part| format!("part{part}.{program}.example")).collect();
        let broken = hosts[self.below(8)].clone();
        let mut start = at;
        for _ in 0..self.count(1, 3) {
            for host in &hosts {
                let moment = start + self.between(0.0, 3.0);
                if *host == broken {
                    self.try_in_vain(program, host, moment, 120.0);
                } else {
                    let connections = self.count(1, 2);
                    self.open(program, host, moment, connections);
                }
            }
            start += self.between(60.0, 180.0);
        }
        vec![broken]
    }

    /// The device leaves the office, where the host is excepted; elsewhere it is steered.
    fn move_out(&mut self, at: f64) -> Vec<String> {
        let (program, label) = SERVICES[self.below(SERVICES.len())];
        let host = self.invent(label, program);
        self.locate(self.hours.0 + 2.0, "on-prem");
        let mut before = self.hours.0 + self.between(30.0, 600.0);
        while before < at - 60.0 {
            self.except(program, &host, before);
            before += self.between(200.0, 900.0);
        }
        self.lose_tunnel(at - 20.0, 10.0);
        self.locate(at - 9.0, "remote");
        self.fail(program, &host, at);
        vec![host]
    }
}
