//! Softmax cross-entropy over an item table. In host memory it goes tile by tile and never holds
//! `[queries, items]`; its definition in tensor operations, which other backends run, does.

use std::sync::Arc;

use burn::tensor::{Int, Tensor, activation::log_softmax};
use rayon::prelude::*;

use super::{
    gemm::{Matrix, MatrixMut, multiply},
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::add_to,
    vector::{exp_sum, max, vectorized},
};

/// What a softmax chooses from.
#[derive(Clone, Debug)]
pub struct Classes {
    /// A vector for each row, `[n, d]`.
    pub vectors: Tensor<2>,
    /// Added to the logit of each row, `[n]`.
    pub bias: Option<Tensor<1>>,
    /// The first row that is a class; those before it (padding) take no part.
    pub first: usize,
}

/// Weighted mean over queries of `-ln softmax(vectors q + bias)[target]`.
///
/// # Shapes
///
/// - `queries`: `[Q, d]`
/// - `targets`: `[Q]`, rows of the classes; `weights`: `[Q]`, alike where `None`. The target of a query
///   of weight 0 may be no class at all. No gradient flows to the weights.
/// - output: `[1]`; 0 without queries and where all weights are 0
///
/// # Panics
///
/// If the sizes do not match, and in host memory if a target is no class; other backends read some
/// other row.
pub fn cross_entropy(
    queries: Tensor<2>,
    classes: Classes,
    targets: Tensor<1, Int>,
    weights: Option<Tensor<1>>,
) -> Tensor<1> {
    let [count, _] = queries.dims();
    let Classes { vectors, bias, first } = classes;
    let [rows, d] = vectors.dims();
    assert_eq!(queries.dims(), [count, d], "queries are as wide as the vectors of the classes");
    assert_eq!(targets.dims(), [count], "one target a query");
    assert!(weights.as_ref().is_none_or(|weights| weights.dims() == [count]), "one weight a query");
    assert!(bias.as_ref().is_none_or(|bias| bias.dims() == [rows]), "one bias a row");
    assert!(first < rows, "there is at least one class");
    if runs_on(&queries.device()) {
        let targets: Vec<usize> = targets.into_data().iter::<i64>().map(|id| id as usize).collect();
        let weights = shares(weights.map(|weights| weights.into_data().iter::<f32>().collect()), count);
        for (&target, &weight) in targets.iter().zip(weights.iter()) {
            assert!(weight == 0.0 || (first..rows).contains(&target), "target {target} is no class");
        }
        let mut inputs = vec![queries.into(), vectors.into()];
        inputs.extend(bias.map(Into::into));
        return apply(inputs, CrossEntropy { targets, weights, first });
    }
    let mut logits = queries.matmul(vectors.transpose());
    if let Some(bias) = bias {
        logits = logits + bias.unsqueeze();
    }
    let logits = logits.narrow(1, first, rows - first);
    let targets = targets.sub_scalar(first as i64).clamp_min(0).reshape([count, 1]);
    let losses = log_softmax(logits, 1).gather(1, targets).neg();
    weighted_mean(losses.reshape([count]), weights)
}

/// Mean of `losses` `[Q]`, weighted by `weights` `[Q]`; 0 without losses and where all weights are 0.
pub fn weighted_mean(losses: Tensor<1>, weights: Option<Tensor<1>>) -> Tensor<1> {
    let [count] = losses.dims();
    match weights {
        Some(weights) => {
            let weights = weights.detach();
            let total = weights.clone().sum().clamp_min(f32::MIN_POSITIVE);
            (losses * weights).sum() / total
        }
        None => losses.sum().div_scalar(count.max(1) as f32),
    }
}

/// Weights that sum to 1.
pub(super) fn shares(weights: Option<Vec<f32>>, count: usize) -> Arc<[f32]> {
    match weights {
        Some(weights) => {
            let total = weights.iter().sum::<f32>().max(f32::MIN_POSITIVE);
            weights.into_iter().map(|weight| weight / total).collect()
        }
        None => vec![1.0 / count.max(1) as f32; count].into(),
    }
}

/// Queries and items of a tile: its logits fill 1 MiB, about what a core's own cache holds.
const QUERIES: usize = 256;
const ITEMS: usize = 1024;

/// Parts that the items are cut in for the threads; in the backward pass each has a gradient of the
/// queries of its own.
const PARTS: usize = 16;

#[derive(Debug)]
struct CrossEntropy {
    targets: Vec<usize>,
    /// Weight of each query, summing to 1.
    weights: Arc<[f32]>,
    /// First class.
    first: usize,
}

/// The arguments, as slices.
#[derive(Clone, Copy)]
struct Problem<'a> {
    queries: &'a [f32],
    items: &'a [f32],
    bias: Option<&'a [f32]>,
    d: usize,
    /// Number of rows.
    rows: usize,
}

impl<'a> Problem<'a> {
    fn new(arguments: &[Argument<'a>]) -> Self {
        let (queries, items) = (arguments[0], arguments[1]);
        let bias = arguments.get(2).map(|bias| bias.values);
        Self { queries: queries.values, items: items.values, bias, d: items.shape[1], rows: items.shape[0] }
    }

    fn queries(&self, first: usize, count: usize) -> Matrix<'a> {
        Matrix::new(&self.queries[first * self.d..][..count * self.d], count, self.d)
    }

