use burn::{
    module::Module,
    tensor::{Int, Tensor},
};
use seqrec_core::{
    Interests, Queries, Retriever, StepContext, Supervision, batch::Histories, items::ItemVectors,
};

use super::{GruTower, MultiRateTower};

/// One interest: the user tower's vector, of length 1.
///
/// With the item tower ([`ContentEncoder`](seqrec_core::items::ContentEncoder)), whose vectors have length
/// 1 as well, scores are cosines: train with a margin, or at a temperature below 1. A history without
/// events gets the vector zero from [`GruTower`], and from [`MultiRateTower`] that of its bias. Made by
/// [`SsrConfig::init`](super::SsrConfig::init).
#[derive(Module, Debug)]
pub struct Ssr {
    pub(super) user: UserTower,
}

/// The user side of [`Ssr`].
#[derive(Module, Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one a model, and it is not moved about")]
pub enum UserTower {
    /// See [`GruTower`].
    Gru(GruTower),
    /// See [`MultiRateTower`].
    MultiRate(MultiRateTower),
}

impl Retriever for Ssr {
    fn interests(&self, histories: &Histories, items: &ItemVectors, _: &mut StepContext) -> Interests {
        match &self.user {
            UserTower::Gru(tower) => {
                Interests::last_state(tower.states(histories, items), &histories.segments)
            }
            UserTower::MultiRate(tower) => {
                let vectors = tower.forward(histories, items).unsqueeze_dim(1);
                Interests { vectors, mask: None }
            }
        }
    }

    fn queries(
        &self,
        histories: &Histories,
        targets: Tensor<1, Int>,
        items: &ItemVectors,
        _: &mut StepContext,
    ) -> Queries {
        match &self.user {
            UserTower::Gru(tower) => {
                Queries::of_states(tower.states(histories, items), histories, targets, tower.supervision())
            }
            UserTower::MultiRate(tower) => {
                let vectors = tower.forward(histories, items);
                Queries { vectors, targets, weights: None, auxiliary: None }
            }
        }
    }

    fn supervision(&self) -> Supervision {
        match &self.user {
            UserTower::Gru(tower) => tower.supervision(),
            UserTower::MultiRate(_) => Supervision::Last,
        }
    }

