//! GRU4Rec over whole sequences, in the shape that RecBole made common.
//!
//! Tan et al., "Improved Recurrent Neural Networks for Session-based Recommendations", DLRS 2016
//! (arXiv:1606.08117): whole histories with dropout on the inputs, after Hidasi et al., ICLR 2016
//! (arXiv:1511.06939). The original trains on session-parallel batches with a carried state:
//! [`SessionGru4Rec`](crate::SessionGru4Rec). RecBole's GRU has no biases and trains on the last state of every prefix; here each
//! gate has biases, and by default every state trains.

mod config;
mod model;

pub use config::Gru4RecConfig;
pub use model::Gru4Rec;
