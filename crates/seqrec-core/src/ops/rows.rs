//! Work on the rows of a matrix, cut in blocks whose size does not depend on the number of threads.

use rayon::prelude::*;

use super::vector::vectorized;

/// Rows of a block.
pub const ROWS: usize = 64;

/// Sum of the rows of `values`, each `width` long: per block, then over blocks in order.
pub fn column_sums(values: &[f32], width: usize) -> Vec<f32> {
    let blocks: Vec<Vec<f32>> = values
        .par_chunks(ROWS * width)
        .map(|rows| {
            vectorized!({
                let mut sums = vec![0.0; width];
                rows.chunks_exact(width).for_each(|row| add_to(&mut sums, row));
                sums
            })
        })
        .collect();
    sum_of(blocks, width)
}

/// Sum of vectors of `width` values, in their order.
pub fn sum_of(parts: Vec<Vec<f32>>, width: usize) -> Vec<f32> {
    let mut total = vec![0.0; width];
    parts.iter().for_each(|part| add_to(&mut total, part));
    total
}

/// `total += part`.
#[inline(always)]
pub fn add_to(total: &mut [f32], part: &[f32]) {
    total.iter_mut().zip(part).for_each(|(total, part)| *total += part);
}

/// `total += factor * part`.
#[inline(always)]
pub fn add_scaled(total: &mut [f32], factor: f32, part: &[f32]) {
    total.iter_mut().zip(part).for_each(|(total, part)| *total += factor * part);
}

/// Cuts `values` into consecutive pieces of `sizes`.
///
/// # Panics
///
/// If `values` is shorter than the sum of `sizes`.
pub fn split_mut(mut values: &mut [f32], sizes: impl IntoIterator<Item = usize>) -> Vec<&mut [f32]> {
    sizes
        .into_iter()
        .map(|size| {
            let (piece, rest) = std::mem::take(&mut values).split_at_mut(size);
            values = rest;
            piece
        })
        .collect()
}
