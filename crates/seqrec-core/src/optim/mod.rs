//! Optimizers of item tables.
//!
//! Dense parameters use burn's own optimizers. Tables have theirs here, because their gradient
//! covers only the rows of a batch.

mod row_adam;

pub use row_adam::{RowAdam, RowAdamConfig, RowAdamState, RowScope};
