//! Training losses, all on logits.

mod binary;
mod softmax;

pub use binary::binary_cross_entropy;
pub use softmax::{SampledNegatives, full_softmax, sampled_softmax};
