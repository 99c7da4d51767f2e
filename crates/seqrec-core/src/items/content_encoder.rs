use std::sync::Arc;

use burn::{
    module::Module,
    nn::Linear,
    tensor::{Device, Tensor, TensorData},
};
use rand::RngExt as _;
use serde::{Deserialize, Serialize};

use super::{ItemEncoder, ItemFeature, ItemVectors, TableConfig};
use crate::{
    CoreError, Result, Rng, StepContext,
    init::Init,
    layers::{FeatureEmbedding, dense, normalize},
    ops::{Pointwise, Pooling},
};

/// Configuration of [`ContentEncoder`]; the sizes are PaddleRec's for SSR.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContentEncoderConfig {
    /// Size of the vectors of tokens and ids, which histories are made of. Default: 128.
    pub dim: usize,
    /// Size of the vectors that are scored. Default: 100.
    pub output: usize,
    /// How the vectors of a feature's tokens become one. Default: sum.
    pub pooling: Pooling,
    /// Whether the item's id counts as one more token. Default: yes.
    pub ids: bool,
    /// Chance that a training step leaves an item's id out, so that content learns to do without it.
    /// Default: 0.5.
    pub id_dropout: f64,
    /// How the tables of the features and the output layer start. Default: Glorot uniform.
    pub init: Init,
}

impl Default for ContentEncoderConfig {
    fn default() -> Self {
        Self {
            dim: 128,
            output: 100,
            pooling: Pooling::Sum,
            ids: true,
            id_dropout: 0.5,
            init: Init::GlorotUniform,
        }
    }
}

impl ContentEncoderConfig {
    /// Makes the encoder of the items whose `features` are known.
    ///
    /// `trained` marks the items that training has, `[n + 1]` with padding first. `table` is how the
    /// vectors of ids start.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] for a size of 0, a dropout outside `[0, 1)`, or items that may have
    /// neither id nor content; [`CoreError::Feature`] for a feature that has not one row an item and one
    /// for padding.
    pub fn init(
        &self,
        features: Vec<ItemFeature>,
        trained: Vec<bool>,
        table: Init,
        rng: &mut Rng,
        device: &Device,
    ) -> Result<ContentEncoder> {
        self.check(features.is_empty())?;
        if let Some(feature) = features.iter().find(|feature| feature.rows() != trained.len()) {
            let rule = format!("has {} rows, not one for each of {}", feature.rows(), trained.len());
            return Err(CoreError::Feature { name: feature.name().to_owned(), rule });
        }
        let mut embed =
            |feature| FeatureEmbedding::new(feature, self.dim, self.pooling, self.init, rng, device);
        Ok(ContentEncoder {
            features: features.into_iter().map(&mut embed).collect(),
            head: self.init.linear(self.dim, self.output, true, rng, device),
            trained: Arc::new(trained),
            table,
            config: self.clone(),
        })
    }

    fn check(&self, without_features: bool) -> Result<()> {
        let invalid = |field, rule, value: String| Err(CoreError::InvalidConfig { field, rule, value });
        if let Some((field, _)) =
            [("dim", self.dim), ("output", self.output)].into_iter().find(|(_, size)| *size == 0)
        {
            return invalid(field, "must be positive", "0".into());
        }
        if !(0.0..1.0).contains(&self.id_dropout) {
            return invalid("id_dropout", "must lie in [0, 1)", self.id_dropout.to_string());
        }
        if without_features && !self.ids {
            return invalid("ids", "must be on where items have no content", "false".into());
        }
        if without_features && self.id_dropout > 0.0 {
            let rule = "must be 0 where items have no content";
            return invalid("id_dropout", rule, self.id_dropout.to_string());
        }
        Ok(())
    }
}

