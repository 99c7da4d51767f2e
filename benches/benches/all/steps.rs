//! Whole training steps: gather, forward, backward, update.

use criterion::{BenchmarkId, Criterion};
use seqrec_benches::CASES;

/// Every case that is a training step.
pub fn steps(criterion: &mut Criterion) {
    for case in CASES.iter().filter(|case| case.is_step) {
        // Made only if it is asked for: the largest table takes gigabytes.
        let mut workload = None;
        let mut group = criterion.benchmark_group("step");
        group.sample_size(20);
        group.bench_function(BenchmarkId::from_parameter(case.name), |bencher| {
            let workload = workload.get_or_insert_with(|| case.make());
            bencher.iter(|| (workload.run)());
        });
        group.finish();
    }
}
