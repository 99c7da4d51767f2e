//! The proofs of a model that need training, stated once for all model crates.
//!
//! They complete `seqrec_core::testing`, on users who each walk through three items of their own, so
//! that every next item is certain:
//!
//! - [`RetrieverLearning`]: the set is learned by heart, and a saved model serves what the trained one
//!   does;
//! - [`RankerLearning`]: the same for rankers.
//!
//! ```
//! use seqrec_core::testing::rng;
//! use seqrec_models::Gru4RecConfig;
//! use seqrec_train::testing::RetrieverLearning;
//!
//! let config = Gru4RecConfig { dim: 8, hidden: 8, dropout: 0.0, ..Default::default() };
//! RetrieverLearning::new(8, |device| config.init(&mut rng(), device).unwrap()).check();
//! ```
//!
//! Checks panic with what was violated, as tests do.

mod ranking;
mod retrieval;
mod subject;
mod tiny;

pub use ranking::RankerLearning;
pub use retrieval::RetrieverLearning;
pub use tiny::{LENGTH, TinySet};

/// Steps that backends are compared over.
const COMPARED: u64 = 20;

/// Largest relative difference of a step's loss between backends: each step starts from weights that
/// the earlier ones have let drift apart.
const DRIFT: f32 = 1e-3;

/// Panics where two backends' losses part.
fn assert_alike(losses: &[f32], expected: &[f32], backend: seqrec_core::Backend) {
    for (step, (found, expected)) in losses.iter().zip(expected).enumerate() {
        let error = (found - expected).abs() / expected.abs();
        assert!(error < DRIFT, "{backend}, step {step}: a loss of {found}, elsewhere {expected}");
    }
}
