//! Whole training steps: gather, forward, backward, update.

use criterion::{BenchmarkId, Criterion};
use seqrec_core::{
    Backend, Retriever, Supervision,
    init::Init,
    items::{IdEncoder, IdEncoderConfig},
    optim::RowScope,
    rng::{Seed, Stream},
};
use seqrec_data::{Sequences, Span, Split};
use seqrec_models::{ComiRecSaConfig, Gru4RecConfig, SasRecConfig};
use seqrec_train::{
    Learner,
    loader::{BatchSource, ExampleConfig, LossConfig, RetrievalConfig, RetrievalSource},
    trainer::{OptimizerConfig, Retrieval, Task},
};

const SEED: Seed = Seed(19);
const DIM: usize = 64;

/// Users whose histories of `length` events are spread over a catalogue of `items`.
pub fn sequences(items: usize, users: usize, length: usize) -> (Sequences, Split) {
    let event = |user: usize, at: usize| (1 + (user * 7919 + at * 104_729) % items) as u32;
    let histories: Vec<Vec<u32>> =
        (0..users).map(|user| (0..=length).map(|at| event(user, at)).collect()).collect();
    let train = (0..users).map(|user| Span { user: user as u32, start: 0, end: length + 1 }).collect();
    let sequences = Sequences::from_histories(&histories, items).expect("ids are in range");
    (sequences, Split { train, valid: Vec::new(), test: Vec::new() })
}

fn learner<M: Retriever>(
    init: impl FnOnce(&mut seqrec_core::Rng, &seqrec_core::burn::tensor::Device) -> M,
    items: usize,
    rows: RowScope,
) -> Learner<M, IdEncoder> {
    let device = Backend::default().device().expect("the default backend opens");
    let model = init(&mut SEED.rng(Stream::Init, 0), &device.clone().autodiff());
    let encoder =
        IdEncoderConfig { dim: DIM, init: Init::Normal { std: 0.02 } }.init().expect("the width is positive");
    let optimizer = OptimizerConfig { rows, ..Default::default() };
    Learner::new(model, encoder, items, optimizer, SEED, &device).expect("the rate is positive")
}

/// Times steps over `batches` different batches.
fn measure<M: Retriever>(
    criterion: &mut Criterion,
    group: &str,
    case: &str,
    mut learner: Learner<M, IdEncoder>,
    batches: &[<RetrievalSource<'_> as BatchSource>::Batch],
) {
    let mut group = criterion.benchmark_group(group);
    let mut step = 0;
    group.bench_function(BenchmarkId::from_parameter(case), |bencher| {
        bencher.iter(|| {
            let batch = &batches[step as usize % batches.len()];
            step += 1;
            Retrieval { seed: SEED }.step(&mut learner, batch, step).expect("the loss is finite")
        });
    });
    group.finish();
}

/// Batch 128, history 20, K 4, 1,280 shared negatives.
pub fn comirec_sa(criterion: &mut Criterion) {
    for (items, rows) in [
        (10_000, RowScope::All),
        (10_000, RowScope::Touched),
        (500_000, RowScope::Touched),
        (10_000_000, RowScope::Touched),
    ] {
        let (sequences, split) = sequences(items, 2_000, 20);
        let config =
            RetrievalConfig { examples: ExampleConfig::Windows { stride: 20 }, ..Default::default() };
        let mut source = RetrievalSource::new(&sequences, &split, config, SEED).expect("enough events");
        let batches: Vec<_> = (0..8).map(|step| source.batch(step).expect("a batch")).collect();
        let learner = learner(
            |rng, device| ComiRecSaConfig::default().init(rng, device).expect("the defaults are valid"),
            items,
            rows,
        );
        measure(criterion, "step: comirec-sa", &format!("{items} items, {rows:?} rows"), learner, &batches);
    }
}

/// Batches of 256 histories of 50, trained by the full softmax.
fn full_softmax(items: usize, length: usize) -> Vec<<RetrievalSource<'static> as BatchSource>::Batch> {
    let (sequences, split) = sequences(items, 1_024, length);
    let config = RetrievalConfig {
        batch_size: 256,
        max_length: length,
        examples: ExampleConfig::Windows { stride: length },
        loss: LossConfig::FullSoftmax,
        ..Default::default()
    };
    let mut source = RetrievalSource::new(&sequences, &split, config, SEED).expect("enough events");
    (0..4).map(|step| source.batch(step).expect("a batch")).collect()
}

/// Batch 256, history 50, two blocks, two heads, inner width 256; trained on the last state.
pub fn sasrec(criterion: &mut Criterion) {
    for (items, dropout) in [(3_700, 0.0), (3_700, 0.2), (50_000, 0.0)] {
        let config = SasRecConfig {
            heads: 2,
            inner_dim: Some(256),
            dropout,
            supervision: Supervision::Last,
            ..Default::default()
        };
        let batches = full_softmax(items, 50);
        let learner =
            learner(|rng, device| config.init(rng, device).expect("a valid config"), items, RowScope::All);
        measure(criterion, "step: sasrec", &format!("{items} items, dropout {dropout}"), learner, &batches);
    }
}

/// Batch 256, history 20, hidden 100; trained on the last state.
pub fn gru4rec(criterion: &mut Criterion) {
    let config =
        Gru4RecConfig { dim: DIM, hidden: 100, layers: 1, dropout: 0.0, supervision: Supervision::Last };
    let batches = full_softmax(3_700, 20);
    let learner =
        learner(|rng, device| config.init(rng, device).expect("a valid config"), 3_700, RowScope::All);
    measure(criterion, "step: gru4rec", "3700 items", learner, &batches);
}
