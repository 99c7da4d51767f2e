use burn::{
    module::Module,
    tensor::{Device, Tensor},
};

use super::{
    AGREEMENT, ITEMS, TOLERANCE, assert_all_gradients, host, inputs::with_padding_row, max_difference, moved,
    retriever_input, weights::transferred,
};
use crate::{
    Backend, Queries, Retriever, Seed, StepContext,
    batch::{Histories, ids_to_tensor},
    items::ItemVectors,
    losses::full_softmax,
};

type States<'a, M> = Box<dyn Fn(&M, &Histories, &ItemVectors, &mut StepContext) -> Tensor<2> + 'a>;
type Loss<'a> = Box<dyn Fn(&Queries, &ItemVectors) -> Tensor<1> + 'a>;

/// What the order of a history's events means to a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Nothing: every permutation gives the same result.
    Ignored,
    /// Other results for other orders, also with the same last event.
    Matters,
}

/// The proofs that a retriever owes, on item vectors of width `d` and histories of up to six events.
///
/// [`check`](Self::check) always proves the contract:
///
/// - finite interests of shape `[B, K, d]`, also for an empty history;
/// - padding columns and the content of the padding row change nothing;
/// - a row's result does not depend on the batch around it;
/// - two evaluations give the same bits;
/// - weights matter, and survive a round trip through the host;
/// - every parameter gets a gradient from [`Retriever::queries`];
/// - the loss at initialisation is what scores of 0 give;
/// - backends agree.
///
/// A model signs up for more with [`order`](Self::order) and [`causal`](Self::causal).
pub struct RetrieverHarness<'a, M> {
    dim: usize,
    init: Box<dyn Fn(&Device) -> M + 'a>,
    order: Option<Order>,
    states: Option<States<'a, M>>,
    loss: Loss<'a>,
    initial_loss: f32,
}

impl<'a, M: Retriever> RetrieverHarness<'a, M> {
    /// Proofs of the models that `init` makes, with item vectors of width `dim`.
    ///
    /// `init` must make the same weights at every call: draw them from [`rng`](super::rng).
    pub fn new(dim: usize, init: impl Fn(&Device) -> M + 'a) -> Self {
        Self {
            dim,
            init: Box::new(init),
            order: None,
            states: None,
            loss: Box::new(full_softmax),
            initial_loss: (ITEMS as f32).ln(),
        }
    }

    /// Also proves what the order of events means.
    #[must_use]
    pub fn order(self, order: Order) -> Self {
        Self { order: Some(order), ..self }
    }

    /// Also proves that later events do not change the packed `states` (`[T, d]`) after earlier ones,
    /// and that states depend on the events before them.
    #[must_use]
    pub fn causal(
        self,
        states: impl Fn(&M, &Histories, &ItemVectors, &mut StepContext) -> Tensor<2> + 'a,
    ) -> Self {
        Self { states: Some(Box::new(states)), ..self }
    }

    /// Trains on `loss`, which must be `initial` where all scores are 0, such as ln 2 for BPR. The
    /// default is the softmax over all items, with the logarithm of their number.
    #[must_use]
    pub fn loss(self, initial: f32, loss: impl Fn(&Queries, &ItemVectors) -> Tensor<1> + 'a) -> Self {
        Self { loss: Box::new(loss), initial_loss: initial, ..self }
    }

    /// Runs all proofs that the model signed up for.
    ///
    /// # Panics
    ///
    /// With the first thing that does not hold.
    pub fn check(&self) {
        let backends = Backend::compiled();
        let results = backends.iter().map(|&backend| self.check_on(backend));
        let results: Vec<Vec<f32>> = results.collect();
        for (backend, interests) in backends.iter().zip(&results).skip(1) {
            let difference = max_difference(&results[0], interests);
            assert!(difference < AGREEMENT, "{backend} and {} differ by {difference}", backends[0]);
        }
    }

    /// Checks on one backend; returns interests to compare with those of others.
    fn check_on(&self, backend: Backend) -> Vec<f32> {
        let device = backend.device().expect("a compiled backend opens");
        let model = (self.init)(&device);
        let interests = self.check_contract(&model, &device, backend);
        self.check_round_trip(&model, &device, backend);
        self.check_order(&model, &device, backend);
        self.check_causality(&model, &device, backend);
        self.check_training(&device.autodiff(), backend);
        interests
    }

