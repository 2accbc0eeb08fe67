//! The page: translates between the browser and the core, decides nothing about logs. Compiled with feature `web` only
//! (its worker with `worker`), but for its plain logic, which is tested without a browser too.
//!
//! ```text
//! intake ─▶ page (signals) ─▶ protocol ─▶ worker ─▶ desk (the core) ─▶ protocol ─▶ page ─▶ views
//! ```

#![cfg_attr(
    not(feature = "web"),
    allow(dead_code, unreachable_pub, reason = "without the page only tests use its plain logic")
)]
#![allow(
    clippy::large_types_passed_by_value,
    reason = "the page's state is handles to signals, which views pass around"
)]

mod format;
mod incident_words;
mod row_scroll;
mod scale;
mod view;

#[cfg(feature = "web")]
mod clipboard;
#[cfg(feature = "worker")]
mod desk;
#[cfg(feature = "web")]
mod download;
#[cfg(feature = "worker")]
pub mod file_source;
#[cfg(feature = "web")]
mod focus;
#[cfg(feature = "worker")]
pub mod inquiry;
#[cfg(feature = "web")]
mod intake;
#[cfg(feature = "worker")]
mod lines;
#[cfg(feature = "web")]
mod locale;
#[cfg(feature = "web")]
mod page;
#[cfg(feature = "web")]
mod policy_check;
#[cfg(feature = "worker")]
pub mod protocol;
#[cfg(feature = "web")]
mod readers;
#[cfg(feature = "web")]
mod screen;
#[cfg(feature = "web")]
mod start;
#[cfg(feature = "web")]
mod steps;
#[cfg(feature = "web")]
mod views;
#[cfg(feature = "web")]
mod wording;
#[cfg(feature = "worker")]
pub mod worker;

/// Puts the page in place of what `www/index.html` shows while it starts.
#[cfg(feature = "web")]
pub fn mount() {
    use leptos::prelude::document;

    console_error_panic_hook::set_once();
    if let Some(starting) = document().get_element_by_id("starting") {
        starting.remove();
    }
    leptos::mount::mount_to_body(views::App);
}
