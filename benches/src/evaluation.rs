use seqrec_core::{
    Backend,
    burn::tensor::{Tensor, TensorData},
    init::Init,
    items::ItemVectors,
    rng::{Seed, Stream},
};
use seqrec_train::evaluate::{Searcher, UserVectors};

use crate::Workload;

const USERS: usize = 512;

pub fn full_ranking() -> Workload {
    let (items, d) = (100_000, 64);
    let device = Backend::default().device().expect("the default backend opens");
    let tensor = |rows: usize| -> Tensor<2> {
        let values =
            Init::Uniform { bound: 0.3 }.values(rows, d, &mut Seed(1).rng(Stream::Data, rows as u64));
        Tensor::from_data(TensorData::new(values, [rows, d]), &device)
    };
    let searcher = Searcher::new(&ItemVectors::tied(tensor(items + 1)), 8192);
    let interests = tensor(USERS).reshape([USERS, 1, d]);
    Workload {
        samples: USERS,
        run: Box::new(move || {
            let users = UserVectors { interests: interests.clone(), mask: None, depths: vec![50; USERS] };
            searcher.search(users).expect("scores are finite");
        }),
    }
}
