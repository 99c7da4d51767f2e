//! Softmax cross-entropy over each query's target and negatives that all queries share.

use burn::tensor::{Device, Int, Tensor, TensorData, activation::log_softmax};
use rayon::prelude::*;

use super::{
    Bags,
    cross_entropy::{shares, weighted_mean},
    gemm::{Matrix, MatrixMut, multiply, par_multiply},
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::{add_scaled, add_to, column_sums},
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
    /// For each query the places among `negatives` that it leaves out, `Q` lists; none where `None`. Its
    /// target need not be among them.
    pub excluded: Option<Bags>,
}

/// A logit no softmax notices.
const MASKED: f32 = -1e9;

/// Weighted mean over queries of `-ln softmax([target; negatives])_target`, where logits are inner
/// products plus `offsets`, and negatives that are the query's target or excluded are left out.
///
/// # Shapes
///
/// - `queries`: `[Q, d]`, `items`: `[n, d]`, `weights`: `[Q]`, alike where `None`; no gradient flows to
///   the weights
/// - output: `[1]`; 0 without queries or negatives
///
/// # Panics
///
/// If the sizes do not match.
pub fn sampled_cross_entropy(
    queries: Tensor<2>,
    items: Tensor<2>,
    candidates: Candidates,
    weights: Option<Tensor<1>>,
) -> Tensor<1> {
    let ([count, d], [rows, width]) = (queries.dims(), items.dims());
    assert_eq!(d, width, "queries are as wide as the vectors of the items");
    assert_eq!(candidates.targets.dims(), [count], "one target a query");
    assert_eq!(candidates.offsets.dims(), [rows], "one offset a row");
    assert!(weights.as_ref().is_none_or(|weights| weights.dims() == [count]), "one weight a query");
    let [sampled] = candidates.negatives.dims();
    if let Some(excluded) = &candidates.excluded {
        assert_eq!(excluded.len(), count, "one list of exclusions a query");
        assert!(
            excluded.iter().flatten().all(|&at| (at as usize) < sampled),
            "what is excluded is a negative"
        );
    }
    if sampled == 0 || count == 0 {
        // Nothing to tell targets from; still a node of the graph.
        return (queries.sum() + items.sum()).mul_scalar(0.0);
    }
    if runs_on(&queries.device()) {
        let ids = |ids: Tensor<1, Int>| ids.into_data().iter::<i64>().map(|id| id as usize).collect();
        let floats = |values: Tensor<1>| -> Vec<f32> { values.into_data().iter::<f32>().collect() };
        let function = SampledCrossEntropy {
            targets: ids(candidates.targets),
            negatives: ids(candidates.negatives),
            excluded: candidates.excluded,
            weights: shares(weights.map(floats), count),
        };
        return apply(vec![queries.into(), items.into(), candidates.offsets.into()], function);
    }
    let Candidates { targets, negatives, offsets, excluded } = candidates;
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
    let negative = negative.mask_fill(hit, MASKED);
    let negative = match excluded {
        Some(excluded) => {
            let mask = mask(&excluded, sampled, &negative.device());
            negative.mask_fill(mask.equal_elem(1.0), MASKED)
        }
        None => negative,
    };
    let logits = Tensor::cat(vec![positive, negative], 1);
    weighted_mean(log_softmax(logits, 1).narrow(1, 0, 1).neg().reshape([count]), weights)
}

/// 1 where a query leaves a negative out, `[Q, S]`.
fn mask(excluded: &Bags, sampled: usize, device: &Device) -> Tensor<2> {
    let mut mask = vec![0.0f32; excluded.len() * sampled];
    for (row, list) in mask.chunks_exact_mut(sampled).zip(excluded.iter()) {
        list.iter().for_each(|&at| row[at as usize] = 1.0);
    }
    Tensor::from_data(TensorData::new(mask, [excluded.len(), sampled]), device)
}

#[derive(Debug)]
struct SampledCrossEntropy {
    targets: Vec<usize>,
    negatives: Vec<usize>,
    excluded: Option<Bags>,
    /// Weight of each query, summing to 1.
    weights: std::sync::Arc<[f32]>,
}

