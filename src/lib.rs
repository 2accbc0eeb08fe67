//! Finds the FQDN that Netskope steering broke, and the least invasive setting that frees it.
//!
//! ```text
//! bytes ─▶ bundle ─▶ record ─▶ event ─▶ timeline ─▶ finding ─▶ ranking ─▶ advice ─▶ report ─▶ web | cli
//! ```
//!
//! The core is given bytes and answers with values: no file, no clock, no global, no page.

pub mod bundle;
pub mod incident;
pub mod knowledge;
pub mod language;
pub mod notice;
pub mod provenance;
pub mod record;
pub mod report;
