//! Turns values into the [`Report`]: finished sentences in the reader's language, every list in its final order.

mod activity;
pub mod catalogue;
mod compose;
pub mod export;
pub mod flow_list;
pub mod log_list;
pub mod lookup;
mod model;
mod model_comparison;
mod model_configuration;
mod model_timeline;
pub mod redact;

pub use activity::{Activity, ActivityQuestion, activity};
pub use compose::{attach_evidence, attach_verification, compose, compose_from, verify, what_if};
pub use model::*;
