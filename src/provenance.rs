//! Where in the input a statement comes from: every claim of the report leads back to one member and one line.

use serde::{Deserialize, Serialize};

/// Number of a member over all bundles of one analysis, in the order in which they were opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MemberId(pub u32);

/// The first physical line of a record, counted from 1 in the decompressed member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Provenance {
    pub member: MemberId,
    pub line: u32,
}
