use seqrec_core::{
    Backend,
    batch::ids_to_tensor,
    burn::tensor::{Tensor, TensorData},
    init::Init,
    ops::{Classes, cross_entropy as loss},
    rng::{Seed, Stream},
};

use crate::Workload;

pub fn cross_entropy() -> Workload {
    let (queries, items, d) = (12_800, 50_000, 64);
    let device = Backend::default().device().expect("the default backend opens").autodiff();
    let tensor = |rows: usize| -> Tensor<2> {
        let values =
            Init::Uniform { bound: 0.3 }.values(rows, d, &mut Seed(1).rng(Stream::Data, rows as u64));
        Tensor::from_data(TensorData::new(values, [rows, d]), &device).require_grad()
    };
    let targets: Vec<u32> = (0..queries).map(|at| 1 + (at * 7919 % (items - 1)) as u32).collect();
    let (q, vectors, targets) = (tensor(queries), tensor(items), ids_to_tensor(&targets, &device));
    Workload {
        samples: queries,
        run: Box::new(move || {
            let classes = Classes { vectors: vectors.clone(), bias: None, first: 1 };
            drop(loss(q.clone(), classes, targets.clone(), None).backward());
        }),
    }
}
