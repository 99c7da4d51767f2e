//! Dynamic routing of the events of a history to a few interest capsules.

use burn::tensor::{Tensor, activation::softmax};
use rayon::prelude::*;

use super::{
    Segments,
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::{add_scaled, split_mut},
    vector::{dot, exp_sum, max, vectorized},
};
use crate::{
    batch::floats_to_tensor,
    layers::{SQUASH_EPSILON, squash},
};

/// Sizes of a routing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoutingConfig {
    /// `K`, number of capsules.
    pub interests: usize,
    /// `d`, size of a capsule.
    pub dim: usize,
    /// `r`, number of rounds; at least 1.
    pub rounds: usize,
}

/// Interest capsules by routing between capsules (Sabour et al. 2017, procedure 1), each sequence by
/// itself:
///
/// ```text
/// repeat r times:  c_t = softmax over k of b_t
///                  v_k = squash(sum over t of c_tk u_tk)
///                  b_tk += u_tk . v_k                        (not after the last round)
/// ```
///
/// The gradient is that of ComiRec's code: it goes through `u` in the last round alone. The weights
/// `c`, and with them the logits, are constants.
///
/// # Shapes
///
/// - `predictions`: `u`, packed: `[T, K d]`, one vector for each capsule, or `[T, d]`, one vector for
///   all of them
/// - `logits`: `b` at the start, `[T, K]`, packed; `None` for zeros
/// - output: `v`, `[B, K, d]`, zero for a sequence without events
///
/// # Panics
///
/// If the segments do not cover the rows, the sizes do not match or there is no round.
pub fn route(
    predictions: Tensor<2>,
    logits: Option<Tensor<2>>,
    segments: &Segments,
    config: RoutingConfig,
) -> Tensor<3> {
    let RoutingConfig { interests, dim, rounds } = config;
    let [rows, width] = predictions.dims();
    assert!(rounds > 0, "routing has at least one round");
    assert_eq!(rows, segments.rows(), "the segments cover all rows");
    assert!(width == dim || width == interests * dim, "{width} is neither d nor K d");
    assert!(logits.as_ref().is_none_or(|logits| logits.dims() == [rows, interests]), "logits are [T, K]");
    let device = predictions.device();
    if rows == 0 {
        return Tensor::zeros([segments.count(), interests, dim], &device);
    }
    let logits = logits.map(Tensor::detach);
    if runs_on(&device) {
        let mut inputs = vec![predictions.into()];
        inputs.extend(logits.map(Into::into));
        return apply(inputs, Routing { segments: segments.clone(), config });
    }
    primitive(predictions, logits, segments, config)
}

/// The definition: pad, and route with a mask.
fn primitive(
    predictions: Tensor<2>,
    logits: Option<Tensor<2>>,
    segments: &Segments,
    config: RoutingConfig,
) -> Tensor<3> {
    let RoutingConfig { interests, dim, rounds } = config;
    let device = predictions.device();
    let (count, longest) = (segments.count(), segments.longest());
    let shape = [count, interests, longest, dim];
    let vectors = segments.grid(predictions);
    let vectors = match vectors.dims() {
        [_, _, width] if width == interests * dim => {
            vectors.reshape([count, longest, interests, dim]).swap_dims(1, 2)
        }
        _ => vectors.unsqueeze_dim::<4>(1).expand(shape),
    };
    let mut logits = match logits {
        Some(logits) => segments.grid(logits).swap_dims(1, 2),
        None => Tensor::zeros([count, interests, longest], &device),
    };
    let real = |s: usize| (0..longest).map(move |t| f32::from(t < segments.len(s)));
    let mask: Vec<f32> = (0..count).flat_map(real).collect();
    let mask = floats_to_tensor(&mask, &device).reshape([count, 1, longest]);
    let capsules = |logits: &Tensor<3>, vectors: Tensor<4>| {
        let weights = softmax(logits.clone(), 1) * mask.clone();
        squash(weights.unsqueeze_dim::<4>(2).matmul(vectors))
    };
    let constant = vectors.clone().detach();
    for _ in 1..rounds {
        let agreement = constant.clone().matmul(capsules(&logits, constant.clone()).swap_dims(2, 3));
        logits = logits + agreement.reshape([count, interests, longest]);
    }
    capsules(&logits, vectors).reshape([count, interests, dim])
}

#[derive(Debug)]
struct Routing {
    segments: Segments,
    config: RoutingConfig,
}

