//! What is known about the items: popularity in training, categories, vectors.

mod categories;
mod popularity;
mod user_counts;
mod vectors;

pub use categories::Categories;
pub use popularity::Popularity;
pub use user_counts::UserCounts;
pub use vectors::ItemVectors;

use crate::{Error, Result};

/// The items that can be recommended, with the side data that metrics beyond accuracy need.
///
/// Items are the ids `1..=n`; row 0 of every table is padding and belongs to no item. `n` counts
/// the whole catalogue, items without a train interaction included, and never the padding.
///
/// ```
/// use seqrec_eval::{Catalogue, Categories};
///
/// // Three items with 5, 3 and 0 train interactions; the last one has no category.
/// let catalogue = Catalogue::new(vec![0, 5, 3, 0])?
///     .with_categories(Categories::single(&[0, 1, 2, 0]))?;
/// assert_eq!(catalogue.num_items(), 3);
/// assert_eq!(catalogue.popularity().most_popular(2), [1, 2]);
/// # Ok::<(), seqrec_eval::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    popularity: Popularity,
    user_counts: Option<UserCounts>,
    categories: Option<Categories>,
    vectors: Option<ItemVectors>,
}

impl Catalogue {
    /// A catalogue from the train interactions of each item, `train_counts[id]`.
    ///
    /// # Errors
    /// [`Error::EmptyCatalogue`] without a real item; [`Error::PadCounted`] if row 0 is not 0;
    /// [`Error::NoInteractions`] if all counts are 0.
    pub fn new(train_counts: Vec<u64>) -> Result<Self> {
        let popularity = Popularity::new(train_counts)?;
        Ok(Self { popularity, user_counts: None, categories: None, vectors: None })
    }

    /// Attaches the categories of the items.
    ///
    /// # Errors
    /// [`Error::RowCount`] unless there is a row for every id, padding included.
    pub fn with_categories(mut self, categories: Categories) -> Result<Self> {
        self.check_rows("the category table", categories.rows())?;
        self.categories = Some(categories);
        Ok(self)
    }

    /// Attaches the vectors that intra-list diversity compares. Prefer features of the items; a
    /// model's own embeddings make the metric circular.
    ///
    /// # Errors
    /// [`Error::RowCount`] unless there is a row for every id, padding included.
    pub fn with_vectors(mut self, vectors: ItemVectors) -> Result<Self> {
        self.check_rows("the vector table", vectors.rows())?;
        self.vectors = Some(vectors);
        Ok(self)
    }

    /// Attaches the number of train users of each item, which the user variant of novelty needs.
    ///
    /// # Errors
    /// [`Error::RowCount`] unless there is a row for every id, padding included.
    pub fn with_user_counts(mut self, user_counts: UserCounts) -> Result<Self> {
        self.check_rows("the table of user counts", user_counts.rows())?;
        self.user_counts = Some(user_counts);
        Ok(self)
    }

    /// Number of real items, `n`.
    pub fn num_items(&self) -> usize {
        self.popularity.num_items()
    }

    /// Train interactions of the items.
    pub fn popularity(&self) -> &Popularity {
        &self.popularity
    }

    /// Train users of the items, if attached.
    pub fn user_counts(&self) -> Option<&UserCounts> {
        self.user_counts.as_ref()
    }

    /// Categories of the items, if attached.
    pub fn categories(&self) -> Option<&Categories> {
        self.categories.as_ref()
    }

    /// Vectors of the items, if attached.
    pub fn vectors(&self) -> Option<&ItemVectors> {
        self.vectors.as_ref()
    }

    /// Refuses padding and ids that are no item of the catalogue.
    pub(crate) fn check_ids(&self, place: &'static str, ids: &[u32]) -> Result<()> {
        for &item in ids {
            if item == 0 {
                return Err(Error::Pad { place });
            }
            if item as usize > self.num_items() {
                let last = self.num_items() as u32;
                return Err(Error::UnknownItem { place, item, last });
            }
        }
        Ok(())
    }

    fn check_rows(&self, what: &'static str, got: usize) -> Result<()> {
        let expected = self.num_items() + 1;
        if got == expected { Ok(()) } else { Err(Error::RowCount { what, got, expected }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn side_data_has_one_row_for_every_id() {
        let catalogue = Catalogue::new(vec![0, 1, 2]).unwrap();
        let error = |got, what| Error::RowCount { what, got, expected: 3 };
        assert_eq!(
            catalogue.clone().with_categories(Categories::single(&[0, 1])),
            Err(error(2, "the category table"))
        );
        assert_eq!(
            catalogue.clone().with_vectors(ItemVectors::new(1, vec![0.0; 4]).unwrap()),
            Err(error(4, "the vector table"))
        );
        assert_eq!(
            catalogue.with_user_counts(UserCounts::new(vec![0, 1], 1).unwrap()),
            Err(error(2, "the table of user counts"))
        );
    }

    #[test]
    fn foreign_ids_are_named() {
        let catalogue = Catalogue::new(vec![0, 1, 2]).unwrap();
        let place = "the history";
        assert_eq!(catalogue.check_ids(place, &[1, 2]), Ok(()));
        assert_eq!(catalogue.check_ids(place, &[1, 0]), Err(Error::Pad { place }));
        assert_eq!(catalogue.check_ids(place, &[3, 1]), Err(Error::UnknownItem { place, item: 3, last: 2 }));
    }
}