/// Item vectors from content, for items that training never saw as well: the item tower of SSR.
///
/// ```text
/// x = sum over features of pool(token vectors) + m e_id      [n, dim], what histories are made of
/// y = (x W + b) / |x W + b|                                  [n, output], what is scored
/// ```
///
/// `e_id` is the vector of the item's id, its row of the table. `m` is 0 for items that training does not
/// have and, in training, with the chance of `id_dropout` for any other: drawn once an item and step,
/// and not made up for by a scale, so that content is what an item without id has in training too.
/// Tokens that the vocabulary lacks share a code, see [`ItemFeature`]. Without features and without
/// dropout, the id is the item's one token, as in the reference. Lengths of 1 make scores cosines.
///
/// Reference: PaddleRec 1.8.5, `models/recall/ssr`.
#[derive(Module, Debug)]
pub struct ContentEncoder {
    features: Vec<FeatureEmbedding>,
    head: Linear,
    #[module(skip)]
    trained: Arc<Vec<bool>>,
    #[module(skip)]
    table: Init,
    #[module(skip)]
    config: ContentEncoderConfig,
}

impl ContentEncoder {
    /// `m e_id` of the items `ids`, whose rows of the table are `rows`.
    fn id_part(&self, rows: &Tensor<2>, ids: &[u32], context: &mut StepContext) -> Tensor<2> {
        let p = self.config.id_dropout;
        let kept = |&id: &u32| {
            // Drawn for every item, so that what one item's mask is does not depend on the others' kind.
            let dropped = context.training && context.rng.random::<f64>() < p;
            f32::from(self.trained[id as usize] && !dropped)
        };
        let mask: Vec<f32> = ids.iter().map(kept).collect();
        rows.clone() * Tensor::from_data(TensorData::new(mask, [ids.len(), 1]), &rows.device())
    }
}

impl ItemEncoder for ContentEncoder {
    fn tables(&self) -> Vec<TableConfig> {
        let table = TableConfig { name: "items".into(), width: self.config.dim, init: self.table };
        if self.config.ids { vec![table] } else { vec![] }
    }