    fn items(&self, first: usize, count: usize) -> Matrix<'a> {
        Matrix::new(&self.items[first * self.d..][..count * self.d], count, self.d)
    }

    /// Items of a part: whole tiles, except at the very end.
    fn part(&self) -> usize {
        self.rows.div_ceil(PARTS).next_multiple_of(ITEMS / 4)
    }

    /// Logits of queries `q` and items `i`, both as (first, count), into `tile`.
    fn logits(&self, tile: &mut Vec<f32>, q: (usize, usize), i: (usize, usize)) {
        tile.resize(q.1 * i.1, 0.0);
        multiply(
            MatrixMut::new(tile, q.1, i.1),
            self.queries(q.0, q.1),
            self.items(i.0, i.1).t(),
            1.0,
            false,
        );
        if let Some(bias) = self.bias {
            let bias = &bias[i.0..][..i.1];
            vectorized!(tile.chunks_exact_mut(i.1).for_each(|row| add_to(row, bias)));
        }
    }
}

/// `sum e^logit` as `e^shift sum`, and the target's logit where it was met.
#[derive(Clone, Copy)]
struct LogSum {
    shift: f32,
    sum: f32,
    hit: f32,
}

impl Default for LogSum {
    fn default() -> Self {
        Self { shift: f32::NEG_INFINITY, sum: 0.0, hit: 0.0 }
    }
}

impl LogSum {
    /// Takes over logits, which are overwritten.
    fn push(&mut self, logits: &mut [f32]) {
        let (mut shift, mut sum) = (self.shift, self.sum);
        vectorized!({
            let top = max(logits);
            let before = shift;
            shift = if top > shift || top.is_nan() { top } else { shift };
            sum = sum * (before - shift).exp() + exp_sum(logits, shift);
        });
        (self.shift, self.sum) = (shift, sum);
    }

    /// Of both; at most one has met the target.
    fn and(self, other: &Self) -> Self {
        let shift = if other.shift > self.shift || other.shift.is_nan() { other.shift } else { self.shift };
        let scaled = |one: &Self| if one.sum == 0.0 { 0.0 } else { one.sum * (one.shift - shift).exp() };
        Self { shift, sum: scaled(&self) + scaled(other), hit: self.hit + other.hit }
    }
}

/// (first, count) of the blocks of up to `size` that cover `range`.
fn blocks(range: std::ops::Range<usize>, size: usize) -> impl Iterator<Item = (usize, usize)> {
    let end = range.end;
    range.step_by(size).map(move |first| (first, size.min(end - first)))
}

impl HostFunction for CrossEntropy {
    /// Saves `ln sum exp` of each query's logits.
    fn forward(&self, arguments: &[Argument<'_>], _: bool) -> Computed {
        let problem = Problem::new(arguments);
        let mut log_sums = Vec::with_capacity(self.targets.len());
        let mut loss = 0.0;
        for q in blocks(0..self.targets.len(), QUERIES) {
            let parts: Vec<(usize, usize)> = blocks(self.first..problem.rows, problem.part()).collect();
            let sums: Vec<Vec<LogSum>> =
                parts.into_par_iter().map(|part| self.log_sums(&problem, q, part)).collect();
            for (row, weight) in self.weights[q.0..][..q.1].iter().enumerate() {
                let all = sums.iter().fold(LogSum::default(), |sum, part| sum.and(&part[row]));
                let log_sum = all.shift + all.sum.ln();
                // A query without weight may have a target that is no item at all.
                if *weight != 0.0 {
                    loss += f64::from(weight * (log_sum - all.hit));
                }
                log_sums.push(log_sum);
            }
        }
        Computed { shape: vec![1], values: vec![loss as f32], saved: vec![log_sums] }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let problem = Problem::new(pass.arguments);
        let d = problem.d;
        let scale = pass.gradient[0];
        let log_sums = &pass.saved[0];
        let mut dq = vec![0.0; problem.queries.len()];
        let mut di = vec![0.0; problem.items.len()];
        let mut db = vec![0.0; problem.rows];
        let part = problem.part();
        for q in blocks(0..self.targets.len(), QUERIES) {
            let partial: Vec<Vec<f32>> = di
                .par_chunks_mut(part * d)
                .zip(db.par_chunks_mut(part))
                .enumerate()
                .map(|(index, (di, db))| {
                    let start = index * part;
                    let (mut tile, mut dq) = (Vec::new(), vec![0.0; q.1 * d]);
                    for i in blocks(start.max(self.first)..start + db.len(), ITEMS) {
                        problem.logits(&mut tile, q, i);
                        self.errors(&mut tile, q, i, log_sums, scale);
                        let errors = Matrix::new(&tile, q.1, i.1);
                        let at = i.0 - start;
                        multiply(MatrixMut::new(&mut dq, q.1, d), errors, problem.items(i.0, i.1), 1.0, true);
                        let out = MatrixMut::new(&mut di[at * d..][..i.1 * d], i.1, d);
                        multiply(out, errors.t(), problem.queries(q.0, q.1), 1.0, true);
                        if problem.bias.is_some() {
                            let db = &mut db[at..][..i.1];
                            vectorized!(tile.chunks_exact(i.1).for_each(|row| add_to(db, row)));
                        }
                    }
                    dq
                })
                .collect();
            let dq = &mut dq[q.0 * d..][..q.1 * d];
            partial.iter().for_each(|partial| add_to(dq, partial));
        }
        let mut results = vec![dq, di];
        if problem.bias.is_some() {
            results.push(db);
        }
        results
    }
}

impl CrossEntropy {
    /// What queries `q` add up over a part of the items, both as (first, count).
    fn log_sums(&self, problem: &Problem<'_>, q: (usize, usize), part: (usize, usize)) -> Vec<LogSum> {
        let mut sums = vec![LogSum::default(); q.1];
        let mut tile = Vec::new();
        for i in blocks(part.0..part.0 + part.1, ITEMS) {
            problem.logits(&mut tile, q, i);
            for (row, (logits, sum)) in tile.chunks_exact_mut(i.1).zip(&mut sums).enumerate() {
                let target = self.targets[q.0 + row].checked_sub(i.0);
                if let Some(hit) = target.and_then(|at| logits.get(at)) {
                    sum.hit = *hit;
                }
                sum.push(logits);
            }
        }
        sums
    }

