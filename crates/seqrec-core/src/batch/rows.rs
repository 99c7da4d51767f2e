use crate::{CoreError, PAD, Result};

/// The distinct item rows that a batch touches, and the map from global ids to them.
///
/// Row 0 is always [`PAD`], so a local id of 0 means padding, as a global one does. With
/// [`Rows::all`] local and global ids coincide and the same code trains with all rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    ids: Vec<u32>,
    all: bool,
}

impl Rows {
    /// The distinct ids of `parts` in ascending order, after [`PAD`].
    ///
    /// # Errors
    ///
    /// [`CoreError::ItemOutOfRange`]: an index beyond the table panics on some backends and
    /// silently reads zeros on others, so it is refused here.
    pub fn distinct(parts: &[&[u32]], items: usize) -> Result<Self> {
        if let Some(&id) = parts.iter().copied().flatten().max().filter(|&&id| id as usize > items) {
            return Err(CoreError::ItemOutOfRange { id, items });
        }
        let total: usize = parts.iter().map(|part| part.len()).sum();
        let ids = match total > items / 16 {
            // Marking costs a pass over the catalogue, and less than sorting many ids.
            true => {
                let mut marked = vec![false; items + 1];
                marked[PAD as usize] = true;
                parts.iter().copied().flatten().for_each(|&id| marked[id as usize] = true);
                (0..=items as u32).filter(|&id| marked[id as usize]).collect()
            }
            false => {
                let mut ids = Vec::with_capacity(1 + total);
                ids.push(PAD);
                parts.iter().for_each(|part| ids.extend_from_slice(part));
                ids.sort_unstable();
                ids.dedup();
                ids
            }
        };
        Ok(Self { ids, all: false })
    }

    /// Every row of a catalogue of `items` real items.
    pub fn all(items: usize) -> Self {
        Self { ids: (0..=items as u32).collect(), all: true }
    }

    /// Global ids of the rows, ascending.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Number of rows, padding included.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Never true: the padding row is always there.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Whether these are all rows of the catalogue.
    pub fn is_all(&self) -> bool {
        self.all
    }

    /// Positions of `ids` among the rows.
    ///
    /// # Panics
    ///
    /// If an id is not among the rows: an index beyond a tensor reads zeros on some backends.
    pub fn local(&self, ids: &[u32]) -> Vec<u32> {
        if self.all {
            assert!(ids.iter().all(|&id| (id as usize) < self.ids.len()), "every id of the batch has a row");
            return ids.to_vec();
        }
        let missing = "every id of the batch has a row";
        if ids.len() < self.ids.len() {
            return ids.iter().map(|id| self.ids.binary_search(id).expect(missing) as u32).collect();
        }
        let last = self.ids.last().map_or(0, |&last| last as usize);
        let mut positions = vec![u32::MAX; last + 1];
        (0u32..).zip(&self.ids).for_each(|(position, &id)| positions[id as usize] = position);
        let position =
            |&id: &u32| positions.get(id as usize).copied().filter(|&position| position != u32::MAX);
        ids.iter().map(|id| position(id).expect(missing)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_ids_point_at_their_rows() {
        let rows = Rows::distinct(&[&[9, 4, 9], &[2]], 10).unwrap();
        assert_eq!(rows.ids(), [0, 2, 4, 9]);
        assert_eq!(rows.local(&[9, 0, 2]), [3, 0, 1]);
    }

    #[test]
    fn many_ids_give_the_rows_that_few_give() {
        let ids: Vec<u32> = (0..40).map(|at| at * 7 % 23).collect();
        for items in [30, 100_000] {
            let rows = Rows::distinct(&[&ids], items).unwrap();
            assert_eq!(rows.ids(), (0..23).collect::<Vec<u32>>());
            assert_eq!(rows.local(&ids), ids);
            assert_eq!(rows.local(&[22, 5]), [22, 5]);
        }
        let rows = Rows::distinct(&[&[4, 9]], 10).unwrap();
        assert_eq!(rows.local(&[9, 4, 9, 0]), [2, 1, 2, 0]);
    }

    #[test]
    #[should_panic(expected = "every id of the batch has a row")]
    fn an_id_without_a_row_is_refused_among_many() {
        Rows::distinct(&[&[4, 9]], 10).unwrap().local(&[9, 4, 5, 9]);
    }

    #[test]
    fn an_id_beyond_the_catalogue_is_an_error() {
        let error = Rows::distinct(&[&[3, 11]], 10).unwrap_err();
        assert!(error.to_string().contains("item id 11"), "{error}");
    }
}
