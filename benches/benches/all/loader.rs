//! Batches from prepared sequences, and sequences from files.

use std::path::PathBuf;

use criterion::Criterion;
use seqrec_core::rng::Seed;
use seqrec_data::{Manifest, PrepareConfig};
use seqrec_train::loader::{BatchSource, RetrievalConfig, RetrievalSource};

use seqrec_benches::sequences;

pub fn batches(criterion: &mut Criterion) {
    let (sequences, split) = sequences(50_000, 10_000, |_| 60);
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

/// Reads, filters and sorts MovieLens-1M, where `SEQREC_DATA` has it; says so where it has not.
pub fn preparation(criterion: &mut Criterion) {
    let folder = std::env::var_os("SEQREC_DATA").map(|data| PathBuf::from(data).join("ml-1m"));
    let Some(folder) = folder.filter(|folder| folder.join("ratings.dat").is_file()) else {
        eprintln!("loader/prepare ml-1m: left out, SEQREC_DATA names no folder with ml-1m/ratings.dat");
        return;
    };
    let manifest = Manifest::builtin("ml-1m").expect("a built-in manifest");
    let mut group = criterion.benchmark_group("loader");
    group.sample_size(10);
    group.bench_function("prepare ml-1m", |bencher| {
        bencher.iter(|| {
            let dataset = seqrec_data::load(&manifest, &folder).expect("the files are whole");
            dataset.prepare(&PrepareConfig::default()).expect("events are left")
        });
    });
    group.finish();
}
