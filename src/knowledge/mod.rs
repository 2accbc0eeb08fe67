//! What is known beforehand: vendors, tools and error texts, each a data file with references.

pub mod catalogue;
pub mod tools;
pub mod vendors;
