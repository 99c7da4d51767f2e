//! The softmax of losses in host memory: `ln sum e^logit` of each query, and its gradient.
//!
//! It goes by blocks of queries, whose logits are computed once: in tiles of classes, which stay in a
//! core's own cache while their exponentials are summed up, and are then multiplied into the gradients.

use std::ops::Range;

use rayon::prelude::*;

use super::{
    gemm::{Matrix, MatrixMut, multiply},
    rows::{ROWS, add_scaled, add_to},
    vector::{dot, exp, vectorized},
};

/// Queries of a block at most.
const QUERIES: usize = 256;

/// Queries that the kernel of the matrix product takes at once. A block has a multiple of them, and has
/// them even where their logits are more than [`HELD`].
const STEP: usize = 64;

/// Logits to hold at once, those of a block of queries and all classes: 64 MiB.
const HELD: usize = 1 << 24;

/// Classes of a tile at most; less where that makes fewer than [`TILES`].
const CLASSES: usize = 512;

/// Tiles for the threads to share.
const TILES: usize = 16;

/// Queries and the classes to choose from. A logit is an inner product and the offset of its class.
#[derive(Clone, Copy, Debug)]
pub struct Softmax<'a> {
    /// `[Q, d]`.
    pub queries: &'a [f32],
    /// `[C, d]`.
    pub classes: &'a [f32],
    /// `[C]`; 0 where `None`.
    pub offsets: Option<&'a [f32]>,
    /// Size of a vector.
    pub d: usize,
}

/// Gradient with respect to what a [`Softmax`] is made of.
#[derive(Debug)]
pub struct Gradients<'a> {
    /// `[Q, d]`.
    pub queries: &'a mut [f32],
    /// `[C, d]`.
    pub classes: &'a mut [f32],
    /// `[C]`.
    pub offsets: &'a mut [f32],
}

impl Softmax<'_> {
    /// `ln sum e^logit` of each query.
    ///
    /// - `mask` may change the logits of some classes (first range) for some queries (second), which
    ///   come as `[classes, queries]`.
    /// - `total` may add to the result of a query what else there is to choose from.
    /// - The gradient of `sum weights total` is added to `gradients`, as far as it flows through the
    ///   logits.
    pub fn log_sums(
        &self,
        mask: impl Fn(Range<usize>, Range<usize>, &mut [f32]) + Sync,
        total: impl Fn(usize, f32) -> f32,
        mut gradients: Option<(&[f32], Gradients<'_>)>,
    ) -> Vec<f32> {
        let (queries, classes) = (self.queries.len() / self.d, self.classes.len() / self.d);
        let size = (HELD / classes.max(1) / STEP * STEP).clamp(STEP, QUERIES).min(queries.max(1));
        let width = classes.div_ceil(TILES).next_multiple_of(STEP).min(CLASSES);
        let mut held = vec![0.0; size * classes];
        let mut log_sums = Vec::with_capacity(queries);
        for first in (0..queries).step_by(size) {
            let block = Block::new(self, first..queries.min(first + size));
            let tiles: Vec<Tile<'_>> = held[..block.count() * classes]
                .par_chunks_mut(block.count() * width)
                .enumerate()
                .map(|(at, logits)| Tile::new(self, &block, at * width, logits, &mask))
                .collect();
            let totals = sum_up(&tiles, block.count()).into_iter().enumerate();
            log_sums.extend(totals.map(|(at, log_sum)| total(first + at, log_sum)));
            if let Some((weights, gradients)) = &mut gradients {
                let (log_sums, weights) = (&log_sums[first..], &weights[block.queries.clone()]);
                self.differentiate(&block, &tiles, log_sums, weights, gradients);
            }
        }
        log_sums
    }

    /// Adds the gradients of a block of queries.
    fn differentiate(
        &self,
        block: &Block<'_>,
        tiles: &[Tile<'_>],
        log_sums: &[f32],
        weights: &[f32],
        gradients: &mut Gradients<'_>,
    ) {
        let (d, width) = (self.d, tiles.first().map_or(1, |tile| tile.classes.len()));
        let partial: Vec<Vec<f32>> = gradients
            .classes
            .par_chunks_mut(width * d)
            .zip(gradients.offsets.par_chunks_mut(width))
            .zip(tiles)
            .map(|((classes, offsets), tile)| {
                let factors = tile.factors(log_sums, weights);
                tile.differentiate(self, block, &factors, classes, offsets)
            })
            .collect();
        let queries = &mut gradients.queries[block.queries.start * d..][..block.count() * d];
        queries.par_chunks_mut(ROWS * d).enumerate().for_each(|(at, queries)| {
            let start = at * ROWS * d;
            vectorized!(partial.iter().for_each(|partial| add_to(queries, &partial[start..])));
        });
    }
}

/// A block of queries.
struct Block<'a> {
    queries: Range<usize>,
    /// `[count, d]`.
    vectors: &'a [f32],
    /// The same side by side, `[d, count]`: what the matrix product reads without copying it first.
    columns: Vec<f32>,
}