    fn encode(&self, rows: &[Tensor<2>], ids: &[u32], context: &mut StepContext) -> ItemVectors {
        let id_part = rows.first().map(|rows| self.id_part(rows, ids, context));
        let content = self.features.iter().map(|feature| feature.forward(ids));
        let input = content.chain(id_part).reduce(|sum, part| sum + part).expect("checked: id or content");
        let output = normalize(dense(&self.head, input.clone(), Pointwise::Identity));
        ItemVectors { input, output, bias: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Backend, Seed,
        items::FeatureValues,
        testing::{self, host, max_difference},
    };

    /// Items 1 to 4; 1 and 3 have the same tokens, 4 has none, and training lacks 3 and 4.
    const TRAINED: [bool; 5] = [false, true, true, false, false];
    const IDS: [u32; 5] = [0, 1, 2, 3, 4];

    fn features() -> Vec<ItemFeature> {
        let title = FeatureValues::Lists {
            offsets: vec![0, 0, 2, 3, 5, 5],
            codes: vec![1, 3, 2, 3, 1],
            cardinality: 4,
        };
        let genre = FeatureValues::Codes { codes: vec![0, 1, 2, 1, 0], cardinality: 3 };
        [("title", title), ("genre", genre)]
            .map(|(name, values)| ItemFeature::new(name, values).unwrap())
            .into()
    }

    fn config() -> ContentEncoderConfig {
        ContentEncoderConfig { dim: 4, output: 3, ..Default::default() }
    }

    fn encoder(config: &ContentEncoderConfig, device: &Device) -> ContentEncoder {
        let table = Init::Normal { std: 0.1 };
        config.init(features(), TRAINED.into(), table, &mut testing::rng(), device).unwrap()
    }

    /// Input and output of [`IDS`], row by row.
    fn rows(config: &ContentEncoderConfig, device: &Device, context: &mut StepContext) -> [Vec<Vec<f32>>; 2] {
        let table: Tensor<2> = testing::tensor([5, 4], device);
        let tables = if config.ids { vec![table] } else { vec![] };
        let vectors = encoder(config, device).encode(&tables, &IDS, context);
        let split = |values: Vec<f32>, width| values.chunks(width).map(<[f32]>::to_vec).collect();
        [split(host(vectors.input), 4), split(host(vectors.output), 3)]
    }

    #[test]
    fn an_item_that_training_lacks_is_its_tokens() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            for pooling in [Pooling::Sum, Pooling::Mean, Pooling::Max] {
                let of = |ids| {
                    let config = ContentEncoderConfig { pooling, ids, ..config() };
                    rows(&config, &device, &mut StepContext::inference())
                };
                let ([input, output], [content, _]) = (of(true), of(false));
                assert!(max_difference(&input[3], &content[3]) < 1e-6, "{backend}: its own id counts");
                assert!(max_difference(&content[3], &content[1]) < 1e-6, "{backend}: order counts");
                assert!(max_difference(&input[1], &content[1]) > 1e-2, "{backend}: an id counts for nothing");
                assert_eq!(input[4], [0.0; 4], "{backend}: neither id nor tokens");
                for row in &output[1..4] {
                    let length: f32 = row.iter().map(|value| value * value).sum();
                    assert!((length - 1.0).abs() < 1e-5, "{backend}: {row:?}");
                }
            }
        }
    }

    #[test]
    fn an_item_more_leaves_the_vectors_of_the_others_as_they_are() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let encoder = encoder(&config(), &device);
            let output = |count: usize| {
                let table = testing::tensor::<2>([5, 4], &device).narrow(0, 0, count);
                let vectors = encoder.encode(&[table], &IDS[..count], &mut StepContext::inference());
                host(vectors.output)
            };
            assert!(max_difference(&output(4), &output(5)[..4 * 3]) < 1e-6, "{backend}");
        }
    }

    #[test]
    fn a_step_drops_the_ids_of_its_share_of_items_and_scales_none() {
        let device = Backend::default().device().unwrap();
        let [full, _] = rows(&config(), &device, &mut StepContext::inference());
        let [content, _] =
            rows(&ContentEncoderConfig { ids: false, ..config() }, &device, &mut StepContext::inference());
        let steps = 400;
        let mut dropped = 0;
        for step in 0..steps {
            let [input, _] = rows(&config(), &device, &mut StepContext::training(Seed(1), step));
            let is = |vector: &Vec<f32>| max_difference(&input[1], vector) < 1e-6;
            assert!(is(&full[1]) != is(&content[1]));
            dropped += u32::from(is(&content[1]));
        }
        let share = f64::from(dropped) / steps as f64;
        assert!((share - 0.5).abs() < 0.1, "{share}");
    }

    #[test]
    fn every_parameter_gets_a_gradient() {
        for backend in Backend::compiled() {
            let training = backend.device().unwrap().autodiff();
            let encoder = encoder(&config(), &training);
            let table = testing::tensor([5, 4], &training);
            let vectors = encoder.encode(&[table], &IDS, &mut StepContext::inference());
            let weights: Tensor<2> = testing::tensor([5, 3], &training);
            let gradients = (vectors.output * weights).sum().backward();
            testing::assert_all_gradients(&encoder, &gradients, backend);
        }
    }

    #[test]
    fn what_leaves_items_without_a_vector_is_refused() {
        let device = Backend::default().device().unwrap();
        let error = |config: ContentEncoderConfig, features, trained: Vec<bool>| {
            let made = config.init(features, trained, Init::GlorotUniform, &mut testing::rng(), &device);
            made.unwrap_err().to_string()
        };
        let all = TRAINED.to_vec();
        for (config, name) in [
            (ContentEncoderConfig { dim: 0, ..config() }, "dim must be positive"),
            (ContentEncoderConfig { id_dropout: 1.0, ..config() }, "id_dropout must lie in [0, 1)"),
            (ContentEncoderConfig { ids: false, ..config() }, "ids must be on"),
            (config(), "id_dropout must be 0"),
        ] {
            let found = error(config, vec![], all.clone());
            assert!(found.contains(name), "{found}");
        }
        let found = error(config(), features(), vec![true; 3]);
        assert!(found.contains("`title` has 5 rows, not one for each of 3"), "{found}");
        let reference = ContentEncoderConfig { id_dropout: 0.0, ..config() };
        assert!(reference.init(vec![], all, Init::GlorotUniform, &mut testing::rng(), &device).is_ok());
    }
}
