//! Fused operations with their own backward pass.
//!
//! Each operation is defined in primitive operations, which run on every backend, and has a second
//! body for tensors in host memory (the `flex` backend) that does the same in one pass over slices: a
//! forward and a backward function of slices, which become one node of burn's autodiff graph. Which body
//! runs follows from the tensor's device; callers do not choose.
//!
//! The tests of each operation show that both bodies agree and that the gradient is the one of
//! finite differences. Every sum has a fixed order, so the number of threads changes no bit.
//!
//! Sequences come *packed* ([`Segments`]): the events of all sequences back to back, so that no
//! padding is computed.

mod attention;
#[cfg(test)]
pub(crate) mod check;
mod cross_entropy;
mod embedding_bag;
mod gated_update;
mod gather;
mod gemm;
mod groups;
mod gru;
mod host_function;
mod host_values;
mod keep;
mod layer_norm;
mod linear;
mod negative_sampling;
mod panels;
mod positional_linear;
mod residual;
mod routing;
mod rows;
mod running_max;
mod sampled_cross_entropy;
mod segment_mean;
mod segment_softmax;
mod segment_weighted_sum;
mod segments;
mod softmax;
mod sparse;
mod update;
mod vector;

pub use attention::{AttentionConfig, attention};
pub use cross_entropy::{Classes, cross_entropy};
pub use embedding_bag::{Bags, Pooling, embedding_bag};
pub use gated_update::gated_update;
pub use gather::gather;
pub use gemm::{Matrix, MatrixMut, multiply, par_multiply};
pub use gru::{Reset, gru, gru_from};
pub use host_values::HostValues;
pub use keep::Keep;
pub use layer_norm::{add_layer_norm, layer_norm};
pub use linear::{Pointwise, linear};
pub use negative_sampling::{NegativeSampling, OwnCandidates, negative_sampling};
pub use panels::{PANEL, Panels};
pub use positional_linear::positional_linear;
pub use residual::{add_dropped, dropped};
pub use routing::{RoutingConfig, route};
pub use running_max::running_max;
pub use sampled_cross_entropy::{Candidates, sampled_cross_entropy};
pub use segment_mean::segment_mean;
pub use segment_softmax::segment_softmax;
pub use segment_weighted_sum::segment_weighted_sum;
pub use segments::Segments;
pub use sparse::{SparseMatrix, sparse_multiply};
pub(crate) use update::values;
pub use update::{Stateful, StatefulSlices, Update};
pub use vector::dispatch;
