//! Interned names: hosts, processes and addresses occur a million times but are few, so a flow holds numbers.

use std::hash::{BuildHasher as _, Hasher as _};

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_bytes::{ByteBuf, Bytes};

/// Number of a name within its table. [`NO_NAME`] where the log says nothing.
pub type NameId = u32;

pub const NO_NAME: NameId = u32::MAX;

/// All texts stand in one piece of memory, each once: looking one up touches little of it.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// By their texts, which are not kept here again.
    numbers: HashTable<NameId>,
    texts: Vec<u8>,
    /// Where each text ends; it begins where the one before ends.
    ends: Vec<u32>,
}

impl Names {
    /// The number of `name`; [`NO_NAME`] for an empty one.
    pub fn intern(&mut self, name: &[u8]) -> NameId {
        if name.is_empty() {
            return NO_NAME;
        }
        let Self { numbers, texts, ends } = self;
        let hash = hash(name);
        if let Some(number) = numbers.find(hash, |number| text(texts, ends, *number) == Some(name)) {
            return *number;
        }
        // More text than a 32-bit number counts is no log of names.
        let Ok(end) = u32::try_from(texts.len() + name.len()) else { return NO_NAME };
        let number = ends.len() as NameId;
        texts.extend_from_slice(name);
        ends.push(end);
        numbers.insert_unique(hash, number, |number| self::hash(text(texts, ends, *number).unwrap_or_default()));
        number
    }

    #[must_use]
    pub fn get(&self, number: NameId) -> Option<&[u8]> {
        text(&self.texts, &self.ends, number)
    }

    #[must_use]
    pub fn text(&self, number: NameId) -> Option<std::borrow::Cow<'_, str>> {
        self.get(number).map(String::from_utf8_lossy)
    }

    #[must_use]
    pub fn find(&self, name: &[u8]) -> Option<NameId> {
        self.numbers.find(hash(name), |number| self.get(*number) == Some(name)).copied()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Numbers of `other`'s names in this table, in `other`'s order.
    pub fn absorb(&mut self, other: &Self) -> Vec<NameId> {
        (0..other.len() as NameId).filter_map(|number| other.get(number)).map(|name| self.intern(name)).collect()
    }
}

fn hash(name: &[u8]) -> u64 {
    let mut hasher = FixedState::default().build_hasher();
    hasher.write(name);
    hasher.finish()
}

fn text<'t>(texts: &'t [u8], ends: &[u32], number: NameId) -> Option<&'t [u8]> {
    let number = number as usize;
    let end = *ends.get(number)? as usize;
    let start = number.checked_sub(1).map_or(0, |before| ends[before] as usize);
    texts.get(start..end)
}

/// The texts in the order of their numbers.
impl Serialize for Names {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (Bytes::new(&self.texts), &self.ends).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (texts, ends) = <(ByteBuf, Vec<u32>)>::deserialize(deserializer)?;
        let mut names = Self::default();
        let mut start = 0;
        for end in ends {
            let end = end as usize;
            names.intern(texts.get(start..end).ok_or_else(|| D::Error::custom("a name ends too late"))?);
            start = end;
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_number_and_their_text() {
        let mut names = Names::default();
        let numbers: Vec<NameId> = (0..5000).map(|number| names.intern(format!("host{number}").as_bytes())).collect();
        assert_eq!(numbers, (0..5000).collect::<Vec<NameId>>());
        assert_eq!(names.intern(b"host4999"), 4999);
        assert_eq!((names.get(0), names.get(17), names.get(5000)), (Some(&b"host0"[..]), Some(&b"host17"[..]), None));
        assert_eq!((names.intern(b""), names.get(NO_NAME), names.find(b"")), (NO_NAME, None, None));
        let mut others = Names::default();
        others.intern(b"host9");
        others.intern(b"other");
        assert_eq!(names.absorb(&others), [9, 5000]);
    }
}
