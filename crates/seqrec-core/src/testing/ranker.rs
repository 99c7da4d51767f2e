use burn::tensor::Device;

use super::{
    AGREEMENT, Order, TOLERANCE, assert_all_gradients, host, inputs::with_padding_row, max_difference, moved,
    ranker_input, weights::transferred,
};
use crate::{Backend, Ranker, Seed, StepContext, batch::floats_to_tensor};

/// The users' pasts, and the candidate of each.
const HISTORIES: [&[u32]; 3] = [&[1, 2, 3], &[4, 5], &[]];
const CANDIDATES: [u32; 3] = [6, 7, 8];

/// The proofs that a ranker owes, on item vectors of width `d` and histories of up to six events.
///
/// [`check`](Self::check) always proves the contract:
///
/// - one finite logit a pair, also for an empty history;
/// - padding columns and the content of the padding row change nothing;
/// - at evaluation a pair's logit does not depend on the batch around it;
/// - two evaluations give the same bits;
/// - weights matter, and survive a round trip through the host;
/// - every parameter gets a gradient from [`Ranker::loss`];
/// - the loss is the binary cross-entropy of the logits, plus what an auxiliary task adds;
/// - backends agree.
///
/// A model signs up for more with [`order`](Self::order).
pub struct RankerHarness<'a, M> {
    dim: usize,
    fields: &'a [usize],
    init: Box<dyn Fn(&Device) -> M + 'a>,
    order: Option<Order>,
    auxiliary: bool,
}

impl<'a, M: Ranker> RankerHarness<'a, M> {
    /// Proofs of the models that `init` makes, with item vectors of width `dim`.
    ///
    /// `init` must make the same weights at every call: draw them from [`rng`](super::rng).
    pub fn new(dim: usize, init: impl Fn(&Device) -> M + 'a) -> Self {
        Self { dim, fields: &[], init: Box::new(init), order: None, auxiliary: false }
    }

    /// The categorical fields of the profile, as number of codes each.
    #[must_use]
    pub fn fields(self, fields: &'a [usize]) -> Self {
        Self { fields, ..self }
    }

    /// Also proves what the order of the history's events means.
    #[must_use]
    pub fn order(self, order: Order) -> Self {
        Self { order: Some(order), ..self }
    }

    /// The model's loss has an auxiliary task on top of the cross-entropy.
    #[must_use]
    pub fn auxiliary(self) -> Self {
        Self { auxiliary: true, ..self }
    }

    /// Runs all proofs that the model signed up for.
    ///
    /// # Panics
    ///
    /// With the first thing that does not hold.
    pub fn check(&self) {
        let backends = Backend::compiled();
        let results: Vec<Vec<f32>> = backends.iter().map(|&backend| self.check_on(backend)).collect();
        for (backend, logits) in backends.iter().zip(&results).skip(1) {
            let difference = max_difference(&results[0], logits);
            assert!(difference < AGREEMENT, "{backend} and {} differ by {difference}", backends[0]);
        }
    }

    /// Checks on one backend; returns logits to compare with those of others.
    fn check_on(&self, backend: Backend) -> Vec<f32> {
        let device = backend.device().expect("a compiled backend opens");
        let model = (self.init)(&device);
        let logits = self.check_contract(&model, &device, backend);
        self.check_round_trip(&model, &device, backend);
        self.check_order(&model, &device, backend);
        self.check_training(&device.autodiff(), backend);
        logits
    }

    fn check_contract(&self, model: &M, device: &Device, backend: Backend) -> Vec<f32> {
        let logits = |rows: std::ops::Range<usize>, length, padding| {
            self.logits(model, &HISTORIES[rows.clone()], &CANDIDATES[rows], length, padding, device)
        };
        let base = logits(0..3, 4, 0.0);
        assert!(base.len() == 3 && base.iter().all(|v| v.is_finite()), "{backend}: {base:?}");
        assert_eq!(base, logits(0..3, 4, 0.0), "{backend}: evaluation repeats");
        let same = |other: &[f32]| max_difference(&base, other) < TOLERANCE;
        assert!(same(&logits(0..3, 6, 0.0)), "{backend}: padding columns changed logits");
        assert!(same(&logits(0..3, 4, 7.0)), "{backend}: the padding row changed logits");
        for (row, together) in base.iter().enumerate() {
            let alone = logits(row..row + 1, 4, 0.0);
            assert!((together - alone[0]).abs() < TOLERANCE, "{backend}: the batch changed row {row}");
        }
        base
    }

    fn check_round_trip(&self, model: &M, device: &Device, backend: Backend) {
        let logits = |model: &M| self.logits(model, &HISTORIES, &CANDIDATES, 4, 0.0, device);
        let moved = moved(model.clone());
        let expected = logits(&moved);
        assert_ne!(logits(model), expected, "{backend}: weights matter");
        let restored = transferred(&moved, (self.init)(device));
        assert_eq!(logits(&restored), expected, "{backend}: weights round trip");
    }

    fn check_order(&self, model: &M, device: &Device, backend: Backend) {
        let Some(order) = self.order else { return };
        let of = |history: &[u32]| self.logits(model, &[history], &[6], 6, 0.0, device);
        let base = of(&[1, 2, 3, 4]);
        for other in [[3, 1, 2, 4], [4, 3, 2, 1]] {
            let difference = max_difference(&base, &of(&other));
            match order {
                Order::Ignored => assert!(difference < TOLERANCE, "{backend}: order {other:?} matters"),
                Order::Matters => assert!(difference > 1e-6, "{backend}: order {other:?} changes nothing"),
            }
        }
    }

    fn check_training(&self, device: &Device, backend: Backend) {
        let model = (self.init)(device);
        let histories: [&[u32]; 3] = [&[1, 2, 3], &[4, 5], &[6, 9, 1]];
        let (items, input) = ranker_input(self.dim, self.fields, &histories, &CANDIDATES, 4, device);
        let labels = [1.0, 0.0, 1.0];
        let context = || StepContext::training(Seed(1), 0);
        let logits = host(model.logits(&input, &items, &mut context()));
        // The definition, without the care that large logits need.
        let entropy = |(x, y): (&f32, &f32)| (1.0 + x.exp()).ln() - x * y;
        let theory = logits.iter().zip(&labels).map(entropy).sum::<f32>() / labels.len() as f32;

        let loss = model.loss(&input, floats_to_tensor(&labels, device), &items, &mut context());
        let found = loss.clone().into_scalar::<f32>();
        match self.auxiliary {
            true => assert!(found > theory, "{backend}: no auxiliary task in a loss of {found}"),
            false => assert!((found - theory).abs() < 1e-4, "{backend}: loss {found}, in theory {theory}"),
        }
        assert_all_gradients(&model, &loss.backward(), backend);
    }

    fn logits(
        &self,
        model: &M,
        histories: &[&[u32]],
        candidates: &[u32],
        length: usize,
        padding: f32,
        device: &Device,
    ) -> Vec<f32> {
        let (items, input) = ranker_input(self.dim, self.fields, histories, candidates, length, device);
        host(model.logits(&input, &with_padding_row(items, padding), &mut StepContext::inference()))
    }
}
