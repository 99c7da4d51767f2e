//! Training losses, all on logits.

mod binary;
mod negative_sampling;
mod session;
mod softmax;

pub use crate::ops::NegativeSampling;
pub use binary::binary_cross_entropy;
pub use negative_sampling::negative_sampling;
pub use session::{FinalActivation, SessionCandidates, SessionLoss, SessionLossConfig};
pub use softmax::{SampledNegatives, full_softmax, sampled_softmax};
