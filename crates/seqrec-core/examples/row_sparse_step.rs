//! One training step on the rows that a batch touches, by hand.
//!
//! `cargo run -p seqrec-core --example row_sparse_step`

use seqrec_core::{
    Backend, CoreError, PAD, Queries, Seed, Stream,
    batch::{Rows, floats_to_tensor, ids_to_tensor},
    burn::tensor::Tensor,
    init::Init,
    items::{ItemTable, ItemVectors, TableConfig},
    losses::{SampledNegatives, sampled_softmax},
    optim::{RowOptimizer, RowScope, UpdateRule},
    samplers::{NegativeSampler, SamplerConfig},
};

const ITEMS: usize = 1_000_000;
const WIDTH: usize = 16;

fn main() -> Result<(), CoreError> {
    let seed = Seed(1);
    let device = Backend::default().device()?;
    let config = TableConfig { name: "items".into(), width: WIDTH, init: Init::Normal { std: 0.1 } };
    let mut table = ItemTable::new(&config, ITEMS, &mut seed.rng(Stream::Init, 0), &device);
    let mut adam = RowOptimizer::new(UpdateRule::default(), RowScope::Touched, &table);

    // What the batch touches: the last item of two users, the next one, and shared negatives.
    let (last, next) = ([17, 250_000], [4_711, 999_999]);
    let sampler = NegativeSampler::new(SamplerConfig::LogUniform, ITEMS, &[])?;
    let drawn = sampler.draw_distinct(6, &mut seed.rng(Stream::Negatives, 0))?;
    let rows = Rows::distinct(&[&last, &next, &drawn.ids], ITEMS)?;
    println!("{} of {} rows, padding included: {:?}", rows.len(), ITEMS + 1, rows.ids());

    let training = device.clone().autodiff();
    let log_q = |&id: &u32| if id == PAD { 0.0 } else { sampler.log_inclusion(id, drawn.tries) };
    let log_q: Vec<f32> = rows.ids().iter().map(log_q).collect();
    let negatives = SampledNegatives {
        rows: ids_to_tensor(&rows.local(&drawn.ids), &training),
        log_q: floats_to_tensor(&log_q, &training),
        excluded: None,
    };
    for step in 0..5 {
        // The copy of these rows is the leaf of the graph; the table itself has no gradient.
        let leaf = table.leaf(&rows);
        let items = ItemVectors::tied(leaf.clone());
        // The simplest of models: the last item is the interest.
        let queries = Queries {
            vectors: items.inputs(ids_to_tensor(&rows.local(&last), &training)),
            targets: ids_to_tensor(&rows.local(&next), &training),
            weights: None,
            auxiliary: None,
        };
        let loss = sampled_softmax(&queries, &items, &negatives);
        println!("step {step}: loss {:.4}", loss.clone().into_scalar::<f32>());
        let mut gradients = loss.backward();
        let gradient: Tensor<2> = leaf.grad_remove(&mut gradients).expect("the loss reads the rows");
        adam.step(&mut table, &rows, gradient, 0.05);
    }
    Ok(())
}
