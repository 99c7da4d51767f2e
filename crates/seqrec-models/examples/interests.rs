//! Two histories become four interests each; what each interest attends to.
//!
//! `cargo run -p seqrec-models --example interests`

use seqrec_core::{
    Backend, CoreError, Retriever, Seed, StepContext, Stream,
    batch::{Histories, Padded, Rows},
    burn::tensor::Tensor,
    init::Init,
    items::{ItemTable, ItemVectors, TableConfig},
};
use seqrec_models::ComiRecSaConfig;

const ITEMS: usize = 50;
const DIM: usize = 16;

fn main() -> Result<(), CoreError> {
    let seed = Seed(7);
    let device = Backend::default().device()?;
    let config = ComiRecSaConfig { dim: DIM, interests: 4, max_length: 6, ..Default::default() };
    let model = config.init(&mut seed.rng(Stream::Init, 0), &device)?;
    let table = TableConfig { name: "items".into(), width: DIM, init: Init::Normal { std: 1.0 } };
    let table = ItemTable::new(&table, ITEMS, &mut seed.rng(Stream::Init, 1), &device);
    let items = ItemVectors::tied(table.weights());

    // Oldest event first; the second history is shorter and gets padding on the right.
    let padded = Padded::new([&[3, 14, 15, 9, 26, 5][..], &[35, 8, 9]], 6);
    println!("{:.0} % of the cells are padding", 100.0 * padded.padded_share());
    let histories = Histories::new(&padded, &Rows::all(ITEMS), &device);

    let interests = model.interests(&histories, &items, &mut StepContext::inference()).vectors;
    println!("interests [B, K, d] = {:?}", interests.dims());

    // [T, K]: every column sums to 1 over the events of a user.
    let segments = &histories.segments;
    let weights = model.attention(items.events(&histories), segments);
    for user in 0..2 {
        println!("user {user}");
        for interest in 0..4 {
            let events = weights.clone().narrow(0, segments.start(user), segments.len(user));
            let column: Tensor<2> = events.narrow(1, interest, 1);
            let column = column.into_data().try_to_vec::<f32>().expect("weights are f32");
            let row: Vec<String> = column.iter().map(|weight| format!("{weight:.2}")).collect();
            println!("  interest {interest} attends to {}", row.join(" "));
        }
    }
    Ok(())
}
