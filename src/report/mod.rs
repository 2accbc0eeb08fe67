//! Turns values into the [`Report`]: finished sentences in the reader's language, every list in its final order.

mod model;

pub use model::*;
