use burn::{
    module::Module,
    nn::Linear,
    tensor::{Device, Tensor},
};
use serde::{Deserialize, Serialize};

use super::{ItemEncoder, ItemFeature, ItemVectors, TableConfig};
use crate::{
    CoreError, Result, Rng, StepContext,
    init::Init,
    layers::{FeatureEmbedding, dense},
    ops::{Pointwise, Pooling},
};

/// Configuration of [`FeatureEncoder`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FeatureEncoderConfig {
    /// `d`, size of an item's vector and of each of its parts. Default: 64 (RecBole).
    pub dim: usize,
    /// How the vectors of a feature with several values become one. Default: sum.
    pub pooling: Pooling,
    /// Whether items are scored by the mixed vector, which makes features count for what is
    /// recommended, and not by their free vector alone. Default: no (RecBole).
    pub score_features: bool,
    /// How the table of free vectors starts. Default: `N(0, 0.02^2)`.
    pub table_init: Init,
    /// How the tables of the features and the mixing layer start. Default: `N(0, 0.02^2)`.
    pub init: Init,
}

impl Default for FeatureEncoderConfig {
    fn default() -> Self {
        let init = Init::Normal { std: 0.02 };
        Self { dim: 64, pooling: Pooling::Sum, score_features: false, table_init: init, init }
    }
}

impl FeatureEncoderConfig {
    /// Makes the encoder of a catalogue of `items`, all of whose `features` take part.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] if `dim` is 0, [`CoreError::Feature`] for a feature that has not one
    /// row an item and one for padding.
    pub fn init(
        &self,
        features: Vec<ItemFeature>,
        items: usize,
        rng: &mut Rng,
        device: &Device,
    ) -> Result<FeatureEncoder> {
        if self.dim == 0 {
            let (field, rule, value) = ("dim", "must be positive", "0".into());
            return Err(CoreError::InvalidConfig { field, rule, value });
        }
        if let Some(feature) = features.iter().find(|feature| feature.rows() != items + 1) {
            let rule = format!("has {} rows, not one for padding and {items} for items", feature.rows());
            return Err(CoreError::Feature { name: feature.name().to_owned(), rule });
        }
        let mut embed =
            |feature| FeatureEmbedding::new(feature, self.dim, self.pooling, self.init, rng, device);
        let features: Vec<_> = features.into_iter().map(&mut embed).collect();
        let mix = self.init.linear((1 + features.len()) * self.dim, self.dim, true, rng, device);
        Ok(FeatureEncoder { features, mix, config: self.clone() })
    }
}

/// A free vector an item, mixed with vectors of what is known of it.
///
/// With the row `e_0` of the item's id and the vector `e_f` of each feature
/// ([`FeatureEmbedding`]), histories are made of
///
/// ```text
/// x = [e_0 ; e_1 ; ... ; e_F] W + b
/// ```
///
/// (`FeatureSeqEmbLayer` of RecBole's SASRecF). Items are scored by `e_0`, so that an item that
/// training never saw cannot be told from others, or with `score_features` by `x`.
#[derive(Module, Debug)]
pub struct FeatureEncoder {
    features: Vec<FeatureEmbedding>,
    mix: Linear,
    #[module(skip)]
    config: FeatureEncoderConfig,
}

impl ItemEncoder for FeatureEncoder {
    fn tables(&self) -> Vec<TableConfig> {
        vec![TableConfig { name: "items".into(), width: self.config.dim, init: self.config.table_init }]
    }

