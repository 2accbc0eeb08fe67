//! What is known about a process, whatever it did: asked once a window, since the processes of many hosts are few.

use std::sync::Arc;

use crate::knowledge::Knowledge;
use crate::knowledge::tools::{OwnStore, Tool};
use crate::knowledge::vendors::{VendorReason, VendorRow};

#[derive(Clone, Debug)]
pub struct Program<'k> {
    pub name: Arc<str>,
    pub is_browser: bool,
    /// Of an app that is known to pin certificates. Browsers are none.
    pub pinning: Option<&'k VendorRow>,
    /// A tool that looks for authorities in a place of its own. Browsers are none.
    pub own_store: Option<&'k Tool>,
}

impl<'k> Program<'k> {
    pub(super) fn new(name: &str, knowledge: &'k Knowledge) -> Self {
        if knowledge.processes.is_browser(name) {
            return Self { name: name.into(), is_browser: true, pinning: None, own_store: None };
        }
        let pins =
            |row: &&VendorRow| matches!(row.reason, VendorReason::Pinned | VendorReason::Mtls | VendorReason::Edr);
        let has_own = |tool: &&Tool| matches!(tool.own_store, Some(OwnStore::Yes | OwnStore::Partly));
        Self {
            is_browser: false,
            pinning: knowledge.vendors.of_process(name).into_iter().find(pins),
            own_store: knowledge.tools.of_process(name).into_iter().find(has_own),
            name: name.into(),
        }
    }
}
