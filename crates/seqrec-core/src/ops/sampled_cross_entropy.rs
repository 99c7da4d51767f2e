//! Softmax cross-entropy over each query's target and negatives that all queries share.

use burn::tensor::{Int, Tensor, activation::log_softmax};
use rayon::prelude::*;

use super::{
    cross_entropy::{shares, weighted_mean},
    gemm::{Matrix, MatrixMut, multiply, par_multiply},
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::{add_to, column_sums},
    vector::{dot, exp_sum, max, vectorized},
};

/// The candidates of a batch, as rows of the item matrix.
#[derive(Clone, Debug)]
pub struct Candidates {
    /// Each query's target, `[Q]`.
    pub targets: Tensor<1, Int>,
    /// Negatives of all queries, `[S]`.
    pub negatives: Tensor<1, Int>,
    /// Added to the logit of each row of the item matrix, `[n]`: its bias less `ln Q` of its item.
    pub offsets: Tensor<1>,
}

/// A logit no softmax notices.
const MASKED: f32 = -1e9;

/// Weighted mean over queries of `-ln softmax([target; negatives])_target`, where logits are inner
/// products plus `offsets`, and a negative that is the query's target is left out.
///
/// # Shapes
///
/// - `queries`: `[Q, d]`, `items`: `[n, d]`, `weights`: `[Q]`, alike where `None`
/// - output: `[1]`
pub fn sampled_cross_entropy(
    queries: Tensor<2>,
    items: Tensor<2>,
    candidates: Candidates,
    weights: Option<Tensor<1>>,
) -> Tensor<1> {
    let [count, _] = queries.dims();
    if runs_on(&queries.device()) {
        let ids = |ids: Tensor<1, Int>| ids.into_data().iter::<i64>().map(|id| id as usize).collect();
        let floats = |values: Tensor<1>| -> Vec<f32> { values.into_data().iter::<f32>().collect() };
        let function = SampledCrossEntropy {
            targets: ids(candidates.targets),
            negatives: ids(candidates.negatives),
            weights: shares(weights.map(floats), count),
        };
        return apply(vec![queries.into(), items.into(), candidates.offsets.into()], function);
    }
    let Candidates { targets, negatives, offsets } = candidates;
    let [sampled] = negatives.dims();
    let of = |ids: &Tensor<1, Int>| items.clone().select(0, ids.clone());
    let positive = (queries.clone() * of(&targets)).sum_dim(1);
    let negative = queries.matmul(of(&negatives).transpose());
    let shift = |ids: &Tensor<1, Int>| offsets.clone().select(0, ids.clone());
    let positive = positive + shift(&targets).reshape([count, 1]);
    let negative = negative + shift(&negatives).reshape([1, sampled]);
    let hit = targets
        .reshape([count, 1])
        .expand([count, sampled])
        .equal(negatives.reshape([1, sampled]).expand([count, sampled]));
    let logits = Tensor::cat(vec![positive, negative.mask_fill(hit, MASKED)], 1);
    weighted_mean(log_softmax(logits, 1).narrow(1, 0, 1).neg().reshape([count]), weights)
}

#[derive(Debug)]
struct SampledCrossEntropy {
    targets: Vec<usize>,
    negatives: Vec<usize>,
    /// Weight of each query, summing to 1.
    weights: std::sync::Arc<[f32]>,
}

/// Queries of a block.
const QUERIES: usize = 64;

impl SampledCrossEntropy {
    /// The vectors of the negatives, `[S, d]`.
    fn negatives(&self, items: &Argument<'_>) -> Vec<f32> {
        let d = items.width();
        self.negatives.iter().flat_map(|&row| &items.values[row * d..][..d]).copied().collect()
    }

    /// Logits of the negatives for the queries from `first` on, `[queries, S]`.
    fn logits(&self, tile: &mut [f32], first: usize, queries: &[f32], negatives: &[f32], offsets: &[f32]) {
        let d = negatives.len() / self.negatives.len().max(1);
        let (count, sampled) = (queries.len() / d, self.negatives.len());
        let product = MatrixMut::new(&mut *tile, count, sampled);
        multiply(product, Matrix::new(queries, count, d), Matrix::new(negatives, sampled, d).t(), 1.0, false);
        for (row, logits) in tile.chunks_exact_mut(sampled).enumerate() {
            let target = self.targets[first + row];
            for (logit, &negative) in logits.iter_mut().zip(&self.negatives) {
                *logit = if negative == target { MASKED } else { *logit + offsets[negative] };
            }
        }
    }

    /// Logit of the target of query `at`.
    fn positive(&self, at: usize, query: &[f32], items: &[f32], offsets: &[f32]) -> f32 {
        let target = self.targets[at];
        vectorized!(dot(query, &items[target * query.len()..][..query.len()])) + offsets[target]
    }
}

