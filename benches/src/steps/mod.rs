//! Whole training steps: gather, forward, backward, update.

mod comirec;
mod features;
mod graphs;
mod recurrent;
mod sasrec;

use seqrec_core::{
    Backend, Retriever, Rng,
    burn::tensor::Device,
    init::Init,
    items::{IdEncoder, IdEncoderConfig, ItemEncoder},
    optim::RowScope,
    rng::{Seed, Stream},
};
use seqrec_data::{Sequences, Split};
use seqrec_train::{
    Learner,
    loader::{BatchSource as _, ExampleConfig, LossConfig, RetrievalConfig, RetrievalSource},
    trainer::{OptimizerConfig, Retrieval, Task as _},
};

use crate::Workload;

pub use comirec::{
    comirec_dr, comirec_sa, comirec_sa_learner, comirec_sa_short, gru4rec_comirec, mind, youtube_dnn,
};
pub use features::{sasrecf, ssr};
pub use graphs::{sr_gnn, sr_gnn_learner};
pub use recurrent::{
    gru4rec, gru4rec_learner, gru4rec_short, narm, session_gru4rec, session_gru4rec_learner,
};
pub use sasrec::{sasrec, sasrec_bce, sasrec_gbce, sasrec_learner, sasrec_short};

const SEED: Seed = Seed(19);
const DIM: usize = 64;

/// Steps on the first `count` batches of `data` in turn.
fn workload<M: Retriever + 'static, E: ItemEncoder + 'static>(
    mut learner: Learner<M, E>,
    data: &(Sequences, Split),
    config: RetrievalConfig,
    count: u64,
) -> Workload {
    let source = RetrievalSource::new(&data.0, &data.1, config, SEED).expect("enough events");
    let mut source = source.for_model(&learner.net().model);
    let batches: Vec<_> = (0..count).map(|step| source.batch(step).expect("a batch")).collect();
    let mut step = 0;
    Workload {
        samples: batches[0].targets.len(),
        run: Box::new(move || {
            let batch = &batches[step as usize % batches.len()];
            step += 1;
            Retrieval { seed: SEED }.step(&mut learner, batch, step).expect("the loss is finite");
        }),
    }
}

/// A model on vectors of `items` by their ids, which Adam trains.
fn learner<M: Retriever>(
    init: impl FnOnce(&mut Rng, &Device) -> M,
    items: usize,
    rows: RowScope,
) -> Learner<M, IdEncoder> {
    let encoder = IdEncoderConfig { dim: DIM, init: Init::Uniform { bound: 0.02 } };
    let encoder = encoder.init().expect("the width is positive");
    let optimizer = OptimizerConfig { rows, ..Default::default() };
    learner_of(init, |_, _| encoder, items, optimizer)
}

fn learner_of<M: Retriever, E: ItemEncoder>(
    model: impl FnOnce(&mut Rng, &Device) -> M,
    encoder: impl FnOnce(&mut Rng, &Device) -> E,
    items: usize,
    optimizer: OptimizerConfig,
) -> Learner<M, E> {
    let device = Backend::default().device().expect("the default backend opens");
    let (mut rng, training) = (SEED.rng(Stream::Init, 0), device.clone().autodiff());
    let (model, encoder) = (model(&mut rng, &training), encoder(&mut rng, &training));
    Learner::new(model, encoder, items, optimizer, SEED, &device).expect("the rate is positive")
}

/// Batches of 256 histories, trained by the full softmax.
fn full_softmax(window: usize) -> RetrievalConfig {
    RetrievalConfig {
        batch_size: 256,
        max_length: window,
        examples: ExampleConfig::Windows { stride: window },
        // Batches alike, as the peers': packed histories gain nothing from sorting.
        length_pool: 1,
        loss: LossConfig::FullSoftmax,
        temperature: 1.0,
    }
}

/// Batches of 128 histories each of whose events trains by `loss`.
fn every_event(window: usize, loss: LossConfig) -> RetrievalConfig {
    RetrievalConfig { batch_size: 128, loss, ..full_softmax(window) }
}

/// Batches of 100 prefixes of sessions, trained by the full softmax.
fn session_prefixes() -> RetrievalConfig {
    RetrievalConfig {
        batch_size: 100,
        examples: ExampleConfig::AllPrefixes { min_history: 1 },
        length_pool: 1,
        loss: LossConfig::FullSoftmax,
        ..Default::default()
    }
}

/// Length of a user's history: from 3 to 50 with a mean of 8, roughly as in Amazon Beauty, cut to a window.
fn short(user: usize, window: usize) -> usize {
    let length = match user % 100 {
        99 => 50,
        95..99 => 30,
        85..95 => 15,
        part => 3 + part % 7,
    };
    length.min(window)
}

/// Sessions of 3 to 8 events and a target.
fn sessions(items: usize) -> (Sequences, Split) {
    crate::sequences(items, 1_024, |user| 3 + user % 6)
}
