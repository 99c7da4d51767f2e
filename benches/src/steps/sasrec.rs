//! SASRec on histories of 50: the last state or every one, against the catalogue or negatives of its own.

use seqrec_core::{
    Rng, Supervision,
    burn::tensor::Device,
    init::Init,
    items::{FeatureValues, IdEncoder, ItemFeature},
    optim::RowScope,
};
use seqrec_models::{SasRec, SasRecConfig, SasRecFConfig};
use seqrec_train::{
    Learner,
    loader::{GbceConfig, LossConfig, OwnNegativesConfig, RetrievalConfig},
    trainer::OptimizerConfig,
};

use super::{full_softmax, learner, learner_of, workload};
use crate::{Workload, sequences};

const WINDOW: usize = 50;

fn of_config(config: &SasRecConfig, items: usize) -> Learner<SasRec, IdEncoder> {
    let init = |rng: &mut Rng, device: &Device| config.init(rng, device).expect("a valid configuration");
    learner(init, items, RowScope::All)
}

pub fn sasrec_learner(items: usize, dropout: f64) -> Learner<SasRec, IdEncoder> {
    let config = SasRecConfig {
        heads: 2,
        inner_dim: Some(256),
        dropout,
        supervision: Supervision::Last,
        ..Default::default()
    };
    of_config(&config, items)
}

fn sasrec_on(items: usize, dropout: f64, length: impl Fn(usize) -> usize) -> Workload {
    let data = sequences(items, 1_024, length);
    workload(sasrec_learner(items, dropout), &data, full_softmax(WINDOW), 4)
}

pub fn sasrec(items: usize, dropout: f64) -> Workload {
    sasrec_on(items, dropout, |_| WINDOW)
}

/// Lengths from 3 to 50 with a mean of 8, roughly those of Amazon Beauty.
pub fn sasrec_short() -> Workload {
    let length = |user: usize| match user % 100 {
        99 => 50,
        95..99 => 30,
        85..95 => 15,
        part => 3 + part % 7,
    };
    sasrec_on(12_101, 0.0, length)
}

/// Batches of 128 histories each of whose events trains by `loss`.
fn every_event(loss: LossConfig) -> RetrievalConfig {
    RetrievalConfig { batch_size: 128, loss, ..full_softmax(WINDOW) }
}

fn sasrec_pairs(items: usize, loss: LossConfig) -> Workload {
    let data = sequences(items, 512, |_| WINDOW);
    workload(of_config(&SasRecConfig::default(), items), &data, every_event(loss), 4)
}

/// The authors' network and loss: one negative an event.
pub fn sasrec_bce(items: usize) -> Workload {
    sasrec_pairs(items, LossConfig::Bce(OwnNegativesConfig::default()))
}

/// The same network as gSASRec trains it: 256 negatives an event.
pub fn sasrec_gbce(items: usize) -> Workload {
    sasrec_pairs(items, LossConfig::Gbce(GbceConfig::default()))
}

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
    let table = Init::Normal { std: 0.02 };
    let encoder = |rng: &mut Rng, device: &Device| {
        config.encoder(vec![categories(items)], items, table, rng, device).expect("a row for each item")
    };
    let learner = learner_of(model, encoder, items, OptimizerConfig::default());
    workload(learner, &sequences(items, 512, |_| WINDOW), every_event(LossConfig::FullSoftmax), 4)
}
