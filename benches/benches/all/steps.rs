//! Whole training steps (gather, forward, backward, update), and requests of one user.

use criterion::{BenchmarkId, Criterion};
use seqrec_benches::{CASES, Kind};

/// Every case that is a training step.
pub fn steps(criterion: &mut Criterion) {
    cases(criterion, Kind::Step, "step");
}

/// Every case that is a request.
pub fn requests(criterion: &mut Criterion) {
    cases(criterion, Kind::Request, "serve");
}

fn cases(criterion: &mut Criterion, kind: Kind, group_name: &str) {
    for case in CASES.iter().filter(|case| case.kind == kind) {
        // Made only if it is asked for: the largest table takes gigabytes.
        let mut workload = None;
        let mut group = criterion.benchmark_group(group_name);
        group.sample_size(20);
        let prefix = format!("{group_name}-");
        let name = case.name.strip_prefix(&prefix).unwrap_or(case.name);
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            let workload = workload.get_or_insert_with(|| case.make());
            bencher.iter(|| (workload.run)());
        });
        group.finish();
    }
}