    fn encode(&self, rows: &[Tensor<2>], ids: &[u32], _: &mut StepContext) -> ItemVectors {
        let mut parts = vec![rows[0].clone()];
        parts.extend(self.features.iter().map(|feature| feature.forward(ids)));
        let mixed = dense(&self.mix, Tensor::cat(parts, 1), Pointwise::Identity);
        let output = if self.config.score_features { mixed.clone() } else { rows[0].clone() };
        ItemVectors { input: mixed, output, bias: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Backend,
        init::param,
        items::FeatureValues,
        testing::{self, max_difference},
    };

    const ITEMS: usize = 3;

    fn features(lists: [&[u32]; ITEMS]) -> Vec<ItemFeature> {
        let mut offsets = vec![0, 0];
        offsets.extend(lists.iter().scan(0, |end, list| {
            *end += list.len();
            Some(*end)
        }));
        let lists = FeatureValues::Lists { offsets, codes: lists.concat(), cardinality: 4 };
        let codes = FeatureValues::Codes { codes: vec![0, 1, 2, 1], cardinality: 3 };
        let numbers = FeatureValues::Numbers(vec![0.0, 0.5, -1.0, 0.0]);
        [("list", lists), ("code", codes), ("number", numbers)]
            .map(|(name, values)| ItemFeature::new(name, values).unwrap())
            .into()
    }

    fn encode(config: &FeatureEncoderConfig, features: Vec<ItemFeature>, backend: Backend) -> ItemVectors {
        let device = backend.device().unwrap();
        let encoder = config.init(features, ITEMS, &mut testing::rng(), &device).unwrap();
        let table = testing::tensor([ITEMS + 1, config.dim], &device);
        encoder.encode(&[table], &[0, 1, 2, 3], &mut StepContext::inference())
    }

    fn values(tensor: Tensor<2>) -> Vec<f32> {
        tensor.into_data().try_to_vec().unwrap()
    }

    fn config(pooling: Pooling) -> FeatureEncoderConfig {
        let init = Init::Normal { std: 0.3 };
        FeatureEncoderConfig { dim: 5, pooling, init, ..Default::default() }
    }

    #[test]
    fn the_order_of_a_features_values_changes_nothing_and_none_is_finite() {
        for backend in Backend::compiled() {
            for pooling in [Pooling::Sum, Pooling::Mean, Pooling::Max] {
                let of = |lists| values(encode(&config(pooling), features(lists), backend).input);
                let one = of([&[1, 2, 3], &[], &[2]]);
                let other = of([&[3, 1, 2], &[], &[2]]);
                assert!(max_difference(&one, &other) < 1e-5, "{backend} {pooling:?}");
                assert!(one.iter().all(|value| value.is_finite()), "{backend} {pooling:?}");
                let changed = of([&[3, 1], &[], &[2]]);
                assert!(max_difference(&one[5..10], &changed[5..10]) > 1e-3, "{backend} {pooling:?}");
                assert_eq!(one[10..], changed[10..], "other items are as before");
            }
        }
    }

    #[test]
    fn features_reach_scores_only_if_asked() {
        for backend in Backend::compiled() {
            let plain = encode(&config(Pooling::Sum), features([&[1], &[2], &[3]]), backend);
            let table = testing::tensor::<2>([ITEMS + 1, 5], &plain.output.device());
            assert_eq!(values(plain.output), values(table));
            let config = FeatureEncoderConfig { score_features: true, ..config(Pooling::Sum) };
            let scored = encode(&config, features([&[1], &[2], &[3]]), backend);
            assert_eq!(values(scored.output), values(scored.input));
        }
    }

    #[test]
    fn without_features_and_with_the_identity_it_is_the_table() {
        let device = Backend::default().device().unwrap();
        let mut encoder = config(Pooling::Sum).init(vec![], ITEMS, &mut testing::rng(), &device).unwrap();
        let identity = (0..25).map(|at| f32::from(at % 6 == 0)).collect();
        encoder.mix.weight = param(identity, [5, 5], &device);
        let table = testing::tensor::<2>([ITEMS + 1, 5], &device);
        let vectors =
            encoder.encode(std::slice::from_ref(&table), &[0, 1, 2, 3], &mut StepContext::inference());
        assert_eq!(values(vectors.input), values(table));
    }

    #[test]
    fn every_parameter_gets_a_gradient() {
        for backend in Backend::compiled() {
            let training = backend.device().unwrap().autodiff();
            let features = features([&[1, 2, 3], &[2], &[2]]);
            let encoder =
                config(Pooling::Mean).init(features, ITEMS, &mut testing::rng(), &training).unwrap();
            let table = testing::tensor([4, 5], &training);
            let vectors = encoder.encode(&[table], &[0, 1, 2, 3], &mut StepContext::inference());
            let gradients = (vectors.input.clone() * vectors.input).sum().backward();
            testing::assert_all_gradients(&encoder, &gradients, backend);
        }
    }

    #[test]
    fn a_feature_of_another_catalogue_is_refused() {
        let device = Backend::default().device().unwrap();
        let features = features([&[1], &[2], &[3]]);
        let error = config(Pooling::Sum).init(features, 7, &mut testing::rng(), &device).unwrap_err();
        assert!(error.to_string().contains("`list` has 4 rows"), "{error}");
    }
}
