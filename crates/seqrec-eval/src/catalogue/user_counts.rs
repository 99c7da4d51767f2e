//! How many users each item has.

use crate::{Error, Result};

/// The number of distinct train users of each item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserCounts {
    counts: Vec<u64>,
    total: u64,
}

impl UserCounts {
    /// From the users of each item, `counts[id]` (row 0 is padding), and the number of all train
    /// users.
    ///
    /// # Errors
    /// [`Error::NoInteractions`] if there is no user; [`Error::PadCounted`] if row 0 is not 0;
    /// [`Error::TooManyUsers`] if an item has more users than there are.
    pub fn new(counts: Vec<u64>, total: u64) -> Result<Self> {
        if total == 0 {
            return Err(Error::NoInteractions);
        }
        if let Some(&pad) = counts.first()
            && pad > 0
        {
            return Err(Error::PadCounted(pad));
        }
        if let Some((&users, item)) = counts.iter().zip(0..).find(|&(&users, _)| users > total) {
            return Err(Error::TooManyUsers { item, users, total });
        }
        Ok(Self { counts, total })
    }

    /// Number of train users of an item.
    ///
    /// # Panics
    /// If the id is beyond the catalogue.
    pub fn count(&self, item: u32) -> u64 {
        self.counts[item as usize]
    }

    /// Number of all train users.
    pub fn total(&self) -> u64 {
        self.total
    }

    pub(super) fn rows(&self) -> usize {
        self.counts.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_counts_are_refused() {
        assert_eq!(UserCounts::new(vec![0, 1], 0), Err(Error::NoInteractions));
        assert_eq!(UserCounts::new(vec![1, 1], 2), Err(Error::PadCounted(1)));
        assert_eq!(
            UserCounts::new(vec![0, 1, 3], 2),
            Err(Error::TooManyUsers { item: 2, users: 3, total: 2 })
        );
    }
}
