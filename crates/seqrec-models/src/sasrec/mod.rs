//! SASRec: causal self-attention over the history.
//!
//! Kang & McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018 (arXiv:1808.09781), as its
//! authors built it and as RecBole builds it.

mod block;
mod config;
mod model;

pub use config::{Architecture, SasRecConfig};
pub use model::SasRec;
