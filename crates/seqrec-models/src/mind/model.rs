use burn::{
    module::{Module, Param},
    nn::Linear,
    tensor::{Device, Int, Tensor, TensorData},
};
use seqrec_core::{
    Interests, Queries, Retriever, StepContext,
    batch::Histories,
    init::Init,
    items::ItemVectors,
    layers::dense,
    ops::{Pointwise, RoutingConfig, Segments, gather, route},
};

use super::MindConfig;

/// A routing logit that leaves nothing of an interest.
const SURPLUS: f32 = -1e9;

/// Up to `K` interests, each a capsule that the events of the history are routed to.
///
/// With item vectors `H`, one map `S` for all interests and fixed random logits `b`:
///
/// ```text
/// u_t = H_t S
/// V   = relu(W capsules + bias),  capsules of dynamic routing of u from b    [B, K, d]
/// ```
///
/// [`route`] has the equations of the routing. Each event shares itself out among the interests that
/// its history has room for; the others are masked. The logits tell the interests apart: from equal
/// ones all capsules would be equal for ever. It works on packed histories and computes no padding.
/// Made by [`MindConfig::init`](super::MindConfig::init).
#[derive(Module, Debug)]
pub struct Mind {
    /// `S`.
    pub(super) bilinear: Linear,
    /// `b` by position, `[L, K]`; not trained.
    pub(super) logits: Param<Tensor<2>>,
    /// `W`.
    pub(super) projection: Option<Linear>,
    #[module(skip)]
    pub(super) config: MindConfig,
}

impl Mind {
    /// Number of interests of a history of `length` events.
    pub fn interests_of(&self, length: usize) -> usize {
        let MindConfig { interests, adaptive, .. } = self.config;
        match length.checked_ilog2() {
            Some(room) if adaptive => interests.min(room as usize).max(1),
            None if adaptive => 1,
            _ => interests,
        }
    }

    /// For each of `lengths`, 1 for its interests and 0 for the surplus, row by row; `None` if there is
    /// no surplus.
    fn counted(&self, lengths: impl Iterator<Item = usize>) -> Option<Vec<f32>> {
        let row = |length| {
            let count = self.interests_of(length);
            (0..self.config.interests).map(move |k| f32::from(k < count))
        };
        let counted: Vec<f32> = lengths.flat_map(row).collect();
        counted.contains(&0.0).then_some(counted)
    }

    /// Where the routing of each packed event starts, `[T, K]`.
    fn routing_logits(&self, segments: &Segments, context: &mut StepContext) -> Tensor<2> {
        let MindConfig { interests, routing_std, redraw, .. } = self.config;
        let device = self.logits.val().device();
        let logits = if redraw && context.training {
            let values =
                Init::Normal { std: routing_std }.values(segments.rows(), interests, &mut context.rng);
            table(values, interests, &device)
        } else {
            gather(self.logits.val(), &segments.positions(), None)
        };
        let lengths = segments.lengths().flat_map(|length| std::iter::repeat_n(length, length));
        match self.counted(lengths) {
            Some(counted) => {
                let surplus = counted.into_iter().map(|counted| (1.0 - counted) * SURPLUS).collect();
                logits + table(surplus, interests, &device)
            }
            None => logits,
        }
    }
}

/// `values` in rows of `width`.
fn table(values: Vec<f32>, width: usize, device: &Device) -> Tensor<2> {
    let rows = values.len() / width;
    Tensor::from_data(TensorData::new(values, [rows, width]), device)
}

impl Retriever for Mind {
    /// # Panics
    ///
    /// If a history exceeds the configured `max_length`.
    fn interests(&self, histories: &Histories, items: &ItemVectors, context: &mut StepContext) -> Interests {
        let MindConfig { dim, interests, max_length, rounds, .. } = self.config;
        let segments = &histories.segments;
        let longest = segments.longest();
        assert!(longest <= max_length, "histories of {longest} events, but logits for {max_length}");
        let events = items.events(histories);
        let capsules = if segments.is_empty() {
            Tensor::zeros([segments.count(), interests, dim], &events.device())
        } else {
            let predictions = dense(&self.bilinear, events, Pointwise::Identity);
            let logits = self.routing_logits(segments, context);
            route(predictions, Some(logits), segments, RoutingConfig { interests, dim, rounds })
        };
        let shape = capsules.dims();
        let vectors = match &self.projection {
            Some(projection) => {
                let rows = capsules.reshape([shape[0] * interests, dim]);
                dense(projection, rows, Pointwise::Relu).reshape(shape)
            }
            None => capsules,
        };
        let counted = self.counted(segments.lengths());
        let mask = counted.map(|counted| table(counted, interests, &vectors.device()));
        Interests { vectors, mask }
    }

    fn queries(
        &self,
        histories: &Histories,
        targets: Tensor<1, Int>,
        items: &ItemVectors,
        context: &mut StepContext,
    ) -> Queries {
        let interests = self.interests(histories, items, context);
        let vectors = self.config.attention.attend(&interests, items.targets(targets.clone()));
        Queries { vectors, targets, weights: None, auxiliary: None }
    }

    fn max_length(&self) -> Option<usize> {
        Some(self.config.max_length)
    }

