//! What the machine can do at best, for the others to be measured against.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use rayon::prelude::*;
use seqrec_core::ops::{Matrix, MatrixMut, par_multiply};

/// Square matrices that fill neither too little nor too much cache.
const SIZE: usize = 1024;

/// Values of an array that no cache holds.
const VALUES: usize = 1 << 26;

pub fn matrix_product(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("limits");
    group.throughput(Throughput::Elements(2 * SIZE.pow(3) as u64));
    let (a, b) = (vec![0.5f32; SIZE * SIZE], vec![0.25f32; SIZE * SIZE]);
    let mut c = vec![0f32; SIZE * SIZE];
    group.bench_function("matrix product", |bencher| {
        bencher.iter(|| {
            let [a, b] = [&a, &b].map(|values| Matrix::new(black_box(values), SIZE, SIZE));
            par_multiply(MatrixMut::new(&mut c, SIZE, SIZE), a, b, 1.0, false);
        });
    });
    group.finish();
}

pub fn copy(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("limits");
    // Read once, written once.
    group.throughput(Throughput::Bytes(2 * 4 * VALUES as u64)).sample_size(10);
    let source = vec![0.5f32; VALUES];
    let mut target = vec![0f32; VALUES];
    group.bench_function("copy", |bencher| {
        bencher.iter(|| {
            let chunks = target.par_chunks_mut(1 << 20).zip(black_box(&source).par_chunks(1 << 20));
            chunks.for_each(|(target, source)| target.copy_from_slice(source));
        });
    });
    group.finish();
}
