//! Items: what a model sees of them ([`ItemVectors`]), how rows become vectors ([`ItemEncoder`])
//! and where the rows live ([`ItemTable`]).
//!
//! A model is a function of item *vectors*; it does not own the table. One step gathers the rows
//! that its batch touches into a small leaf tensor, runs encoder and model on it, and updates only
//! those rows. The cost of a step follows the batch, not the catalogue, and the same code runs the
//! full softmax by taking all rows.

mod category_encoder;
mod content_encoder;
mod encoder;
mod feature_encoder;
mod features;
mod id_encoder;
mod table;
mod vectors;

pub use category_encoder::{CategoryEncoder, CategoryEncoderConfig};
pub use content_encoder::{ContentEncoder, ContentEncoderConfig};
pub use encoder::{ItemEncoder, TableConfig};
pub use feature_encoder::{FeatureEncoder, FeatureEncoderConfig};
pub use features::{FeatureValues, ItemFeature, MISSING};
pub use id_encoder::{IdEncoder, IdEncoderConfig};
pub use table::ItemTable;
pub(crate) use table::{add_rows, assign_rows, select_rows};
pub use vectors::ItemVectors;
