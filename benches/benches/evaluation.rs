//! Full ranking: the running top-N alone, and exact search with the matrix product.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use seqrec_core::{Backend, burn::tensor::Tensor, init::Init, items::ItemVectors, rng::Seed, rng::Stream};
use seqrec_eval::TopN;
use seqrec_train::evaluate::{Searcher, UserVectors};

const ITEMS: usize = 100_000;
const DIM: usize = 64;
const INTERESTS: usize = 4;
const USERS: usize = 64;

fn top_n(criterion: &mut Criterion) {
    let scores = Init::Normal { std: 1.0 }.values(1, ITEMS, &mut Seed(1).rng(Stream::Data, 0));
    let mut group = criterion.benchmark_group("top 50 of 100,000 scores");
    group.throughput(Throughput::Elements(ITEMS as u64));
    group.bench_function("push_block", |bencher| {
        bencher.iter(|| {
            let mut top = TopN::new(50);
            top.push_block(1, black_box(&scores));
            top.into_sorted()
        });
    });
    group.finish();
}

fn search(criterion: &mut Criterion) {
    let device = Backend::default().device().expect("the default backend opens");
    let mut rng = Seed(2).rng(Stream::Data, 0);
    let table: Tensor<2> = Init::Normal { std: 0.1 }.matrix(ITEMS + 1, DIM, &mut rng, &device).val();
    let queries: Tensor<2> =
        Init::Normal { std: 0.1 }.matrix(USERS * INTERESTS, DIM, &mut rng, &device).val();
    let searcher = Searcher::new(&ItemVectors::tied(table), 8192);
    let mut group = criterion.benchmark_group("exact search, 64 users x 4 interests, 100,000 items, d 64");
    group.throughput(Throughput::Elements(USERS as u64)).sample_size(20);
    group.bench_function("search", |bencher| {
        bencher.iter(|| {
            let interests = queries.clone().reshape([USERS, INTERESTS, DIM]);
            let users = UserVectors { interests, mask: None, depths: vec![50; USERS] };
            searcher.search(black_box(users)).expect("scores are finite")
        });
    });
    group.finish();
}

criterion_group!(benches, top_n, search);
criterion_main!(benches);
