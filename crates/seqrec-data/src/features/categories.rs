//! At most one category per row.

use std::collections::HashSet;

use super::renumber::Renumber;
use crate::error::{Error, Result};
use crate::vocabulary::Vocabulary;

/// At most one category per row. Code 0 means "none"; category `c >= 1` is `names[c - 1]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Categories {
    names: Vec<String>,
    codes: Vec<u32>,
}

impl Categories {
    /// Categories of rows that are already numbered.
    ///
    /// # Errors
    /// [`Error::Config`] when a code has no name or two categories share a name.
    pub fn new(names: Vec<String>, codes: Vec<u32>) -> Result<Self> {
        check_names(&names)?;
        check_codes(&names, &codes)?;
        Ok(Self { names, codes })
    }

    /// Numbers the values by first appearance. `None` is "none".
    ///
    /// # Errors
    /// [`Error::TooManyIds`] when 32 bits don't suffice.
    ///
    /// ```
    /// use seqrec_data::Categories;
    ///
    /// let behaviours = Categories::from_names([Some("view"), None, Some("buy"), Some("view")])?;
    /// assert_eq!(behaviours.codes(), [1, 0, 2, 1]);
    /// assert_eq!(behaviours.name(2), Some("buy"));
    /// # Ok::<(), seqrec_data::Error>(())
    /// ```
    pub fn from_names<'a>(values: impl IntoIterator<Item = Option<&'a str>>) -> Result<Self> {
        let mut names = Vocabulary::starting_at(1);
        let codes = values.into_iter().map(|value| value.map_or(Ok(0), |name| names.intern(name)));
        let codes = codes.collect::<Result<_>>()?;
        Ok(Self { names: owned(&names), codes })
    }

    /// Category of a row, 0 where it has none.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn of(&self, row: u32) -> u32 {
        self.codes[row as usize]
    }

    /// Name of a row's category, if it has one.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn name_of(&self, row: u32) -> Option<&str> {
        self.name(self.of(row))
    }

    /// Category per row.
    #[must_use]
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// Names of the categories 1, 2, ....
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Name of a category. `None` for 0.
    #[must_use]
    pub fn name(&self, category: u32) -> Option<&str> {
        let at = (category as usize).checked_sub(1)?;
        self.names.get(at).map(String::as_str)
    }

    /// Number of categories, "none" not counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are no categories.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// `rows` rows, of which row `to` gets the category of row `from`, for each `(from, to)`.
    ///
    /// Only the categories in use remain, numbered by first appearance in `moves`.
    pub(crate) fn place(&self, rows: usize, moves: impl Iterator<Item = (usize, usize)>) -> Self {
        let mut renumber = Renumber::new(self.names.len());
        let mut codes = vec![0; rows];
        for (from, to) in moves {
            codes[to] = renumber.code(self.codes[from]);
        }
        Self { names: renumber.names(&self.names), codes }
    }
}

pub(super) fn owned(names: &Vocabulary) -> Vec<String> {
    names.iter().map(|(name, _)| name.to_owned()).collect()
}

pub(super) fn check_names(names: &[String]) -> Result<()> {
    let mut seen = HashSet::with_capacity(names.len());
    match names.iter().find(|name| !seen.insert(name.as_str())) {
        Some(name) => Err(broken("names", name.clone(), "every category has a name of its own")),
        None => Ok(()),
    }
}

pub(super) fn check_codes(names: &[String], codes: &[u32]) -> Result<()> {
    match codes.iter().find(|&&code| code as usize > names.len()) {
        Some(code) => Err(broken("codes", code.to_string(), "every category code needs a name")),
        None => Ok(()),
    }
}

pub(super) fn broken(field: &'static str, value: String, rule: &'static str) -> Error {
    Error::Config { field, value, rule }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_checked() {
        let names = || vec!["x".to_owned()];
        assert!(Categories::new(names(), vec![0, 2]).is_err());
        assert!(Categories::new([names(), names()].concat(), vec![0, 2]).is_err());
        let categories = Categories::new(names(), vec![0, 1, 0]).unwrap();
        assert_eq!((categories.name_of(1), categories.name_of(2)), (Some("x"), None));
    }

    #[test]
    fn placing_keeps_values_and_renumbers() {
        let all = Categories::from_names([Some("a"), Some("b"), None, Some("c")]).unwrap();
        let placed = all.place(4, [(3, 2), (1, 0), (2, 1)].into_iter());
        assert_eq!(placed.names(), ["c", "b"]);
        assert_eq!(placed.codes(), [2, 0, 1, 0]);
    }
}
