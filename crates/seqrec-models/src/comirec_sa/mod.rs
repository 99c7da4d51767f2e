//! ComiRec-SA: several interests by self-attention.
//!
//! Cen et al., "Controllable Multi-Interest Framework for Recommendation", KDD 2020
//! (arXiv:2005.09347), section 3.3, with the positions and biases of the authors' code.

mod config;
mod model;

pub use config::ComiRecSaConfig;
pub use model::ComiRecSa;
