//! Update rules, once for dense parameters and once for the rows of item tables, whose gradient
//! covers only a batch.

mod dense;
mod rows;
mod rule;

pub use dense::{DenseOptimizer, DenseState};
pub use rows::{RowOptimizer, RowScope, RowState};
pub use rule::{Adagrad, Adam, UpdateRule};
