use burn::{module::Module, nn::Linear};
use seqrec_core::{
    Interests, Retriever, StepContext,
    batch::Histories,
    items::ItemVectors,
    layers::dense,
    ops::{Pointwise, segment_mean},
};

/// One interest: `u = mean(H) W + b` over the events of the history, `[B, 1, d]`.
///
/// It works on packed histories and computes no padding. Made by
/// [`YoutubeDnnConfig::init`](super::YoutubeDnnConfig::init).
#[derive(Module, Debug)]
pub struct YoutubeDnn {
    pub(super) output: Linear,
}

impl Retriever for YoutubeDnn {
    fn interests(&self, histories: &Histories, items: &ItemVectors, _: &mut StepContext) -> Interests {
        let mean = segment_mean(items.events(histories), &histories.segments);
        let vectors = dense(&self.output, mean, Pointwise::Identity).unsqueeze_dim(1);
        Interests { vectors, mask: None }
    }

    fn computes_padding(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::YoutubeDnnConfig;
    use seqrec_core::{
        Backend,
        burn::tensor::Tensor,
        init::param,
        testing::{self, Order, RetrieverHarness, host},
    };
    use seqrec_train::testing::RetrieverLearning;

    #[test]
    fn keeps_the_contract_and_knows_no_order() {
        let config = YoutubeDnnConfig { dim: 6 };
        let init = |device: &_| config.init(&mut testing::rng(), device).unwrap();
        RetrieverHarness::new(6, init).order(Order::Ignored).check();
    }

    #[test]
    fn learns_a_tiny_set_by_heart_and_serves_what_was_saved() {
        let config = YoutubeDnnConfig { dim: 6 };
        RetrieverLearning::new(6, |device| config.init(&mut testing::rng(), device).unwrap()).check();
    }

    #[test]
    fn the_layer_sees_the_mean() {
        let device = Backend::default().device().unwrap();
        let weight = param(vec![2.0, 0.0, 0.0, 1.0], [2, 2], &device);
        let bias = Some(param(vec![0.0, 10.0], [2], &device));
        let model = YoutubeDnn { output: Linear { weight, bias } };
        let (mut items, histories) = testing::retriever_input(2, &[&[1, 2]], 3, &device);
        items.input = Tensor::from_data([[9.0, 9.0], [1.0, 2.0], [3.0, 6.0]], &device);
        let vectors = model.interests(&histories, &items, &mut StepContext::inference()).vectors;
        assert_eq!(host(vectors), [4.0, 14.0]);
    }

    #[test]
    fn a_size_of_zero_is_refused_by_name() {
        let device = Backend::default().device().unwrap();
        let error = YoutubeDnnConfig { dim: 0 }.init(&mut testing::rng(), &device).unwrap_err();
        assert!(error.to_string().contains("dim must be positive"), "{error}");
    }
}
