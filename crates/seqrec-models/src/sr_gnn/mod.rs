//! SR-GNN: a session as a graph of its items.
//!
//! Wu et al., "Session-based Recommendation with Graph Neural Networks", AAAI 2019 (arXiv:1811.00855).
//! The biases are those of the authors' code, the gate is the paper's. An edge counts 1 however often
//! it occurs, as in the code; the paper's counts are an option. Graphs are those of
//! [`SessionGraphs`](seqrec_core::batch::SessionGraphs): packed and sparse, without padding.

mod config;
mod model;
mod propagation;
mod readout;

pub use config::{Readout, SrGnnConfig};
pub use model::SrGnn;

#[cfg(test)]
mod equations;
