//! Full ranking: the running top-N alone, and exact search with the matrix product.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use seqrec_core::{
    Backend,
    burn::tensor::{Tensor, TensorData},
    init::Init,
    items::ItemVectors,
    rng::{Seed, Stream},
};
use seqrec_eval::TopN;
use seqrec_train::evaluate::{Searcher, UserVectors};

const ITEMS: usize = 100_000;
const DIM: usize = 64;
const USERS: usize = 512;

fn values(rows: usize, cols: usize, index: u64) -> Vec<f32> {
    Init::Normal { std: 0.1 }.values(rows, cols, &mut Seed(1).rng(Stream::Data, index))
}

pub fn top_n(criterion: &mut Criterion) {
    let scores = values(1, ITEMS, 0);
    let mut group = criterion.benchmark_group("top-n");
    group.throughput(Throughput::Bytes(4 * ITEMS as u64));
    group.bench_function("50 of 100000", |bencher| {
        bencher.iter(|| {
            let mut top = TopN::new(50);
            top.push_block(1, black_box(&scores));
            top.into_sorted()
        });
    });
    group.finish();
}

pub fn search(criterion: &mut Criterion) {
    let device = Backend::default().device().expect("the default backend opens");
    let tensor = |rows: usize, index| {
        Tensor::<2>::from_data(TensorData::new(values(rows, DIM, index), [rows, DIM]), &device)
    };
    let searcher = Searcher::new(&ItemVectors::tied(tensor(ITEMS + 1, 1)), 8192);
    for interests in [1, 4] {
        let queries = tensor(USERS * interests, 2);
        let mut group = criterion.benchmark_group("search");
        group.throughput(Throughput::Elements((2 * USERS * interests * ITEMS * DIM) as u64)).sample_size(20);
        group.bench_function(format!("512 users x {interests} interests, 100000 items"), |bencher| {
            bencher.iter(|| {
                let interests = queries.clone().reshape([USERS, interests, DIM]);
                let users = UserVectors { interests, mask: None, depths: vec![50; USERS] };
                searcher.search(black_box(users)).expect("scores are finite")
            });
        });
        group.finish();
    }
}
