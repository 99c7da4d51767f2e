use burn::tensor::Device;
use seqrec_core::{
    CoreError, Rng, Supervision,
    init::Init,
    items::{FeatureEncoder, FeatureEncoderConfig, ItemFeature},
    ops::{Pointwise, Pooling},
};
use serde::{Deserialize, Serialize};

use crate::sasrec::{Architecture, SasRec, SasRecConfig};

/// Configuration of SASRecF: of the network, and of the encoder of its items.
///
/// Defaults are those of RecBole, whose name of a field stands in brackets. Its manual suggests to
/// search learning rates of 0.01, 0.005, 0.001, 0.0005 and 0.0001 and what the fields say. Which
/// features take part (`selected_features`) is what [`encoder`](Self::encoder) is given; which loss
/// (`loss_type`) is the trainer's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SasRecFConfig {
    /// `d`, size of item, feature and state vectors (`hidden_size`). Default: 64.
    pub dim: usize,
    /// Width between the two dense layers of a block (`inner_size`). Default: 256.
    pub inner_dim: usize,
    /// Number of blocks (`n_layers`). Default: 2; search 1, 2, 3.
    pub blocks: usize,
    /// Number of attention heads, dividing `dim` (`n_heads`). Default: 2; search 1, 2.
    pub heads: usize,
    /// Dropout on inputs and the parts of a block (`hidden_dropout_prob`). Default: 0.5; search 0.2, 0.5.
    pub dropout: f64,
    /// Dropout on attention probabilities (`attn_dropout_prob`). Default: 0.5; search 0.2, 0.5.
    pub attention_dropout: f64,
    /// GELU, ReLU, swish, tanh or sigmoid between the dense layers (`hidden_act`). Default: GELU.
    pub activation: Pointwise,
    /// Added to variances before the root (`layer_norm_eps`). Default: 1e-12.
    pub epsilon: f32,
    /// Standard deviation of the weights' normal start (`initializer_range`). Default: 0.02.
    pub init_std: f32,
    /// How the vectors of a feature with several values become one (`pooling_mode`). Default: sum.
    pub pooling: Pooling,
    /// Whether items are scored with their features, not by their own vector alone. Default: no, as
    /// RecBole.
    pub score_features: bool,
    /// Longest history; one position vector each (`MAX_ITEM_LIST_LENGTH`). Default: 50.
    pub max_length: usize,
    /// Which states train. Default: every event, which is what RecBole's one example for each prefix
    /// amounts to.
    pub supervision: Supervision,
}

impl Default for SasRecFConfig {
    fn default() -> Self {
        Self {
            dim: 64,
            inner_dim: 256,
            blocks: 2,
            heads: 2,
            dropout: 0.5,
            attention_dropout: 0.5,
            activation: Pointwise::Gelu,
            epsilon: 1e-12,
            init_std: 0.02,
            pooling: Pooling::Sum,
            score_features: false,
            max_length: 50,
            supervision: Supervision::EveryEvent,
        }
    }
}

impl SasRecFConfig {
    /// Checks the configuration and makes the network.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] for what [`SasRecConfig::init`] refuses, no non-linearity, or a
    /// standard deviation that is not positive.
    pub fn init(&self, rng: &mut Rng, device: &Device) -> Result<SasRec, CoreError> {
        let network = SasRecConfig {
            architecture: Architecture::PostNorm,
            dim: self.dim,
            blocks: self.blocks,
            heads: self.heads,
            inner_dim: Some(self.inner_dim),
            dropout: self.dropout,
            attention_dropout: Some(self.attention_dropout),
            activation: Some(self.activation),
            epsilon: Some(self.epsilon),
            init: Some(self.weights()?),
            max_length: self.max_length,
            supervision: self.supervision,
        };
        if self.activation == Pointwise::Identity {
            let (field, rule, value) = ("activation", "must be a non-linearity", "identity".into());
            return Err(CoreError::InvalidConfig { field, rule, value });
        }
        network.init(rng, device)
    }

    /// Makes the encoder of a catalogue of `items` of which `features` are known; `table` is how the
    /// free vectors start.
    ///
    /// # Errors
    ///
    /// Those of [`FeatureEncoderConfig::init`], and [`CoreError::InvalidConfig`] for a standard
    /// deviation that is not positive.
    pub fn encoder(
        &self,
        features: Vec<ItemFeature>,
        items: usize,
        table: Init,
        rng: &mut Rng,
        device: &Device,
    ) -> Result<FeatureEncoder, CoreError> {
        let config = FeatureEncoderConfig {
            dim: self.dim,
            pooling: self.pooling,
            score_features: self.score_features,
            table_init: table,
            init: self.weights()?,
        };
        config.init(features, items, rng, device)
    }

