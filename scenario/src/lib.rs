//! Synthetic days of one device: invented hosts, published line shapes, a seeded order of events.
//!
//! Knows nothing of the ranking: what a fault looks like is written from how programs behave, not from how they are found.
//!
//! ```
//! let log = scenario::Fault::PinnedNewHost.day(7);
//! assert!(log.lines.iter().any(|line| line.contains(&log.culprits[0])));
//! ```

#![allow(clippy::cast_sign_loss, reason = "numbers of hours and of hosts are positive")]

mod bulk;
mod busy;
mod clock;
mod day;
mod fault;
mod habit;
mod line;
mod noise;
mod program;
mod retry;

pub use bulk::bulk;
pub use busy::busy_device;
pub use clock::Clock;
pub use day::{Day, Platform};
pub use fault::Fault;

/// A log with what is true about it.
#[derive(Clone, Debug)]
pub struct Log {
    /// Lines in time order, without line ends.
    pub lines: Vec<String>,
    /// `None` where nobody says when it broke.
    pub reported: Option<Reported>,
    /// The hosts that are broken; empty on a healthy day.
    pub culprits: Vec<String>,
}

/// What the user tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// When it broke, to the minute: `2025-11-06 15:34`.
    pub at: String,
    /// How sure the time is, where the user says so: `10m`.
    pub within: Option<String>,
    /// The name of the app, where the user says it.
    pub hints: Vec<String>,
}

/// A vendor's list that names [`Fault::VendorListed`]'s hosts, in the format of the knowledge files.
pub const VENDOR_LIST: &str = r#"vendor = "Example Vault"
references = ["https://docs.example.com/network"]

[[listing]]
service = { en = "sign-in with a client certificate", ja = "クライアント証明書によるサインイン" }
reason = "mtls"
use = "entry"
[listing.suffix]
example_vault_hosts = "*.vault.example"
"#;

impl Log {
    /// The text as the platform's client writes it.
    #[must_use]
    pub fn text(&self, line_end: &str) -> String {
        let mut text = self.lines.join(line_end);
        text.push_str(line_end);
        text
    }
}
