//! Invariants that every model must keep, stated once for all model crates.
//!
//! [`check_retriever`] and [`check_ranker`] run on every backend that is compiled in. They panic
//! with what was violated, as tests do.

use burn::{
    module::{Module, ModuleVisitor, Param},
    tensor::{Device, Gradients, Tensor, TensorData},
};
use rand::RngExt as _;

use crate::{
    Backend, Impressions, Ranker, Retriever, Rng, Seed, StepContext, Stream,
    batch::{Fields, Histories, Padded, Rows, floats_to_tensor, ids_to_tensor},
    items::ItemVectors,
    params,
};

/// Largest difference that counts as equal.
pub const TOLERANCE: f32 = 1e-5;

/// Items of the test catalogue.
const ITEMS: usize = 9;

/// A generator with a fixed seed.
pub fn rng() -> Rng {
    Seed(42).rng(Stream::Init, 0)
}

/// Entries from `U(-1, 1)`, the same at every call.
pub fn tensor<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values(shape.iter().product()), shape), device)
}

/// `count` numbers from `U(-1, 1)`, the same at every call.
pub fn values(count: usize) -> Vec<f32> {
    let mut rng = Seed(7).rng(Stream::Data, 0);
    (0..count).map(|_| rng.random::<f32>() * 2.0 - 1.0).collect()
}

/// Item vectors of a catalogue of nine and `histories` padded to `length`.
pub fn retriever_input(
    dim: usize,
    histories: &[&[u32]],
    length: usize,
    device: &Device,
) -> (ItemVectors, Histories) {
    let padded = Padded::new(histories.iter().copied(), length);
    let items = ItemVectors::tied(tensor([ITEMS + 1, dim], device));
    (items, Histories::new(&padded, &Rows::all(ITEMS), device))
}

/// Largest absolute difference of two equally long slices.
pub fn max_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// Checks a retriever on item vectors of width `dim`:
///
/// - finite interests of shape `[B, K, d]`, also for an empty history;
/// - padding columns and the content of the padding row change nothing;
/// - a row's result does not depend on the batch around it;
/// - two evaluations give the same bits;
/// - every parameter gets a gradient from [`Retriever::queries`];
/// - weights survive a round trip through the host.
pub fn check_retriever<M: Retriever>(dim: usize, init: impl Fn(&Device) -> M) {
    for backend in Backend::compiled() {
        let device = backend.device().expect("a compiled backend opens");
        let model = init(&device);
        let histories: [&[u32]; 3] = [&[1, 2, 3], &[4, 5], &[]];
        let interests = |model: &M, batch: &[&[u32]], length, padding_value: f32| {
            let (mut items, histories) = retriever_input(dim, batch, length, &device);
            let padding = Tensor::full([1, dim], padding_value, &device);
            let [rows, _] = items.input.dims();
            items.input = Tensor::cat(vec![padding, items.input.narrow(0, 1, rows - 1)], 0);
            let vectors = model.interests(&histories, &items, &mut StepContext::inference()).vectors;
            assert_eq!(vectors.dims()[0], batch.len(), "one row of interests for each history");
            vectors.into_data().try_to_vec::<f32>().expect("interests are f32")
        };
        let base = interests(&model, &histories, 4, 0.0);
        assert!(base.iter().all(|v| v.is_finite()), "{backend}: interests must be finite");
        assert_eq!(base, interests(&model, &histories, 4, 0.0), "{backend}: evaluation repeats");

        let longer = interests(&model, &histories, 6, 0.0);
        assert!(max_difference(&base, &longer) < TOLERANCE, "{backend}: padding columns changed interests");
        let padding = interests(&model, &histories, 4, 7.0);
        assert!(max_difference(&base, &padding) < TOLERANCE, "{backend}: the padding row changed interests");

        let width = base.len() / histories.len();
        for (row, history) in histories.iter().enumerate() {
            let alone = interests(&model, &[history], 4, 0.0);
            let together = &base[row * width..(row + 1) * width];
            assert!(max_difference(together, &alone) < TOLERANCE, "{backend}: the batch changed row {row}");
        }

        let (moved, restored) = round_trip(&model, || init(&device));
        let moved = interests(&moved, &histories, 4, 0.0);
        assert_ne!(base, moved, "{backend}: weights matter");
        assert_eq!(moved, interests(&restored, &histories, 4, 0.0), "{backend}: weights round trip");

        let training = device.autodiff();
        let model = init(&training);
        let (items, histories) = retriever_input(dim, &[&[1, 2, 3, 4], &[5, 6, 7, 8]], 4, &training);
        let context = &mut StepContext::training(Seed(1), 0);
        let targets = ids_to_tensor(&[9, 2], &training);
        let queries = model.queries(&histories, targets, &items, context);
        let loss = crate::losses::full_softmax(&queries, &items);
        assert_all_gradients(&model, &loss.backward(), backend);
    }
}

