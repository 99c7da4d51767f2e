//! Multi-head attention inside each sequence of a packed batch.

use burn::tensor::{Bool, Tensor, TensorData, activation::softmax};
use rayon::prelude::*;

use super::{
    Keep, Segments,
    gemm::{Matrix, MatrixMut, multiply},
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::split_mut,
    vector::{dot, exp_sum, max, vectorized},
};

/// What an attention looks at.
#[derive(Clone, Debug)]
pub struct AttentionConfig {
    /// Number of heads; divides the width.
    pub heads: usize,
    /// Whether an event sees only itself and those before it.
    pub causal: bool,
    /// Dropout on the attention probabilities.
    pub keep: Option<Keep>,
}

/// `dropout(softmax(Q K^T / sqrt(d / heads))) V` per head, within each sequence (Vaswani et al.
/// 2017, eq. 1).
///
/// # Shapes
///
/// - `q`, `k`, `v`: `[T, d]`, packed
/// - output: `[T, d]`
///
/// # Panics
///
/// If `d` is no multiple of the heads, the shapes differ or the segments do not cover the rows.
pub fn attention(
    q: Tensor<2>,
    k: Tensor<2>,
    v: Tensor<2>,
    segments: &Segments,
    config: &AttentionConfig,
) -> Tensor<2> {
    let [rows, d] = q.dims();
    assert!(
        config.heads > 0 && d.is_multiple_of(config.heads),
        "{d} is no multiple of {} heads",
        config.heads
    );
    assert_eq!(rows, segments.rows(), "the segments cover all rows");
    assert!(k.dims() == [rows, d] && v.dims() == [rows, d], "keys and values have the shape of the queries");
    if rows == 0 {
        return q;
    }
    if runs_on(&q.device()) {
        let function = Attention { segments: segments.clone(), config: config.clone() };
        return apply(vec![q.into(), k.into(), v.into()], function);
    }
    primitive(q, k, v, segments, config)
}

/// The definition: pad, attend with a mask, and take the real rows.
fn primitive(
    q: Tensor<2>,
    k: Tensor<2>,
    v: Tensor<2>,
    segments: &Segments,
    config: &AttentionConfig,
) -> Tensor<2> {
    let device = q.device();
    let [_, d] = q.dims();
    let (count, longest, heads) = (segments.count(), segments.longest(), config.heads);
    let split =
        |packed: Tensor<2>| segments.grid(packed).reshape([count, longest, heads, d / heads]).swap_dims(1, 2);
    let scale = 1.0 / ((d / heads) as f64).sqrt();
    let scores = split(q).matmul(split(k).swap_dims(2, 3)).mul_scalar(scale);

    let hidden = |i: usize, j: usize, s: usize| j >= segments.len(s) || (config.causal && j > i);
    let mask: Vec<bool> = (0..count * heads * longest * longest)
        .map(|at| hidden(at / longest % longest, at % longest, at / (longest * longest * heads)))
        .collect();
    let shape = [count, heads, longest, longest];
    let mask = Tensor::<4, Bool>::from_data(TensorData::new(mask, shape), &device);
    let mut probabilities = softmax(scores.mask_fill(mask, -1e9), 3);
    if let Some(keep) = &config.keep {
        let factors: Vec<f32> = (0..count * heads * longest * longest)
            .map(|at| {
                let (s, head) = (at / (longest * longest * heads), at / (longest * longest) % heads);
                let (i, j) = (at / longest % longest, at % longest);
                keep.factor(entry(segments, heads, s, head, i, j))
            })
            .collect();
        probabilities = probabilities * Tensor::from_data(TensorData::new(factors, shape), &device);
    }
    segments.packed(probabilities.matmul(split(v)).swap_dims(1, 2).reshape([count, longest, d]))
}

/// Number of the probability with which event `i` of sequence `s` looks at event `j`.
fn entry(segments: &Segments, heads: usize, s: usize, head: usize, i: usize, j: usize) -> usize {
    ((segments.start(s) + i) * heads + head) * segments.longest() + j
}

#[derive(Debug)]
struct Attention {
    segments: Segments,
    config: AttentionConfig,
}

