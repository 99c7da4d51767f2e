//! Layers that burn does not have, or has with other conventions than the papers.

mod activation;
mod batch_norm;
mod dense;
mod dice;
mod dropout;
mod feature_embedding;
mod field_embedding;
mod gru;
mod layer_norm;
mod masked;
mod mlp;
mod normalize;
mod prelu;
mod running_moments;
mod squash;
mod tanh;

pub use activation::{Activation, ActivationConfig};
pub use batch_norm::BatchNorm;
pub use dense::dense;
pub use dice::Dice;
pub use dropout::dropout;
pub use feature_embedding::FeatureEmbedding;
pub use field_embedding::FieldEmbedding;
pub use gru::Gru;
pub use layer_norm::LayerNorm;
pub use masked::{masked_mean, masked_softmax, masked_sum};
pub use mlp::{Mlp, MlpConfig};
pub use normalize::normalize;
pub use prelu::PRelu;
pub(crate) use squash::EPSILON as SQUASH_EPSILON;
pub use squash::squash;
pub use tanh::tanh;
