//! Drives the packed page as a person would: in three engines, from `file://` and over http.
//!
//! A test names a story; `quiet_visit` opens the page for it, takes a picture at the end, and fails if the page complained
//! on its console or if any request left it. Run by `cargo xtask test`; by itself it wants `dist/steerscope.html` to be there.

#![allow(clippy::disallowed_methods, reason = "the core has no files, clock or environment; tests of the page have")]

mod driver;
mod engine;
mod memory;
mod quiet;
mod server;
mod visit;

pub use engine::{Engine, Look, Theme};
pub use server::Origin;
pub use visit::{Visit, quiet_visit, quiet_visit_in_chromium, visit, visit_after};
