//! ComiRec-DR: several interests by dynamic routing.
//!
//! Cen et al., "Controllable Multi-Interest Framework for Recommendation", KDD 2020
//! (arXiv:2005.09347), section 3.2, with the matrices of the authors' code: one for each position.

mod config;
mod model;

pub use config::ComiRecDrConfig;
pub use model::ComiRecDr;
