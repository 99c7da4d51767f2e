//! The softmax of losses in host memory: `ln sum e^logit` of each query, and its gradient.
//!
//! It goes by blocks of queries, whose logits are computed once: in tiles of classes, which stay in a
//! core's own cache while their exponentials are summed up, and are then multiplied into the gradients.

use std::ops::{Range, RangeInclusive};

use rayon::prelude::*;

use super::{
    gemm::{Matrix, MatrixMut, multiply},
    rows::{ROWS, add_scaled, add_to},
    vector::{dot, exp, vectorized},
};

/// Queries of a block at most.
const QUERIES: usize = 256;

/// Queries that the kernel of the matrix product takes at once at most (with AVX-512). A block has a
/// multiple of them, and has them even where their logits are more than [`HELD`].
const STEP: usize = 64;

/// Logits to hold at once, those of a block of queries and all classes: 64 MiB.
const HELD: usize = 1 << 24;

/// Classes of a tile: as many as make [`TILES`] for the threads to share, within these limits.
const CLASSES: RangeInclusive<usize> = 16..=512;
const TILES: usize = 16;

/// Rows that a thread sums over all tiles.
const SUMMED: usize = 16;

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

/// Gradient with respect to queries, what they choose from, and its offsets.
#[derive(Debug)]
pub struct Gradients<'a> {
    /// `[Q, d]`.
    pub queries: &'a mut [f32],
    /// `[C, d]`, or `[n, d]` of [`Targets`].
    pub classes: &'a mut [f32],
    /// As many as there are classes, even where there are no offsets.
    pub offsets: &'a mut [f32],
}

