//! Whole training steps: gather, forward, backward, update.

use seqrec_core::{
    Backend, Retriever, Rng, Supervision,
    burn::tensor::Device,
    init::Init,
    items::{IdEncoder, IdEncoderConfig},
    optim::RowScope,
    rng::{Seed, Stream},
};
use seqrec_data::{Sequences, Split};
use seqrec_models::{ComiRecSaConfig, Gru4RecConfig, SasRecConfig, SrGnnConfig};
use seqrec_train::{
    Learner,
    loader::{BatchSource as _, ExampleConfig, LossConfig, RetrievalConfig, RetrievalSource},
    trainer::{OptimizerConfig, Retrieval, Task as _},
};

use crate::{Workload, sequences};

const SEED: Seed = Seed(19);
const DIM: usize = 64;

/// Steps on the first `count` batches of `data` in turn.
fn workload<M: Retriever + 'static>(
    mut learner: Learner<M, IdEncoder>,
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

fn learner<M: Retriever>(
    init: impl FnOnce(&mut Rng, &Device) -> M,
    items: usize,
    rows: RowScope,
) -> Learner<M, IdEncoder> {
    let device = Backend::default().device().expect("the default backend opens");
    let model = init(&mut SEED.rng(Stream::Init, 0), &device.clone().autodiff());
    let encoder = IdEncoderConfig { dim: DIM, init: Init::Uniform { bound: 0.02 } };
    let encoder = encoder.init().expect("the width is positive");
    let optimizer = OptimizerConfig { rows, ..Default::default() };
    Learner::new(model, encoder, items, optimizer, SEED, &device).expect("the rate is positive")
}

pub fn comirec_sa(items: usize, touched: bool) -> Workload {
    let config = RetrievalConfig { examples: ExampleConfig::Windows { stride: 20 }, ..Default::default() };
    let init = |rng: &mut Rng, device: &Device| {
        ComiRecSaConfig::default().init(rng, device).expect("the defaults are valid")
    };
    let rows = if touched { RowScope::Touched } else { RowScope::All };
    workload(learner(init, items, rows), &sequences(items, 2_000, |_| 20), config, 8)
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

fn sasrec_on(items: usize, dropout: f64, length: impl Fn(usize) -> usize) -> Workload {
    let config = SasRecConfig {
        heads: 2,
        inner_dim: Some(256),
        dropout,
        supervision: Supervision::Last,
        ..Default::default()
    };
    let init = |rng: &mut Rng, device: &Device| config.init(rng, device).expect("a valid configuration");
    workload(learner(init, items, RowScope::All), &sequences(items, 1_024, length), full_softmax(50), 4)
}

pub fn sasrec(items: usize, dropout: f64) -> Workload {
    sasrec_on(items, dropout, |_| 50)
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

pub fn gru4rec(items: usize) -> Workload {
    let config =
        Gru4RecConfig { dim: DIM, hidden: 100, layers: 1, dropout: 0.0, supervision: Supervision::Last };
    let init = |rng: &mut Rng, device: &Device| config.init(rng, device).expect("a valid configuration");
    workload(learner(init, items, RowScope::All), &sequences(items, 1_024, |_| 20), full_softmax(20), 4)
}

/// Batches of 100 prefixes of sessions of 3 to 8 events.
pub fn sr_gnn(items: usize) -> Workload {
    let batches = RetrievalConfig {
        batch_size: 100,
        examples: ExampleConfig::AllPrefixes { min_history: 1 },
        length_pool: 1,
        loss: LossConfig::FullSoftmax,
        ..Default::default()
    };
    let config = SrGnnConfig { dim: DIM, ..Default::default() };
    let init = |rng: &mut Rng, device: &Device| config.init(rng, device).expect("a valid configuration");
    let data = sequences(items, 1_024, |user| 3 + user % 6);
    workload(learner(init, items, RowScope::All), &data, batches, 8)
}
