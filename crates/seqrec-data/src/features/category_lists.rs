//! Any number of categories per row.

use super::categories::{Categories, broken, check_codes, check_names, owned};
use super::renumber::Renumber;
use crate::error::Result;
use crate::vocabulary::Vocabulary;

/// Any number of categories per row, in compressed rows: genres, tags, the tokens of a title.
///
/// Order and repeats are those of the source. Category `c >= 1` is `names[c - 1]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryLists {
    names: Vec<String>,
    offsets: Vec<usize>,
    codes: Vec<u32>,
}

impl CategoryLists {
    /// Lists that are already numbered. Row `i` has the codes `offsets[i]..offsets[i + 1]`.
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) when the offsets do not ascend from 0 to the number of
    /// codes, a code is 0 or has no name, or two categories share a name.
    pub fn new(names: Vec<String>, offsets: Vec<usize>, codes: Vec<u32>) -> Result<Self> {
        check_names(&names)?;
        check_codes(&names, &codes)?;
        if codes.contains(&0) {
            return Err(broken("codes", "0".to_owned(), "a list holds categories, and 0 is none"));
        }
        let ends = offsets.first() == Some(&0) && offsets.last() == Some(&codes.len());
        if !ends || !offsets.is_sorted() {
            return Err(broken(
                "offsets",
                format!("{offsets:?}"),
                "they ascend from 0 to the number of codes",
            ));
        }
        Ok(Self { names, offsets, codes })
    }

    /// Numbers the values by first appearance.
    ///
    /// # Errors
    /// [`Error::TooManyIds`](crate::Error::TooManyIds) when 32 bits don't suffice.
    ///
    /// ```
    /// use seqrec_data::CategoryLists;
    ///
    /// let tags = CategoryLists::from_names([vec!["red", "silk"], vec![], vec!["silk"]])?;
    /// assert_eq!(tags.of(0), [1, 2]);
    /// assert!(tags.of(1).is_empty());
    /// # Ok::<(), seqrec_data::Error>(())
    /// ```
    pub fn from_names<'a, L>(rows: impl IntoIterator<Item = L>) -> Result<Self>
    where
        L: IntoIterator<Item = &'a str>,
    {
        let mut names = Vocabulary::starting_at(1);
        let (mut offsets, mut codes) = (vec![0], Vec::new());
        for row in rows {
            for name in row {
                codes.push(names.intern(name)?);
            }
            offsets.push(codes.len());
        }
        Ok(Self { names: owned(&names), offsets, codes })
    }

    /// Categories of a row in the order of the source.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn of(&self, row: u32) -> &[u32] {
        let row = row as usize;
        &self.codes[self.offsets[row]..self.offsets[row + 1]]
    }

    /// Names of a row's categories in the order of the source.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn names_of(&self, row: u32) -> impl Iterator<Item = &str> {
        self.of(row).iter().map(|&code| self.names[code as usize - 1].as_str())
    }

    /// Where each row's codes start, and last the number of codes, `[rows + 1]`.
    #[must_use]
    pub fn offsets(&self) -> &[usize] {
        &self.offsets
    }

    /// Codes of all rows, one after the other.
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

    /// Number of categories.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are no categories.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The first category of each row.
    pub(crate) fn first(&self) -> Categories {
        self.pick(<[u32]>::first)
    }

    /// The last category of each row.
    pub(crate) fn last(&self) -> Categories {
        self.pick(<[u32]>::last)
    }

    fn pick(&self, one: fn(&[u32]) -> Option<&u32>) -> Categories {
        let rows = self.offsets.windows(2).map(|bounds| &self.codes[bounds[0]..bounds[1]]);
        let names = rows.map(|codes| one(codes).and_then(|&code| self.name(code)));
        Categories::from_names(names).expect("no more categories than the lists have")
    }

    /// `rows` rows, of which row `to` gets the list of row `from`, for each `(from, to)`.
    ///
    /// Only the categories in use remain, numbered by first appearance in `moves`.
    pub(crate) fn place(&self, rows: usize, moves: impl Iterator<Item = (usize, usize)> + Clone) -> Self {
        let mut offsets = vec![0; rows + 1];
        for (from, to) in moves.clone() {
            offsets[to + 1] = self.offsets[from + 1] - self.offsets[from];
        }
        for row in 0..rows {
            offsets[row + 1] += offsets[row];
        }
        let mut renumber = Renumber::new(self.names.len());
        let mut codes = vec![0; offsets[rows]];
        for (from, to) in moves {
            let own = &self.codes[self.offsets[from]..self.offsets[from + 1]];
            for (slot, &code) in codes[offsets[to]..offsets[to + 1]].iter_mut().zip(own) {
                *slot = renumber.code(code);
            }
        }
        Self { names: renumber.names(&self.names), offsets, codes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_codes_are_checked() {
        let lists = |offsets: &[usize], codes: &[u32]| {
            CategoryLists::new(vec!["a".to_owned(), "b".to_owned()], offsets.to_vec(), codes.to_vec())
        };
        let good = lists(&[0, 0, 2], &[2, 1]).unwrap();
        assert!(good.of(0).is_empty());
        assert_eq!(good.names_of(1).collect::<Vec<_>>(), ["b", "a"]);
        for (offsets, codes) in
            [(&[0, 2, 1][..], &[1][..]), (&[1, 1], &[1]), (&[], &[]), (&[0, 1], &[0]), (&[0, 1], &[3])]
        {
            assert!(lists(offsets, codes).is_err(), "{offsets:?} {codes:?}");
        }
    }

    #[test]
    fn placing_keeps_order_and_repeats() {
        let all = CategoryLists::from_names([vec!["a"], vec!["b", "c", "b"], vec![]]).unwrap();
        let placed = all.place(4, [(1, 2), (2, 0)].into_iter());
        assert_eq!(placed.names(), ["b", "c"]);
        assert_eq!(placed.offsets(), [0, 0, 0, 3, 3]);
        assert_eq!(placed.codes(), [1, 2, 1]);
    }

    #[test]
    fn one_of_a_list_may_be_none() {
        let all = CategoryLists::from_names([vec!["a", "b"], vec![], vec!["c", "a"]]).unwrap();
        assert_eq!(all.first(), Categories::from_names([Some("a"), None, Some("c")]).unwrap());
        assert_eq!(all.last(), Categories::from_names([Some("b"), None, Some("a")]).unwrap());
    }
}
