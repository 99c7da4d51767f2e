//! Models that read a history event by event.

use seqrec_core::{
    Rng, Supervision,
    burn::tensor::Device,
    items::IdEncoder,
    losses::{SessionLoss, SessionLossConfig},
    ops::Reset,
    optim::{Adagrad, RowScope, UpdateRule},
};
use seqrec_models::{Gru4Rec, Gru4RecConfig, SessionGru4Rec, SessionGru4RecConfig, SessionItems};
use seqrec_narm::NarmConfig;
use seqrec_train::{
    Learner,
    loader::{BatchSource as _, SessionConfig, SessionSource, sessions_by_start},
    trainer::{OptimizerConfig, Sessions, Task as _},
};

use super::{DIM, SEED, full_softmax, learner, learner_of, session_prefixes, sessions, short, workload};
use crate::{Workload, sequences};

const WINDOW: usize = 20;

pub fn gru4rec_learner(items: usize) -> Learner<Gru4Rec, IdEncoder> {
    let config =
        Gru4RecConfig { dim: DIM, hidden: 100, layers: 1, dropout: 0.0, supervision: Supervision::Last };
    let init = |rng: &mut Rng, device: &Device| config.init(rng, device).expect("a valid configuration");
    learner(init, items, RowScope::All)
}

pub fn gru4rec(items: usize) -> Workload {
    gru4rec_on(items, |_| WINDOW)
}

pub fn gru4rec_short(items: usize) -> Workload {
    gru4rec_on(items, |user| short(user, WINDOW))
}

fn gru4rec_on(items: usize, length: impl Fn(usize) -> usize) -> Workload {
    let data = sequences(items, 1_024, length);
    workload(gru4rec_learner(items), &data, full_softmax(WINDOW), 4)
}

pub fn narm(items: usize) -> Workload {
    let config = NarmConfig { dim: DIM, ..Default::default() };
    let init = |rng: &mut Rng, device: &Device| config.init(rng, device).expect("a valid configuration");
    workload(learner(init, items, RowScope::All), &sessions(items), session_prefixes(), 8)
}

/// One layer of 100, one table for events and candidates, PyTorch's cell.
pub fn session_gru4rec_learner(items: usize) -> Learner<SessionGru4Rec, SessionItems> {
    let config = SessionGru4RecConfig { reset: Reset::After, ..Default::default() };
    let optimizer = OptimizerConfig {
        learning_rate: 0.1,
        rule: UpdateRule::Adagrad(Adagrad::default()),
        rows: RowScope::Touched,
        ..Default::default()
    };
    let model = |rng: &mut Rng, device: &Device| config.init(rng, device).expect("a valid configuration");
    let encoder = |_: &mut Rng, _: &Device| config.encoder(items).expect("a valid configuration");
    learner_of(model, encoder, items, optimizer)
}

/// Steps of 32 sessions side by side, whose states go on from one step to the next.
pub fn session_gru4rec(items: usize) -> Workload {
    let loss = SessionLoss::CrossEntropy { log_q: 1.0 };
    let objective = SessionLossConfig { loss, ..Default::default() };
    let config = SessionConfig { batch_size: 32, negatives: 2048, alpha: 0.75, objective };
    // Enough sessions for every item to occur, and so to be drawn.
    let (sequences, split) = sequences(items, items / 2, |user| 2 + user % 6);
    let sessions = sessions_by_start(&sequences, &split);
    let mut source = SessionSource::new(&sessions, &sequences, &split, config, SEED).expect("enough events");
    let batches: Vec<_> = (0..64).map(|step| source.batch(step).expect("a batch")).collect();
    let mut learner = session_gru4rec_learner(items);
    let task = Sessions { seed: SEED, config };
    let mut step = 0;
    Workload {
        samples: config.batch_size,
        run: Box::new(move || {
            let batch = &batches[step as usize % batches.len()];
            step += 1;
            task.step(&mut learner, batch, step).expect("the loss is finite");
        }),
    }
}
