use burn::{
    module::{Module, Param},
    tensor::Tensor,
};
use seqrec_core::{
    Interests, Retriever, StepContext,
    batch::Histories,
    items::ItemVectors,
    ops::{RoutingConfig, positional_linear, route},
};

use super::ComiRecDrConfig;

/// `K` interests, each a capsule that the events of the history are routed to.
///
/// With item vectors `H` and a matrix `M` for each position and interest:
///
/// ```text
/// u_tk = H_t M_tk
/// V    = capsules of dynamic routing from logits of 0    [B, K, d]
/// ```
///
/// [`route`] has the equations of the routing and says what of it carries gradient. Positions are
/// counted from the oldest event of the window. It works on packed histories and computes no padding.
/// Made by [`ComiRecDrConfig::init`](super::ComiRecDrConfig::init).
#[derive(Module, Debug)]
pub struct ComiRecDr {
    /// `M`, `[L, d, K d]`.
    pub(super) transform: Param<Tensor<3>>,
    #[module(skip)]
    pub(super) config: ComiRecDrConfig,
}

impl Retriever for ComiRecDr {
    fn interests(&self, histories: &Histories, items: &ItemVectors, _: &mut StepContext) -> Interests {
        let ComiRecDrConfig { dim, interests, rounds, .. } = self.config;
        let segments = &histories.segments;
        let predictions = positional_linear(items.events(histories), self.transform.val(), segments);
        let vectors = route(predictions, None, segments, RoutingConfig { interests, dim, rounds });
        Interests { vectors, mask: None }
    }

    fn max_length(&self) -> Option<usize> {
        Some(self.config.max_length)
    }

    fn computes_padding(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seqrec_core::{
        Backend,
        batch::{Padded, Rows},
        burn::tensor::Device,
        init::{Init, param},
        testing::{self, Order, RetrieverHarness, host},
    };
    use seqrec_train::testing::RetrieverLearning;

    fn config(interests: usize) -> ComiRecDrConfig {
        ComiRecDrConfig { dim: 6, interests, max_length: 8, ..Default::default() }
    }

    fn model(config: &ComiRecDrConfig, device: &Device) -> ComiRecDr {
        config.init(&mut testing::rng(), device).unwrap()
    }

    fn vectors(model: &ComiRecDr, items: &ItemVectors, histories: &Histories) -> Vec<f32> {
        host(model.interests(histories, items, &mut StepContext::inference()).vectors)
    }

    #[test]
    fn keeps_the_contract_in_order() {
        for interests in [1, 3] {
            let harness = RetrieverHarness::new(6, |device| model(&config(interests), device));
            harness.order(Order::Matters).check();
        }
    }

    #[test]
    fn learns_a_tiny_set_by_heart_and_serves_what_was_saved() {
        let config = ComiRecDrConfig { dim: 16, ..config(2) };
        RetrieverLearning::new(16, |device| model(&config, device)).check();
    }

    /// Both events are the item (1, 0), so that the first rows of the matrices are the predictions.
    #[test]
    fn two_events_give_the_worked_capsules() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let config = ComiRecDrConfig { dim: 2, interests: 2, max_length: 2, ..Default::default() };
            let unused = [9.0; 4];
            let rows = [[2.0, 0.0, 1.0, 0.0], unused, [0.0, 1.0, 0.0, 2.0], unused];
            let model = ComiRecDr { transform: param(rows.concat(), [2, 2, 4], &device), config };
            let items = ItemVectors::tied(Tensor::from_data([[5.0, 5.0], [1.0, 0.0]], &device));
            let padded = Padded::new([&[1, 1][..], &[1]], 2);
            let histories = Histories::new(&padded, &Rows::all(1), &device);
            let capsules = vectors(&model, &items, &histories);
            let both = [0.749474, 0.057312, 0.057312, 0.749474];
            assert!(testing::max_difference(&capsules[..4], &both) < 2e-6, "{backend}: {capsules:?}");
            assert!(testing::max_difference(&capsules[4..6], &[0.757316, 0.0]) < 2e-6, "{backend}");
        }
    }

    #[test]
    fn capsules_are_shorter_than_one_and_differ() {
        let device = Backend::default().device().unwrap();
        let (items, histories) = testing::retriever_input(6, &[&[1, 2, 3, 4]], 8, &device);
        let capsules = vectors(&model(&config(3), &device), &items, &histories);
        for capsule in capsules.chunks(6) {
            assert!(capsule.iter().map(|value| value * value).sum::<f32>() < 1.0);
        }
        assert!(testing::max_difference(&capsules[..6], &capsules[6..12]) > 1e-2);
    }

    #[test]
    fn wrong_configurations_are_refused_by_name() {
        let device = Backend::default().device().unwrap();
        let wrong = ComiRecDrConfig { rounds: 0, init: Init::GlorotUniform, ..config(3) };
        let error = wrong.init(&mut testing::rng(), &device).unwrap_err();
        assert!(error.to_string().contains("rounds must be positive"), "{error}");
    }
}