/// Checks a ranker on item vectors of width `dim` and a profile of `fields` (number of codes each):
///
/// - one finite logit a pair, also for an empty history;
/// - padding columns and the content of the padding row change nothing;
/// - at evaluation a pair's logit does not depend on the batch around it;
/// - two evaluations give the same bits;
/// - every parameter gets a gradient from [`Ranker::loss`];
/// - weights survive a round trip through the host.
pub fn check_ranker<M: Ranker>(dim: usize, fields: &[usize], init: impl Fn(&Device) -> M) {
    for backend in Backend::compiled() {
        let device = backend.device().expect("a compiled backend opens");
        let model = init(&device);
        let histories: [&[u32]; 3] = [&[1, 2, 3], &[4, 5], &[]];
        let candidates = [6, 7, 8];
        let logits = |model: &M, rows: std::ops::Range<usize>, length, padding_value: f32| {
            let (items, input) =
                ranker_input(dim, fields, &histories[rows.clone()], &candidates[rows], length, &device);
            let padding = Tensor::full([1, dim], padding_value, &device);
            let [count, _] = items.input.dims();
            let table = Tensor::cat(vec![padding, items.input.narrow(0, 1, count - 1)], 0);
            let logits = model.logits(&input, &ItemVectors::tied(table), &mut StepContext::inference());
            logits.into_data().try_to_vec::<f32>().expect("logits are f32")
        };
        let base = logits(&model, 0..3, 4, 0.0);
        assert!(base.len() == 3 && base.iter().all(|v| v.is_finite()), "{backend}: {base:?}");
        assert_eq!(base, logits(&model, 0..3, 4, 0.0), "{backend}: evaluation repeats");
        let longer = logits(&model, 0..3, 6, 0.0);
        assert!(max_difference(&base, &longer) < TOLERANCE, "{backend}: padding columns changed logits");
        let padding = logits(&model, 0..3, 4, 7.0);
        assert!(max_difference(&base, &padding) < TOLERANCE, "{backend}: the padding row changed logits");
        for (row, together) in base.iter().enumerate() {
            let alone = logits(&model, row..row + 1, 4, 0.0);
            assert!((together - alone[0]).abs() < TOLERANCE, "{backend}: the batch changed row {row}");
        }
        let (moved, restored) = round_trip(&model, || init(&device));
        let moved = logits(&moved, 0..3, 4, 0.0);
        assert_ne!(base, moved, "{backend}: weights matter");
        assert_eq!(moved, logits(&restored, 0..3, 4, 0.0), "{backend}: weights round trip");

        let training = device.autodiff();
        let model = init(&training);
        let (items, input) =
            ranker_input(dim, fields, &[&[1, 2, 3], &[4, 5], &[6, 9, 1]], &candidates, 4, &training);
        let labels = floats_to_tensor(&[1.0, 0.0, 1.0], &training);
        let context = &mut StepContext::training(Seed(1), 0);
        let loss = model.loss(&input, labels, &items, context);
        assert_all_gradients(&model, &loss.backward(), backend);
    }
}

/// `model` with every weight and running statistic moved, and a fresh module that got them by name.
fn round_trip<M: Module>(model: &M, init: impl Fn() -> M) -> (M, M) {
    let mut tensors = params::export(model);
    for tensor in tensors.values_mut() {
        let moved = |(index, value): (usize, &mut f32)| *value += 0.1 + 0.01 * (index % 7) as f32;
        tensor.values.iter_mut().enumerate().for_each(moved);
    }
    let moved = params::import(model.clone(), tensors).expect("weights fit");
    let restored = params::import(init(), params::export(&moved)).expect("weights fit");
    (moved, restored)
}

/// Item vectors and (history, candidate) pairs; profile codes follow from the candidate.
fn ranker_input(
    dim: usize,
    fields: &[usize],
    histories: &[&[u32]],
    candidates: &[u32],
    length: usize,
    device: &Device,
) -> (ItemVectors, Impressions) {
    let (items, histories) = retriever_input(dim, histories, length, device);
    let codes: Vec<u32> = candidates
        .iter()
        .flat_map(|candidate| fields.iter().map(move |&codes| candidate % codes as u32))
        .collect();
    let shape = [candidates.len(), fields.len()];
    let categorical = (!fields.is_empty()).then(|| ids_to_tensor(&codes, device).reshape(shape));
    let candidates = ids_to_tensor(candidates, device);
    let profile = Fields { categorical, numeric: None };
    (items, Impressions { histories, candidates, profile })
}

/// Panics with the paths of trainable parameters that got no gradient, or only zeros.
fn assert_all_gradients<M: Module>(model: &M, gradients: &Gradients, backend: Backend) {
    struct Check<'a> {
        gradients: &'a Gradients,
        path: Vec<String>,
        missing: Vec<String>,
    }
    impl ModuleVisitor for Check<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if !param.is_require_grad() {
                return;
            }
            let reached = param
                .val()
                .grad(self.gradients)
                .is_some_and(|gradient| gradient.abs().max().into_scalar::<f32>() > 0.0);
            if !reached {
                self.missing.push(self.path.join("."));
            }
        }
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.push(name.to_owned());
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }
    }
    let mut check = Check { gradients, path: Vec::new(), missing: Vec::new() };
    model.visit(&mut check);
    assert!(check.missing.is_empty(), "{backend}: no gradient for {:?}", check.missing);
}
