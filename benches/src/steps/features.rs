//! Models of items with features, on histories of 50 of which every event trains.

use seqrec_core::{
    Rng,
    burn::tensor::Device,
    init::Init,
    items::{FeatureValues, ItemFeature},
};
use seqrec_models::{SasRecFConfig, SsrConfig};
use seqrec_train::{
    loader::{HingeConfig, LossConfig, OwnNegativesConfig},
    trainer::OptimizerConfig,
};

use super::{every_event, learner_of, workload};
use crate::{Workload, sequences};

const WINDOW: usize = 50;
const TABLE: Init = Init::Normal { std: 0.02 };

/// Two of 18 categories for each of `items`.
fn categories(items: usize) -> ItemFeature {
    let (categories, an_item) = (18, 2);
    let offsets = (0..=items + 1).map(|item| an_item * item.saturating_sub(1)).collect();
    let codes = (0..items).flat_map(|item| [item, item + 1 + item % 7]);
    let codes = codes.map(|category| 1 + (category % categories) as u32).collect();
    let values = FeatureValues::Lists { offsets, codes, cardinality: 1 + categories };
    ItemFeature::new("categories", values).expect("every code is below the cardinality")
}

pub fn sasrecf(items: usize) -> Workload {
    let config = SasRecFConfig { dropout: 0.2, attention_dropout: 0.2, ..Default::default() };
    let model = |rng: &mut Rng, device: &Device| config.init(rng, device).expect("a valid configuration");
    let encoder = |rng: &mut Rng, device: &Device| {
        config.encoder(vec![categories(items)], items, TABLE, rng, device).expect("a row for each item")
    };
    let learner = learner_of(model, encoder, items, OptimizerConfig::default());
    workload(learner, &sequences(items, 512, |_| WINDOW), every_event(WINDOW, LossConfig::FullSoftmax), 4)
}

/// The reference's sizes and loss, half of the negatives from the batch.
pub fn ssr(items: usize) -> Workload {
    let config = SsrConfig::default();
    let model = |rng: &mut Rng, device: &Device| config.init(rng, device).expect("a valid configuration");
    let encoder = |rng: &mut Rng, device: &Device| {
        let trained = (0..=items).map(|item| item > 0).collect();
        let encoder = config.items.init(vec![categories(items)], trained, TABLE, rng, device);
        encoder.expect("a row for each item")
    };
    let learner = learner_of(model, encoder, items, OptimizerConfig::default());
    let own = OwnNegativesConfig { negatives: 8, in_batch: 8, ..Default::default() };
    let loss = LossConfig::Hinge(HingeConfig { own, ..Default::default() });
    workload(learner, &sequences(items, 512, |_| WINDOW), every_event(WINDOW, loss), 4)
}