impl<'a> Block<'a> {
    fn new(softmax: &Softmax<'a>, queries: Range<usize>) -> Self {
        let (d, count) = (softmax.d, queries.len());
        let vectors = &softmax.queries[queries.start * d..queries.end * d];
        let mut columns = vec![0.0; vectors.len()];
        for (at, vector) in vectors.chunks_exact(d).enumerate() {
            let places = columns[at..].iter_mut().step_by(count);
            places.zip(vector).for_each(|(place, value)| *place = *value);
        }
        Self { queries, vectors, columns }
    }

    fn count(&self) -> usize {
        self.queries.len()
    }
}

/// The logits of some classes for a block of queries, as `e^(logit - shift)` with a shift for each query.
struct Tile<'a> {
    classes: Range<usize>,
    /// `[classes, queries]`.
    exponentials: &'a [f32],
    shifts: Vec<f32>,
    /// Of the exponentials of each query.
    sums: Vec<f32>,
}

impl<'a> Tile<'a> {
    /// The tile from class `first` on, in the place of `logits`.
    fn new(
        softmax: &Softmax<'_>,
        block: &Block<'_>,
        first: usize,
        logits: &'a mut [f32],
        mask: &impl Fn(Range<usize>, Range<usize>, &mut [f32]),
    ) -> Self {
        let (d, queries) = (softmax.d, block.count());
        let classes = first..first + logits.len() / queries;
        let vectors = Matrix::new(&softmax.classes[first * d..], classes.len(), d);
        let columns = Matrix::new(&block.columns, d, queries);
        multiply(MatrixMut::new(logits, classes.len(), queries), vectors, columns, 1.0, false);
        if let Some(offsets) = softmax.offsets {
            let offsets = &offsets[classes.clone()];
            vectorized!(for (row, offset) in logits.chunks_exact_mut(queries).zip(offsets) {
                row.iter_mut().for_each(|logit| *logit += offset);
            });
        }
        mask(classes.clone(), block.queries.clone(), logits);
        let (mut shifts, mut sums) = (vec![f32::NEG_INFINITY; queries], vec![0.0; queries]);
        vectorized!({
            logits.chunks_exact(queries).for_each(|row| raise_to(&mut shifts, row));
            for row in logits.chunks_exact_mut(queries) {
                for ((logit, shift), sum) in row.iter_mut().zip(&shifts).zip(&mut sums) {
                    *logit = exp(*logit - shift);
                    *sum += *logit;
                }
            }
        });
        Self { classes, exponentials: logits, shifts, sums }
    }

    /// `weight e^(shift - log sum)` of each query: an exponential times it is the gradient of a logit.
    fn factors(&self, log_sums: &[f32], weights: &[f32]) -> Vec<f32> {
        vectorized!({
            let shifts = self.shifts.iter().zip(log_sums).map(|(shift, log_sum)| exp(shift - log_sum));
            weights.iter().zip(shifts).map(|(weight, shift)| weight * shift).collect()
        })
    }