    fn weights(&self) -> Result<Init, CoreError> {
        let std = self.init_std;
        if !(std > 0.0 && std.is_finite()) {
            let (field, rule, value) = ("init_std", "must be positive", std.to_string());
            return Err(CoreError::InvalidConfig { field, rule, value });
        }
        Ok(Init::Normal { std })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seqrec_core::{
        Backend, StepContext,
        burn::tensor::Tensor,
        items::{FeatureValues, ItemEncoder as _, ItemVectors},
        params,
        testing::{self, Order, RetrieverHarness, host},
    };
    use seqrec_train::{
        loader::{Avoid, LossConfig, OwnNegativesConfig},
        testing::RetrieverLearning,
    };

    fn config() -> SasRecFConfig {
        SasRecFConfig { dim: 6, inner_dim: 8, max_length: 8, dropout: 0.1, ..Default::default() }
    }

    const TABLE: Init = Init::Normal { std: 0.1 };

    /// A colour, some tags and a price for each of `items`.
    fn features(items: usize) -> Vec<ItemFeature> {
        let count = |item: usize| item % 3;
        let offsets = (0..=items + 1).scan(0, |end, item| {
            let offset = *end;
            *end += count(item);
            Some(offset)
        });
        let offsets: Vec<usize> = offsets.collect();
        let codes = (0..offsets[items + 1]).map(|at| 1 + at as u32 % 4).collect();
        let colours = (0..=items as u32).map(|item| item % 5).collect();
        let prices = (0..=items).map(|item| item as f32 / items as f32).collect();
        [
            ("colour", FeatureValues::Codes { codes: colours, cardinality: 5 }),
            ("tags", FeatureValues::Lists { offsets, codes, cardinality: 5 }),
            ("price", FeatureValues::Numbers(prices)),
        ]
        .map(|(name, values)| ItemFeature::new(name, values).unwrap())
        .into()
    }

    #[test]
    fn keeps_the_contract_in_order_and_without_looking_ahead() {
        let harness = RetrieverHarness::new(6, |device| config().init(&mut testing::rng(), device).unwrap());
        harness.order(Order::Matters).causal(SasRec::states).check();
    }

    #[test]
    fn learns_a_tiny_set_by_heart_in_every_pooling_and_from_both_losses() {
        let bpr =
            LossConfig::Bpr(OwnNegativesConfig { negatives: 8, avoid: Avoid::Target, ..Default::default() });
        for pooling in [Pooling::Sum, Pooling::Mean, Pooling::Max] {
            for loss in [LossConfig::FullSoftmax, bpr] {
                let config = SasRecFConfig {
                    dim: 16,
                    dropout: 0.0,
                    attention_dropout: 0.0,
                    init_std: 0.1,
                    pooling,
                    score_features: pooling == Pooling::Mean,
                    ..config()
                };
                let model = |device: &Device| config.init(&mut testing::rng(), device).unwrap();
                let encoder = |device: &Device| {
                    config.encoder(features(36), 36, TABLE, &mut testing::rng(), device).unwrap()
                };
                RetrieverLearning::new(16, model).encoder(encoder).loss(loss).check();
            }
        }
    }

    /// Without features and with `W` the identity, RecBole's SASRecF is its SASRec.
    #[test]
    fn without_features_it_is_sasrec() {
        let device = Backend::default().device().unwrap();
        let config = config();
        let encoder = config.encoder(vec![], 9, TABLE, &mut testing::rng(), &device).unwrap();
        let mut weights = params::export(&encoder);
        let mix = weights.get_mut("mix.weight").unwrap();
        mix.values = (0..36).map(|at| f32::from(at % 7 == 0)).collect();
        let encoder = params::import(encoder, weights).unwrap();

        let plain = SasRecConfig {
            architecture: Architecture::PostNorm,
            dim: 6,
            heads: 2,
            inner_dim: Some(8),
            max_length: 8,
            ..Default::default()
        };
        let (vectors, histories) = testing::retriever_input(6, &[&[1, 2, 3]], 8, &device);
        let ids: Vec<u32> = (0..=9).collect();
        let encoded =
            encoder.encode(std::slice::from_ref(&vectors.input), &ids, &mut StepContext::inference());
        let states = |model: SasRec, items: &ItemVectors| -> Vec<f32> {
            let states: Tensor<2> = model.states(&histories, items, &mut StepContext::inference());
            host(states)
        };
        let ours = states(config.init(&mut testing::rng(), &device).unwrap(), &encoded);
        assert_eq!(ours, states(plain.init(&mut testing::rng(), &device).unwrap(), &vectors));
    }

    #[test]
    fn wrong_configurations_are_refused_by_name() {
        let device = Backend::default().device().unwrap();
        for (wrong, name) in [
            (SasRecFConfig { heads: 4, ..config() }, "heads must divide dim"),
            (SasRecFConfig { inner_dim: 0, ..config() }, "inner_dim must be positive"),
            (SasRecFConfig { attention_dropout: 1.0, ..config() }, "attention_dropout must lie"),
            (SasRecFConfig { activation: Pointwise::Identity, ..config() }, "activation must be"),
            (SasRecFConfig { epsilon: -1.0, ..config() }, "epsilon must be positive"),
            (SasRecFConfig { init_std: 0.0, ..config() }, "init_std must be positive"),
        ] {
            let error = wrong.init(&mut testing::rng(), &device).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }
}
