use burn::tensor::{Int, Tensor};

/// Side features of a batch: the user's profile, or the context of an impression.
///
/// Categorical values are codes of their own field's vocabulary; code 0 is "unknown". Models turn
/// them into vectors with [`FieldEmbedding`](crate::layers::FieldEmbedding).
#[derive(Clone, Debug, Default)]
pub struct Fields {
    /// Codes `[B, F]`, one column a field.
    pub categorical: Option<Tensor<2, Int>>,
    /// Standardised numbers `[B, N]`.
    pub numeric: Option<Tensor<2>>,
}