/// One head of one sequence: `n` rows of `width` columns from `column` on, rows `d` apart.
struct Head {
    s: usize,
    head: usize,
    n: usize,
    d: usize,
    width: usize,
}

impl Head {
    fn view<'a>(&self, rows: &'a [f32]) -> Matrix<'a> {
        Matrix::strided(&rows[self.head * self.width..], self.n, self.width, self.d)
    }

    fn view_mut<'a>(&self, rows: &'a mut [f32]) -> MatrixMut<'a> {
        MatrixMut::strided(&mut rows[self.head * self.width..], self.n, self.width, self.d)
    }

    fn scale(&self) -> f32 {
        1.0 / (self.width as f32).sqrt()
    }
}

impl Attention {
    /// Calls `f` for every head of sequence `s`.
    fn for_heads(&self, s: usize, d: usize, mut f: impl FnMut(&Head)) {
        let n = self.segments.len(s);
        if n == 0 {
            return;
        }
        let heads = self.config.heads;
        (0..heads).for_each(|head| f(&Head { s, head, n, d, width: d / heads }));
    }

    /// How many events row `i` of `n` looks at.
    fn visible(&self, i: usize, n: usize) -> usize {
        if self.config.causal { i + 1 } else { n }
    }

    fn sizes(&self, of: impl Fn(usize) -> usize) -> Vec<usize> {
        self.segments.lengths().map(of).collect()
    }

    /// The part of a packed `[T, d]` array that belongs to sequence `s`.
    fn of<'a>(&self, packed: &'a [f32], s: usize, d: usize) -> &'a [f32] {
        &packed[self.segments.start(s) * d..][..self.segments.len(s) * d]
    }

    /// Dropout factors of the probabilities of `head`, into `buffer`; none without dropout.
    fn factors(&self, head: &Head, buffer: &mut Vec<f32>) {
        let Some(keep) = &self.config.keep else { return };
        buffer.resize(head.n * head.n, 0.0);
        vectorized!({
            for (i, row) in buffer.chunks_exact_mut(head.n).enumerate() {
                let first = entry(&self.segments, self.config.heads, head.s, head.head, i, 0);
                // Probabilities of what is not visible are zero; their factors do not matter.
                for (j, factor) in row[..self.visible(i, head.n)].iter_mut().enumerate() {
                    *factor = keep.factor(first.wrapping_add(j));
                }
            }
        });
    }
}

