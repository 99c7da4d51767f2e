//! Losses of each query's target against negatives that were drawn for this query alone.

use burn::tensor::{
    Int, Tensor,
    activation::{log_sigmoid, log_softmax},
};
use rayon::prelude::*;

use super::{
    cross_entropy::{shares, weighted_mean},
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::add_scaled,
    vector::{dot, exp_sum, max, sigmoid, sum, vectorized},
};
use crate::batch::ids_to_tensor;

/// How the score `s` of a query's target and the scores `n_1..n_k` of its negatives become a loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NegativeSampling {
    /// `-ln sigma(s) - sum_j ln(1 - sigma(n_j))` (Kang & McAuley 2018, with `k = 1`).
    Bce,
    /// `(-beta ln sigma(s) - sum_j ln(1 - sigma(n_j))) / (k + 1)` (Petrov & Macdonald 2023).
    Gbce {
        /// Weight of the positive term, in `(0, 1]`.
        beta: f32,
    },
    /// `mean_j -ln sigma(s - n_j)` (Rendle et al. 2009).
    Bpr,
    /// `mean_j max(0, margin - s + n_j)`.
    Hinge {
        /// How far the target must be ahead.
        margin: f32,
    },
    /// `-ln softmax([s; n])_s`.
    Softmax,
}

/// The target and the negatives of each query, as rows of the item matrix.
#[derive(Clone, Debug)]
pub struct OwnCandidates<'a> {
    /// Each query's target, `[Q]`.
    pub targets: Tensor<1, Int>,
    /// `k` negatives of each query, `[Q * k]`, on the host.
    pub negatives: &'a [u32],
    /// Added to the score of each row of the item matrix, `[n]`.
    pub bias: Option<Tensor<1>>,
}

/// Weighted mean over queries of `loss`, where scores are inner products plus `bias`. A negative that
/// is the query's target counts like any other.
///
/// # Shapes
///
/// - `queries`: `[Q, d]`, `items`: `[n, d]`, `weights`: `[Q]`, alike where `None`; no gradient flows to
///   the weights
/// - output: `[1]`; 0 without queries
///
/// # Panics
///
/// If the sizes do not match, a query has no negative, or a negative is no row.
pub fn negative_sampling(
    queries: Tensor<2>,
    items: Tensor<2>,
    candidates: OwnCandidates<'_>,
    loss: NegativeSampling,
    weights: Option<Tensor<1>>,
) -> Tensor<1> {
    let ([count, d], [rows, width]) = (queries.dims(), items.dims());
    let OwnCandidates { targets, negatives, bias } = candidates;
    assert_eq!(d, width, "queries are as wide as the vectors of the items");
    assert_eq!(targets.dims(), [count], "one target a query");
    assert!(bias.as_ref().is_none_or(|bias| bias.dims() == [rows]), "one bias a row");
    assert!(weights.as_ref().is_none_or(|weights| weights.dims() == [count]), "one weight a query");
    if count == 0 {
        // Nothing to train; still a node of the graph.
        return (queries.sum() + items.sum()).mul_scalar(0.0);
    }
    let k = negatives.len() / count;
    assert!(k > 0 && negatives.len() == count * k, "every query has as many negatives, and at least one");
    assert!(negatives.iter().all(|&id| (id as usize) < rows), "every negative is a row");
    if runs_on(&queries.device()) {
        let targets = targets.into_data();
        let targets = targets.iter::<i64>().map(|id| id as u32);
        let candidates = targets.zip(negatives.chunks_exact(k));
        let candidates =
            candidates.flat_map(|(target, own)| std::iter::once(target).chain(own.iter().copied()));
        let weights = weights.map(|weights| weights.into_data().iter::<f32>().collect());
        let function =
            OwnNegatives { candidates: candidates.collect(), loss, weights: shares(weights, count) };
        let mut inputs = vec![queries.into(), items.into()];
        inputs.extend(bias.map(Into::into));
        return apply(inputs, function);
    }
    let drawn = ids_to_tensor(negatives, &queries.device());
    let vectors = items.clone().select(0, drawn.clone()).reshape([count, k, d]);
    let mut negative = (vectors * queries.clone().reshape([count, 1, d])).sum_dim(2).reshape([count, k]);
    let mut positive = (queries * items.select(0, targets.clone())).sum_dim(1);
    if let Some(bias) = bias {
        positive = positive + bias.clone().select(0, targets).reshape([count, 1]);
        negative = negative + bias.select(0, drawn).reshape([count, k]);
    }
    let losses = match loss {
        NegativeSampling::Bce | NegativeSampling::Gbce { .. } => {
            let (beta, scale) = loss.binary(k);
            let terms = log_sigmoid(positive).mul_scalar(beta) + log_sigmoid(negative.neg()).sum_dim(1);
            terms.mul_scalar(-scale)
        }
        NegativeSampling::Bpr => log_sigmoid(positive - negative).mean_dim(1).neg(),
        NegativeSampling::Hinge { margin } => {
            let gap = (negative - positive).add_scalar(margin);
            gap.clone().mask_fill(gap.lower_elem(0.0), 0.0).mean_dim(1)
        }
        NegativeSampling::Softmax => {
            log_softmax(Tensor::cat(vec![positive, negative], 1), 1).narrow(1, 0, 1).neg()
        }
    };
    weighted_mean(losses.reshape([count]), weights)
}