impl Routing {
    /// The vector of each (event, capsule) pair among the predictions of a sequence.
    #[inline(always)]
    fn prediction<'a>(&self, predictions: &'a [f32], width: usize, t: usize, k: usize) -> &'a [f32] {
        let RoutingConfig { dim, .. } = self.config;
        let column = if width == dim { 0 } else { k * dim };
        &predictions[t * width + column..][..dim]
    }

    /// Routes one sequence: leaves the last weights `[n, K]` in `weights`, which enter as logits, and
    /// the capsules before the squash `[K, d]` in `sums`.
    #[inline(always)]
    fn route(&self, predictions: &[f32], width: usize, weights: &mut [f32], sums: &mut [f32]) {
        let RoutingConfig { interests, dim, rounds } = self.config;
        let mut logits = weights.to_vec();
        let mut capsules = vec![0.0; interests * dim];
        for round in 1..=rounds {
            weights.copy_from_slice(&logits);
            sums.fill(0.0);
            for (t, row) in weights.chunks_exact_mut(interests).enumerate() {
                let total = exp_sum(row, max(row));
                for (k, weight) in row.iter_mut().enumerate() {
                    *weight /= total;
                    let sum = &mut sums[k * dim..][..dim];
                    let vector = self.prediction(predictions, width, t, k);
                    sum.iter_mut().zip(vector).for_each(|(sum, value)| *sum += *weight * value);
                }
            }
            if round < rounds {
                capsules.copy_from_slice(sums);
                capsules.chunks_exact_mut(dim).for_each(squash_slice);
                for (t, row) in logits.chunks_exact_mut(interests).enumerate() {
                    for (k, logit) in row.iter_mut().enumerate() {
                        let vector = self.prediction(predictions, width, t, k);
                        *logit += dot(vector, &capsules[k * dim..][..dim]);
                    }
                }
            }
        }
    }
}

/// [`squash`] of one vector, in place.
#[inline(always)]
fn squash_slice(vector: &mut [f32]) {
    let squared = dot(vector, vector);
    let factor = squared / ((1.0 + squared) * (squared + SQUASH_EPSILON).sqrt());
    vector.iter_mut().for_each(|value| *value *= factor);
}

/// Turns the gradient of a squashed vector into that of `sum`, which was squashed, in place.
#[inline(always)]
fn squash_back(gradient: &mut [f32], sum: &[f32]) {
    let squared = dot(sum, sum);
    // The factor is squared * rest; its derivative by `squared` is finite at zero in this form.
    let rest = 1.0 / ((1.0 + squared) * (squared + SQUASH_EPSILON).sqrt());
    let slope = rest * (1.0 - squared * (1.0 / (1.0 + squared) + 0.5 / (squared + SQUASH_EPSILON)));
    let along = 2.0 * slope * dot(gradient, sum);
    gradient.iter_mut().zip(sum).for_each(|(value, sum)| *value = squared * rest * *value + along * sum);
}

