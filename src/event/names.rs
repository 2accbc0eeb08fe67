//! Interned names: hosts, processes and addresses occur a million times but are few, so a flow holds numbers.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, Hasher};

use foldhash::fast::FixedState;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_bytes::{ByteBuf, Bytes};

/// Number of a name within its table. [`NO_NAME`] where the log says nothing.
pub type NameId = u32;

pub const NO_NAME: NameId = u32::MAX;

/// All texts stand in one piece of memory, each once: looking one up touches little of it.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// By the sum of the text; of several with one sum, the later stand under the next free sums.
    numbers: HashMap<u64, NameId, BuildHasherDefault<Sum>>,
    texts: Vec<u8>,
    /// Where each text ends; it begins where the one before ends.
    ends: Vec<u32>,
}

/// The sum itself is the hash.
#[derive(Clone, Copy, Debug, Default)]
struct Sum(u64);

impl Hasher for Sum {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |sum, byte| sum.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, sum: u64) {
        self.0 = sum;
    }
}

impl Names {
    /// The number of `name`; [`NO_NAME`] for an empty one.
    pub fn intern(&mut self, name: &[u8]) -> NameId {
        if name.is_empty() {
            return NO_NAME;
        }
        let sum = match self.look_up(name) {
            Ok(number) => return number,
            Err(sum) => sum,
        };
        // More text than a 32-bit number counts is no log of names.
        let Ok(end) = u32::try_from(self.texts.len() + name.len()) else { return NO_NAME };
        let number = self.ends.len() as NameId;
        self.numbers.insert(sum, number);
        self.texts.extend_from_slice(name);
        self.ends.push(end);
        number
    }

    /// The number of `name`, or the sum under which it would stand.
    fn look_up(&self, name: &[u8]) -> Result<NameId, u64> {
        let mut hasher = FixedState::default().build_hasher();
        hasher.write(name);
        let mut sum = hasher.finish();
        loop {
            match self.numbers.get(&sum) {
                Some(number) if self.get(*number) == Some(name) => return Ok(*number),
                Some(_) => sum = sum.wrapping_add(1),
                None => return Err(sum),
            }
        }
    }

    #[must_use]
    pub fn get(&self, number: NameId) -> Option<&[u8]> {
        let number = number as usize;
        let end = *self.ends.get(number)? as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.texts.get(start..end)
    }

    #[must_use]
    pub fn text(&self, number: NameId) -> Option<std::borrow::Cow<'_, str>> {
        self.get(number).map(String::from_utf8_lossy)
    }

    #[must_use]
    pub fn find(&self, name: &[u8]) -> Option<NameId> {
        self.look_up(name).ok()
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

    #[test]
    fn one_sum_for_two_names_is_no_mistake() {
        let mut names = Names::default();
        let sum = names.look_up(b"one").unwrap_err();
        names.intern(b"two");
        // As if “two” had the sum of “one”.
        names.numbers = [(sum, 0)].into_iter().collect();
        assert_eq!((names.intern(b"one"), names.find(b"one"), names.find(b"two")), (1, Some(1), None));
    }
}
