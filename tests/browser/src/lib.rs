//! Drives the packed page as a person would: in three engines, from `file://` and over http.
//!
//! A test names a story; `quiet_visit` opens the page for it, takes a picture at the end, and fails if the page complained
//! on its console or if any request left it. Run by `cargo xtask test`; by itself it wants `dist/steerscope.html` to be there.

#![allow(clippy::disallowed_methods, reason = "the core has no files, clock or environment; tests of the page have")]

mod bundle;
mod driver;
mod engine;
pub mod long_tasks;
mod memory;
mod quiet;
mod server;
mod sight;
mod visit;

use std::path::{Path, PathBuf};

pub use bundle::{Bundle, file};
pub use engine::{Engine, Look, Theme};
pub use server::Origin;
pub use visit::{Visit, quiet_visit, quiet_visit_in_chromium, visit, visit_after};

/// The bundle behind “Try an example”.
#[must_use]
pub fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/demo.zip")
}

/// The host that is broken in it.
pub const CULPRIT: &str = "edge-003.messenger.example";

/// A test of each story in each engine, from `file://`.
#[macro_export]
macro_rules! in_every_engine {
    ($($story:ident)*) => { $(
        mod $story {
            use $crate::{Engine, Look, Origin, quiet_visit};

            #[tokio::test]
            async fn chromium() -> anyhow::Result<()> {
                quiet_visit(stringify!($story), Engine::Chromium, Origin::File, Look::default(), super::$story).await
            }

            #[tokio::test]
            async fn firefox() -> anyhow::Result<()> {
                quiet_visit(stringify!($story), Engine::Firefox, Origin::File, Look::default(), super::$story).await
            }

            #[tokio::test]
            async fn webkit() -> anyhow::Result<()> {
                quiet_visit(stringify!($story), Engine::WebKit, Origin::File, Look::default(), super::$story).await
            }
        }
    )* };
}

/// A test of each story in one engine: what the engines do alike.
#[macro_export]
macro_rules! in_chromium {
    ($($story:ident)*) => {
        mod in_chromium { $(
            #[tokio::test]
            async fn $story() -> anyhow::Result<()> {
                $crate::quiet_visit_in_chromium(stringify!($story), super::$story).await
            }
        )* }
    };
}
