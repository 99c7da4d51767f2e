//! SASRec on histories of 50: the last state or every one, against the catalogue or negatives of its own.

use seqrec_core::{Rng, Supervision, burn::tensor::Device, items::IdEncoder, optim::RowScope};
use seqrec_models::{SasRec, SasRecConfig};
use seqrec_train::{
    Learner,
    loader::{GbceConfig, LossConfig, OwnNegativesConfig},
};

use super::{every_event, full_softmax, learner, short, workload};
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

pub fn sasrec_short() -> Workload {
    sasrec_on(12_101, 0.0, |user| short(user, WINDOW))
}

fn sasrec_pairs(items: usize, loss: LossConfig) -> Workload {
    let data = sequences(items, 512, |_| WINDOW);
    workload(of_config(&SasRecConfig::default(), items), &data, every_event(WINDOW, loss), 4)
}

/// The authors' network and loss: one negative an event.
pub fn sasrec_bce(items: usize) -> Workload {
    sasrec_pairs(items, LossConfig::Bce(OwnNegativesConfig::default()))
}

/// The same network as gSASRec trains it: 256 negatives an event.
pub fn sasrec_gbce(items: usize) -> Workload {
    sasrec_pairs(items, LossConfig::Gbce(GbceConfig::default()))
}
