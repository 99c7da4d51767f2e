//! MIND: as many interests as the history has room for, by routing from random logits.
//!
//! Li et al., "Multi-Interest Network with Dynamic Routing for Recommendation at Tmall", CIKM 2019
//! (arXiv:1904.08030), with the choices of ComiRec's authors, who compare with it, as options. There
//! is no user profile to join to the capsules.

mod config;
mod label_attention;
mod model;

pub use config::MindConfig;
pub use label_attention::LabelAttention;
pub use model::Mind;
