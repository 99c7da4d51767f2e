//! A step on the rows that its batch touches has the gradient of a step on the whole table.

use seqrec_core::{
    Backend, Retriever as _, StepContext,
    batch::{Histories, Padded, Rows, floats_to_tensor, ids_to_tensor},
    burn::tensor::Device,
    init::Init,
    items::{ItemTable, ItemVectors, TableConfig},
    losses::{SampledNegatives, sampled_softmax},
    testing,
};
use seqrec_models::ComiRecSaConfig;

const ITEMS: usize = 200;
const DIM: usize = 8;

/// The loss, and its gradient as a table of all items.
fn gradient(rows: &Rows, device: &Device) -> (f32, Vec<f32>) {
    let training = device.clone().autodiff();
    let config = TableConfig { name: "items".into(), width: DIM, init: Init::Normal { std: 0.3 } };
    let table = ItemTable::new(&config, ITEMS, &mut testing::rng(), device);
    let model = ComiRecSaConfig { dim: DIM, interests: 2, max_length: 5, ..Default::default() };
    let model = model.init(&mut testing::rng(), &training).unwrap();

    let leaf = table.leaf(rows);
    let items = ItemVectors::tied(leaf.clone());
    let (histories, targets, negatives) = batch();
    let log_q: Vec<f32> = rows.ids().iter().map(|&id| -0.01 * id as f32).collect();
    let negatives = SampledNegatives {
        rows: ids_to_tensor(&rows.local(&negatives), &training),
        log_q: floats_to_tensor(&log_q, &training),
        excluded: None,
    };
    let histories = Histories::new(&histories, rows, &training);
    let targets = ids_to_tensor(&rows.local(&targets), &training);
    let queries = model.queries(&histories, targets, &items, &mut StepContext::inference());
    let loss = sampled_softmax(&queries, &items, &negatives);
    let mut gradients = loss.backward();
    let rows_gradient = leaf.grad_remove(&mut gradients).unwrap().into_data().try_to_vec::<f32>().unwrap();

    let mut dense = vec![0.0; (ITEMS + 1) * DIM];
    for (&id, gradient) in rows.ids().iter().zip(rows_gradient.chunks_exact(DIM)) {
        dense[id as usize * DIM..][..DIM].copy_from_slice(gradient);
    }
    (loss.into_scalar::<f32>(), dense)
}

fn batch() -> (Padded, Vec<u32>, Vec<u32>) {
    let histories: [&[u32]; 4] = [&[3, 150, 7], &[99], &[3, 3, 200, 12, 8], &[150, 41]];
    (Padded::new(histories, 5), vec![17, 3, 199, 150], vec![1, 2, 3, 5, 17, 60, 150, 180])
}

#[test]
fn gradients_of_touched_rows_are_those_of_the_dense_table() {
    let (histories, targets, negatives) = batch();
    let touched = Rows::distinct(&[&histories.ids, &targets, &negatives], ITEMS).unwrap();
    assert!(touched.len() < 25);
    for backend in Backend::compiled() {
        let device = backend.device().unwrap();
        let (loss, compact) = gradient(&touched, &device);
        let (dense_loss, dense) = gradient(&Rows::all(ITEMS), &device);
        assert!((loss - dense_loss).abs() < 1e-5, "{backend}: {loss} {dense_loss}");
        let difference = testing::max_difference(&compact, &dense);
        assert!(difference < 1e-5, "{backend}: {difference}");
        assert!(compact.iter().any(|value| value.abs() > 1e-3), "{backend}: the gradient is not zero");
    }
}
