use burn::tensor::{Int, Tensor};

use crate::{Network, StepContext, batch::Histories, items::ItemVectors};

/// Interest vectors of a batch of users.
#[derive(Clone, Debug)]
pub struct Interests {
    /// `[B, K, d]`, `K = 1` for single-vector models.
    pub vectors: Tensor<3>,
    /// 1 for interests that count, `[B, K]`; `None` where all do. MIND uses fewer interests for
    /// short histories.
    pub mask: Option<Tensor<2>>,
}

/// The user vectors that one step trains, each with its target.
#[derive(Clone, Debug)]
pub struct Queries {
    /// `[Q, d]`; `Q` is the batch for one target per history, or all positions of it.
    pub vectors: Tensor<2>,
    /// Row of each query's target, `[Q]`.
    pub targets: Tensor<1, Int>,
    /// How much each query counts in the mean loss, `[Q]`, 0 for padded positions; `None` where all
    /// count alike.
    pub weights: Option<Tensor<1>>,
    /// Added to the loss, `[1]`: a model's own regulariser or auxiliary task.
    pub auxiliary: Option<Tensor<1>>,
}

/// Which items, out of all? A history becomes `K` interest vectors; an item's score is the largest
/// inner product with one of them.
///
/// A retriever is a function of item vectors; it does not own the item table. Implement
/// [`interests`](Self::interests) and, if the model trains differently, [`queries`](Self::queries).
pub trait Retriever: Network {
    /// Interests of `histories`.
    ///
    /// # Shapes
    ///
    /// - `histories`: `[B, L]`, right-padded
    /// - output: `[B, K, d]`
    fn interests(&self, histories: &Histories, items: &ItemVectors, context: &mut StepContext) -> Interests;

    /// The vectors to train when `targets` (`[B]` rows) follow `histories`.
    ///
    /// By default the interest with the largest inner product with the target is trained (hard
    /// choice, ComiRec eq. 8). Models that supervise every position (SASRec) or weigh interests
    /// softly (MIND) override this.
    fn queries(
        &self,
        histories: &Histories,
        targets: Tensor<1, Int>,
        items: &ItemVectors,
        context: &mut StepContext,
    ) -> Queries {
        let interests = self.interests(histories, items, context);
        let vectors = interests.choose(items.targets(targets.clone()));
        Queries { vectors, targets, weights: None, auxiliary: None }
    }

    /// The longest history the model can take, if its parameters fix one.
    fn max_length(&self) -> Option<usize> {
        None
    }
}

impl Interests {
    /// The interest of each user that agrees best with its target (`argmax_k v_k . e`).
    ///
    /// The choice itself carries no gradient; the chosen vector does.
    ///
    /// # Shapes
    ///
    /// - `targets`: `[B, d]`
    /// - output: `[B, d]`
    pub fn choose(&self, targets: Tensor<2>) -> Tensor<2> {
        let [batch, count, d] = self.vectors.dims();
        if count == 1 {
            return self.vectors.clone().reshape([batch, d]);
        }
        let scores = self
            .vectors
            .clone()
            .detach()
            .matmul(targets.detach().reshape([batch, d, 1]))
            .reshape([batch, count]);
        let scores = match &self.mask {
            Some(mask) => scores.mask_fill(mask.clone().equal_elem(0.0), f32::MIN),
            None => scores,
        };
        let best = scores.argmax(1).reshape([batch, 1, 1]).expand([batch, 1, d]);
        self.vectors.clone().gather(1, best).reshape([batch, d])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Backend;

    #[test]
    fn the_best_agreeing_interest_is_chosen_among_those_that_count() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let vectors = Tensor::from_data([[[1.0, 0.0], [0.0, 1.0]], [[3.0, 0.0], [0.0, 1.0]]], &device);
            let targets = Tensor::<2>::from_data([[0.0, 2.0], [2.0, 1.0]], &device);
            let mut interests = Interests { vectors, mask: None };
            let chosen = |interests: &Interests| {
                interests.choose(targets.clone()).into_data().try_to_vec::<f32>().unwrap()
            };
            assert_eq!(chosen(&interests), [0.0, 1.0, 3.0, 0.0]);
            interests.mask = Some(Tensor::from_data([[1.0, 1.0], [0.0, 1.0]], &device));
            assert_eq!(chosen(&interests), [0.0, 1.0, 0.0, 1.0]);
        }
    }
}
