//! A dense layer with a matrix of its own for each position of a sequence.

use burn::tensor::Tensor;
use rayon::prelude::*;

use super::{
    Segments,
    gemm::{Matrix, MatrixMut, multiply},
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
};

/// `y = x W_t` for the event at position `t` of its sequence, counted from 0.
///
/// # Shapes
///
/// - `input`: `[T, d_in]`, packed; `weight`: `[L, d_in, d_out]`
/// - output: `[T, d_out]`
///
/// # Panics
///
/// If the segments do not cover the rows, a sequence is longer than `L` or the sizes do not match.
pub fn positional_linear(input: Tensor<2>, weight: Tensor<3>, segments: &Segments) -> Tensor<2> {
    let ([rows, d_in], [positions, weight_in, d_out]) = (input.dims(), weight.dims());
    let longest = segments.longest();
    assert_eq!(rows, segments.rows(), "the segments cover all rows");
    assert_eq!(d_in, weight_in, "the weights have a row for each input");
    assert!(longest <= positions, "sequences of {longest} events, but weights for {positions}");
    let device = input.device();
    if rows == 0 {
        return Tensor::zeros([0, d_out], &device);
    }
    if runs_on(&device) {
        return apply(
            vec![input.into(), weight.into()],
            PositionalLinear { rows: rows_by_position(segments) },
        );
    }
    let grid = segments.grid(input).swap_dims(0, 1);
    segments.packed(grid.matmul(weight.narrow(0, 0, longest)).swap_dims(0, 1))
}

/// For each position, the packed rows of the sequences that reach it.
fn rows_by_position(segments: &Segments) -> Vec<Vec<usize>> {
    let mut rows = vec![Vec::new(); segments.longest()];
    for (row, &position) in segments.positions().iter().enumerate() {
        rows[position as usize].push(row);
    }
    rows
}

#[derive(Debug)]
struct PositionalLinear {
    /// Packed rows of each position.
    rows: Vec<Vec<usize>>,
}

impl PositionalLinear {
    /// Copies the rows that `blocks` holds for each position to their packed places, each `width` long.
    fn scatter(&self, blocks: &[Vec<f32>], len: usize, width: usize) -> Vec<f32> {
        let mut values = vec![0.0; len];
        for (rows, block) in self.rows.iter().zip(blocks) {
            for (&row, source) in rows.iter().zip(block.chunks_exact(width)) {
                values[row * width..][..width].copy_from_slice(source);
            }
        }
        values
    }
}

/// The `rows` of `values`, each `width` long, one after the other.
fn collect(values: &[f32], rows: &[usize], width: usize) -> Vec<f32> {
    let mut block = Vec::with_capacity(rows.len() * width);
    rows.iter().for_each(|row| block.extend_from_slice(&values[row * width..][..width]));
    block
}

impl HostFunction for PositionalLinear {
    fn forward(&self, arguments: &[Argument<'_>], _: bool) -> Computed {
        let (x, weight) = (arguments[0], arguments[1]);
        let (d_in, d_out) = (weight.shape[1], weight.shape[2]);
        let product = |(rows, weight): (&Vec<usize>, &[f32])| {
            let block = collect(x.values, rows, d_in);
            let mut out = vec![0.0; rows.len() * d_out];
            multiply(
                MatrixMut::new(&mut out, rows.len(), d_out),
                Matrix::new(&block, rows.len(), d_in),
                Matrix::new(weight, d_in, d_out),
                1.0,
                false,
            );
            out
        };
        let blocks: Vec<Vec<f32>> =
            self.rows.par_iter().zip(weight.values.par_chunks(d_in * d_out)).map(product).collect();
        let count = x.shape[0];
        let values = self.scatter(&blocks, count * d_out, d_out);
        Computed { shape: vec![count, d_out], values, saved: Vec::new() }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let (x, weight) = (pass.arguments[0], pass.arguments[1]);
        let (d_in, d_out) = (weight.shape[1], weight.shape[2]);
        let mut dw = vec![0.0; weight.values.len()];
        let back = |(rows, (weight, dw)): (&Vec<usize>, (&[f32], &mut [f32]))| {
            let n = rows.len();
            let gradient = collect(&pass.gradient, rows, d_out);
            let dy = Matrix::new(&gradient, n, d_out);
            if pass.wanted[1] {
                let block = collect(x.values, rows, d_in);
                let x = Matrix::new(&block, n, d_in);
                multiply(MatrixMut::new(dw, d_in, d_out), x.t(), dy, 1.0, false);
            }
            let mut dx = vec![0.0; if pass.wanted[0] { n * d_in } else { 0 }];
            if pass.wanted[0] {
                let weight = Matrix::new(weight, d_in, d_out);
                multiply(MatrixMut::new(&mut dx, n, d_in), dy, weight.t(), 1.0, false);
            }
            dx
        };
        let matrices = weight.values.par_chunks(d_in * d_out).zip(dw.par_chunks_mut(d_in * d_out));
        let blocks: Vec<Vec<f32>> = self.rows.par_iter().zip(matrices).map(back).collect();
        vec![self.scatter(&blocks, x.values.len(), d_in), dw]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check;

    #[test]
    fn agrees_with_primitive_operations_and_finite_differences() {
        let segments = Segments::new([2, 0, 4, 1]);
        check::agrees("positional linear", &[&[7, 3], &[5, 3, 2]], |inputs| {
            positional_linear(check::rank(&inputs[0]), check::rank(&inputs[1]), &segments)
        });
    }

    #[test]
    fn each_position_has_its_own_matrix() {
        for device in check::devices() {
            let weight = Tensor::from_data([[[1.0], [0.0]], [[0.0], [10.0]]], &device);
            let x = Tensor::from_data([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], &device);
            let y = positional_linear(x, weight, &Segments::new([2, 1]));
            assert_eq!(y.into_data().try_to_vec::<f32>().unwrap(), [1.0, 40.0, 5.0]);
        }
    }
}