impl Softmax<'_> {
    /// `ln sum e^logit` of each query.
    ///
    /// - `mask` may change the logits of some classes (places in the first range) for some queries (the
    ///   second), which come as `[classes, queries]`.
    /// - `total` makes the result for a query (its place) from its sum, to which it may add what else
    ///   there is to choose from.
    /// - With weights `[Q]`, `weight e^(logit - total)` is taken for the gradient of each logit, and the
    ///   gradients that follow are added. What is not finite reaches them even at a weight of 0.
    ///
    /// # Panics
    ///
    /// If there are no classes.
    pub fn log_sums(
        &self,
        mask: impl Fn(Range<usize>, Range<usize>, &mut [f32]) + Sync,
        total: impl Fn(usize, f32) -> f32,
        gradients: Option<(&[f32], Gradients<'_>)>,
    ) -> Vec<f32> {
        let (queries, classes) = (self.queries.len() / self.d, self.classes.len() / self.d);
        let most = (HELD / classes / STEP * STEP).clamp(STEP, QUERIES);
        let size = queries.div_ceil(queries.div_ceil(most).max(1)).next_multiple_of(STEP);
        let width = classes.div_ceil(TILES).clamp(*CLASSES.start(), *CLASSES.end());
        self.log_sums_in(size.min(queries), width, mask, total, gradients)
    }

    /// [`log_sums`](Self::log_sums) in blocks of `size` queries and tiles of `width` classes.
    fn log_sums_in(
        &self,
        size: usize,
        width: usize,
        mask: impl Fn(Range<usize>, Range<usize>, &mut [f32]) + Sync,
        total: impl Fn(usize, f32) -> f32,
        mut gradients: Option<(&[f32], Gradients<'_>)>,
    ) -> Vec<f32> {
        let (queries, classes) = (self.queries.len() / self.d, self.classes.len() / self.d);
        let mut held = vec![0.0; size * classes];
        let mut log_sums = Vec::with_capacity(queries);
        for first in (0..queries).step_by(size.max(1)) {
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
        queries.par_chunks_mut(SUMMED * d).enumerate().for_each(|(at, queries)| {
            let start = at * SUMMED * d;
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
        let (mut shifts, mut sums) = (vec![f32::MIN; queries], vec![0.0; queries]);
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
        let (mut shifts, mut sums) = (vec![f32::MIN; queries], vec![0.0; queries]);
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
    /// Logit of each query's target; NaN where the target is no row.
    pub fn logits(&self, queries: &[f32], d: usize) -> Vec<f32> {
        let logit = |(&row, query): (&usize, &[f32])| {
            let Some(item) = self.items.chunks_exact(d).nth(row) else { return f32::NAN };
            vectorized!(dot(query, item)) + self.offsets.map_or(0.0, |offsets| offsets[row])
        };
        self.rows.par_iter().zip(queries.par_chunks_exact(d)).with_min_len(ROWS).map(logit).collect()
    }

    /// Adds the gradients, where that of each query's logit is its error; of a query whose error is 0 the
    /// target may be no row.
    pub fn differentiate(&self, queries: &[f32], d: usize, errors: &[f32], gradients: Gradients<'_>) {
        let each = self.rows.par_iter().zip(errors).zip(gradients.queries.par_chunks_exact_mut(d));
        each.with_min_len(ROWS).filter(|((_, error), _)| **error != 0.0).for_each(|((row, error), sum)| {
            vectorized!(add_scaled(sum, *error, &self.items[row * d..][..d]));
        });
        vectorized!(
            for ((&row, &error), query) in self.rows.iter().zip(errors).zip(queries.chunks_exact(d)) {
                if error != 0.0 {
                    add_scaled(&mut gradients.classes[row * d..][..d], error, query);
                    gradients.offsets[row] += error;
                }
            }
        );
    }
}

/// `gradients` times that of the result.
pub fn times(scale: f32, mut gradients: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
    if scale != 1.0 {
        for gradient in &mut gradients {
            gradient.par_chunks_mut(1 << 14).for_each(|values| {
                vectorized!(values.iter_mut().for_each(|value| *value *= scale));
            });
        }
    }
    gradients
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{max_difference, values};

    const D: usize = 5;

    /// Log sums and the gradients of queries, classes and offsets.
    type Results = [Vec<f32>; 4];

    struct Case {
        queries: Vec<f32>,
        classes: Vec<f32>,
        offsets: Option<Vec<f32>>,
        weights: Vec<f32>,
    }

    impl Case {
        fn new(queries: usize, classes: usize, with_offsets: bool) -> Self {
            Self {
                queries: values(queries * D),
                classes: values(classes * D + 3).split_off(3),
                offsets: with_offsets.then(|| values(classes)),
                weights: (0..queries).map(|query| (query % 3) as f32).collect(),
            }
        }

        /// Class 0, and every class for one query, are left out; 1 is added to what a query chooses from.
        fn masked(class: usize, query: usize) -> bool {
            class == 0 || query == 2
        }

        fn softmax(&self) -> Softmax<'_> {
            let offsets = self.offsets.as_deref();
            Softmax { queries: &self.queries, classes: &self.classes, offsets, d: D }
        }

        fn gradients(&self) -> [Vec<f32>; 3] {
            [self.queries.len(), self.classes.len(), self.classes.len() / D].map(|length| vec![0.0; length])
        }

        fn tiled(&self, size: usize, width: usize) -> Results {
            let [mut dq, mut dc, mut offsets] = self.gradients();
            let gradients = Gradients { queries: &mut dq, classes: &mut dc, offsets: &mut offsets };
            let mask = |classes: Range<usize>, queries: Range<usize>, logits: &mut [f32]| {
                for (row, class) in logits.chunks_exact_mut(queries.len()).zip(classes) {
                    let each = row.iter_mut().zip(queries.clone());
                    each.filter(|(_, query)| Self::masked(class, *query))
                        .for_each(|(logit, _)| *logit = -1e9);
                }
            };
            let total = |_: usize, sum: f32| (sum.exp() + 1.0).ln();
            let gradients = Some((&*self.weights, gradients));
            let sums = self.softmax().log_sums_in(size, width, mask, total, gradients);
            [sums, dq, dc, offsets]
        }

        fn plain(&self) -> Results {
            let [mut dq, mut dc, mut offsets] = self.gradients();
            let mut sums = Vec::new();
            for (query, (vector, weight)) in self.queries.chunks_exact(D).zip(&self.weights).enumerate() {
                let logit = |(class, other): (usize, &[f32])| match Self::masked(class, query) {
                    true => f32::NEG_INFINITY,
                    false => {
                        let product: f32 = vector.iter().zip(other).map(|(a, b)| a * b).sum();
                        product + self.offsets.as_ref().map_or(0.0, |offsets| offsets[class])
                    }
                };
                let logits: Vec<f32> = self.classes.chunks_exact(D).enumerate().map(logit).collect();
                let total = logits.iter().map(|logit| logit.exp()).sum::<f32>() + 1.0;
                sums.push(total.ln());
                for (class, logit) in logits.iter().enumerate() {
                    let error = weight * logit.exp() / total;
                    add_scaled(&mut dq[query * D..][..D], error, &self.classes[class * D..][..D]);
                    add_scaled(&mut dc[class * D..][..D], error, vector);
                    offsets[class] += error * f32::from(u8::from(self.offsets.is_some()));
                }
            }
            [sums, dq, dc, offsets]
        }
    }

    #[test]
    fn blocks_and_tiles_of_every_size_equal_plain_loops() {
        for (queries, classes) in [(1, 1), (3, 64), (63, 65), (65, 130)] {
            for with_offsets in [false, true] {
                let case = Case::new(queries, classes, with_offsets);
                let expected = case.plain();
                for (size, width) in [(1, 1), (64, 16), (17, 512), (256, 33)] {
                    let results = case.tiled(size, width);
                    for (what, (ours, plain)) in results.iter().zip(&expected).enumerate() {
                        let difference = max_difference(ours, plain);
                        assert!(
                            difference < 2e-5,
                            "{queries} x {classes} in blocks of {size} x {width}: {what} differs by {difference}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn the_number_of_threads_changes_no_bit() {
        let case = Case::new(300, 700, true);
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| case.tiled(128, 44))
        };
        assert_eq!(on(1), on(2));
        assert_eq!(on(1), on(5));
    }
}
