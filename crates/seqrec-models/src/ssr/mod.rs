//! SSR, sequence semantic retrieval: a user tower over the history and an item tower over content,
//! matched by cosine, so that items can be retrieved that training never saw.
//!
//! The reference is PaddleRec 1.8.5, `models/recall/ssr`; there is no paper of that name. Its items are
//! one token each, their id, and what has no id in training cannot be told apart. Here items have
//! tokens of their content ([`ContentEncoder`](seqrec_core::items::ContentEncoder)), in histories and as
//! candidates alike. Its negatives come from the user's own history; here none does, see
//! `seqrec_train::loader`.
//!
//! The user tower is the reference's GRU, or the multi-rate one after Song, Elkahky & He, "Multi-Rate
//! Deep Learning for Temporal Recommendation", SIGIR 2016.

mod config;
mod gru;
mod model;
mod multi_rate;

pub use config::{GruTowerConfig, MultiRateConfig, SsrConfig, StatePooling, UserTowerConfig};
pub use gru::GruTower;
pub use model::{Ssr, UserTower};
pub use multi_rate::MultiRateTower;