impl HostFunction for Attention {
    /// Saves the probabilities of each sequence, `[heads, n, n]`, before dropout.
    fn forward(&self, arguments: &[Argument<'_>], tracked: bool) -> Computed {
        let [q, k, v] = [arguments[0], arguments[1], arguments[2]];
        let (d, heads) = (q.width(), self.config.heads);
        let mut values = vec![0.0; q.values.len()];
        let squares = self.sizes(|n| if tracked { heads * n * n } else { 0 });
        let mut probabilities = vec![0.0; squares.iter().sum()];
        let outputs = split_mut(&mut values, self.sizes(|n| n * d));
        let saved = split_mut(&mut probabilities, squares);
        outputs.into_par_iter().zip(saved).enumerate().for_each(|(s, (output, saved))| {
            let (mut factors, mut used, mut scratch) = (Vec::new(), Vec::new(), Vec::new());
            let [q, k, v] = [q, k, v].map(|argument| self.of(argument.values, s, d));
            self.for_heads(s, d, |head| {
                let n = head.n;
                let p = match tracked {
                    true => &mut saved[head.head * n * n..][..n * n],
                    false => {
                        scratch.resize(n * n, 0.0);
                        &mut scratch[..]
                    }
                };
                multiply(MatrixMut::new(p, n, n), head.view(q), head.view(k).t(), head.scale(), false);
                vectorized!({
                    for (i, row) in p.chunks_exact_mut(n).enumerate() {
                        let (seen, unseen) = row.split_at_mut(self.visible(i, n));
                        let shift = max(seen);
                        let inverse = 1.0 / exp_sum(seen, shift);
                        seen.iter_mut().for_each(|value| *value *= inverse);
                        unseen.fill(0.0);
                    }
                });
                self.factors(head, &mut factors);
                let used = self.times(p, &factors, &mut used);
                multiply(head.view_mut(output), Matrix::new(used, n, n), head.view(v), 1.0, false);
            });
        });
        Computed { shape: q.shape.to_vec(), values, saved: vec![probabilities] }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let [q, k, v] = [0, 1, 2].map(|at| pass.arguments[at].values);
        let (d, heads) = (pass.arguments[0].width(), self.config.heads);
        let [mut dq, mut dk, mut dv] = [0; 3].map(|_| vec![0.0; q.len()]);
        let mut probabilities = pass.saved.into_iter().next().expect("the forward pass saved them");
        let sizes = || self.sizes(|n| n * d);
        let results = split_mut(&mut dq, sizes())
            .into_par_iter()
            .zip(split_mut(&mut dk, sizes()))
            .zip(split_mut(&mut dv, sizes()));
        let saved = split_mut(&mut probabilities, self.sizes(|n| heads * n * n));
        results.zip(saved).enumerate().for_each(|(s, (((dq, dk), dv), saved))| {
            let [q, k, v, g] = [q, k, v, &pass.gradient[..]].map(|packed| self.of(packed, s, d));
            let (mut factors, mut used, mut dp) = (Vec::new(), Vec::new(), Vec::new());
            self.for_heads(s, d, |head| {
                let n = head.n;
                let p = &saved[head.head * n * n..][..n * n];
                self.factors(head, &mut factors);
                let used = self.times(p, &factors, &mut used);
                multiply(head.view_mut(dv), Matrix::new(used, n, n).t(), head.view(g), 1.0, false);
                dp.resize(n * n, 0.0);
                multiply(MatrixMut::new(&mut dp, n, n), head.view(g), head.view(v).t(), 1.0, false);
                vectorized!({
                    if self.config.keep.is_some() {
                        dp.iter_mut().zip(&factors).for_each(|(dp, factor)| *dp *= factor);
                    }
                    for (dp, p) in dp.chunks_exact_mut(n).zip(p.chunks_exact(n)) {
                        let along = dot(dp, p);
                        dp.iter_mut().zip(p).for_each(|(dp, p)| *dp = p * (*dp - along));
                    }
                });
                let ds = Matrix::new(&dp, n, n);
                multiply(head.view_mut(dq), ds, head.view(k), head.scale(), false);
                multiply(head.view_mut(dk), ds.t(), head.view(q), head.scale(), false);
            });
        });
        vec![dq, dk, dv]
    }
}

impl Attention {
    /// `p` after dropout, in `buffer` where there is one.
    fn times<'a>(&self, p: &'a [f32], factors: &[f32], buffer: &'a mut Vec<f32>) -> &'a [f32] {
        if self.config.keep.is_none() {
            return p;
        }
        buffer.resize(p.len(), 0.0);
        vectorized!(for ((used, p), factor) in buffer.iter_mut().zip(p).zip(factors) {
            *used = p * factor;
        });
        buffer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ops::check, testing};

    #[test]
    fn agrees_with_primitive_operations_and_finite_differences() {
        let segments = Segments::new([3, 1, 0, 5, 2]);
        for (heads, causal, keep) in [(1, false, None), (2, true, None), (2, true, Some(check::keep(0.3)))] {
            let config = AttentionConfig { heads, causal, keep };
            check::agrees("attention", &[&[11, 4], &[11, 4], &[11, 4]], |inputs| {
                let [q, k, v] = [0, 1, 2].map(|at| check::rank(&inputs[at]));
                attention(q, k, v, &segments, &config)
            });
        }
    }

    #[test]
    fn equal_scores_average_what_came_before() {
        for device in check::devices() {
            let v = Tensor::<2>::from_data([[1.0], [2.0], [4.0]], &device);
            let zero = v.zeros_like();
            let config = AttentionConfig { heads: 1, causal: true, keep: None };
            let mean = attention(zero.clone(), zero, v, &Segments::new([3]), &config);
            let mean = mean.into_data().try_to_vec::<f32>().unwrap();
            assert!(testing::max_difference(&mean, &[1.0, 1.5, 7.0 / 3.0]) < 1e-6, "{mean:?}");
        }
    }
}