impl HostFunction for SampledCrossEntropy {
    /// Saves the probability of each query's target, and of its negatives `[Q, S]`.
    fn forward(&self, arguments: &[Argument<'_>], tracked: bool) -> Computed {
        let [queries, items, offsets] = [arguments[0], arguments[1], arguments[2]];
        let (d, sampled, count) = (items.width(), self.negatives.len(), self.targets.len());
        let negatives = self.negatives(&items);
        let mut hits = vec![0.0; count];
        let mut probabilities = vec![0.0; count * sampled];
        let losses: Vec<f64> = probabilities
            .par_chunks_mut(QUERIES * sampled)
            .zip(hits.par_chunks_mut(QUERIES))
            .zip(queries.values.par_chunks(QUERIES * d))
            .enumerate()
            .map(|(block, ((tile, hits), queries))| {
                let first = block * QUERIES;
                self.logits(tile, first, queries, &negatives, offsets.values);
                let mut loss = 0.0;
                for (row, (logits, hit)) in tile.chunks_exact_mut(sampled).zip(hits).enumerate() {
                    let positive =
                        self.positive(first + row, &queries[row * d..][..d], items.values, offsets.values);
                    let log_sum = vectorized!({
                        let top = max(logits);
                        let shift = if top > positive || top.is_nan() { top } else { positive };
                        let sum = exp_sum(logits, shift) + (positive - shift).exp();
                        logits.iter_mut().for_each(|value| *value /= sum);
                        shift + sum.ln()
                    });
                    *hit = (positive - log_sum).exp();
                    loss += f64::from(self.weights[first + row] * (log_sum - positive));
                }
                loss
            })
            .collect();
        let loss = losses.into_iter().sum::<f64>() as f32;
        let saved = if tracked { vec![hits, probabilities] } else { Vec::new() };
        Computed { shape: vec![1], values: vec![loss], saved }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let (queries, items) = (pass.arguments[0], pass.arguments[1]);
        let (d, sampled, count) = (items.width(), self.negatives.len(), self.targets.len());
        let [hits, mut errors]: [Vec<f32>; 2] = pass.saved.try_into().expect("two arrays were saved");
        let factor = |query: usize| pass.gradient[0] * self.weights[query];
        errors.par_chunks_mut(sampled).enumerate().for_each(|(query, row)| {
            let factor = factor(query);
            vectorized!(row.iter_mut().for_each(|error| *error *= factor));
        });

        let mut offsets = vec![0.0; items.shape[0]];
        if pass.wanted[2] {
            for (&row, sum) in self.negatives.iter().zip(column_sums(&errors, sampled)) {
                offsets[row] += sum;
            }
        }

        let negatives = self.negatives(&items);
        let mut dq = vec![0.0; count * d];
        let errors = Matrix::new(&errors, count, sampled);
        par_multiply(
            MatrixMut::new(&mut dq, count, d),
            errors,
            Matrix::new(&negatives, sampled, d),
            1.0,
            false,
        );
        let mut dn = vec![0.0; sampled * d];
        par_multiply(
            MatrixMut::new(&mut dn, sampled, d),
            errors.t(),
            Matrix::new(queries.values, count, d),
            1.0,
            false,
        );

        let mut di = vec![0.0; items.values.len()];
        for (row, gradient) in self.negatives.iter().zip(dn.chunks_exact(d)) {
            add_to(&mut di[row * d..][..d], gradient);
        }
        for (query, (&target, hit)) in self.targets.iter().zip(&hits).enumerate() {
            let error = factor(query) * (hit - 1.0);
            offsets[target] += error;
            let (vector, item) = (&queries.values[query * d..][..d], &items.values[target * d..][..d]);
            di[target * d..][..d].iter_mut().zip(vector).for_each(|(sum, value)| *sum += error * value);
            dq[query * d..][..d].iter_mut().zip(item).for_each(|(sum, value)| *sum += error * value);
        }
        vec![dq, di, offsets]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        batch::{floats_to_tensor, ids_to_tensor},
        ops::check,
    };

    #[test]
    fn agrees_with_primitive_operations_and_finite_differences() {
        for weighted in [false, true] {
            check::agrees("sampled cross-entropy", &[&[70, 3], &[9, 3], &[9]], |inputs| {
                let queries = check::rank::<2>(&inputs[0]);
                let device = queries.device();
                let targets: Vec<u32> = (0..70).map(|at| at * 5 % 9).collect();
                let candidates = Candidates {
                    targets: ids_to_tensor(&targets, &device),
                    negatives: ids_to_tensor(&[1, 3, 4, 8], &device),
                    offsets: check::rank(&inputs[2]),
                };
                let weights: Vec<f32> = (0..70).map(|at| (at % 3) as f32).collect();
                let weights = weighted.then(|| floats_to_tensor(&weights, &device));
                sampled_cross_entropy(queries, check::rank(&inputs[1]), candidates, weights)
            });
        }
    }
}