impl HostFunction for Routing {
    /// Saves the weights of the last round and the capsules before the squash.
    fn forward(&self, arguments: &[Argument<'_>], tracked: bool) -> Computed {
        let RoutingConfig { interests, dim, .. } = self.config;
        let (predictions, width) = (arguments[0].values, arguments[0].width());
        let count = self.segments.count();
        let mut weights = match arguments.get(1) {
            Some(logits) => logits.values.to_vec(),
            None => vec![0.0; self.segments.rows() * interests],
        };
        let mut sums = vec![0.0; count * interests * dim];
        let pieces = split_mut(&mut weights, self.segments.lengths().map(|length| length * interests));
        pieces.into_par_iter().zip(sums.par_chunks_mut(interests * dim)).enumerate().for_each(
            |(s, (weights, sums))| {
                let rows = &predictions[self.segments.start(s) * width..][..self.segments.len(s) * width];
                vectorized!(self.route(rows, width, weights, sums));
            },
        );
        let mut values = sums.clone();
        vectorized!(values.chunks_exact_mut(dim).for_each(squash_slice));
        let saved = if tracked { vec![weights, sums] } else { Vec::new() };
        Computed { shape: vec![count, interests, dim], values, saved }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let RoutingConfig { interests, dim, .. } = self.config;
        let width = pass.arguments[0].width();
        let [weights, sums] = [&pass.saved[0], &pass.saved[1]];
        let mut gradient = pass.gradient;
        let mut dx = vec![0.0; pass.arguments[0].values.len()];
        let pieces = split_mut(&mut dx, self.segments.lengths().map(|length| length * width));
        let capsules = gradient.par_chunks_mut(interests * dim).zip(sums.par_chunks(interests * dim));
        pieces.into_par_iter().zip(capsules).enumerate().for_each(|(s, (rows, (gradient, sums)))| {
            let weights = &weights[self.segments.start(s) * interests..];
            vectorized!({
                let each = gradient.chunks_exact_mut(dim).zip(sums.chunks_exact(dim));
                each.for_each(|(gradient, sum)| squash_back(gradient, sum));
                for (row, weights) in rows.chunks_exact_mut(width).zip(weights.chunks_exact(interests)) {
                    for (k, (gradient, weight)) in gradient.chunks_exact(dim).zip(weights).enumerate() {
                        let column = if width == dim { 0 } else { k * dim };
                        add_scaled(&mut row[column..][..dim], *weight, gradient);
                    }
                }
            });
        });
        // No gradient of the logits: they were detached.
        vec![dx, Vec::new()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ops::check, testing};

    const SHARED: [bool; 2] = [false, true];

    fn config(rounds: usize) -> RoutingConfig {
        RoutingConfig { interests: 3, dim: 4, rounds }
    }

    #[test]
    fn agrees_with_primitive_operations() {
        let segments = Segments::new([2, 0, 5, 1, 3]);
        for shared in SHARED {
            let width = if shared { 4 } else { 12 };
            for rounds in [1, 2, 3] {
                check::agrees_with_primitive("routing", &[&[11, width]], |inputs| {
                    route(check::rank(&inputs[0]), None, &segments, config(rounds))
                });
                check::agrees_with_primitive("routing with logits", &[&[11, width], &[11, 3]], |inputs| {
                    let logits = Some(check::rank(&inputs[1]));
                    route(check::rank(&inputs[0]), logits, &segments, config(rounds))
                });
            }
        }
    }

    /// With one round the weights are constants, so that the gradient is the whole one.
    #[test]
    fn one_round_agrees_with_finite_differences() {
        let segments = Segments::new([2, 0, 5, 1, 3]);
        for width in [4, 12] {
            check::agrees("one round of routing", &[&[11, width]], |inputs| {
                route(check::rank(&inputs[0]), None, &segments, config(1))
            });
        }
    }

    /// Capsules, and the weights of the last round, of two events.
    fn worked(events: usize) -> (Vec<f32>, Vec<f32>) {
        let config = RoutingConfig { interests: 2, dim: 2, rounds: 3 };
        let predictions = [2.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 2.0];
        let argument = Argument { shape: &[events, 4], values: &predictions[..4 * events] };
        let routing = Routing { segments: Segments::new([events]), config };
        let computed = routing.forward(&[argument], true);
        (computed.values, computed.saved[0].clone())
    }

    #[test]
    fn two_events_are_routed_to_the_worked_numbers() {
        let (capsules, weights) = worked(2);
        let expected = [0.749474, 0.057312, 0.057312, 0.749474];
        assert!(testing::max_difference(&capsules, &expected) < 2e-6, "{capsules:?}");
        let expected = [0.867349, 0.132651, 0.132651, 0.867349];
        assert!(testing::max_difference(&weights, &expected) < 2e-6, "{weights:?}");
    }

    #[test]
    fn one_event_is_routed_to_the_worked_numbers() {
        let (capsules, weights) = worked(1);
        assert!(testing::max_difference(&capsules[..2], &[0.757316, 0.0]) < 2e-6, "{capsules:?}");
        assert!((weights[0] - 0.88326).abs() < 2e-6, "{weights:?}");
    }

    #[test]
    fn shared_predictions_need_logits_to_tell_capsules_apart() {
        for device in check::devices() {
            let segments = Segments::new([5]);
            let predictions = testing::tensor::<2>([5, 4], &device);
            let capsules = |logits| {
                let capsules = route(predictions.clone(), logits, &segments, config(3));
                capsules.into_data().try_to_vec::<f32>().unwrap()
            };
            let alike = capsules(None);
            assert!(testing::max_difference(&alike[..4], &alike[4..8]) < 1e-6);
            let apart = capsules(Some(testing::tensor([5, 3], &device)));
            assert!(testing::max_difference(&apart[..4], &apart[4..8]) > 1e-2);
        }
    }

    #[test]
    fn weights_sum_to_one_over_capsules_and_capsules_are_shorter_than_one() {
        let values = testing::values(11 * 12).iter().map(|value| 5.0 * value).collect::<Vec<_>>();
        let routing = Routing { segments: Segments::new([2, 0, 5, 1, 3]), config: config(3) };
        let computed = routing.forward(&[Argument { shape: &[11, 12], values: &values }], true);
        for weights in computed.saved[0].chunks(3) {
            assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-6, "{weights:?}");
        }
        for capsule in computed.values.chunks(4) {
            assert!(dot(capsule, capsule) < 1.0, "{capsule:?}");
        }
    }
}