impl NegativeSampling {
    /// Weight of the positive term and factor of the sum, of the binary losses.
    fn binary(self, negatives: usize) -> (f32, f32) {
        match self {
            Self::Gbce { beta } => (beta, 1.0 / (1 + negatives) as f32),
            Self::Bce | Self::Bpr | Self::Hinge { .. } | Self::Softmax => (1.0, 1.0),
        }
    }

    /// The loss of one query; `scores` (the target's first) become its derivatives.
    #[inline(always)]
    fn differentiate(self, scores: &mut [f32]) -> f32 {
        let (positive, negatives) = scores.split_first_mut().expect("the target comes first");
        let k = negatives.len();
        match self {
            Self::Bce | Self::Gbce { .. } => {
                let (beta, scale) = self.binary(k);
                let loss = beta * softplus(-*positive) + negatives.iter().map(|&n| softplus(n)).sum::<f32>();
                *positive = -scale * beta * sigmoid(-*positive);
                negatives.iter_mut().for_each(|n| *n = scale * sigmoid(*n));
                scale * loss
            }
            Self::Bpr => {
                let share = 1.0 / k as f32;
                let loss = negatives.iter().map(|&n| softplus(n - *positive)).sum::<f32>();
                negatives.iter_mut().for_each(|n| *n = share * sigmoid(*n - *positive));
                *positive = -sum(negatives);
                share * loss
            }
            Self::Hinge { margin } => {
                let share = 1.0 / k as f32;
                let most = *positive - margin;
                // Written so that NaN stays NaN.
                let loss = negatives.iter().map(|&n| if n < most { 0.0 } else { n - most }).sum::<f32>();
                negatives.iter_mut().for_each(|n| *n = if *n < most { 0.0 } else { share });
                *positive = -sum(negatives);
                share * loss
            }
            Self::Softmax => {
                let target = *positive;
                let shift = max(scores);
                let total = exp_sum(scores, shift);
                scores.iter_mut().for_each(|score| *score /= total);
                scores[0] -= 1.0;
                shift + total.ln() - target
            }
        }
    }
}

/// `ln(1 + e^x)`.
#[inline(always)]
fn softplus(x: f32) -> f32 {
    let tail = (-x.abs()).exp().ln_1p();
    if x > 0.0 { x + tail } else { tail }
}

#[derive(Debug)]
struct OwnNegatives {
    /// Target and negatives of each query, `[Q * (1 + k)]`.
    candidates: Vec<u32>,
    loss: NegativeSampling,
    /// Weight of each query, summing to 1.
    weights: std::sync::Arc<[f32]>,
}

/// Queries of a block.
const QUERIES: usize = 64;

/// Parts that the rows of the item matrix are cut in for the threads of the backward pass; each looks
/// at all candidates and adds up those among its rows, in their order.
const PARTS: usize = 4;

impl OwnNegatives {
    /// Target and negatives of a query.
    fn width(&self) -> usize {
        self.candidates.len() / self.weights.len()
    }
}

