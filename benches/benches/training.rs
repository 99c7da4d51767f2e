//! One ComiRec-SA step (batch 128, history 20, d 64, K 4, 1,280 shared negatives), and its batch.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use seqrec_core::{
    Backend,
    items::IdEncoderConfig,
    optim::{RowAdamConfig, RowScope},
    rng::{Seed, Stream},
};
use seqrec_data::{Sequences, SplitConfig, SyntheticConfig, UserRatio};
use seqrec_models::ComiRecSaConfig;
use seqrec_train::{
    Learner,
    loader::{BatchSource, ExampleConfig, RetrievalConfig, RetrievalSource},
    trainer::{OptimizerConfig, Retrieval, Task},
};

const SEED: Seed = Seed(19);

fn data(items: usize) -> Sequences {
    let config = SyntheticConfig { users: 2_000, items, clusters: 50, ..Default::default() };
    config.generate().expect("the parameters are valid").sequences
}

fn source(sequences: &Sequences) -> RetrievalSource<'_> {
    let split = SplitConfig::UserRatio(UserRatio::default()).split(sequences).expect("enough users");
    let examples = ExampleConfig::RandomCut { min_history: 4 };
    let config = RetrievalConfig { examples, ..Default::default() };
    RetrievalSource::new(sequences, &split, config, SEED).expect("enough events")
}

fn step(criterion: &mut Criterion) {
    let device = Backend::default().device().expect("the default backend opens");
    let mut group = criterion.benchmark_group("ComiRec-SA step");
    for items in [4_000, 40_000] {
        let sequences = data(items);
        let batch = source(&sequences).batch(0).expect("a batch");
        for scope in [RowScope::All, RowScope::Touched] {
            let training = device.clone().autodiff();
            let model = ComiRecSaConfig::default()
                .init(&mut SEED.rng(Stream::Init, 0), &training)
                .expect("the defaults are valid");
            let encoder = IdEncoderConfig::default().init().expect("the defaults are valid");
            let tables = RowAdamConfig { scope, ..Default::default() };
            let optimizer = OptimizerConfig { tables, ..Default::default() };
            let items = sequences.num_items();
            let mut learner = Learner::new(model, encoder, items, optimizer, SEED, &device).expect("valid");
            let name = BenchmarkId::new(format!("{scope:?} rows"), items);
            group.bench_function(name, |bencher| {
                bencher.iter(|| Retrieval { seed: SEED }.step(&mut learner, &batch, 0).expect("finite"));
            });
        }
    }
    group.finish();
}

fn loader(criterion: &mut Criterion) {
    let sequences = data(4_000);
    let mut source = source(&sequences);
    let mut step = 0;
    criterion.bench_function("loader: one batch", |bencher| {
        bencher.iter(|| {
            step += 1;
            source.batch(step).expect("a batch")
        });
    });
}

criterion_group!(benches, step, loader);
criterion_main!(benches);