    fn computes_padding(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mind::LabelAttention;
    use seqrec_core::{
        Backend, Seed,
        testing::{self, Order, RetrieverHarness, host},
    };
    use seqrec_train::testing::RetrieverLearning;

    fn config() -> MindConfig {
        MindConfig { dim: 6, interests: 3, max_length: 8, bias: true, ..Default::default() }
    }

    fn model(config: &MindConfig, device: &Device) -> Mind {
        config.init(&mut testing::rng(), device).unwrap()
    }

    fn interests(model: &Mind, ids: &[u32], context: &mut StepContext) -> Interests {
        let device = Backend::default().device().unwrap();
        let (items, histories) = testing::retriever_input(6, &[ids], 8, &device);
        model.interests(&histories, &items, context)
    }

    #[test]
    fn keeps_the_contract_in_order() {
        let soft = LabelAttention::Soft { power: 1.0 };
        for config in [
            config(),
            MindConfig { adaptive: false, attention: soft, redraw: true, ..config() },
            MindConfig { projection: false, bias: false, attention: soft, ..config() },
        ] {
            RetrieverHarness::new(6, |device| model(&config, device)).order(Order::Matters).check();
        }
    }

    #[test]
    fn learns_a_tiny_set_by_heart_and_serves_what_was_saved() {
        for attention in [LabelAttention::Hard, LabelAttention::Soft { power: 1.0 }] {
            let config = MindConfig { dim: 16, attention, ..config() };
            RetrieverLearning::new(16, |device| model(&config, device)).check();
        }
    }

    #[test]
    fn longer_histories_have_more_interests() {
        let device = Backend::default().device().unwrap();
        let four = MindConfig { interests: 4, ..config() };
        let model = model(&four, &device);
        let expected = [(0, 1), (1, 1), (3, 1), (4, 2), (7, 2), (8, 3), (15, 3), (16, 4), (900, 4)];
        for (length, count) in expected {
            assert_eq!(model.interests_of(length), count, "{length} events");
        }
        let always = MindConfig { adaptive: false, ..four }.init(&mut testing::rng(), &device).unwrap();
        assert_eq!(always.interests_of(1), 4);
    }

    #[test]
    fn surplus_interests_are_masked_and_take_nothing_from_the_others() {
        let device = Backend::default().device().unwrap();
        let without = MindConfig { projection: false, ..config() };
        let adaptive = model(&without, &device);
        let two = interests(&adaptive, &[1, 2, 3, 4], &mut StepContext::inference());
        assert_eq!(host(two.mask.unwrap()), [1.0, 1.0, 0.0]);
        let vectors = host(two.vectors);
        assert!(vectors[12..].iter().all(|value| value.abs() < 1e-30), "{vectors:?}");
        // A model that has but the first two of the logits gives the same two capsules.
        let mut alone = adaptive.clone();
        alone.config = MindConfig { interests: 2, adaptive: false, ..without };
        alone.logits = adaptive.logits.clone().map(|logits| logits.narrow(1, 0, 2));
        let alone = interests(&alone, &[1, 2, 3, 4], &mut StepContext::inference());
        assert!(alone.mask.is_none());
        assert!(testing::max_difference(&host(alone.vectors), &vectors[..12]) < 1e-6);
    }

    #[test]
    fn random_logits_tell_interests_apart_and_equal_ones_do_not() {
        let device = Backend::default().device().unwrap();
        let mut model = model(&MindConfig { adaptive: false, ..config() }, &device);
        let of = |model: &Mind| host(interests(model, &[1, 2, 3], &mut StepContext::inference()).vectors);
        let apart = of(&model);
        assert!(testing::max_difference(&apart[..6], &apart[6..12]) > 1e-3);
        model.logits = model.logits.map(|logits| logits.zeros_like());
        let alike = of(&model);
        assert!(testing::max_difference(&alike[..6], &alike[6..12]) < 1e-6);
    }

    #[test]
    fn logits_are_redrawn_in_training_alone_and_only_if_asked_for() {
        let device = Backend::default().device().unwrap();
        for redraw in [false, true] {
            let model = model(&MindConfig { redraw, adaptive: false, ..config() }, &device);
            let at = |context: &mut StepContext| host(interests(&model, &[1, 2, 3, 4], context).vectors);
            let fixed = at(&mut StepContext::inference());
            let [first, second] = [1, 2].map(|step| at(&mut StepContext::training(Seed(1), step)));
            assert_eq!(first != second, redraw);
            assert_eq!(first != fixed, redraw);
            assert_eq!(first, at(&mut StepContext::training(Seed(1), 1)));
        }
    }

    #[test]
    fn wrong_configurations_are_refused_by_name() {
        let device = Backend::default().device().unwrap();
        let power = LabelAttention::Soft { power: -1.0 };
        for (wrong, name) in [
            (MindConfig { interests: 0, ..config() }, "interests must be positive"),
            (MindConfig { routing_std: 0.0, ..config() }, "routing_std must be positive"),
            (MindConfig { attention: power, ..config() }, "attention.power must be a number of at least 0"),
        ] {
            let error = wrong.init(&mut testing::rng(), &device).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }
}
