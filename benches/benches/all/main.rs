//! Every benchmark of the workspace in one binary; `cargo xtask bench <filter>` runs some.
//!
//! Where a group has a throughput in elements, an element is one floating-point operation of the
//! mathematics (not of the implementation), so that `cargo xtask bench` can set it beside the
//! machine's own rate; in bytes, it is memory that must be read or written.

mod evaluation;
mod limits;
mod loader;
mod operations;
mod steps;

use criterion::{criterion_group, criterion_main};

criterion_group!(
    benches,
    limits::matrix_product,
    limits::copy,
    operations::linear,
    operations::layer_norm,
    operations::attention,
    operations::gru,
    operations::cross_entropy,
    operations::sampled_cross_entropy,
    operations::update,
    steps::steps,
    steps::requests,
    evaluation::top_n,
    evaluation::search,
    loader::batches,
    loader::preparation,
);
criterion_main!(benches);
