use burn::tensor::{Int, Tensor};
use serde::{Deserialize, Serialize};

use crate::{
    Network, StepContext,
    batch::{EdgeWeights, Histories, ids_to_tensor},
    items::ItemVectors,
    ops::{Segments, gather},
};

/// Interest vectors of a batch of users.
#[derive(Clone, Debug)]
pub struct Interests {
    /// `[B, K, d]`, `K = 1` for single-vector models.
    pub vectors: Tensor<3>,
    /// 1 for interests that count, `[B, K]`; `None` where all do. MIND uses fewer interests for
    /// short histories.
    pub mask: Option<Tensor<2>>,
}

/// The user vectors that one step trains, each with its target.
#[derive(Clone, Debug)]
pub struct Queries {
    /// `[Q, d]`; `Q` is the batch for one target per history, or all positions of it.
    pub vectors: Tensor<2>,
    /// Row of each query's target, `[Q]`.
    pub targets: Tensor<1, Int>,
    /// How much each query counts in the mean loss, `[Q]`, 0 for padded positions; `None` where all
    /// count alike.
    pub weights: Option<Tensor<1>>,
    /// Added to the loss, `[1]`: a model's own regulariser or auxiliary task.
    pub auxiliary: Option<Tensor<1>>,
}

/// Which items, out of all? A history becomes `K` interest vectors; an item's score is the largest
/// inner product with one of them.
///
/// A retriever is a function of item vectors; it does not own the item table. Implement
/// [`interests`](Self::interests) and, if the model trains differently, [`queries`](Self::queries).
pub trait Retriever: Network {
    /// Interests of `histories`.
    ///
    /// # Shapes
    ///
    /// - `histories`: `[B, L]`, right-padded
    /// - output: `[B, K, d]`
    fn interests(&self, histories: &Histories, items: &ItemVectors, context: &mut StepContext) -> Interests;

    /// The vectors to train when `targets` (`[B]` rows) follow `histories`.
    ///
    /// By default the interest with the largest inner product with the target is trained (hard
    /// choice, ComiRec eq. 8). Models that supervise every position (SASRec) or weigh interests
    /// softly (MIND) override this.
    fn queries(
        &self,
        histories: &Histories,
        targets: Tensor<1, Int>,
        items: &ItemVectors,
        context: &mut StepContext,
    ) -> Queries {
        let interests = self.interests(histories, items, context);
        let vectors = interests.choose(items.targets(targets.clone()));
        Queries { vectors, targets, weights: None, auxiliary: None }
    }

    /// Which states [`queries`](Self::queries) trains: one query a history (the default), or one for
    /// every packed event.
    fn supervision(&self) -> Supervision {
        Supervision::Last
    }

    /// The longest history the model can take, if its parameters fix one.
    fn max_length(&self) -> Option<usize> {
        None
    }

    /// Whether the model works on padded histories; packed ones compute no padding.
    fn computes_padding(&self) -> bool {
        true
    }

    /// For a model that reads histories as graphs, what their edges count. A loader that knows makes
    /// the graphs ahead, see [`Histories::graphs`].
    fn edge_weights(&self) -> Option<EdgeWeights> {
        None
    }
}

/// Which states of a history train.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Supervision {
    /// Every event predicts the next one, and the last event the target.
    #[default]
    EveryEvent,
    /// Only the last state predicts the target.
    Last,
}

impl Queries {
    /// The queries that `supervision` asks for of packed `states`, `[T, d]`.
    ///
    /// # Shapes
    ///
    /// - `targets`: `[B]`
    pub fn of_states(
        states: Tensor<2>,
        histories: &Histories,
        targets: Tensor<1, Int>,
        supervision: Supervision,
    ) -> Self {
        let (vectors, targets) = match supervision {
            Supervision::EveryEvent => {
                let targets = next_events(histories, targets);
                (states, targets)
            }
            Supervision::Last => {
                let vectors = Interests::last_state(states, &histories.segments).vectors;
                let [batch, _, d] = vectors.dims();
                (vectors.reshape([batch, d]), targets)
            }
        };
        Self { vectors, targets, weights: None, auxiliary: None }
    }
}

