//! The constants of the ranking in one table, each with its reason.

use crate::record::time::{MINUTE, SECOND};

/// Span in which the retries of one failure fall: programs and people try again within a minute.
pub const BURST: i64 = MINUTE;
/// More than this says no more: a chance of one in 10¹² is as good as one in 10³⁰.
pub const BURST_LIMIT: f64 = 12.0;
/// Fall of credibility with the distance between onset and reported time, beyond the time's own uncertainty.
pub const DISTANCE: i64 = 90 * SECOND;
/// The window is looked at with this margin: people look at the clock after the fault, and round.
pub const MARGIN: i64 = 2 * DISTANCE;
/// A page load opens many hosts of one process at once: that many others …
pub const FAN_OUT_HOSTS: usize = 6;
/// … within this span.
pub const FAN_OUT: i64 = 5 * SECOND;
/// Share of a burst that a fan-out explains; not all, since the failing host may be part of the page.
pub const FAN_OUT_DISCOUNT: f64 = 0.6;
/// Novelty counts half, and no more than three points: it favours hosts never seen, pinned or not.
pub const NOVELTY: f64 = 0.5;
pub const NOVELTY_LIMIT: f64 = 6.0;
/// A healthy bundle or a long log gives a rate; a short one must not make two flows a burst.
pub const SHORTEST_BASELINE: i64 = 10 * MINUTE;

/// Evidence and penalties, in points.
pub const HINT: f64 = 6.0;
pub const KNOWN_HOST: f64 = 2.0;
pub const KNOWN_PROCESS: f64 = 1.5;
pub const OWN_TRUST_STORE: f64 = 1.5;
pub const EXCEPTED_NEIGHBOUR: f64 = 2.0;
pub const SILENCE: f64 = 1.0;
pub const GROWING_GAPS: f64 = 1.0;
pub const NO_BROWSER: f64 = 0.5;
pub const ALSO_BYPASSED: f64 = -1.0;
pub const STORM: f64 = -4.0;
pub const PERIODIC: f64 = -2.0;

/// A score from here on may be called strong, if enough attempts and no outage speak for it …
pub const STRONG: f64 = 9.0;
/// … and from here on likely.
pub const LIKELY: f64 = 5.0;
/// Fewer attempts than this are never strong: one or two connections are everyday life.
pub const STRONG_ATTEMPTS: u64 = 4;
/// A suspect is strong only this much ahead of the next unrelated host.
pub const STRONG_LEAD: f64 = 1.15;
/// Below this nothing speaks for a host but that it was steered.
pub const LEAST_SCORE: f64 = 0.3;
