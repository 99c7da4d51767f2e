use burn::{module::Module, nn::Linear, tensor::Tensor};
use seqrec_core::{
    Impressions, Ranker, StepContext,
    items::ItemVectors,
    layers::{BatchNorm, FieldEmbedding, Mlp, masked_softmax, masked_sum},
};

use super::AttentionWeights;

/// Scores a candidate `q` against a history `k_1..k_L` weighted by its relevance to `q`.
///
/// ```text
/// score_t = MLP([q ; k_t ; q - k_t ; q * k_t])
/// w_t     = softmax over real t of score_t / sqrt(d)   or   score_t, 0 on padding
/// s       = Linear(BN(sum over t of w_t k_t))
/// logit   = MLP(BN([s ; q ; s * q ; profile])) (+ item bias)
/// ```
///
/// Made by [`DinConfig::init`](super::DinConfig::init).
#[derive(Module, Debug)]
pub struct Din {
    pub(super) attention: Mlp,
    pub(super) pooled_norm: BatchNorm,
    pub(super) pooled: Linear,
    pub(super) profile: Option<FieldEmbedding>,
    pub(super) input_norm: BatchNorm,
    pub(super) scorer: Mlp,
    #[module(skip)]
    pub(super) weights: AttentionWeights,
}

impl Din {
    /// The weight of each event for its row's candidate.
    ///
    /// # Shapes
    ///
    /// - `candidates`: `[B, d]`, `history`: `[B, L, d]`, `mask`: `[B, L]`
    /// - output: `[B, L]`, 0 on padding
    pub fn attention(
        &self,
        candidates: Tensor<2>,
        history: Tensor<3>,
        mask: Tensor<2>,
        context: &mut StepContext,
    ) -> Tensor<2> {
        let [batch, length, d] = history.dims();
        let query = candidates.reshape([batch, 1, d]).expand([batch, length, d]);
        let features = Tensor::cat(
            vec![query.clone(), history.clone(), query.clone() - history.clone(), query * history],
            2,
        );
        let real = mask.clone().reshape([batch * length]);
        let scores = self
            .attention
            .forward(features.reshape([batch * length, 4 * d]), Some(real), context)
            .reshape([batch, length]);
        match self.weights {
            AttentionWeights::Softmax => masked_softmax(scores.div_scalar((d as f64).sqrt()), mask, 1),
            AttentionWeights::Raw => scores * mask,
        }
    }
}

impl Ranker for Din {
    fn logits(&self, input: &Impressions, items: &ItemVectors, context: &mut StepContext) -> Tensor<1> {
        let history = items.history(&input.histories);
        let candidates = items.inputs(input.candidates.clone());
        let [batch, length, _] = history.dims();
        let weights =
            self.attention(candidates.clone(), history.clone(), input.histories.mask.clone(), context);
        let sum = masked_sum(history * weights.reshape([batch, length, 1]), input.histories.mask.clone());
        let pooled = self.pooled.forward(self.pooled_norm.forward(sum, context));

        let mut parts = vec![pooled.clone(), candidates.clone(), pooled * candidates];
        if let (Some(embedding), Some(codes)) = (&self.profile, &input.profile.categorical) {
            parts.push(embedding.forward(codes.clone()));
        }
        let logits =
            self.scorer.forward(self.input_norm.forward(Tensor::cat(parts, 1), context), None, context);
        match &items.bias {
            Some(bias) => logits + bias.clone().select(0, input.candidates.clone()),
            None => logits,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DinConfig;
    use seqrec_core::{
        Backend,
        burn::tensor::Device,
        layers::{ActivationConfig, MlpConfig},
        testing::{self, Order, RankerHarness, host},
    };
    use seqrec_train::testing::RankerLearning;

    fn config(weights: AttentionWeights, activation: ActivationConfig) -> DinConfig {
        let mlp = MlpConfig { hidden: vec![5, 3], activation, dropout: 0.0 };
        DinConfig {
            dim: 6,
            attention: mlp.clone(),
            weights,
            scorer: mlp,
            profile_fields: vec![3],
            profile_dim: 2,
        }
    }

    fn model(config: &DinConfig, device: &Device) -> Din {
        config.init(&mut testing::rng(), device).unwrap()
    }

    const WEIGHTS: [AttentionWeights; 2] = [AttentionWeights::Softmax, AttentionWeights::Raw];

    #[test]
    fn keeps_the_contract_and_knows_no_order() {
        for weights in WEIGHTS {
            for activation in [ActivationConfig::Prelu, ActivationConfig::Dice, ActivationConfig::Sigmoid] {
                let config = config(weights, activation);
                let harness = RankerHarness::new(6, |device| model(&config, device));
                harness.fields(&config.profile_fields).order(Order::Ignored).check();
            }
        }
    }

    #[test]
    fn learns_a_tiny_set_by_heart_and_loads_what_was_saved() {
        for weights in WEIGHTS {
            let small = config(weights, ActivationConfig::Dice);
            let config = DinConfig { dim: 16, profile_fields: Vec::new(), ..small };
            RankerLearning::new(16, |device| model(&config, device)).check();
        }
    }

    #[test]
    fn the_candidate_changes_the_weights() {
        let device = Backend::default().device().unwrap();
        let model = model(&config(AttentionWeights::Softmax, ActivationConfig::Prelu), &device);
        let row = testing::tensor::<3>([1, 3, 6], &device);
        let history = row.clone().repeat_dim(0, 2);
        let candidates = Tensor::cat(vec![row.clone().narrow(1, 0, 1), row.narrow(1, 1, 1).neg()], 0);
        let mask = Tensor::from_data([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0]], &device);
        let context = &mut StepContext::inference();
        let weights = host(model.attention(candidates.reshape([2, 6]), history, mask, context));
        assert!((weights[0] - weights[3]).abs() > 1e-5, "{weights:?}");
        assert!((weights[0] + weights[1] - 1.0).abs() < 1e-6 && weights[2] == 0.0);
    }

    #[test]
    fn raw_weights_are_the_scores_and_need_not_sum_to_one() {
        let device = Backend::default().device().unwrap();
        let model = model(&config(AttentionWeights::Raw, ActivationConfig::Prelu), &device);
        let history = testing::tensor::<3>([1, 2, 6], &device);
        let candidates = testing::tensor::<2>([1, 6], &device);
        let mask = Tensor::from_data([[1.0, 0.0]], &device);
        let weights = host(model.attention(candidates, history, mask, &mut StepContext::inference()));
        assert!(weights[1] == 0.0 && (weights[0] - 1.0).abs() > 1e-3, "{weights:?}");
    }
}
