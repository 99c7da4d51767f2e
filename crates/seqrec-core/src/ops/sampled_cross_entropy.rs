//! Softmax cross-entropy over each query's target and negatives that all queries share.

use std::ops::Range;

use burn::tensor::{Device, Int, Tensor, TensorData, activation::log_softmax};

use super::{
    Bags,
    cross_entropy::{shares, weighted_mean},
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::add_to,
    softmax::{Gradients, Softmax, Targets, times},
    vector::vectorized,
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
    /// For each query the places among `negatives` that it leaves out, in ascending order, `Q` lists; none
    /// where `None`. Its target need not be among them.
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
/// If the sizes do not match, and in host memory if the target of a query is no row, unless its weight
/// is 0; other backends read some other row.
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
        assert!(excluded.iter().all(<[u32]>::is_sorted), "places are in ascending order");
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
        for (&target, &weight) in function.targets.iter().zip(function.weights.iter()) {
            assert!(weight == 0.0 || target < rows, "target {target} is no row");
        }
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

impl SampledCrossEntropy {
    /// Leaves out those of the negatives `of` that are the target of a query or excluded, in the logits
    /// `[negatives, queries]` of `queries`.
    fn mask(&self, of: Range<usize>, queries: Range<usize>, logits: &mut [f32]) {
        let (count, targets) = (queries.len(), &self.targets[queries.clone()]);
        let negatives = &self.negatives[of.clone()];
        vectorized!(for (row, negative) in logits.chunks_exact_mut(count).zip(negatives) {
            for (logit, target) in row.iter_mut().zip(targets) {
                *logit = if target == negative { MASKED } else { *logit };
            }
        });
        if let Some(excluded) = &self.excluded {
            for (at, query) in queries.enumerate() {
                let places = excluded.list(query);
                let start = places.partition_point(|&place| (place as usize) < of.start);
                let places = places[start..].iter().map(|&place| place as usize);
                places
                    .take_while(|place| *place < of.end)
                    .for_each(|place| logits[(place - of.start) * count + at] = MASKED);
            }
        }
    }
}

impl HostFunction for SampledCrossEntropy {
    /// Saves the gradients where a backward pass may follow, since the logits are at hand now.
    fn forward(&self, arguments: &[Argument<'_>], tracked: bool) -> Computed {
        let [queries, items, offsets] = [0, 1, 2].map(|at| arguments[at].values);
        let d = arguments[1].width();
        let targets = Targets { rows: &self.targets, items, offsets: Some(offsets) };
        let positive = targets.logits(queries, d);
        let negatives: Vec<f32> =
            self.negatives.iter().flat_map(|&row| &items[row * d..][..d]).copied().collect();
        let of_negatives: Vec<f32> = self.negatives.iter().map(|&row| offsets[row]).collect();
        let softmax = Softmax { queries, classes: &negatives, offsets: Some(&of_negatives), d };

        let lengths = [queries.len(), negatives.len(), of_negatives.len()];
        let mut gradients = tracked.then(|| lengths.map(|length| vec![0.0; length]));
        let of_logits = gradients
            .as_mut()
            .map(|[queries, classes, offsets]| (&*self.weights, Gradients { queries, classes, offsets }));
        let with_positive = |query: usize, log_sum: f32| {
            let positive = positive[query];
            let shift = if log_sum > positive || log_sum.is_nan() { log_sum } else { positive };
            shift + ((log_sum - shift).exp() + (positive - shift).exp()).ln()
        };
        let mask = |of, queries, logits: &mut [f32]| self.mask(of, queries, logits);
        let log_sums = softmax.log_sums(mask, with_positive, of_logits);

        let each = self.weights.iter().zip(log_sums.iter().zip(&positive));
        // A query without weight may have a target that is no row.
        let weighed = each.clone().filter(|(weight, _)| **weight != 0.0);
        let loss: f64 = weighed.map(|(weight, (sum, logit))| f64::from(weight * (sum - logit))).sum();
        let saved = gradients.map_or_else(Vec::new, |[mut of_queries, of_negatives, of_offsets]| {
            let (mut of_items, mut offsets) = (vec![0.0; items.len()], vec![0.0; offsets.len()]);
            let rows = of_negatives.chunks_exact(d).zip(of_offsets);
            for (&row, (vector, offset)) in self.negatives.iter().zip(rows) {
                add_to(&mut of_items[row * d..][..d], vector);
                offsets[row] += offset;
            }
            let error = |(weight, (sum, logit)): (&f32, (&f32, &f32))| match *weight {
                0.0 => 0.0,
                weight => weight * ((logit - sum).exp() - 1.0),
            };
            let errors: Vec<f32> = each.map(error).collect();
            let gradients =
                Gradients { queries: &mut of_queries, classes: &mut of_items, offsets: &mut offsets };
            targets.differentiate(queries, d, &errors, gradients);
            vec![of_queries, of_items, offsets]
        });
        Computed { shape: vec![1], values: vec![loss as f32], saved }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        times(pass.gradient[0], pass.saved)
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

    #[test]
    fn several_tiles_and_blocks_agree_too() {
        let (targets, negatives): (Vec<u32>, Vec<u32>) =
            ((0..300).map(|at| at * 7 % 100).collect(), (5..95).collect());
        let lists: Vec<Vec<u32>> = (0..300).map(|at| vec![at % 45, 89 - at % 45]).collect();
        check::agrees_with_primitive(
            "sampled cross-entropy of several tiles",
            &[&[300, 5], &[100, 5], &[100]],
            |inputs| {
                let queries = check::rank::<2>(&inputs[0]);
                let device = queries.device();
                let candidates = Candidates {
                    targets: ids_to_tensor(&targets, &device),
                    negatives: ids_to_tensor(&negatives, &device),
                    offsets: check::rank(&inputs[2]),
                    excluded: Some(Bags::new(lists.iter().map(Vec::as_slice))),
                };
                sampled_cross_entropy(queries, check::rank(&inputs[1]), candidates, None).mul_scalar(300.0)
            },
        );
    }

    #[test]
    fn a_target_that_is_no_row_is_refused_unless_its_weight_is_0() {
        let Some(device) = check::devices().into_iter().find(runs_on) else { return };
        let loss = |weights: [f32; 2]| {
            let candidates = Candidates {
                targets: ids_to_tensor(&[1, 9], &device),
                negatives: ids_to_tensor(&[2, 3], &device),
                offsets: Tensor::zeros([4], &device),
                excluded: None,
            };
            let (queries, items) = (Tensor::ones([2, 3], &device), Tensor::ones([4, 3], &device));
            let weights = floats_to_tensor(&weights, &device);
            sampled_cross_entropy(queries, items, candidates, Some(weights)).into_scalar::<f32>()
        };
        assert!((loss([1.0, 0.0]) - 3f32.ln()).abs() < 1e-5);
        let both = std::panic::AssertUnwindSafe(|| loss([1.0, 1.0]));
        let refused = std::panic::catch_unwind(both).unwrap_err();
        assert_eq!(*refused.downcast::<String>().unwrap(), "target 9 is no row");
    }
}
