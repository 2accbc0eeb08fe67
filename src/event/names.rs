//! Interned names: hosts, processes and addresses occur a million times but are few, so a flow holds numbers.

use std::collections::HashMap;

use foldhash::fast::FixedState;

/// Number of a name within its table. [`NO_NAME`] where the log says nothing.
pub type NameId = u32;

pub const NO_NAME: NameId = u32::MAX;

#[derive(Clone, Debug, Default)]
pub struct Names {
    numbers: HashMap<Box<[u8]>, NameId, FixedState>,
    texts: Vec<Box<[u8]>>,
}

impl Names {
    /// The number of `name`; [`NO_NAME`] for an empty one.
    pub fn intern(&mut self, name: &[u8]) -> NameId {
        if name.is_empty() {
            return NO_NAME;
        }
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.texts.len() as NameId;
        self.numbers.insert(name.into(), number);
        self.texts.push(name.into());
        number
    }

    #[must_use]
    pub fn get(&self, number: NameId) -> Option<&[u8]> {
        self.texts.get(number as usize).map(AsRef::as_ref)
    }

    #[must_use]
    pub fn text(&self, number: NameId) -> Option<std::borrow::Cow<'_, str>> {
        self.get(number).map(String::from_utf8_lossy)
    }

    #[must_use]
    pub fn find(&self, name: &[u8]) -> Option<NameId> {
        self.numbers.get(name).copied()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Numbers of `other`'s names in this table, in `other`'s order.
    pub fn absorb(&mut self, other: &Self) -> Vec<NameId> {
        other.texts.iter().map(|name| self.intern(name)).collect()
    }
}
