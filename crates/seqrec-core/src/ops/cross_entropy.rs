//! Softmax cross-entropy over an item table. In host memory it goes by blocks of queries, in tiles of
//! items, and never holds `[queries, items]`; its definition in tensor operations, which other backends
//! run, does.

use std::sync::Arc;

use burn::tensor::{Int, Tensor, activation::log_softmax};
use rayon::prelude::*;

use super::{
    gemm::{Matrix, MatrixMut, multiply},
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::{add_scaled, add_to},
    vector::{dot, exp, vectorized},
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

/// Items of a tile, and queries of a block at most: the logits of a tile stay in a core's own cache.
const ITEMS: usize = 512;
const QUERIES: usize = 256;

/// Logits to hold at once, those of a block of queries and all items: 64 MiB.
const HELD: usize = 1 << 24;

/// A block has a multiple of as many queries as the kernel of the matrix product takes at once, and has
/// them even where their logits are more than [`HELD`].
const STEP: usize = 64;

#[derive(Debug)]
struct CrossEntropy {
    targets: Vec<usize>,
    /// Weight of each query, summing to 1.
    weights: Arc<[f32]>,
    /// First class.
    first: usize,
}

impl HostFunction for CrossEntropy {
    /// Saves the gradients where a backward pass may follow, since the logits of a block of queries are at
    /// hand now.
    fn forward(&self, arguments: &[Argument<'_>], tracked: bool) -> Computed {
        let problem = Problem::new(arguments);
        let (count, classes) = (self.targets.len(), problem.rows - self.first);
        let size = (HELD / classes / STEP * STEP).clamp(STEP, QUERIES).min(count.max(1));
        let mut held = vec![0.0; size * classes];
        let mut gradients = tracked.then(|| Gradients::zeros(&problem));
        let mut loss = 0.0;
        for block in Block::all(0..count, size) {
            let queries = Queries::new(self, &problem, block);
            let tiles: Vec<Tile<'_>> = held[..block.count * classes]
                .par_chunks_mut(block.count * ITEMS)
                .zip(Block::all(self.first..problem.rows, ITEMS))
                .map(|(logits, items)| Tile::new(&problem, &queries, items, logits))
                .collect();
            let log_sums = log_sums(&tiles, block.count);
            for (at, (log_sum, &weight)) in log_sums.iter().zip(queries.weights).enumerate() {
                // A query without weight may have a target that is no item at all.
                if weight != 0.0 {
                    let hit: f32 = tiles.iter().map(|tile| tile.hits[at]).sum();
                    loss += f64::from(weight * (log_sum - hit));
                }
            }
            if let Some(gradients) = &mut gradients {
                gradients.add(&problem, &queries, &tiles, &log_sums);
            }
        }
        let saved = gradients.map_or_else(Vec::new, |Gradients { queries, items, bias }| {
            [queries, items].into_iter().chain(problem.bias.map(|_| bias)).collect()
        });
        Computed { shape: vec![1], values: vec![loss as f32], saved }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let (scale, mut gradients) = (pass.gradient[0], pass.saved);
        if scale != 1.0 {
            for gradient in &mut gradients {
                vectorized!(gradient.iter_mut().for_each(|value| *value *= scale));
            }
        }
        gradients
    }
}

/// A run of queries or items.
#[derive(Clone, Copy)]
struct Block {
    first: usize,
    count: usize,
}

impl Block {
    /// The blocks of up to `size` that cover `range`.
    fn all(range: std::ops::Range<usize>, size: usize) -> Vec<Self> {
        let end = range.end;
        range.step_by(size).map(|first| Self { first, count: size.min(end - first) }).collect()
    }

    /// Its rows of a matrix with rows of `d`.
    fn rows<T>(self, values: &[T], d: usize) -> &[T] {
        &values[self.first * d..][..self.count * d]
    }

    /// Where `row` stands in it.
    fn place(self, row: usize) -> Option<usize> {
        row.checked_sub(self.first).filter(|&place| place < self.count)
    }
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
}

/// A block of queries.
struct Queries<'a> {
    block: Block,
    /// `[count, d]`.
    vectors: &'a [f32],
    /// The same side by side, `[d, count]`: what the matrix product reads without copying it first.
    columns: Vec<f32>,
    targets: &'a [usize],
    weights: &'a [f32],
}

impl<'a> Queries<'a> {
    fn new(function: &'a CrossEntropy, problem: &Problem<'a>, block: Block) -> Self {
        let (d, vectors) = (problem.d, block.rows(problem.queries, problem.d));
        let mut columns = vec![0.0; vectors.len()];
        for (at, vector) in vectors.chunks_exact(d).enumerate() {
            let places = columns[at..].iter_mut().step_by(block.count);
            places.zip(vector).for_each(|(place, value)| *place = *value);
        }
        let (targets, weights) = (block.rows(&function.targets, 1), block.rows(&function.weights, 1));
        Self { block, vectors, columns, targets, weights }
    }
}

/// The logits of a run of items for a block of queries, as `e^(logit - shift)`, with a shift for each
/// query.
struct Tile<'a> {
    items: Block,
    /// `[items, queries]`.
    exponentials: &'a [f32],
    shifts: Vec<f32>,
    /// Of the exponentials of each query.
    sums: Vec<f32>,
    /// Logit of each query's target, where the target is one of the items; else 0.
    hits: Vec<f32>,
}

