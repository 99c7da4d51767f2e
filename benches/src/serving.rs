//! One user's request: from a history to the best items of the whole catalogue.

use std::hint::black_box;

use seqrec_core::{Recurrent, Retriever, items::ItemVectors};
use seqrec_eval::Catalogue;
use seqrec_train::{Recommender, SessionRecommender, evaluate::EvaluationConfig};

use crate::{Workload, sequences, steps};

const ITEMS: usize = 50_000;
const BEST: usize = 20;
const REQUESTS: usize = 64;

fn catalogue() -> Catalogue {
    Catalogue::new((0..=ITEMS as u64).map(|item| item.min(1)).collect()).expect("padding counts for nothing")
}

/// Whole histories of `length` events, a user a request.
fn requests<M: Retriever + 'static>((model, items): (M, ItemVectors), length: usize) -> Workload {
    let config = EvaluationConfig { max_length: length, ..Default::default() };
    let recommender = Recommender::new(model, items, catalogue(), config);
    let (data, _) = sequences(ITEMS, REQUESTS, |_| length - 1);
    let mut users = (0..REQUESTS as u32).cycle();
    Workload {
        samples: 1,
        run: Box::new(move || {
            let user = users.next().expect("users come again");
            let best = recommender.recommend(&[data.items(user)], BEST, 0.0);
            black_box(best.expect("ids are in range"));
        }),
    }
}

/// Sessions of `length` events, an event a request.
fn events<M: Recurrent + 'static>((model, items): (M, ItemVectors), length: usize) -> Workload {
    let recommender = SessionRecommender::new(model, items, catalogue(), EvaluationConfig::default());
    let (data, _) = sequences(ITEMS, REQUESTS, |_| length - 1);
    let mut session = recommender.begin();
    let mut users = (0..REQUESTS as u32).cycle().flat_map(move |user| (0..length).map(move |at| (user, at)));
    Workload {
        samples: 1,
        run: Box::new(move || {
            let (user, at) = users.next().expect("users come again");
            if at == 0 {
                session = recommender.begin();
            }
            let best = recommender.next(&mut session, data.items(user)[at], BEST, 0.0);
            black_box(best.expect("ids are in range"));
        }),
    }
}

pub fn comirec_sa() -> Workload {
    requests(steps::comirec_sa_learner(ITEMS).frozen(), 20)
}

pub fn sasrec() -> Workload {
    requests(steps::sasrec_learner(ITEMS, 0.0).frozen(), 50)
}

pub fn gru4rec() -> Workload {
    requests(steps::gru4rec_learner(ITEMS).frozen(), 50)
}

pub fn sr_gnn() -> Workload {
    requests(steps::sr_gnn_learner(ITEMS).frozen(), 5)
}

pub fn session_gru4rec() -> Workload {
    events(steps::session_gru4rec_learner(ITEMS).frozen(), 5)
}
