//! The constants of the ranking in one table, each with its reason.

use crate::record::time::{MINUTE, SECOND};

/// Span in which the retries of one failure fall: programs and people try again within a minute.
pub const BURST: i64 = MINUTE;
/// Connections this close together are one attempt: programs open several at once, and race IPv4 against IPv6 (250 ms).
pub const AT_ONCE: i64 = SECOND / 2;
/// More than this says no more: a chance of one in 10¹⁰ is as good as one in 10³⁰.
pub const BURST_LIMIT: f64 = 10.0;
/// Attempts a minute that are taken for granted once a host is in use at all; less would make two attempts a burst.
pub const LEAST_RATE: f64 = 0.2;
/// Fall of credibility with the distance between onset and reported time, beyond the time's own uncertainty.
pub const DISTANCE: i64 = 90 * SECOND;
/// The window is looked at with this margin: people look at the clock after the fault, and round.
pub const MARGIN: i64 = 2 * DISTANCE;
/// A page load or the start of a program opens many hosts at once: that many others …
pub const FAN_OUT_HOSTS: usize = 4;
/// … or that many, where lines name no process and everybody's flows mix …
pub const FAN_OUT_HOSTS_MIXED: usize = 6;
/// … within this span.
pub const FAN_OUT: i64 = 5 * SECOND;
/// Share of a burst that a fan-out explains; not all, since the failing host may be part of it.
pub const FAN_OUT_DISCOUNT: f64 = 0.6;
/// In a browser a page that works opens others; one that fails opens nothing.
pub const FAN_OUT_BROWSER: f64 = 0.8;
/// Share of a burst that is explained by earlier minutes as busy as this one.
pub const USUAL_BURST: f64 = 0.9;
/// Share of a burst that is explained by a page which asks its server at even intervals.
pub const PAGE_POLL: f64 = 0.7;
/// Points for each doubling of the busiest minute so far: a poll that beats its own record …
pub const EXCEPTIONAL: f64 = 3.0;
/// … up to four times of it.
pub const EXCEPTIONAL_LIMIT: f64 = 6.0;
/// Novelty counts half, and no more than two points: it favours hosts never seen, pinned or not.
pub const NOVELTY: f64 = 0.5;
pub const NOVELTY_LIMIT: f64 = 4.0;
/// First contact of a program with a host.
pub const NEVER_SEEN: f64 = 2.0;
/// Browsers meet new hosts all day.
pub const NOVELTY_BROWSER: f64 = 0.5;
/// … and so does whoever is content with a single attempt: share of the points that is left.
pub const SINGLE: f64 = 0.3;
/// A host is in use all the time if that many minutes before the incident hold an attempt.
pub const IN_USE: usize = 10;
/// Flows to each side of the window that tell a host's habits; more tell the same, and a log may hold a million.
pub const HISTORY: usize = 500;
/// A healthy bundle or a long log gives a rate; a short one must not make two flows a burst.
pub const SHORTEST_BASELINE: i64 = 10 * MINUTE;
/// With that much log before the incident, the time after it does not count for the host's habits: it may still fail then.
pub const ENOUGH_BEFORE: i64 = 30 * MINUTE;
/// Whoever turns to another host instead does so within this time.
pub const SOON: i64 = MINUTE;
/// The longest wait of a loop of retries; slower ones look for news.
pub const RETRY_LOOP: i64 = 12 * SECOND;

/// A time at which nothing stands out may be wrong: then the bursts of the hour around it are looked at …
pub const FAR: i64 = 60 * MINUTE;
/// … with this slower fall, and whatever is found there stays weak.
pub const FAR_DISTANCE: i64 = 30 * MINUTE;

/// Evidence and penalties, in points.
pub const HINT: f64 = 6.0;
pub const KNOWN_HOST: f64 = 3.0;
pub const KNOWN_PROCESS: f64 = 1.5;
/// Seen in a packet capture, it outweighs everything that is only argued.
pub const REFUSED: f64 = 12.0;
/// Clients also leave after the certificate for other reasons.
pub const LEFT: f64 = 5.0;
pub const NO_DATA: f64 = 2.0;
pub const ACCEPTED: f64 = -4.0;
/// A healthy log without this host; browsers meet new hosts all day.
pub const NOT_IN_BASELINE: f64 = 1.5;
/// Let past inspection while things worked.
pub const EXCEPTED_IN_BASELINE: f64 = 4.0;
/// A baseline shorter than this proves nothing by what it lacks.
pub const LEAST_BASELINE: i64 = 60 * MINUTE;
/// For each other device that shows a burst to the same host, and at most.
pub const OTHER_DEVICE: f64 = 2.0;
pub const OTHER_DEVICES_LIMIT: f64 = 4.0;
pub const OWN_TRUST_STORE: f64 = 2.5;
pub const EXCEPTED_BEFORE: f64 = 3.0;
pub const EXCEPTED_NEIGHBOUR: f64 = 2.0;
pub const SIGN_IN: f64 = 2.0;
pub const RECOVERED: f64 = -2.0;
pub const SILENCE: f64 = 1.0;
pub const FALLBACK: f64 = 1.0;
pub const GROWING_GAPS: f64 = 2.0;
pub const EVEN_GAPS: f64 = 2.0;
pub const NO_BROWSER: f64 = 1.5;
pub const ALSO_BYPASSED: f64 = -1.0;
pub const PERIODIC: f64 = -2.0;
/// Share of a burst that a storm explains, where everything retries and no outage was logged.
pub const STORM: f64 = 0.6;

/// A score from here on may be called strong, if enough attempts and no outage speak for it …
pub const STRONG: f64 = 11.0;
/// … and from here on likely.
pub const LIKELY: f64 = 5.0;
/// Fewer attempts than this are never strong: one or two connections are everyday life.
pub const STRONG_ATTEMPTS: u64 = 5;
/// A suspect is strong only this much ahead of the next unrelated host.
pub const STRONG_LEAD: f64 = 1.15;
/// Below this nothing speaks for a host but that it was steered.
pub const LEAST_SCORE: f64 = 0.3;
