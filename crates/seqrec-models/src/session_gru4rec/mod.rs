//! GRU4Rec as its authors define it.
//!
//! Hidasi et al., ICLR 2016 (arXiv:1511.06939), and Hidasi & Karatzoglou, CIKM 2018
//! (arXiv:1706.03847). It is trained on session-parallel batches whose states go on from step to step;
//! Hidasi & Czapp, RecSys 2023 (arXiv:2307.14956) show what is lost with the parts that other versions leave
//! out. [`Gru4Rec`](crate::Gru4Rec) is such a version, over whole sequences.

mod config;
mod encoder;
mod model;

pub use config::{Embedding, SessionGru4RecConfig};
pub use encoder::SessionItems;
pub use model::SessionGru4Rec;
