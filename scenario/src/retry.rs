//! How programs and people try again after a failure.

use crate::day::Day;

/// The waits of one program between its attempts.
#[derive(Clone, Copy)]
enum Patience {
    /// Each wait a multiple of the one before, up to a longest one.
    Backoff { first: f64, factor: f64, longest: f64, attempts: u32 },
    /// Even waits.
    Steady { every: f64, attempts: u32 },
    /// A few attempts at once, then a pause, some rounds of it.
    Rounds { attempts: u32, pause: f64, rounds: u32 },
}

impl Day {
    /// A program that cannot reach `host` from `at` on, until its user gives up.
    pub(crate) fn fail(&mut self, program: &str, host: &str, at: f64) {
        let mut start = at;
        for _ in 0..self.count(1, 3) {
            start = self.try_in_vain(program, host, start, f64::INFINITY) + self.between(15.0, 150.0);
        }
        if self.chance(0.4) {
            let until = start + self.between(300.0, 3600.0);
            let every = self.between(45.0, 300.0);
            while start < until {
                self.steer(program, host, start);
                start += every * self.between(0.8, 1.2);
            }
        }
    }

    /// One run of attempts, cut off after `longest` seconds; gives the time of the last one.
    pub(crate) fn try_in_vain(&mut self, program: &str, host: &str, at: f64, longest: f64) -> f64 {
        let patience = self.patience();
        let parallel = if self.chance(0.3) { 2 } else { 1 };
        let mut last = at;
        for wait in self.waits(patience) {
            if last + wait - at > longest {
                break;
            }
            last += wait;
            self.open(program, host, last, parallel);
        }
        last
    }

    /// A program that shows an error after very few attempts.
    pub(crate) fn try_briefly(&mut self, program: &str, host: &str, at: f64) {
        let mut start = at;
        for _ in 0..self.count(2, 3) {
            self.steer(program, host, start);
            start += self.between(0.5, 12.0);
        }
    }

    /// A person who starts a command again and again, reading the message and trying something in between.
    pub(crate) fn run_again(&mut self, program: &str, host: &str, at: f64) {
        let retries_by_itself = self.chance(0.5);
        let mut start = at;
        for _ in 0..self.count(2, 6) {
            let mut moment = start;
            let mut wait = self.between(0.25, 1.0);
            for _ in 0..if retries_by_itself { self.count(3, 6) } else { 1 } {
                self.steer(program, host, moment);
                moment += wait;
                wait *= 2.0;
            }
            start = moment + self.between(8.0, 90.0);
        }
    }

    fn patience(&mut self) -> Patience {
        match self.below(3) {
            0 => Patience::Backoff {
                first: self.between(0.5, 2.0),
                factor: self.between(1.5, 2.0),
                longest: self.between(30.0, 120.0),
                attempts: self.count(5, 12),
            },
            1 => Patience::Steady { every: self.between(2.0, 10.0), attempts: self.count(5, 20) },
            _ => Patience::Rounds {
                attempts: self.count(2, 4),
                pause: self.between(15.0, 60.0),
                rounds: self.count(2, 6),
            },
        }
    }

    fn waits(&mut self, patience: Patience) -> Vec<f64> {
        let mut waits = vec![0.0];
        match patience {
            Patience::Backoff { first, factor, longest, attempts } => {
                let mut wait = first;
                for _ in 1..attempts {
                    waits.push(wait * self.between(0.75, 1.25));
                    wait = (wait * factor).min(longest);
                }
            }
            Patience::Steady { every, attempts } => {
                waits.extend((1..attempts).map(|_| every * self.between(0.9, 1.1)));
            }
            Patience::Rounds { attempts, pause, rounds } => {
                for round in 0..rounds {
                    if round > 0 {
                        waits.push(pause * self.between(0.9, 1.1));
                    }
                    waits.extend((1..attempts).map(|_| self.between(0.2, 1.5)));
                }
            }
        }
        waits
    }
}