    fn computes_padding(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ssr::{GruTowerConfig, MultiRateConfig, SsrConfig, StatePooling, UserTowerConfig};
    use burn::tensor::Device;
    use seqrec_core::{
        Backend,
        batch::ids_to_tensor,
        init::Init,
        items::{ContentEncoderConfig, FeatureValues, ItemEncoder as _, ItemFeature},
        losses::{NegativeSampling, negative_sampling},
        params,
        testing::{self, Order, RetrieverHarness, host, max_difference},
    };
    use seqrec_train::{
        loader::{Avoid, HingeConfig, InBatchConfig, LossConfig, OwnNegativesConfig},
        testing::RetrieverLearning,
    };

    const TABLE: Init = Init::Normal { std: 0.1 };

    fn towers() -> Vec<UserTowerConfig> {
        let gru =
            |pooling, supervision| UserTowerConfig::Gru(GruTowerConfig { hidden: 12, pooling, supervision });
        vec![
            gru(StatePooling::Max, Supervision::EveryEvent),
            gru(StatePooling::Max, Supervision::Last),
            gru(StatePooling::Last, Supervision::EveryEvent),
            UserTowerConfig::MultiRate(MultiRateConfig { hidden: 12, fast: 2, slow: 2 }),
        ]
    }

    fn config(size: usize, user: UserTowerConfig) -> SsrConfig {
        let items = ContentEncoderConfig { dim: size, output: size, ..Default::default() };
        SsrConfig { items, user }
    }

    /// Two tokens for each of `items`, a pair that no other has.
    fn tokens(items: usize) -> Vec<ItemFeature> {
        let offsets = std::iter::once(0).chain((0..=items).map(|item| 2 * item)).collect();
        let codes = (0..items as u32).flat_map(|item| [1 + item % 6, 7 + item / 6]).collect();
        let values = FeatureValues::Lists { offsets, codes, cardinality: 8 + items / 6 };
        vec![ItemFeature::new("title", values).unwrap()]
    }

    fn trained(items: usize) -> Vec<bool> {
        (0..=items).map(|item| item > 0).collect()
    }

    #[test]
    fn keeps_the_contract_in_order_and_without_looking_ahead() {
        for user in towers() {
            let config = config(6, user);
            let init = |device: &Device| config.init(&mut testing::rng(), device).unwrap();
            let harness = RetrieverHarness::new(6, init).order(Order::Matters);
            let states = |model: &Ssr, histories: &Histories, items: &ItemVectors, _: &mut StepContext| {
                let UserTower::Gru(tower) = &model.user else { panic!("not the tower of this test") };
                tower.states(histories, items)
            };
            match config.user {
                UserTowerConfig::Gru(_) => harness.causal(states).check(),
                UserTowerConfig::MultiRate(_) => harness.check(),
            }
        }
    }

    #[test]
    fn the_losses_of_pairs_start_at_their_theory() {
        for (loss, initial) in
            [(NegativeSampling::Hinge { margin: 0.8 }, 0.8), (NegativeSampling::Bpr, std::f32::consts::LN_2)]
        {
            let config = config(6, UserTowerConfig::default());
            let init = |device: &Device| config.init(&mut testing::rng(), device).unwrap();
            let against = |queries: &Queries, items: &ItemVectors| {
                let [count, _] = queries.vectors.dims();
                negative_sampling(queries, items, &vec![3; count], loss)
            };
            RetrieverHarness::new(6, init).loss(initial, against).check();
        }
    }

    #[test]
    fn learns_a_tiny_set_by_heart_from_ids_and_content_and_from_content_alone() {
        let own =
            OwnNegativesConfig { negatives: 4, in_batch: 4, avoid: Avoid::Target, ..Default::default() };
        let in_batch = InBatchConfig { uniform: 8, avoid: Avoid::Target, ..Default::default() };
        let losses = [
            (LossConfig::InBatch(in_batch), 0.1),
            (LossConfig::Bpr(own), 0.1),
            (LossConfig::Hinge(HingeConfig { own, ..Default::default() }), 1.0),
            (LossConfig::FullSoftmax, 0.1),
        ];
        for (user, (loss, temperature)) in towers().into_iter().zip(losses) {
            for ids in [true, false] {
                let mut config = config(16, user.clone());
                config.items.ids = ids;
                let model = |device: &Device| config.init(&mut testing::rng(), device).unwrap();
                let encoder = |device: &Device| {
                    let rng = &mut testing::rng();
                    config.items.init(tokens(36), trained(36), TABLE, rng, device).unwrap()
                };
                let learning = RetrieverLearning::new(16, model).encoder(encoder);
                learning.loss(loss).temperature(temperature).check();
            }
        }
    }

    #[test]
    fn scores_are_cosines_whatever_the_scale_of_the_towers() {
        let device = Backend::default().device().unwrap();
        for user in towers() {
            let config = config(5, user);
            let (table, histories) = testing::retriever_input(5, &[&[1, 2, 3], &[9]], 4, &device);
            let scores = |scale: f32| {
                let rng = &mut testing::rng();
                let scaled = |name: &str, values: &mut Vec<f32>| {
                    if name.contains("output.") || name.contains("head.") {
                        values.iter_mut().for_each(|value| *value *= scale);
                    }
                };
                let (model, encoder) = (
                    config.init(rng, &device).unwrap(),
                    config.items.init(tokens(9), trained(9), TABLE, rng, &device).unwrap(),
                );
                let mut weights = params::export(&model);
                weights.iter_mut().for_each(|(name, tensor)| scaled(name, &mut tensor.values));
                let model = params::import(model, weights).unwrap();
                let mut weights = params::export(&encoder);
                weights.iter_mut().for_each(|(name, tensor)| scaled(name, &mut tensor.values));
                let encoder = params::import(encoder, weights).unwrap();

                let context = &mut StepContext::inference();
                let ids: Vec<u32> = (0..=9).collect();
                let items = encoder.encode(std::slice::from_ref(&table.input), &ids, context);
                let users = model.interests(&histories, &items, context).vectors.reshape([2, 5]);
                host(users.matmul(items.output.transpose()))
            };
            let (plain, larger) = (scores(1.0), scores(30.0));
            assert!(plain.iter().all(|score| score.abs() <= 1.0 + 1e-6), "{plain:?}");
            assert!(max_difference(&plain, &larger) < 1e-5);
            assert!(plain.iter().any(|score| score.abs() > 0.05), "{plain:?}");
        }
    }

    #[test]
    fn the_worked_numbers_of_the_hinge() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let unit = |cosine: f32| [cosine, (1.0 - cosine * cosine).sqrt()];
            let table = Tensor::from_data([[0.0, 0.0], unit(0.9), unit(0.3), unit(0.05)], &device);
            let items = ItemVectors::tied(table);
            let queries = Queries {
                vectors: Tensor::from_data([[1.0, 0.0]], &device),
                targets: ids_to_tensor(&[1], &device),
                weights: None,
                auxiliary: None,
            };
            for (negative, expected) in [(2, 0.2), (3, 0.0)] {
                let margin = HingeConfig::default().margin;
                let loss =
                    negative_sampling(&queries, &items, &[negative], NegativeSampling::Hinge { margin });
                let loss = loss.into_scalar::<f32>();
                assert!((loss - expected).abs() < 1e-6, "{backend}: {loss}, not {expected}");
            }
        }
    }

    #[test]
    fn sizes_of_zero_are_refused_by_name() {
        let device = Backend::default().device().unwrap();
        let gru = GruTowerConfig { hidden: 0, ..Default::default() };
        let fast = MultiRateConfig { fast: 0, ..Default::default() };
        let slow = MultiRateConfig { slow: 0, ..Default::default() };
        for (wrong, name) in [
            (config(0, UserTowerConfig::default()), "dim must be positive"),
            (config(4, UserTowerConfig::Gru(gru)), "hidden must be positive"),
            (config(4, UserTowerConfig::MultiRate(fast)), "fast must be positive"),
            (config(4, UserTowerConfig::MultiRate(slow)), "slow must be positive"),
        ] {
            let error = wrong.init(&mut testing::rng(), &device).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }
}