/// Queries of a block.
const QUERIES: usize = 64;

/// Queries whose errors are held at once in the backward pass.
const HELD: usize = 16 * QUERIES;

/// The arguments, with the vectors of the negatives side by side.
struct Problem<'a> {
    queries: &'a [f32],
    items: &'a [f32],
    offsets: &'a [f32],
    d: usize,
    /// `[S, d]`.
    negatives: Vec<f32>,
}

impl SampledCrossEntropy {
    fn problem<'a>(&self, arguments: &[Argument<'a>]) -> Problem<'a> {
        let [queries, items, offsets] = [0, 1, 2].map(|at| arguments[at].values);
        let d = arguments[1].width();
        let negatives = self.negatives.iter().flat_map(|&row| &items[row * d..][..d]).copied().collect();
        Problem { queries, items, offsets, d, negatives }
    }

    /// Logits of the negatives for the queries from `first` on, `[queries, S]`.
    fn logits(&self, problem: &Problem<'_>, first: usize, tile: &mut [f32]) {
        let (d, sampled) = (problem.d, self.negatives.len());
        let count = tile.len() / sampled;
        let queries = Matrix::new(&problem.queries[first * d..][..count * d], count, d);
        let negatives = Matrix::new(&problem.negatives, sampled, d);
        multiply(MatrixMut::new(&mut *tile, count, sampled), queries, negatives.t(), 1.0, false);
        for (logits, &target) in tile.chunks_exact_mut(sampled).zip(&self.targets[first..]) {
            for (logit, &negative) in logits.iter_mut().zip(&self.negatives) {
                *logit = if negative == target { MASKED } else { *logit + problem.offsets[negative] };
            }
        }
        if let Some(excluded) = &self.excluded {
            for (row, logits) in tile.chunks_exact_mut(sampled).enumerate() {
                excluded.list(first + row).iter().for_each(|&at| logits[at as usize] = MASKED);
            }
        }
    }

    /// Logit of the target of query `at`.
    fn positive(&self, problem: &Problem<'_>, at: usize) -> f32 {
        let (d, target) = (problem.d, self.targets[at]);
        let (query, item) = (&problem.queries[at * d..][..d], &problem.items[target * d..][..d]);
        vectorized!(dot(query, item)) + problem.offsets[target]
    }
}

