//! Softmax cross-entropy over an item table. In host memory it holds the logits of at most 256 queries
//! at once; its definition in tensor operations, which other backends run, holds all.

use std::sync::Arc;

use burn::tensor::{Int, Tensor, activation::log_softmax};

use super::{
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    softmax::{Gradients, Softmax, Targets, times},
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

#[derive(Debug)]
struct CrossEntropy {
    targets: Vec<usize>,
    /// Weight of each query, summing to 1.
    weights: Arc<[f32]>,
    /// First class.
    first: usize,
}

impl HostFunction for CrossEntropy {
    /// Saves the gradients where a backward pass may follow, since the logits are at hand now.
    fn forward(&self, arguments: &[Argument<'_>], tracked: bool) -> Computed {
        let (queries, items, d) = (arguments[0].values, arguments[1].values, arguments[1].width());
        let offsets = arguments.get(2).map(|bias| bias.values);
        let (classes, of_classes) = (&items[self.first * d..], offsets.map(|bias| &bias[self.first..]));
        let softmax = Softmax { queries, classes, offsets: of_classes, d };
        let lengths = [queries.len(), items.len(), items.len() / d];
        let mut gradients = tracked.then(|| lengths.map(|length| vec![0.0; length]));
        let of_logits = gradients.as_mut().map(|[queries, items, bias]| {
            let (classes, offsets) = (&mut items[self.first * d..], &mut bias[self.first..]);
            (&*self.weights, Gradients { queries, classes, offsets })
        });
        let log_sums = softmax.log_sums(|_, _, _| {}, |_, log_sum| log_sum, of_logits);

        let targets = Targets { rows: &self.targets, items, offsets };
        let logits = targets.logits(queries, d);
        let losses = self.weights.iter().zip(log_sums.iter().zip(&logits));
        // A query without weight may have a target that is no item at all.
        let losses = losses.filter(|(weight, _)| **weight != 0.0);
        let loss: f64 = losses.map(|(weight, (sum, logit))| f64::from(weight * (sum - logit))).sum();
        if let Some([of_queries, of_items, offsets]) = &mut gradients {
            let errors: Vec<f32> = self.weights.iter().map(|weight| -weight).collect();
            let gradients = Gradients { queries: of_queries, classes: of_items, offsets };
            targets.differentiate(queries, d, &errors, gradients);
        }
        let saved = gradients.into_iter().flatten().take(arguments.len()).collect();
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
        check::agrees_with_primitive(
            "cross-entropy of several tiles",
            &[&[300, 5], &[2_100, 5], &[2_100]],
            |inputs| {
                let queries = check::rank::<2>(&inputs[0]);
                let device = queries.device();
                let weights: Vec<f32> = (0..300).map(|at| (at % 3) as f32).collect();
                let (targets, weights) = (ids_to_tensor(&ids, &device), floats_to_tensor(&weights, &device));
                cross_entropy(queries, classes(&inputs[1..], 1), targets, Some(weights)).mul_scalar(300.0)
            },
        );
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
