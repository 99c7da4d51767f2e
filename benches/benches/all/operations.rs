//! Fused operations, forward and backward, at the shapes that the models have.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use seqrec_core::{
    Backend, StepContext,
    batch::{floats_to_tensor, ids_to_tensor},
    burn::tensor::{Device, Tensor, TensorData},
    init::Init,
    ops::{self, AttentionConfig, Candidates, Classes, Keep, Pointwise, Reset, Segments, Stateful, Update},
    rng::{Seed, Stream},
};

/// 256 histories of 50 events.
const BATCH: usize = 256;
const LENGTH: usize = 50;
const ROWS: usize = BATCH * LENGTH;
const DIM: usize = 64;

fn device() -> Device {
    Backend::default().device().expect("the default backend opens").autodiff()
}

fn matrix(rows: usize, cols: usize) -> Tensor<2> {
    let mut rng = Seed(1).rng(Stream::Data, (rows * cols) as u64);
    let values = Init::Normal { std: 0.3 }.values(rows, cols, &mut rng);
    Tensor::from_data(TensorData::new(values, [rows, cols]), &device()).require_grad()
}

fn vector(len: usize) -> Tensor<1> {
    matrix(1, len).reshape([len]).detach().require_grad()
}

fn ids(count: usize, below: usize) -> Vec<u32> {
    (0..count).map(|at| (1 + at * 7919 % (below - 1)) as u32).collect()
}

/// Times `f` with its backward pass; `flops` is the mathematics' own count of both.
fn measure<const D: usize>(
    criterion: &mut Criterion,
    name: &str,
    case: &str,
    flops: usize,
    f: impl Fn() -> Tensor<D>,
) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Elements(flops as u64));
    if flops > 10_000_000_000 {
        group.sample_size(10);
    }
    group.bench_function(BenchmarkId::from_parameter(case), |bencher| {
        bencher.iter(|| black_box(f().sum().backward()));
    });
    group.finish();
}

pub fn linear(criterion: &mut Criterion) {
    let (x, w, b) = (matrix(ROWS, DIM), matrix(DIM, 256), vector(256));
    for (name, f) in [("relu", Pointwise::Relu), ("gelu", Pointwise::Gelu)] {
        measure(criterion, "linear", &format!("12800 x 64 x 256, {name}"), 6 * ROWS * DIM * 256, || {
            ops::linear(x.clone(), w.clone(), Some(b.clone()), f)
        });
    }
}

pub fn layer_norm(criterion: &mut Criterion) {
    let (x, y, gamma, beta) = (matrix(ROWS, DIM), matrix(ROWS, DIM), vector(DIM), vector(DIM));
    let keep = Keep::draw(0.2, &mut StepContext::training(Seed(1), 0));
    let mut group = criterion.benchmark_group("layer norm");
    // Forward: x, y in, normalised and result out; backward: gradient and normalised in, dx, dy out.
    group.throughput(Throughput::Bytes(8 * 4 * (ROWS * DIM) as u64));
    group.bench_function("12800 x 64, residual, dropout", |bencher| {
        bencher.iter(|| {
            let sum = ops::add_layer_norm(x.clone(), y.clone(), keep, gamma.clone(), beta.clone(), 1e-8);
            black_box(sum.sum().backward())
        });
    });
    group.finish();
}

pub fn attention(criterion: &mut Criterion) {
    let [q, k, v] = [0; 3].map(|_| matrix(ROWS, DIM));
    let segments = Segments::new([LENGTH; BATCH]);
    for (case, p) in [("no dropout", 0.0), ("dropout", 0.2)] {
        let keep = Keep::draw(p, &mut StepContext::training(Seed(1), 0));
        let config = AttentionConfig { heads: 2, causal: true, keep };
        let case = format!("256 x 50 x 64, 2 heads, causal, {case}");
        // Two products of what is visible forward, four backward.
        measure(criterion, "attention", &case, 6 * ROWS * (LENGTH + 1) * DIM, || {
            ops::attention(q.clone(), k.clone(), v.clone(), &segments, &config)
        });
    }
}

pub fn gru(criterion: &mut Criterion) {
    let (length, hidden) = (20, 100);
    let (x, u, b) = (matrix(BATCH * length, 3 * hidden), matrix(hidden, 3 * hidden), vector(3 * hidden));
    let segments = Segments::new([20; BATCH]);
    for (name, reset) in [("reset after", Reset::After), ("reset before", Reset::Before)] {
        let case = format!("256 x 20 x 100, {name}");
        measure(criterion, "gru", &case, 18 * BATCH * length * hidden * hidden, || {
            ops::gru(x.clone(), u.clone(), b.clone(), &segments, reset)
        });
    }
}

pub fn cross_entropy(criterion: &mut Criterion) {
    for (queries, items) in [(BATCH, 3_700), (BATCH, 50_000), (ROWS, 3_700), (ROWS, 50_000)] {
        let (q, vectors) = (matrix(queries, DIM), matrix(items, DIM));
        let targets = ids_to_tensor(&ids(queries, items), &device());
        let case = format!("{queries} x {items} x 64");
        measure(criterion, "cross-entropy", &case, 6 * queries * items * DIM, || {
            let classes = Classes { vectors: vectors.clone(), bias: None, first: 1 };
            ops::cross_entropy(q.clone(), classes, targets.clone(), None)
        });
    }
}

pub fn sampled_cross_entropy(criterion: &mut Criterion) {
    let (queries, negatives, rows) = (128, 1_280, 3_500);
    let (q, items) = (matrix(queries, DIM), matrix(rows, DIM));
    let candidates = Candidates {
        targets: ids_to_tensor(&ids(queries, rows), &device()),
        negatives: ids_to_tensor(&(1..=negatives as u32).collect::<Vec<_>>(), &device()),
        offsets: floats_to_tensor(&vec![0.5; rows], &device()),
        excluded: None,
    };
    measure(criterion, "sampled cross-entropy", "128 x 1280 x 64", 6 * queries * negatives * DIM, || {
        ops::sampled_cross_entropy(q.clone(), items.clone(), candidates.clone(), None)
    });
}

pub fn update(criterion: &mut Criterion) {
    let values = 50_000 * DIM;
    let tensor = || matrix(50_000, DIM).inner();
    let gradient = tensor();
    let mut group = criterion.benchmark_group("update");
    // Weights and two states in and out, the gradient in.
    group.throughput(Throughput::Bytes(7 * 4 * values as u64));
    let rules = [
        (
            "adam",
            Update::Adam {
                rate: 1e-3,
                beta1: 0.9,
                beta2: 0.999,
                unbias: 2.0,
                epsilon: 1e-8,
                weight_decay: 0.0,
            },
        ),
        ("adagrad", Update::Adagrad { rate: 1e-2, momentum: 0.1, epsilon: 1e-6 }),
    ];
    for (name, update) in rules {
        let mut stateful = Some(Stateful { weights: tensor(), first: tensor(), second: tensor().square() });
        group.bench_function(format!("{name}, 50000 x 64"), |bencher| {
            bencher.iter(|| {
                let before = stateful.take().expect("put back by the last pass");
                stateful = Some(update.apply(before, gradient.clone()));
            });
        });
    }
    group.finish();
}
