//! What is known about items and users besides the events.

use crate::error::{Error, Result};

/// At most one category per item. Code 0 means "none".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Categories {
    names: Vec<String>,
    codes: Vec<u32>,
}

impl Categories {
    /// Categories of items `0..=n` (entry 0 is padding). Category `c >= 1` is `names[c - 1]`.
    ///
    /// # Errors
    /// [`Error::Config`] when padding has a category or a code has no name.
    pub fn new(names: Vec<String>, codes: Vec<u32>) -> Result<Self> {
        let broken = |value: u32, rule| Error::Config { field: "categories", value: value.to_string(), rule };
        match codes.first() {
            Some(0) => {}
            Some(&code) => return Err(broken(code, "entry 0 is padding and has category 0")),
            None => return Err(broken(0, "entry 0 (padding) must be present")),
        }
        if let Some(&code) = codes.iter().find(|&&code| code as usize > names.len()) {
            return Err(broken(code, "every category code needs a name"));
        }
        Ok(Self { names, codes })
    }

    /// Category of an item: 0 for padding and for items without one.
    ///
    /// # Panics
    /// If `item > num_items`.
    #[must_use]
    pub fn of(&self, item: u32) -> u32 {
        self.codes[item as usize]
    }

    /// Categories by item id, `[num_items + 1]`.
    #[must_use]
    pub fn codes(&self) -> &[u32] {
        &self.codes
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

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// Any number of genres per item, in compressed rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Genres {
    pub(crate) names: Vec<String>,
    pub(crate) offsets: Vec<usize>,
    pub(crate) codes: Vec<u32>,
}

impl Genres {
    /// Genres of an item in the order of the source; empty for padding. Codes start at 1.
    ///
    /// # Panics
    /// If `item > num_items`.
    #[must_use]
    pub fn of(&self, item: u32) -> &[u32] {
        let item = item as usize;
        &self.codes[self.offsets[item]..self.offsets[item + 1]]
    }

    /// Name of a genre. `None` for 0.
    #[must_use]
    pub fn name(&self, genre: u32) -> Option<&str> {
        let at = (genre as usize).checked_sub(1)?;
        self.names.get(at).map(String::as_str)
    }

    /// Number of genres.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// One categorical fact about users, such as an age band.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserField {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
    pub(crate) codes: Vec<u32>,
}

impl UserField {
    /// Name of the field.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Value code per user, `[num_users]`: 0 = unknown, `c >= 1` is `values()[c - 1]`.
    #[must_use]
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// Distinct values by first appearance.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// Value of a user, if known.
    ///
    /// # Panics
    /// If `user >= num_users`.
    #[must_use]
    pub fn value(&self, user: u32) -> Option<&str> {
        let at = (self.codes[user as usize] as usize).checked_sub(1)?;
        self.values.get(at).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_are_checked() {
        let names = || vec!["x".to_owned()];
        assert!(Categories::new(names(), vec![]).is_err());
        assert!(Categories::new(names(), vec![1]).is_err());
        assert!(Categories::new(names(), vec![0, 2]).is_err());
        let categories = Categories::new(names(), vec![0, 1, 0]).unwrap();
        assert_eq!(categories.name(categories.of(1)), Some("x"));
        assert_eq!(categories.name(categories.of(2)), None);
    }

    #[test]
    fn genres_of_padding_are_empty() {
        let genres =
            Genres { names: vec!["a".to_owned(), "b".to_owned()], offsets: vec![0, 0, 2], codes: vec![2, 1] };
        assert!(genres.of(0).is_empty());
        assert_eq!(genres.of(1), [2, 1]);
        assert_eq!(genres.name(2), Some("b"));
    }

    #[test]
    fn unknown_user_values_are_none() {
        let field = UserField { name: "age".to_owned(), values: vec!["18".to_owned()], codes: vec![0, 1] };
        assert_eq!((field.value(0), field.value(1)), (None, Some("18")));
    }
}
