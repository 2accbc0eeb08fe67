//! Finds the FQDN that Netskope steering broke, and the least invasive setting that frees it.
//!
//! ```text
//! bytes ─▶ bundle ─┬▶ record ─▶ event ─▶ timeline ─┬▶ finding, ranking ─▶ advice ─▶ report ─▶ web | cli
//!                  └▶ configuration ───────────────┘
//!
//! knowledge, from data files, is there for every stage from event on
//! ```
//!
//! Each stage takes the value of the one before and returns its own; only opening a bundle can fail.
//! The core is given bytes and answers with values: no file, no clock, no global, no page.

pub mod advice;
pub mod analysis;
pub mod bundle;
pub mod capture;
pub mod configuration;
pub mod event;
pub mod finding;
pub mod host;
pub mod incident;
pub mod knowledge;
pub mod language;
pub mod notice;
pub mod provenance;
pub mod ranking;
pub mod record;
pub mod report;
pub mod timeline;
pub mod visible;
#[cfg(any(feature = "worker", test))]
pub mod web;

pub use analysis::{Analysis, analyze, analyze_in_parts};
