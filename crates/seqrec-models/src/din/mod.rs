//! DIN: the history seen from the candidate.
//!
//! Zhou et al., "Deep Interest Network for Click-Through Rate Prediction", KDD 2018
//! (arXiv:1706.06978), with the authors' released code where it differs.

mod config;
mod model;

pub use config::{AttentionWeights, DinConfig};
pub use model::Din;
