//! ComiRec's comparison: sampled softmax with negatives that the batch shares.

use seqrec_core::{Retriever, Rng, burn::tensor::Device, items::IdEncoder, optim::RowScope};
use seqrec_models::{
    ComiRecDrConfig, ComiRecSa, ComiRecSaConfig, Gru4RecComiRecConfig, MindConfig, YoutubeDnnConfig,
};
use seqrec_train::{
    Learner,
    loader::{ExampleConfig, RetrievalConfig},
};

use super::{learner, short, workload};
use crate::{Workload, sequences};

const WINDOW: usize = 20;

/// A model of the comparison, which changes the rows of its batch or all of them.
fn comparison<M: Retriever + 'static>(
    init: impl FnOnce(&mut Rng, &Device) -> M,
    items: usize,
    rows: RowScope,
) -> Workload {
    comparison_on(init, items, rows, |_| WINDOW)
}

fn comparison_on<M: Retriever + 'static>(
    init: impl FnOnce(&mut Rng, &Device) -> M,
    items: usize,
    rows: RowScope,
    length: impl Fn(usize) -> usize,
) -> Workload {
    let config = RetrievalConfig {
        examples: ExampleConfig::Windows { stride: WINDOW },
        length_pool: 1,
        ..Default::default()
    };
    workload(learner(init, items, rows), &sequences(items, 2_000, length), config, 8)
}

fn comirec_sa_model(rng: &mut Rng, device: &Device) -> ComiRecSa {
    ComiRecSaConfig::default().init(rng, device).expect("the defaults are valid")
}

pub fn comirec_sa_learner(items: usize) -> Learner<ComiRecSa, IdEncoder> {
    learner(comirec_sa_model, items, RowScope::All)
}

pub fn comirec_sa(items: usize, rows: RowScope) -> Workload {
    comparison(comirec_sa_model, items, rows)
}

pub fn comirec_sa_short(items: usize, rows: RowScope) -> Workload {
    comparison_on(comirec_sa_model, items, rows, |user| short(user, WINDOW))
}

pub fn comirec_dr(items: usize, rows: RowScope) -> Workload {
    let config = ComiRecDrConfig::default();
    comparison(|rng, device| config.init(rng, device).expect("the defaults are valid"), items, rows)
}

pub fn mind(items: usize, rows: RowScope) -> Workload {
    let config = MindConfig::default();
    comparison(|rng, device| config.init(rng, device).expect("the defaults are valid"), items, rows)
}

pub fn youtube_dnn(items: usize, rows: RowScope) -> Workload {
    let config = YoutubeDnnConfig::default();
    comparison(|rng, device| config.init(rng, device).expect("the defaults are valid"), items, rows)
}

pub fn gru4rec_comirec(items: usize, rows: RowScope) -> Workload {
    let config = Gru4RecComiRecConfig::default();
    comparison(|rng, device| config.init(rng, device).expect("the defaults are valid"), items, rows)
}
