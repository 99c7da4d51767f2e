use burn::{
    module::{Module, Param},
    nn::Linear,
    tensor::Tensor,
};
use seqrec_core::{
    Interests, Retriever, StepContext,
    batch::Histories,
    items::ItemVectors,
    layers::dense,
    ops::{Pointwise, Segments, gather, segment_softmax, segment_weighted_sum},
};

/// `K` interests, each an attention-weighted sum of the history.
///
/// With the item vectors `H` and positions `P` of a history of `L` events:
///
/// ```text
/// U = tanh((H + P) W1 + b1)              [L, d_a]
/// A = softmax over events of (U W2 + b2) [L, K]
/// V = A^T H                              [K, d]
/// ```
///
/// Positions steer the attention but are not part of the values; they count from the oldest event of
/// the window. It works on packed histories and computes no padding. Made by
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
    /// - `events`: `[T, d]`, packed
    /// - output: `[T, K]`, summing to 1 over the events of a history
    ///
    /// # Panics
    ///
    /// If a history exceeds the configured `max_length`.
    pub fn attention(&self, events: Tensor<2>, segments: &Segments) -> Tensor<2> {
        let (longest, limit) = (segments.longest(), self.max_length);
        assert!(longest <= limit, "histories of {longest} events, but the model has positions for {limit}");
        if segments.is_empty() {
            let [_, interests] = self.heads.weight.dims();
            return Tensor::zeros([0, interests], &events.device());
        }
        let input = match &self.positions {
            Some(positions) => events + gather(positions.val(), &segments.positions(), None),
            None => events,
        };
        let hidden = dense(&self.hidden, input, Pointwise::Tanh);
        segment_softmax(dense(&self.heads, hidden, Pointwise::Identity), segments)
    }
}

impl Retriever for ComiRecSa {
    fn interests(&self, histories: &Histories, items: &ItemVectors, _: &mut StepContext) -> Interests {
        let (events, segments) = (items.events(histories), &histories.segments);
        let attention = self.attention(events.clone(), segments);
        Interests { vectors: segment_weighted_sum(attention, events, segments), mask: None }
    }

    fn max_length(&self) -> Option<usize> {
        Some(self.max_length)
    }

    fn computes_padding(&self) -> bool {
        false
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
    fn attention_sums_to_one_over_each_history() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let segments = Segments::new([3, 0, 1]);
            let weights = model(&CONFIG, &device).attention(testing::tensor([4, 6], &device), &segments);
            let sums = host(weights.clone().narrow(0, 0, 3).sum_dim(0));
            assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-5), "{sums:?}");
            assert_eq!(host(weights.narrow(0, 3, 1)), [1.0; 3]);
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
        let events = Tensor::<2>::from_data([[0.0], [1.0]], &device);
        let weights = host(model.attention(events, &Segments::new([2])));
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