impl HostFunction for OwnNegatives {
    /// Saves the derivative of the loss by each score.
    fn forward(&self, arguments: &[Argument<'_>], _: bool) -> Computed {
        let [queries, items] = [0, 1].map(|at| arguments[at].values);
        let bias = arguments.get(2).map(|bias| bias.values);
        let (d, width) = (arguments[1].width(), self.width());
        let mut errors = vec![0.0; self.candidates.len()];
        let losses: Vec<f64> = errors
            .par_chunks_mut(QUERIES * width)
            .zip(self.candidates.par_chunks(QUERIES * width))
            .zip(queries.par_chunks(QUERIES * d))
            .zip(self.weights.par_chunks(QUERIES))
            .map(|(((errors, candidates), queries), weights)| {
                let own = errors.chunks_exact_mut(width).zip(candidates.chunks_exact(width));
                let mut loss = 0.0;
                for (((errors, candidates), query), &weight) in own.zip(queries.chunks_exact(d)).zip(weights)
                {
                    let own = vectorized!({
                        for (score, &row) in errors.iter_mut().zip(candidates) {
                            let row = row as usize;
                            *score = dot(query, &items[row * d..][..d]) + bias.map_or(0.0, |bias| bias[row]);
                        }
                        let loss = self.loss.differentiate(errors);
                        errors.iter_mut().for_each(|error| *error *= weight);
                        loss
                    });
                    loss += f64::from(weight * own);
                }
                loss
            })
            .collect();
        let loss = losses.into_iter().sum::<f64>() as f32;
        Computed { shape: vec![1], values: vec![loss], saved: vec![errors] }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let [queries, items] = [0, 1].map(|at| pass.arguments[at].values);
        let (d, width) = (pass.arguments[1].width(), self.width());
        let mut errors = pass.saved.into_iter().next().expect("the forward pass saved the derivatives");
        errors.iter_mut().for_each(|error| *error *= pass.gradient[0]);

        let mut dq = vec![0.0; queries.len()];
        dq.par_chunks_mut(d).zip(errors.par_chunks(width)).zip(self.candidates.par_chunks(width)).for_each(
            |((dq, errors), candidates)| {
                vectorized!({
                    for (&error, &row) in errors.iter().zip(candidates) {
                        add_scaled(dq, error, &items[row as usize * d..][..d]);
                    }
                });
            },
        );

        let mut di = vec![0.0; items.len()];
        let rows = (items.len() / d).div_ceil(PARTS).max(1);
        di.par_chunks_mut(rows * d).enumerate().for_each(|(part, di)| {
            let (first, held) = (part * rows, di.len() / d);
            vectorized!({
                let own = errors.chunks_exact(width).zip(self.candidates.chunks_exact(width));
                for ((errors, candidates), query) in own.zip(queries.chunks_exact(d)) {
                    for (&error, &row) in errors.iter().zip(candidates) {
                        let at = (row as usize).wrapping_sub(first);
                        if at < held {
                            add_scaled(&mut di[at * d..][..d], error, query);
                        }
                    }
                }
            });
        });

        let mut results = vec![dq, di];
        if let Some(bias) = pass.arguments.get(2) {
            let mut db = vec![0.0; bias.values.len()];
            errors.iter().zip(&self.candidates).for_each(|(error, &row)| db[row as usize] += error);
            results.push(db);
        }
        results
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{batch::floats_to_tensor, ops::check};

    /// The loss of 70 queries with `k` negatives each, on queries, items and a bias.
    fn problem(inputs: &[check::Value], loss: NegativeSampling, k: usize, with_bias: bool) -> Tensor<1> {
        let queries = check::rank::<2>(&inputs[0]);
        let device = queries.device();
        let targets: Vec<u32> = (0..70).map(|at| at * 5 % 9).collect();
        let negatives: Vec<u32> = (0..70 * k as u32).map(|at| at * 7 % 8 + 1).collect();
        let weights: Vec<f32> = (0..70).map(|at| (at % 3) as f32).collect();
        let candidates = OwnCandidates {
            targets: ids_to_tensor(&targets, &device),
            negatives: &negatives,
            bias: with_bias.then(|| check::rank(&inputs[2])),
        };
        let weights = with_bias.then(|| floats_to_tensor(&weights, &device));
        negative_sampling(queries, check::rank(&inputs[1]), candidates, loss, weights)
    }

    const SHAPES: [&[usize]; 3] = [&[70, 3], &[9, 3], &[9]];
    const SIZES: [(usize, bool); 2] = [(1, false), (4, true)];

    #[test]
    fn every_loss_agrees_with_primitive_operations_and_finite_differences() {
        for loss in [
            NegativeSampling::Bce,
            NegativeSampling::Gbce { beta: 0.4 },
            NegativeSampling::Bpr,
            // No pair is near its kink, where there is no derivative.
            NegativeSampling::Hinge { margin: 50.0 },
            NegativeSampling::Softmax,
        ] {
            for (k, with_bias) in SIZES {
                check::agrees("negative sampling", &SHAPES, |inputs| problem(inputs, loss, k, with_bias));
            }
        }
    }

    #[test]
    fn the_hinge_agrees_with_primitive_operations_on_both_sides_of_its_kink() {
        let loss = NegativeSampling::Hinge { margin: 0.8 };
        for (k, with_bias) in SIZES {
            check::agrees_with_primitive("hinge", &SHAPES, |inputs| problem(inputs, loss, k, with_bias));
        }
    }

    #[test]
    fn huge_scores_leave_the_loss_finite() {
        for device in check::devices() {
            for loss in [NegativeSampling::Bce, NegativeSampling::Bpr, NegativeSampling::Softmax] {
                let queries = Tensor::<2>::from_data([[300.0]], &device);
                let items = Tensor::<2>::from_data([[0.0], [-1.0], [1.0]], &device);
                let candidates =
                    OwnCandidates { targets: ids_to_tensor(&[1], &device), negatives: &[2], bias: None };
                let value = negative_sampling(queries, items, candidates, loss, None).into_scalar::<f32>();
                assert!((value - 600.0).abs() < 0.1, "{loss:?}: {value}");
            }
        }
    }
}
