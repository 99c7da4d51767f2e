use seqrec_data::{Sequences, Split, train_counts};
use seqrec_eval::{Catalogue, Categories};

use crate::Result;

/// What the metrics need to know of the items: training counts and categories.
///
/// # Errors
///
/// If counts and categories do not fit together.
pub fn catalogue(sequences: &Sequences, split: &Split) -> Result<Catalogue> {
    let catalogue = Catalogue::new(train_counts(sequences, split))?;
    Ok(match sequences.categories() {
        Some(categories) => catalogue.with_categories(Categories::single(categories.codes()))?,
        None => catalogue,
    })
}
