//! What is seen. A view shows fields of the report and calls verbs of [`Page`]; it knows nothing about Netskope.
//!
//! Texts are children or attributes, never markup: what a log says is shown as text whatever it holds.

#![allow(unreachable_pub, reason = "`component` writes a public structure of properties for each view")]

mod app;
mod aside;
mod chart;
mod collect;
mod comparison;
mod configuration;
mod copy_button;
mod coverage;
mod device;
mod dialog;
mod evidence;
mod export;
mod facts;
mod file_choice;
mod findings;
mod first_steps;
mod flows;
mod fold;
mod incident_bar;
mod incident_form;
mod intake;
mod knowledge;
mod later;
mod log;
mod lookup;
mod notices;
mod pause;
mod pieces;
mod place;
mod privacy;
mod problem;
mod question_line;
mod reading;
mod reading_limits;
mod results;
mod search_field;
mod shortcuts;
mod suggestions;
mod surface;
mod suspect_detail;
mod suspects;
mod table;
mod tabs;
mod text_file_choice;
mod text_lines;
mod timeline;
mod virtual_rows;
mod what_if;

pub(super) use app::App;

use leptos::prelude::expect_context;

use super::page::Page;

/// The page that this view belongs to.
fn page() -> Page {
    expect_context()
}