    fn check_contract(&self, model: &M, device: &Device, backend: Backend) -> Vec<f32> {
        let batch: [&[u32]; 3] = [&[1, 2, 3], &[4, 5], &[]];
        let interests = |batch: &[&[u32]], length, padding| {
            let (items, histories) = retriever_input(self.dim, batch, length, device);
            self.interests(model, &histories, &with_padding_row(items, padding))
        };
        let base = interests(&batch, 4, 0.0);
        assert!(base.iter().all(|v| v.is_finite()), "{backend}: interests must be finite");
        assert_eq!(base, interests(&batch, 4, 0.0), "{backend}: evaluation repeats");
        let same = |other: &[f32]| max_difference(&base, other) < TOLERANCE;
        assert!(same(&interests(&batch, 6, 0.0)), "{backend}: padding columns changed interests");
        assert!(same(&interests(&batch, 4, 7.0)), "{backend}: the padding row changed interests");

        let width = base.len() / batch.len();
        for (row, history) in batch.iter().enumerate() {
            let alone = interests(&[history], 4, 0.0);
            let together = &base[row * width..(row + 1) * width];
            assert!(max_difference(together, &alone) < TOLERANCE, "{backend}: the batch changed row {row}");
        }
        base
    }

    fn check_round_trip(&self, model: &M, device: &Device, backend: Backend) {
        let (items, histories) = retriever_input(self.dim, &[&[1, 2, 3], &[4, 5]], 4, device);
        let moved = moved(model.clone());
        let expected = self.interests(&moved, &histories, &items);
        if Module::num_params(model) > 0 {
            assert_ne!(self.interests(model, &histories, &items), expected, "{backend}: weights matter");
        }
        let restored = transferred(&moved, (self.init)(device));
        assert_eq!(self.interests(&restored, &histories, &items), expected, "{backend}: weights round trip");
    }

    fn check_order(&self, model: &M, device: &Device, backend: Backend) {
        let Some(order) = self.order else { return };
        let of = |history: &[u32]| {
            let (items, histories) = retriever_input(self.dim, &[history], 6, device);
            self.interests(model, &histories, &items)
        };
        let base = of(&[1, 2, 3, 4]);
        for other in [[3, 1, 2, 4], [4, 3, 2, 1]] {
            let difference = max_difference(&base, &of(&other));
            match order {
                Order::Ignored => assert!(difference < TOLERANCE, "{backend}: order {other:?} matters"),
                Order::Matters => assert!(difference > 1e-6, "{backend}: order {other:?} changes nothing"),
            }
        }
    }

    fn check_causality(&self, model: &M, device: &Device, backend: Backend) {
        let Some(states) = &self.states else { return };
        let of = |history: &[u32]| {
            let (items, histories) = retriever_input(self.dim, &[history], 6, device);
            host(states(model, &histories, &items, &mut StepContext::inference()))
        };
        let (one, other) = (of(&[1, 2, 3, 4]), of(&[1, 2, 8, 4]));
        let width = one.len() / 4;
        let (earlier, later) = (..2 * width, 3 * width..);
        let leaked = max_difference(&one[earlier], &other[earlier]);
        assert!(leaked < TOLERANCE, "{backend}: a later event changed earlier states by {leaked}");
        let memory = max_difference(&one[later.clone()], &other[later]);
        assert!(memory > 1e-6, "{backend}: a state does not depend on the event before it");
    }

    fn check_training(&self, device: &Device, backend: Backend) {
        let model = (self.init)(device);
        let (items, histories) = retriever_input(self.dim, &[&[1, 2, 3, 4], &[5, 6, 7, 8]], 4, device);
        let loss = |items: &ItemVectors| {
            let context = &mut StepContext::training(Seed(1), 0);
            let targets = ids_to_tensor(&[9, 2], device);
            let queries = model.queries(&histories, targets, items, context);
            let loss = (self.loss)(&queries, items);
            (loss, queries.auxiliary)
        };
        let small = ItemVectors::tied(items.input.clone().mul_scalar(1e-5));
        let found = loss(&small).0.into_scalar::<f32>();
        let theory = self.initial_loss;
        assert!(
            (found - theory).abs() < 1e-3,
            "{backend}: the loss starts at {found}, in theory at {theory}"
        );

        let (without_auxiliary, auxiliary) = loss(&items);
        let total = match auxiliary {
            Some(auxiliary) => without_auxiliary + auxiliary,
            None => without_auxiliary,
        };
        assert_all_gradients(&model, &total.backward(), backend);
    }

    fn interests(&self, model: &M, histories: &Histories, items: &ItemVectors) -> Vec<f32> {
        let vectors = model.interests(histories, items, &mut StepContext::inference()).vectors;
        let [batch, _, width] = vectors.dims();
        let [_, expected] = items.output.dims();
        assert_eq!([batch, width], [histories.dims()[0], expected], "one row a history, as wide as items");
        host(vectors)
    }
}
