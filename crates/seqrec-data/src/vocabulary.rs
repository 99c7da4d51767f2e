//! Raw identifiers and the dense codes that stand for them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::error::{Error, Result};

/// A one-to-one map between raw id strings and consecutive codes.
///
/// Codes start at [`first`](Self::first): 0 for users, 1 for items (0 is padding).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    first: u32,
    names: Vec<Arc<str>>,
    codes: HashMap<Arc<str>, u32>,
}

impl Vocabulary {
    /// An empty vocabulary whose first code will be `first`.
    #[must_use]
    pub fn starting_at(first: u32) -> Self {
        Self { first, ..Self::default() }
    }

    /// Numbers `names` in order. A repeated name keeps its first code.
    ///
    /// # Errors
    /// [`Error::TooManyIds`] when 32 bits don't suffice.
    pub fn from_names<'a>(first: u32, names: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let mut vocabulary = Self::starting_at(first);
        for name in names {
            vocabulary.intern(name)?;
        }
        Ok(vocabulary)
    }

    /// The code of `name`, which is given the next free code when it is new.
    ///
    /// # Errors
    /// [`Error::TooManyIds`] when 32 bits don't suffice.
    pub fn intern(&mut self, name: &str) -> Result<u32> {
        if let Some(&code) = self.codes.get(name) {
            return Ok(code);
        }
        let code = u32::try_from(self.names.len())
            .ok()
            .and_then(|n| n.checked_add(self.first))
            .filter(|&code| code < u32::MAX)
            .ok_or(Error::TooManyIds { what: "vocabulary" })?;
        let name: Arc<str> = name.into();
        self.names.push(Arc::clone(&name));
        self.codes.insert(name, code);
        Ok(code)
    }

    /// The code of a raw id.
    #[must_use]
    pub fn code(&self, name: &str) -> Option<u32> {
        self.codes.get(name).copied()
    }

    /// The raw id behind a code.
    #[must_use]
    pub fn name(&self, code: u32) -> Option<&str> {
        let at = code.checked_sub(self.first)?;
        self.names.get(at as usize).map(AsRef::as_ref)
    }

    /// The smallest code.
    #[must_use]
    pub fn first(&self) -> u32 {
        self.first
    }

    /// Number of ids.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// `(raw id, code)` pairs by ascending code.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        self.names.iter().zip(self.first..).map(|(name, code)| (name.as_ref(), code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_follow_first_appearance() {
        let v = Vocabulary::from_names(1, ["b", "a", "b", "c"]).unwrap();
        assert_eq!(v.iter().collect::<Vec<_>>(), [("b", 1), ("a", 2), ("c", 3)]);
        assert_eq!(v.code("z"), None);
        assert_eq!(v.name(0), None);
        assert_eq!(v.name(4), None);
    }

    proptest! {
        #[test]
        fn name_and_code_are_inverse(names in prop::collection::vec("[a-d]{1,3}", 0..40), first in 0u32..3) {
            let v = Vocabulary::from_names(first, names.iter().map(String::as_str)).unwrap();
            for (name, code) in v.iter() {
                prop_assert_eq!(v.code(name), Some(code));
                prop_assert_eq!(v.name(code), Some(name));
            }
            for name in &names {
                prop_assert!(v.code(name).is_some());
            }
        }
    }
}
