//! What is seen. A view shows fields of the report and calls verbs of [`Page`]; it knows nothing about Netskope.
//!
//! Texts are children or attributes, never markup: what a log says is shown as text whatever it holds.

#![allow(unreachable_pub, reason = "`component` writes a public structure of properties for each view")]

mod app;
mod aside;
mod collect;
mod copy_button;
mod coverage;
mod device;
mod evidence;
mod export;
mod facts;
mod findings;
mod incident_form;
mod intake;
mod notices;
mod privacy;
mod problem;
mod reading;
mod results;
mod suggestions;
mod suspect_detail;
mod suspects;

pub(super) use app::App;

use leptos::prelude::expect_context;

use super::page::Page;

/// The page that this view belongs to.
fn page() -> Page {
    expect_context()
}