impl<'a> Tile<'a> {
    fn new(problem: &Problem<'_>, queries: &Queries<'_>, items: Block, logits: &'a mut [f32]) -> Self {
        let (d, count) = (problem.d, queries.block.count);
        multiply(
            MatrixMut::new(logits, items.count, count),
            Matrix::new(items.rows(problem.items, d), items.count, d),
            Matrix::new(&queries.columns, d, count),
            1.0,
            false,
        );
        if let Some(bias) = problem.bias {
            for (row, bias) in logits.chunks_exact_mut(count).zip(&bias[items.first..]) {
                vectorized!(row.iter_mut().for_each(|logit| *logit += bias));
            }
        }
        let hit = |(at, &target): (usize, &usize)| {
            items.place(target).map_or(0.0, |item| logits[item * count + at])
        };
        let hits = queries.targets.iter().enumerate().map(hit).collect();
        let (mut shifts, mut sums) = (vec![f32::NEG_INFINITY; count], vec![0.0; count]);
        vectorized!({
            logits.chunks_exact(count).for_each(|row| raise_to(&mut shifts, row));
            for row in logits.chunks_exact_mut(count) {
                for ((logit, shift), sum) in row.iter_mut().zip(&shifts).zip(&mut sums) {
                    *logit = exp(*logit - shift);
                    *sum += *logit;
                }
            }
        });
        Self { items, exponentials: logits, shifts, sums, hits }
    }

    /// Adds the gradients of its items and their biases, and returns what it adds to that of the queries.
    ///
    /// The gradient of a logit is `weight (softmax - [is target])`, and its softmax is the exponential
    /// times `e^(shift - log sum)`, which is one number for a query: it scales vectors instead of the
    /// tile.
    fn differentiate(
        &self,
        problem: &Problem<'_>,
        queries: &Queries<'_>,
        log_sums: &[f32],
        di: &mut [f32],
        db: &mut [f32],
    ) -> Vec<f32> {
        let (d, count, items) = (problem.d, queries.block.count, self.items);
        let exponentials = Matrix::new(self.exponentials, items.count, count);
        let factors: Vec<f32> = vectorized!({
            let shifts = self.shifts.iter().zip(log_sums).map(|(shift, log_sum)| exp(shift - log_sum));
            queries.weights.iter().zip(shifts).map(|(weight, shift)| weight * shift).collect()
        });
        let scale = |vectors: &mut [f32]| {
            vectorized!(for (vector, factor) in vectors.chunks_exact_mut(d).zip(&factors) {
                vector.iter_mut().for_each(|value| *value *= factor);
            });
        };

        let mut dq = vec![0.0; count * d];
        let vectors = Matrix::new(items.rows(problem.items, d), items.count, d);
        multiply(MatrixMut::new(&mut dq, count, d), exponentials.t(), vectors, 1.0, false);
        scale(&mut dq);
        let mut scaled = queries.vectors.to_vec();
        scale(&mut scaled);
        let scaled = Matrix::new(&scaled, count, d);
        multiply(MatrixMut::new(di, items.count, d), exponentials, scaled, 1.0, true);
        if problem.bias.is_some() {
            vectorized!(for (db, row) in db.iter_mut().zip(self.exponentials.chunks_exact(count)) {
                *db += dot(row, &factors);
            });
        }

        for (at, (&target, &weight)) in queries.targets.iter().zip(queries.weights).enumerate() {
            let Some(item) = items.place(target) else { continue };
            add_scaled(&mut dq[at * d..][..d], -weight, &problem.items[target * d..][..d]);
            add_scaled(&mut di[item * d..][..d], -weight, &queries.vectors[at * d..][..d]);
            db[item] -= weight;
        }
        dq
    }
}

/// `ln sum e^logit` of each of `count` queries.
fn log_sums(tiles: &[Tile<'_>], count: usize) -> Vec<f32> {
    vectorized!({
        let (mut shifts, mut sums) = (vec![f32::NEG_INFINITY; count], vec![0.0; count]);
        for tile in tiles {
            raise_to(&mut shifts, &tile.shifts);
        }
        for tile in tiles {
            for ((sum, shift), (part, own)) in
                sums.iter_mut().zip(&shifts).zip(tile.sums.iter().zip(&tile.shifts))
            {
                *sum += part * exp(own - shift);
            }
        }
        shifts.iter().zip(&sums).map(|(shift, sum)| shift + sum.ln()).collect()
    })
}

/// Gradient of the loss with respect to each argument.
struct Gradients {
    queries: Vec<f32>,
    items: Vec<f32>,
    bias: Vec<f32>,
}

impl Gradients {
    fn zeros(problem: &Problem<'_>) -> Self {
        Self {
            queries: vec![0.0; problem.queries.len()],
            items: vec![0.0; problem.items.len()],
            bias: vec![0.0; problem.rows],
        }
    }

    /// Adds those of a block of queries, whose `tiles` hold all items.
    fn add(&mut self, problem: &Problem<'_>, queries: &Queries<'_>, tiles: &[Tile<'_>], log_sums: &[f32]) {
        let (d, first) = (problem.d, tiles[0].items.first);
        let partial: Vec<Vec<f32>> = self.items[first * d..]
            .par_chunks_mut(ITEMS * d)
            .zip(self.bias[first..].par_chunks_mut(ITEMS))
            .zip(tiles)
            .map(|((di, db), tile)| tile.differentiate(problem, queries, log_sums, di, db))
            .collect();
        let dq = &mut self.queries[queries.block.first * d..][..queries.block.count * d];
        dq.par_chunks_mut(STEP * d).enumerate().for_each(|(step, dq)| {
            let start = step * STEP * d;
            vectorized!(partial.iter().for_each(|partial| add_to(dq, &partial[start..])));
        });
    }
}

/// Raises each of `top` to what stands in the same place of `values`; NaN where one is NaN.
#[inline(always)]
fn raise_to(top: &mut [f32], values: &[f32]) {
    for (top, &value) in top.iter_mut().zip(values) {
        *top = if value > *top || value.is_nan() { value } else { *top };
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
