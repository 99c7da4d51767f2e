//! Models that read a session as a graph.

use seqrec_core::{Rng, burn::tensor::Device, items::IdEncoder, optim::RowScope};
use seqrec_models::{SrGnn, SrGnnConfig};
use seqrec_train::Learner;

use super::{DIM, learner, session_prefixes, sessions, workload};
use crate::Workload;

pub fn sr_gnn_learner(items: usize) -> Learner<SrGnn, IdEncoder> {
    let config = SrGnnConfig { dim: DIM, ..Default::default() };
    let init = |rng: &mut Rng, device: &Device| config.init(rng, device).expect("a valid configuration");
    learner(init, items, RowScope::All)
}

pub fn sr_gnn(items: usize) -> Workload {
    workload(sr_gnn_learner(items), &sessions(items), session_prefixes(), 8)
}
