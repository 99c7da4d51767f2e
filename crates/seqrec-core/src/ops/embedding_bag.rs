//! Rows of a matrix, pooled over lists of any length.

use burn::tensor::{Tensor, TensorData};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    gather,
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::add_to,
};

/// How the vectors of a list become one. An empty list is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pooling {
    /// Their sum.
    #[default]
    Sum,
    /// Their mean.
    Mean,
    /// The largest of each component; the first of equal ones gets the gradient.
    Max,
}

/// Lists of row numbers, on the host, in compressed rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bags {
    offsets: Vec<usize>,
    rows: Vec<u32>,
}

impl Bags {
    /// The given lists.
    pub fn new<'a>(lists: impl IntoIterator<Item = &'a [u32]>) -> Self {
        let (mut offsets, mut rows) = (vec![0], Vec::new());
        for list in lists {
            rows.extend_from_slice(list);
            offsets.push(rows.len());
        }
        Self { offsets, rows }
    }

    /// Number of lists.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there is no list.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Rows of one list.
    ///
    /// # Panics
    ///
    /// If there is no list `at`.
    pub fn list(&self, at: usize) -> &[u32] {
        &self.rows[self.offsets[at]..self.offsets[at + 1]]
    }

    /// The lists in their order.
    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.len()).map(|at| self.list(at))
    }
}

/// Rows of `table`, pooled over each list of `bags`; the order within a list does not matter, but for
/// rounding.
///
/// # Shapes
///
/// - `table`: `[n, d]`
/// - output: `[bags, d]`
///
/// # Panics
///
/// If a list names a row that is not there.
pub fn embedding_bag(table: Tensor<2>, bags: &Bags, pooling: Pooling) -> Tensor<2> {
    let [rows, d] = table.dims();
    assert!(bags.rows.iter().all(|&row| (row as usize) < rows), "every row of a list is there");
    if runs_on(&table.device()) {
        return apply(vec![table.into()], EmbeddingBag { bags: bags.clone(), pooling });
    }
    let (count, device) = (bags.len(), table.device());
    let longest = bags.iter().map(<[u32]>::len).max().unwrap_or(0).max(1);
    let padded = |fill: u32| -> Vec<u32> {
        let row = |list: &[u32]| -> Vec<u32> {
            list.iter().copied().chain(std::iter::repeat(fill)).take(longest).collect()
        };
        bags.iter().flat_map(row).collect()
    };
    let column = |of: &dyn Fn(usize) -> f32| {
        let values: Vec<f32> = bags.iter().map(|list| of(list.len())).collect();
        Tensor::<2>::from_data(TensorData::new(values, [count, 1]), &device)
    };
    let mask = bags.iter().flat_map(|list| (0..longest).map(|at| f32::from(at < list.len())));
    let mask = TensorData::new(mask.collect::<Vec<f32>>(), [count, longest, 1]);
    let mask = Tensor::<3>::from_data(mask, &device).expand([count, longest, d]);
    let vectors = gather(table, &padded(0), None).reshape([count, longest, d]);
    match pooling {
        Pooling::Sum => (vectors * mask).sum_dim(1).reshape([count, d]),
        Pooling::Mean => {
            let shares = column(&|length| 1.0 / length.max(1) as f32);
            (vectors * mask).sum_dim(1).reshape([count, d]) * shares
        }
        Pooling::Max => {
            let largest = vectors.mask_fill(mask.equal_elem(0.0), f32::MIN).max_dim(1).reshape([count, d]);
            let empty = column(&|length| f32::from(length == 0)).expand([count, d]);
            largest.mask_fill(empty.equal_elem(1.0), 0.0)
        }
    }
}

#[derive(Debug)]
struct EmbeddingBag {
    bags: Bags,
    pooling: Pooling,
}

impl HostFunction for EmbeddingBag {
    fn forward(&self, arguments: &[Argument<'_>], _: bool) -> Computed {
        let d = arguments[0].width();
        let row = |row: u32| &arguments[0].values[row as usize * d..][..d];
        let mut values = vec![0.0; self.bags.len() * d];
        values.par_chunks_mut(d).enumerate().for_each(|(at, pooled)| {
            let list = self.bags.list(at);
            match (self.pooling, list) {
                (_, []) => {}
                (Pooling::Max, [first, rest @ ..]) => {
                    pooled.copy_from_slice(row(*first));
                    for &other in rest {
                        let larger = |(best, value): (&mut f32, &f32)| *best = best.max(*value);
                        pooled.iter_mut().zip(row(other)).for_each(larger);
                    }
                }
                (Pooling::Sum, list) => list.iter().for_each(|&one| add_to(pooled, row(one))),
                (Pooling::Mean, list) => {
                    list.iter().for_each(|&one| add_to(pooled, row(one)));
                    pooled.iter_mut().for_each(|value| *value /= list.len() as f32);
                }
            }
        });
        Computed { shape: vec![self.bags.len(), d], values, saved: Vec::new() }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let (table, d) = (pass.arguments[0].values, pass.arguments[0].width());
        let mut sums = vec![0.0; table.len()];
        for (list, (gradient, output)) in
            self.bags.iter().zip(pass.gradient.chunks_exact(d).zip(pass.output.chunks_exact(d)))
        {
            if self.pooling == Pooling::Max {
                for (column, (gradient, largest)) in gradient.iter().zip(output).enumerate() {
                    let at = |row: &u32| *row as usize * d + column;
                    if let Some(first) = list.iter().map(at).find(|&at| table[at] == *largest) {
                        sums[first] += gradient;
                    }
                }
                continue;
            }
            let share = match self.pooling {
                Pooling::Mean => 1.0 / list.len() as f32,
                Pooling::Sum | Pooling::Max => 1.0,
            };
            for &row in list {
                let sums = sums[row as usize * d..][..d].iter_mut();
                sums.zip(gradient).for_each(|(sum, gradient)| *sum += share * gradient);
            }
        }
        vec![sums]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check;

    const ALL: [Pooling; 3] = [Pooling::Sum, Pooling::Mean, Pooling::Max];

    #[test]
    fn agrees_with_primitive_operations_and_finite_differences() {
        let bags = Bags::new([&[3, 0, 3, 1][..], &[], &[2], &[1, 4]]);
        for pooling in ALL {
            check::agrees("embedding bag", &[&[5, 3]], |inputs| {
                embedding_bag(check::rank(&inputs[0]), &bags, pooling)
            });
        }
    }

    fn pooled(lists: &[&[u32]], pooling: Pooling) -> Vec<Vec<f32>> {
        let bags = Bags::new(lists.iter().copied());
        let of = |device| {
            let table = Tensor::<2>::from_data([[1.0, -4.0], [3.0, -2.0]], &device);
            embedding_bag(table, &bags, pooling).into_data().try_to_vec().unwrap()
        };
        check::devices().into_iter().map(of).collect()
    }

    #[test]
    fn the_worked_numbers_and_an_empty_list() {
        for (pooling, expected) in
            [(Pooling::Sum, [4.0, -6.0]), (Pooling::Mean, [2.0, -3.0]), (Pooling::Max, [3.0, -2.0])]
        {
            for values in pooled(&[&[0, 1], &[1, 0], &[]], pooling) {
                assert_eq!(values, [expected, expected, [0.0, 0.0]].concat());
            }
        }
    }

    #[test]
    fn lists_that_are_all_empty_are_zero() {
        for pooling in ALL {
            assert!(pooled(&[&[], &[]], pooling).iter().all(|values| values == &[0.0; 4]));
        }
    }
}
