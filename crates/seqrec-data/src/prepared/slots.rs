//! Rows that may come in any order, each exactly once.

use super::folder::Folder;
use super::table_file::TableFile;
use crate::error::Result;

/// Places `first..first + count` that rows claim.
#[derive(Debug)]
pub(super) struct Slots {
    first: i64,
    taken: Vec<bool>,
}

impl Slots {
    pub(super) fn new(first: i64, count: usize) -> Self {
        Self { first, taken: vec![false; count] }
    }

    /// Claims place `number`; gives its distance from the first one.
    pub(super) fn take(&mut self, number: i64) -> std::result::Result<usize, String> {
        let at = number.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        match at.and_then(|at| Some((at, self.taken.get_mut(at)?))) {
            Some((_, true)) => Err(format!("{number} occurs twice")),
            Some((at, taken)) => {
                *taken = true;
                Ok(at)
            }
            None => {
                let last = self.first + self.taken.len() as i64 - 1;
                Err(format!("{number} is not from {} to {last}", self.first))
            }
        }
    }

    /// Claims the places in a column of a file.
    pub(super) fn take_all(&mut self, file: &TableFile, column: &str) -> Result<Vec<usize>> {
        let claim = |number| self.take(number).map_err(|why| file.bad(format!("{column} {why}")));
        file.integers(column)?.into_iter().map(claim).collect()
    }

    /// Refuses a table that left a place unclaimed.
    pub(super) fn complete(&self, folder: &Folder, table: &str, column: &str) -> Result<()> {
        match self.gap() {
            None => Ok(()),
            Some(number) => Err(folder.bad(table, format!("{column} {number} is missing"))),
        }
    }

    /// The first place that nobody claimed.
    fn gap(&self) -> Option<i64> {
        self.taken.iter().position(|taken| !taken).map(|at| self.first + at as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_once() {
        let mut slots = Slots::new(1, 2);
        assert_eq!(slots.take(2), Ok(1));
        assert_eq!(slots.gap(), Some(1));
        for (number, reason) in [(2, "twice"), (0, "from 1 to 2"), (3, "from 1 to 2"), (i64::MIN, "from")] {
            assert!(slots.take(number).unwrap_err().contains(reason));
        }
        assert_eq!(slots.take(1), Ok(0));
        assert_eq!(slots.gap(), None);
    }
}