/// What follows each packed event: the event after it, or the history's target, `[T]`.
fn next_events(histories: &Histories, targets: Tensor<1, Int>) -> Tensor<1, Int> {
    let device = targets.device();
    let segments = &histories.segments;
    // Targets follow all events, so that one selection finds either.
    let next = |s: usize| {
        let end = segments.start(s) + segments.len(s);
        (segments.start(s) + 1..end).chain(std::iter::once(segments.rows() + s)).take(segments.len(s))
    };
    let next: Vec<u32> = (0..segments.count()).flat_map(next).map(|at| at as u32).collect();
    let ids = Tensor::cat(vec![ids_to_tensor(&histories.events, &device), targets], 0);
    ids.select(0, ids_to_tensor(&next, &device))
}

impl Interests {
    /// One interest each: the state after the last event of packed `states`, zero without events.
    ///
    /// # Shapes
    ///
    /// - `states`: `[T, d]`
    pub fn last_state(states: Tensor<2>, segments: &Segments) -> Self {
        let [rows, d] = states.dims();
        let last = |s: usize| match segments.len(s) {
            0 => rows as u32,
            length => (segments.start(s) + length - 1) as u32,
        };
        let last: Vec<u32> = (0..segments.count()).map(last).collect();
        let states = match last.contains(&(rows as u32)) {
            true => Tensor::cat(vec![states.clone(), Tensor::zeros([1, d], &states.device())], 0),
            false => states,
        };
        let vectors = gather(states, &last, None).reshape([segments.count(), 1, d]);
        Self { vectors, mask: None }
    }
}

impl Interests {
    /// The interest of each user that agrees best with its target (`argmax_k v_k . e`).
    ///
    /// The choice itself carries no gradient; the chosen vector does.
    ///
    /// # Shapes
    ///
    /// - `targets`: `[B, d]`
    /// - output: `[B, d]`
    pub fn choose(&self, targets: Tensor<2>) -> Tensor<2> {
        let [batch, count, d] = self.vectors.dims();
        if count == 1 {
            return self.vectors.clone().reshape([batch, d]);
        }
        let scores = self
            .vectors
            .clone()
            .detach()
            .matmul(targets.detach().reshape([batch, d, 1]))
            .reshape([batch, count]);
        let scores = match &self.mask {
            Some(mask) => scores.mask_fill(mask.clone().equal_elem(0.0), f32::MIN),
            None => scores,
        };
        let best = scores.argmax(1).reshape([batch, 1, 1]).expand([batch, 1, d]);
        self.vectors.clone().gather(1, best).reshape([batch, d])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Backend,
        batch::{Padded, Rows},
        testing,
    };

    #[test]
    fn every_event_is_asked_for_the_next_and_the_last_for_the_target() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let padded = Padded::new([&[3, 1, 4][..], &[], &[5]], 3);
            let histories = Histories::new(&padded, &Rows::all(9), &device);
            let states = testing::tensor::<2>([4, 2], &device);
            let targets = ids_to_tensor(&[7, 8, 9], &device);
            let queries = Queries::of_states(states.clone(), &histories, targets, Supervision::EveryEvent);
            assert_eq!(queries.targets.into_data().iter::<i64>().collect::<Vec<_>>(), [1, 4, 7, 9]);

            let last = Interests::last_state(states.clone(), &histories.segments).vectors;
            assert_eq!(last.dims(), [3, 1, 2]);
            let values = |tensor: Tensor<2>| tensor.into_data().try_to_vec::<f32>().unwrap();
            let last = values(last.reshape([3, 2]));
            let states = values(states);
            assert_eq!(last, [&states[4..6], &[0.0, 0.0], &states[6..8]].concat());
        }
    }

    #[test]
    fn the_best_agreeing_interest_is_chosen_among_those_that_count() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let vectors = Tensor::from_data([[[1.0, 0.0], [0.0, 1.0]], [[3.0, 0.0], [0.0, 1.0]]], &device);
            let targets = Tensor::<2>::from_data([[0.0, 2.0], [2.0, 1.0]], &device);
            let mut interests = Interests { vectors, mask: None };
            let chosen = |interests: &Interests| {
                interests.choose(targets.clone()).into_data().try_to_vec::<f32>().unwrap()
            };
            assert_eq!(chosen(&interests), [0.0, 1.0, 3.0, 0.0]);
            interests.mask = Some(Tensor::from_data([[1.0, 1.0], [0.0, 1.0]], &device));
            assert_eq!(chosen(&interests), [0.0, 1.0, 0.0, 1.0]);
        }
    }
}
