use seqrec_core::{
    Backend,
    burn::tensor::{Tensor, TensorData},
    init::Init,
    items::ItemVectors,
    rng::{Seed, Stream},
};
use seqrec_eval::{Candidates, Catalogue, Evaluator, EvaluatorConfig, Metric};
use seqrec_train::evaluate::{Searcher, UserVectors};

use crate::Workload;

const USERS: usize = 512;
const ITEMS: usize = 100_000;
const DIM: usize = 64;
const DEPTH: usize = 50;

/// The best items of each user.
fn search() -> impl FnMut() -> Vec<Candidates> {
    let device = Backend::default().device().expect("the default backend opens");
    let tensor = |rows: usize| -> Tensor<2> {
        let values =
            Init::Uniform { bound: 0.3 }.values(rows, DIM, &mut Seed(1).rng(Stream::Data, rows as u64));
        Tensor::from_data(TensorData::new(values, [rows, DIM]), &device)
    };
    let searcher = Searcher::new(&ItemVectors::tied(tensor(ITEMS + 1)), 8192);
    let interests = tensor(USERS).reshape([USERS, 1, DIM]);
    move || {
        let users = UserVectors { interests: interests.clone(), mask: None, depths: vec![DEPTH; USERS] };
        searcher.search(users).expect("scores are finite")
    }
}

pub fn full_ranking() -> Workload {
    let mut search = search();
    Workload { samples: USERS, run: Box::new(move || drop(search())) }
}

/// The ranking, and RecBole's default metrics of it, one relevant item a user.
pub fn full_ranking_with_metrics() -> Workload {
    let mut search = search();
    let counts = (0..=ITEMS as u64).map(|item| item.min(1)).collect();
    let catalogue = Catalogue::new(counts).expect("padding counts for nothing");
    let metrics = vec![Metric::Recall, Metric::Mrr, Metric::Ndcg, Metric::HitRate, Metric::Precision];
    let config = EvaluatorConfig { cutoffs: vec![DEPTH], metrics, ..Default::default() };
    Workload {
        samples: USERS,
        run: Box::new(move || {
            let mut evaluator = Evaluator::new(config.clone(), &catalogue).expect("a valid configuration");
            for (user, candidates) in (0..).zip(search()) {
                let ranked: Vec<u32> = candidates.top(DEPTH).iter().map(|scored| scored.item).collect();
                let truth = 1 + user * 7919 % ITEMS as u32;
                evaluator.observe(user, &ranked, &[truth], &[]).expect("ids are in range");
            }
            evaluator.finish();
        }),
    }
}
