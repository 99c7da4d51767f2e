use burn::{
    module::{Module, Param},
    nn::Linear,
    tensor::Tensor,
};
use seqrec_core::{
    Interests, Retriever, StepContext,
    batch::Histories,
    items::ItemVectors,
    layers::{dense, masked_softmax},
    ops::Pointwise,
};

/// `K` interests, each an attention-weighted sum of the history.
///
/// With item vectors `H` and positions `P`:
///
/// ```text
/// U = tanh((H + P) W1 + b1)                      [B, L, d_a]
/// A = softmax over real positions of (U W2 + b2) [B, L, K]
/// V = A^T H                                      [B, K, d]
/// ```
///
/// Positions steer the attention but are not part of the values. Made by
/// [`ComiRecSaConfig::init`](super::ComiRecSaConfig::init).
#[derive(Module, Debug)]
pub struct ComiRecSa {
    pub(super) positions: Option<Param<Tensor<2>>>,
    pub(super) hidden: Linear,
    pub(super) heads: Linear,
    #[module(skip)]
    pub(super) max_length: usize,
}

impl ComiRecSa {
    /// The attention matrix `A`: how much each event says about each interest.
    ///
    /// # Shapes
    ///
    /// - `history`: `[B, L, d]`, `mask`: `[B, L]`
    /// - output: `[B, L, K]`, summing to 1 over the real positions, 0 on padding
    ///
    /// # Panics
    ///
    /// If `L` exceeds the configured `max_length`.
    pub fn attention(&self, history: Tensor<3>, mask: Tensor<2>) -> Tensor<3> {
        let [batch, length, d] = history.dims();
        assert!(
            length <= self.max_length,
            "histories of {length} events, but the model has positions for {}",
            self.max_length
        );
        let input = match &self.positions {
            Some(positions) => history + positions.val().narrow(0, 0, length).unsqueeze::<3>(),
            None => history,
        };
        let hidden = dense(&self.hidden, input.reshape([batch * length, d]), Pointwise::Tanh);
        let scores = dense(&self.heads, hidden, Pointwise::Identity);
        let [_, interests] = scores.dims();
        masked_softmax(scores.reshape([batch, length, interests]), mask.reshape([batch, length, 1]), 1)
    }
}

impl Retriever for ComiRecSa {
    fn interests(&self, histories: &Histories, items: &ItemVectors, _: &mut StepContext) -> Interests {
        let history = items.history(histories);
        let attention = self.attention(history.clone(), histories.mask.clone());
        Interests { vectors: attention.swap_dims(1, 2).matmul(history), mask: None }
    }

    fn max_length(&self) -> Option<usize> {
        Some(self.max_length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ComiRecSaConfig;
    use seqrec_core::{
        Backend,
        burn::tensor::Device,
        init::param,
        testing::{self, Order, RetrieverHarness, host},
    };
    use seqrec_train::testing::RetrieverLearning;

    const CONFIG: ComiRecSaConfig = ComiRecSaConfig {
        dim: 6,
        interests: 3,
        attention_dim: None,
        max_length: 8,
        positions: true,
        bias: true,
    };

    fn model(config: &ComiRecSaConfig, device: &Device) -> ComiRecSa {
        config.init(&mut testing::rng(), device).unwrap()
    }

    #[test]
    fn keeps_the_contract_and_knows_order_through_positions_alone() {
        for (positions, order) in [(true, Order::Matters), (false, Order::Ignored)] {
            let config = ComiRecSaConfig { positions, ..CONFIG };
            RetrieverHarness::new(6, |device| model(&config, device)).order(order).check();
        }
    }

    #[test]
    fn learns_a_tiny_set_by_heart_and_serves_what_was_saved() {
        let config = ComiRecSaConfig { dim: 16, ..CONFIG };
        RetrieverLearning::new(16, |device| model(&config, device)).check();
    }

    #[test]
    fn attention_sums_to_one_over_real_positions_and_is_zero_on_padding() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let history = testing::tensor([2, 4, 6], &device);
            let mask = Tensor::from_data([[1.0, 1.0, 1.0, 0.0], [1.0, 0.0, 0.0, 0.0]], &device);
            let weights = model(&CONFIG, &device).attention(history, mask);
            let sums = host(weights.clone().sum_dim(1));
            assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-5), "{sums:?}");
            assert!(host(weights.narrow(1, 3, 1)).iter().all(|&weight| weight == 0.0));
        }
    }

    #[test]
    fn scores_of_zero_and_log_three_weigh_a_quarter_and_three_quarters() {
        let device = Backend::default().device().unwrap();
        // tanh saturates at 1 for the second event only, so its score is the head's weight.
        let model = ComiRecSa {
            positions: None,
            hidden: Linear { weight: param(vec![100.0], [1, 1], &device), bias: None },
            heads: Linear { weight: param(vec![3f32.ln()], [1, 1], &device), bias: None },
            max_length: 2,
        };
        let history = Tensor::<3>::from_data([[[0.0], [1.0]]], &device);
        let weights = host(model.attention(history, Tensor::ones([1, 2], &device)));
        assert!((weights[0] - 0.25).abs() < 1e-6 && (weights[1] - 0.75).abs() < 1e-6, "{weights:?}");
    }

    #[test]
    fn a_size_of_zero_is_refused_by_name() {
        let device = Backend::default().device().unwrap();
        let config = ComiRecSaConfig { interests: 0, ..CONFIG };
        let error = config.init(&mut testing::rng(), &device).unwrap_err();
        assert!(error.to_string().contains("interests must be positive"), "{error}");
    }
}
