//! The GRU that ComiRec's authors compare with under the name of GRU4Rec.
//!
//! Cen et al., "Controllable Multi-Interest Framework for Recommendation", KDD 2020
//! (arXiv:2005.09347), the authors' code. It is not the GRU4Rec of Hidasi et al.: one target for each
//! history, no sessions in parallel, its own loss.

mod config;
mod model;

pub use config::Gru4RecComiRecConfig;
pub use model::Gru4RecComiRec;
