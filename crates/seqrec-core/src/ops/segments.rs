//! Sequences of different lengths, one after the other, without padding between them.

use std::sync::Arc;

use burn::tensor::Tensor;

use crate::batch::ids_to_tensor;

/// Where each sequence of a packed batch begins and ends.
///
/// A packed tensor `[T, d]` holds the events of all sequences back to back; sequence `s` is rows
/// `starts[s]..starts[s + 1]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segments {
    starts: Arc<[usize]>,
    longest: usize,
}

impl Segments {
    /// Segments of these lengths.
    pub fn new(lengths: impl IntoIterator<Item = usize>) -> Self {
        let mut starts = vec![0];
        let mut longest = 0;
        for length in lengths {
            starts.push(starts[starts.len() - 1] + length);
            longest = longest.max(length);
        }
        Self { starts: starts.into(), longest }
    }

    /// Number of sequences.
    pub fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of rows, `T`.
    pub fn rows(&self) -> usize {
        self.starts[self.count()]
    }

    /// First row of sequence `s`.
    pub fn start(&self, s: usize) -> usize {
        self.starts[s]
    }

    /// Number of rows of sequence `s`.
    pub fn len(&self, s: usize) -> usize {
        self.starts[s + 1] - self.starts[s]
    }

    /// Whether no sequence has a row.
    pub fn is_empty(&self) -> bool {
        self.rows() == 0
    }

    /// Number of rows of each sequence.
    pub fn lengths(&self) -> impl Iterator<Item = usize> + '_ {
        self.starts.windows(2).map(|pair| pair[1] - pair[0])
    }

    /// Number of values of each sequence, `width` a row.
    pub(super) fn sizes(&self, width: usize) -> impl Iterator<Item = usize> + '_ {
        self.lengths().map(move |length| length * width)
    }

    /// Rows of the longest sequence.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Place of each packed row in its sequence, counted from 0, `[T]`.
    pub fn positions(&self) -> Vec<u32> {
        self.lengths().flat_map(|length| 0..length as u32).collect()
    }

    /// The sequence of each packed row, `[T]`.
    pub fn sequences(&self) -> Vec<u32> {
        (0u32..).zip(self.lengths()).flat_map(|(s, length)| std::iter::repeat_n(s, length)).collect()
    }

    /// Packed rows as a right-padded grid, zero on padding: `[T, d] -> [count, longest, d]`.
    pub(super) fn grid(&self, packed: Tensor<2>) -> Tensor<3> {
        let ([_, d], device) = (packed.dims(), packed.device());
        let rows = Tensor::cat(vec![packed, Tensor::zeros([1, d], &device)], 0);
        rows.select(0, ids_to_tensor(&self.cells(), &device)).reshape([self.count(), self.longest, d])
    }

    /// The packed rows of a right-padded grid: `[count, longest, d] -> [T, d]`.
    pub(super) fn packed(&self, grid: Tensor<3>) -> Tensor<2> {
        let ([count, longest, d], device) = (grid.dims(), grid.device());
        grid.reshape([count * longest, d]).select(0, ids_to_tensor(&self.rows_in_grid(), &device))
    }

    /// For a right-padded `[count, longest]` grid: the packed row of each cell, [`rows`](Self::rows)
    /// where the cell is padding.
    fn cells(&self) -> Vec<u32> {
        let (longest, padding) = (self.longest(), self.rows() as u32);
        (0..self.count())
            .flat_map(|s| {
                (0..longest).map(move |t| if t < self.len(s) { (self.start(s) + t) as u32 } else { padding })
            })
            .collect()
    }

    /// For each packed row, its cell in a right-padded `[count, longest]` grid.
    fn rows_in_grid(&self) -> Vec<u32> {
        let longest = self.longest();
        (0..self.count()).flat_map(|s| (0..self.len(s)).map(move |t| (s * longest + t) as u32)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_and_rows_point_at_each_other() {
        let segments = Segments::new([2, 0, 3]);
        assert_eq!((segments.count(), segments.rows(), segments.longest()), (3, 5, 3));
        assert_eq!(segments.cells(), [0, 1, 5, 5, 5, 5, 2, 3, 4]);
        assert_eq!(segments.rows_in_grid(), [0, 1, 6, 7, 8]);
        assert_eq!(segments.positions(), [0, 1, 0, 1, 2]);
        assert_eq!(segments.sequences(), [0, 0, 2, 2, 2]);
    }
}
