//! What is known about events, items and users besides who met what and when.
//!
//! A [`Field`] is one named column with a value for every event, item or user. Its values are one of
//! three kinds: [`Categories`], [`CategoryLists`], [`Numbers`]. The module [`encode`](crate::encode)
//! turns fields into the numbers that models read.

mod builder;
mod categories;
mod category_lists;
mod dwell;
mod field;
mod numbers;
mod renumber;
mod summary;
mod tokens;

pub(crate) use builder::FieldBuilder;
pub use categories::Categories;
pub use category_lists::CategoryLists;
pub use dwell::dwell;
pub use field::{Field, FieldKind, FieldValues};
pub use numbers::Numbers;
pub use summary::{FieldOf, FieldSummary};
pub use tokens::tokens;
