use burn::tensor::{Int, Tensor};

use crate::{
    Network, StepContext,
    batch::{Fields, Histories},
    items::ItemVectors,
    losses::binary_cross_entropy,
};

/// What a ranker sees of a batch of (user, candidate) pairs.
#[derive(Clone, Debug)]
pub struct Impressions {
    /// The user's past, `[B, L]`.
    pub histories: Histories,
    /// Row of each candidate, `[B]`.
    pub candidates: Tensor<1, Int>,
    /// Features of the user and of the moment; empty where the data has none.
    pub profile: Fields,
}

/// How likely is this item, for this user, now? A pair becomes one logit.
///
/// Implement [`logits`](Self::logits); models with auxiliary tasks override [`loss`](Self::loss)
/// as well and share what both compute.
pub trait Ranker: Network {
    /// Logit of each pair.
    ///
    /// # Shapes
    ///
    /// - `input`: `B` pairs
    /// - output: `[B]`
    fn logits(&self, input: &Impressions, items: &ItemVectors, context: &mut StepContext) -> Tensor<1>;

    /// Training loss `[1]` against `labels` (`[B]`, 1 = positive): binary cross-entropy by default,
    /// plus the auxiliary task of models that have one (DIEN's next-item loss).
    fn loss(
        &self,
        input: &Impressions,
        labels: Tensor<1>,
        items: &ItemVectors,
        context: &mut StepContext,
    ) -> Tensor<1> {
        binary_cross_entropy(self.logits(input, items, context), labels)
    }
}