impl HostFunction for SampledCrossEntropy {
    /// Saves `ln sum exp` of each query's logits.
    fn forward(&self, arguments: &[Argument<'_>], _: bool) -> Computed {
        let problem = self.problem(arguments);
        let sampled = self.negatives.len();
        let mut log_sums = vec![0.0; self.targets.len()];
        let losses: Vec<f64> = log_sums
            .par_chunks_mut(QUERIES)
            .enumerate()
            .map(|(block, log_sums)| {
                let first = block * QUERIES;
                let mut tile = vec![0.0; log_sums.len() * sampled];
                self.logits(&problem, first, &mut tile);
                let mut loss = 0.0;
                for (row, (logits, log_sum)) in tile.chunks_exact_mut(sampled).zip(log_sums).enumerate() {
                    let positive = self.positive(&problem, first + row);
                    *log_sum = vectorized!({
                        let top = max(logits);
                        let shift = if top > positive || top.is_nan() { top } else { positive };
                        shift + (exp_sum(logits, shift) + (positive - shift).exp()).ln()
                    });
                    loss += f64::from(self.weights[first + row] * (*log_sum - positive));
                }
                loss
            })
            .collect();
        let loss = losses.into_iter().sum::<f64>() as f32;
        Computed { shape: vec![1], values: vec![loss], saved: vec![log_sums] }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let problem = self.problem(pass.arguments);
        let (d, sampled, count) = (problem.d, self.negatives.len(), self.targets.len());
        let log_sums = &pass.saved[0];
        let factor = |query: usize| pass.gradient[0] * self.weights[query];
        let mut dq = vec![0.0; problem.queries.len()];
        let mut di = vec![0.0; problem.items.len()];
        let mut offsets = vec![0.0; problem.offsets.len()];
        let mut dn = vec![0.0; sampled * d];
        let mut held = vec![0.0; HELD.min(count) * sampled];
        for first in (0..count).step_by(HELD) {
            let queries = HELD.min(count - first);
            let errors = &mut held[..queries * sampled];
            errors.par_chunks_mut(QUERIES * sampled).enumerate().for_each(|(block, tile)| {
                let first = first + block * QUERIES;
                self.logits(&problem, first, tile);
                for (row, errors) in tile.chunks_exact_mut(sampled).enumerate() {
                    let (shift, factor) = (log_sums[first + row], factor(first + row));
                    vectorized!({
                        exp_sum(errors, shift);
                        errors.iter_mut().for_each(|error| *error *= factor);
                    });
                }
            });
            if pass.wanted[2] {
                for (&row, sum) in self.negatives.iter().zip(column_sums(errors, sampled)) {
                    offsets[row] += sum;
                }
            }
            let errors = Matrix::new(errors, queries, sampled);
            let negatives = Matrix::new(&problem.negatives, sampled, d);
            let out = MatrixMut::new(&mut dq[first * d..][..queries * d], queries, d);
            par_multiply(out, errors, negatives, 1.0, false);
            let vectors = Matrix::new(&problem.queries[first * d..][..queries * d], queries, d);
            par_multiply(MatrixMut::new(&mut dn, sampled, d), errors.t(), vectors, 1.0, true);
        }

        for (row, gradient) in self.negatives.iter().zip(dn.chunks_exact(d)) {
            add_to(&mut di[row * d..][..d], gradient);
        }
        for (query, &target) in self.targets.iter().enumerate() {
            let probability = (self.positive(&problem, query) - log_sums[query]).exp();
            let error = factor(query) * (probability - 1.0);
            offsets[target] += error;
            let (vector, item) = (&problem.queries[query * d..][..d], &problem.items[target * d..][..d]);
            add_scaled(&mut di[target * d..][..d], error, vector);
            add_scaled(&mut dq[query * d..][..d], error, item);
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
    fn without_negatives_nothing_is_lost_and_nothing_trained() {
        for device in check::devices() {
            let queries = Tensor::<2>::ones([2, 3], &device).require_grad();
            let candidates = Candidates {
                targets: ids_to_tensor(&[1, 2], &device),
                negatives: ids_to_tensor(&[], &device),
                offsets: Tensor::zeros([4], &device),
                excluded: None,
            };
            let items = Tensor::<2>::ones([4, 3], &device);
            let loss = sampled_cross_entropy(queries.clone(), items, candidates, None);
            let gradients = loss.backward();
            assert_eq!(loss.into_scalar::<f32>(), 0.0);
            let gradient = queries.grad(&gradients).unwrap().into_data().try_to_vec::<f32>().unwrap();
            assert!(gradient.iter().all(|value| value.abs() < 1e-6), "{gradient:?}");
        }
    }

    #[test]
    fn agrees_with_primitive_operations_and_finite_differences() {
        // Of the last query nothing is left but the target.
        let lists: Vec<Vec<u32>> =
            (0..70).map(|at| (0..4).filter(|n| (at + n) % 3 == 0 || at == 69).collect()).collect();
        let excluded = Bags::new(lists.iter().map(Vec::as_slice));
        for (weighted, excluded) in [(false, None), (true, None), (true, Some(excluded))] {
            check::agrees("sampled cross-entropy", &[&[70, 3], &[9, 3], &[9]], |inputs| {
                let queries = check::rank::<2>(&inputs[0]);
                let device = queries.device();
                let targets: Vec<u32> = (0..70).map(|at| at * 5 % 9).collect();
                let candidates = Candidates {
                    targets: ids_to_tensor(&targets, &device),
                    negatives: ids_to_tensor(&[1, 3, 4, 8], &device),
                    offsets: check::rank(&inputs[2]),
                    excluded: excluded.clone(),
                };
                let weights: Vec<f32> = (0..70).map(|at| (at % 3) as f32).collect();
                let weights = weighted.then(|| floats_to_tensor(&weights, &device));
                sampled_cross_entropy(queries, check::rank(&inputs[1]), candidates, weights)
            });
        }
    }
}