    /// Adds the gradients of its classes and their offsets, and returns what it adds to that of the
    /// queries. The factors scale vectors of queries instead of the whole tile.
    fn differentiate(
        &self,
        softmax: &Softmax<'_>,
        block: &Block<'_>,
        factors: &[f32],
        of_classes: &mut [f32],
        of_offsets: &mut [f32],
    ) -> Vec<f32> {
        let (d, queries, classes) = (softmax.d, block.count(), self.classes.len());
        let exponentials = Matrix::new(self.exponentials, classes, queries);
        let scale = |vectors: &mut [f32]| {
            vectorized!(for (vector, factor) in vectors.chunks_exact_mut(d).zip(factors) {
                vector.iter_mut().for_each(|value| *value *= factor);
            });
        };
        let mut of_queries = vec![0.0; queries * d];
        let vectors = Matrix::new(&softmax.classes[self.classes.start * d..], classes, d);
        multiply(MatrixMut::new(&mut of_queries, queries, d), exponentials.t(), vectors, 1.0, false);
        scale(&mut of_queries);

        let mut scaled = block.vectors.to_vec();
        scale(&mut scaled);
        let scaled = Matrix::new(&scaled, queries, d);
        multiply(MatrixMut::new(of_classes, classes, d), exponentials, scaled, 1.0, true);
        if softmax.offsets.is_some() {
            vectorized!(
                for (sum, row) in of_offsets.iter_mut().zip(self.exponentials.chunks_exact(queries)) {
                    *sum += dot(row, factors);
                }
            );
        }
        of_queries
    }
}

/// `ln sum e^logit` of each query over all tiles.
fn sum_up(tiles: &[Tile<'_>], queries: usize) -> Vec<f32> {
    vectorized!({
        let (mut shifts, mut sums) = (vec![f32::NEG_INFINITY; queries], vec![0.0; queries]);
        tiles.iter().for_each(|tile| raise_to(&mut shifts, &tile.shifts));
        for tile in tiles {
            let parts = tile.sums.iter().zip(&tile.shifts);
            for ((sum, shift), (part, own)) in sums.iter_mut().zip(&shifts).zip(parts) {
                *sum += part * exp(own - shift);
            }
        }
        shifts.iter().zip(&sums).map(|(shift, sum)| shift + sum.ln()).collect()
    })
}

/// Raises each of `top` to what stands in the same place of `values`; NaN where one is NaN.
#[inline(always)]
fn raise_to(top: &mut [f32], values: &[f32]) {
    for (top, &value) in top.iter_mut().zip(values) {
        *top = if value > *top || value.is_nan() { value } else { *top };
    }
}

/// The right choice of each query, among the rows of a matrix.
#[derive(Clone, Copy, Debug)]
pub struct Targets<'a> {
    /// `[Q]`, rows.
    pub rows: &'a [usize],
    /// `[n, d]`.
    pub items: &'a [f32],
    /// `[n]`; 0 where `None`.
    pub offsets: Option<&'a [f32]>,
}

impl Targets<'_> {
    /// Logit of each query's target; 0 where the target is no row.
    pub fn logits(&self, queries: &[f32], d: usize) -> Vec<f32> {
        let logit = |(&row, query): (&usize, &[f32])| {
            let Some(item) = self.items.chunks_exact(d).nth(row) else { return 0.0 };
            vectorized!(dot(query, item)) + self.offsets.map_or(0.0, |offsets| offsets[row])
        };
        self.rows.par_iter().zip(queries.par_chunks_exact(d)).with_min_len(ROWS).map(logit).collect()
    }

    /// Adds the gradients, where that of each query's logit is its error; of a query whose error is 0 the
    /// target may be no row.
    pub fn differentiate(&self, queries: &[f32], d: usize, errors: &[f32], gradients: Gradients<'_>) {
        let Gradients { queries: of_queries, classes: of_items, offsets: of_offsets } = gradients;
        let each =
            self.rows.iter().zip(errors).zip(queries.chunks_exact(d).zip(of_queries.chunks_exact_mut(d)));
        vectorized!(for ((&row, &error), (query, of_query)) in each {
            if error != 0.0 {
                add_scaled(of_query, error, &self.items[row * d..][..d]);
                add_scaled(&mut of_items[row * d..][..d], error, query);
                of_offsets[row] += error;
            }
        });
    }
}

/// Gradients times the one of the result.
pub fn scaled(mut gradients: Vec<Vec<f32>>, scale: f32) -> Vec<Vec<f32>> {
    if scale != 1.0 {
        for gradient in &mut gradients {
            vectorized!(gradient.iter_mut().for_each(|value| *value *= scale));
        }
    }
    gradients
}