    /// Turns a tile of logits into gradients of the loss: `scale weight (softmax - [is target])`.
    fn errors(&self, tile: &mut [f32], q: (usize, usize), i: (usize, usize), log_sums: &[f32], scale: f32) {
        for (row, errors) in tile.chunks_exact_mut(i.1).enumerate() {
            let query = q.0 + row;
            let factor = scale * self.weights[query];
            if factor == 0.0 {
                errors.fill(0.0);
                continue;
            }
            vectorized!({
                exp_sum(errors, log_sums[query]);
                errors.iter_mut().for_each(|error| *error *= factor);
            });
            if let Some(error) = self.targets[query].checked_sub(i.0).and_then(|at| errors.get_mut(at)) {
                *error -= factor;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{batch::ids_to_tensor, ops::check};

    /// Inputs are the vectors and maybe a bias.
    fn classes(inputs: &[check::Value], first: usize) -> Classes {
        Classes { vectors: check::rank(&inputs[0]), bias: inputs.get(1).map(check::rank), first }
    }

    fn targets(device: &burn::tensor::Device) -> Tensor<1, Int> {
        ids_to_tensor(&[3, 0, 6, 6, 2], device)
    }

    #[test]
    fn agrees_with_primitive_operations_and_finite_differences() {
        check::agrees("cross-entropy", &[&[5, 3], &[7, 3]], |inputs| {
            let queries = check::rank::<2>(&inputs[0]);
            let targets = targets(&queries.device());
            cross_entropy(queries, classes(&inputs[1..], 0), targets, None)
        });
        check::agrees("weighted cross-entropy with bias", &[&[5, 3], &[7, 3], &[7]], |inputs| {
            let queries = check::rank::<2>(&inputs[0]);
            let device = queries.device();
            let weights = Tensor::from_data([1.0, 0.0, 2.0, 0.5, 1.0], &device);
            cross_entropy(queries, classes(&inputs[1..], 1), targets(&device), Some(weights))
        });
    }

    #[test]
    fn several_tiles_agree_too() {
        let ids: Vec<u32> = (0..300).map(|at| 1 + at * 7 % 2_099).collect();
        check::agrees("cross-entropy of several tiles", &[&[300, 2], &[2_100, 2]], |inputs| {
            let queries = check::rank::<2>(&inputs[0]);
            let targets = ids_to_tensor(&ids, &queries.device());
            cross_entropy(queries, classes(&inputs[1..], 1), targets, None)
        });
    }

    #[test]
    fn equal_logits_lose_the_logarithm_of_the_classes_and_large_ones_do_not_overflow() {
        for device in check::devices() {
            let items = Tensor::<2>::from_data([[1.0], [1.0], [1.0], [1.0]], &device);
            for value in [0.0, 1e4] {
                let queries = Tensor::<2>::full([2, 1], value, &device);
                let classes = Classes { vectors: items.clone(), bias: None, first: 0 };
                let loss = cross_entropy(queries, classes, ids_to_tensor(&[1, 3], &device), None);
                assert!((loss.into_scalar::<f32>() - 4f32.ln()).abs() < 1e-3);
            }
        }
    }

    #[test]
    fn a_nan_reaches_the_loss() {
        for device in check::devices() {
            let items = Tensor::<2>::from_data([[1.0], [f32::NAN], [1.0]], &device);
            let queries = Tensor::<2>::ones([1, 1], &device);
            let classes = Classes { vectors: items, bias: None, first: 0 };
            let loss = cross_entropy(queries, classes, ids_to_tensor(&[0], &device), None);
            assert!(loss.into_scalar::<f32>().is_nan());
        }
    }
}
