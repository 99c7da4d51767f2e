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
        let mut ids = Vec::with_capacity(1 + parts.iter().map(|part| part.len()).sum::<usize>());
        ids.push(PAD);
        parts.iter().for_each(|part| ids.extend_from_slice(part));
        ids.sort_unstable();
        ids.dedup();
        match ids.last() {
            Some(&id) if id as usize > items => Err(CoreError::ItemOutOfRange { id, items }),
            _ => Ok(Self { ids, all: false }),
        }
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
        ids.iter()
            .map(|id| self.ids.binary_search(id).expect("every id of the batch has a row") as u32)
            .collect()
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
    fn an_id_beyond_the_catalogue_is_an_error() {
        let error = Rows::distinct(&[&[3, 11]], 10).unwrap_err();
        assert!(error.to_string().contains("item id 11"), "{error}");
    }
}
