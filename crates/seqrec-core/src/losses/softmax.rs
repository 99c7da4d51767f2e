use burn::tensor::{Int, Tensor, activation::log_softmax};

use crate::{Queries, items::ItemVectors};

/// Shared negatives of a batch and the log-Q corrections.
#[derive(Clone, Debug)]
pub struct SampledNegatives {
    /// Row of each negative, `[S]`.
    pub rows: Tensor<1, Int>,
    /// `ln Q` of the item of each row of the step, `[n]`; 0 for padding.
    pub log_q: Tensor<1>,
}

/// A logit no softmax notices.
const MASKED: f32 = -1e9;

/// Softmax cross-entropy against shared, log-Q corrected negatives (Jean et al. 2015).
///
/// ```text
/// logit_0 = u_b . e_target - ln Q(target)
/// logit_s = u_b . e_s - ln Q(s)        or -1e9 where s is the target ("accidental hit")
/// loss    = mean over b of -ln softmax(logits)_0
/// ```
///
/// # Shapes
///
/// - `queries`: vectors `[Q, d]`, targets `[Q]`
/// - output: `[1]`
pub fn sampled_softmax(queries: &Queries, items: &ItemVectors, negatives: &SampledNegatives) -> Tensor<1> {
    let [count, _] = queries.vectors.dims();
    let [sampled] = negatives.rows.dims();
    let target_vectors = items.targets(queries.targets.clone());
    let negative_vectors = items.targets(negatives.rows.clone());

    let mut positive = (queries.vectors.clone() * target_vectors).sum_dim(1);
    let mut negative = queries.vectors.clone().matmul(negative_vectors.transpose());
    if let Some(bias) = &items.bias {
        positive = positive + bias.clone().select(0, queries.targets.clone()).reshape([count, 1]);
        negative = negative + bias.clone().select(0, negatives.rows.clone()).reshape([1, sampled]);
    }
    let log_q = |rows: &Tensor<1, Int>| negatives.log_q.clone().select(0, rows.clone());
    let positive = positive - log_q(&queries.targets).reshape([count, 1]);
    let negative = negative - log_q(&negatives.rows).reshape([1, sampled]);

    let accidental = queries
        .targets
        .clone()
        .reshape([count, 1])
        .expand([count, sampled])
        .equal(negatives.rows.clone().reshape([1, sampled]).expand([count, sampled]));
    let logits = Tensor::cat(vec![positive, negative.mask_fill(accidental, MASKED)], 1);
    weighted_mean(log_softmax(logits, 1).narrow(1, 0, 1).neg(), queries)
}

/// Softmax cross-entropy over every row of `items` but the padding row.
///
/// # Shapes
///
/// - `queries`: vectors `[Q, d]`, targets `[Q]`
/// - output: `[1]`
pub fn full_softmax(queries: &Queries, items: &ItemVectors) -> Tensor<1> {
    let [count, _] = queries.vectors.dims();
    let [rows, _] = items.output.dims();
    let mut logits = queries.vectors.clone().matmul(items.output.clone().transpose());
    if let Some(bias) = &items.bias {
        logits = logits + bias.clone().reshape([1, rows]);
    }
    let without_padding = logits.narrow(1, 1, rows - 1);
    // A padded target has weight 0; any class will do for it.
    let classes = queries.targets.clone().sub_scalar(1).clamp_min(0).reshape([count, 1]);
    weighted_mean(log_softmax(without_padding, 1).gather(1, classes).neg(), queries)
}

/// Mean of `losses` `[Q, 1]`, weighted as the queries are.
fn weighted_mean(losses: Tensor<2>, queries: &Queries) -> Tensor<1> {
    match &queries.weights {
        Some(weights) => {
            let [count] = weights.dims();
            let total = weights.clone().sum().clamp_min(f32::MIN_POSITIVE);
            (losses.reshape([count]) * weights.clone()).sum() / total
        }
        None => losses.mean(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, batch::ids_to_tensor};
    use burn::tensor::Device;

    fn items(device: &Device) -> ItemVectors {
        let table = [[9.0, 9.0], [0.1, 0.4], [-0.3, 0.2], [0.8, -0.5], [0.0, 1.0]];
        ItemVectors::tied(Tensor::from_data(table, device))
    }

    fn queries(device: &Device) -> Queries {
        Queries {
            vectors: Tensor::from_data([[1.0, 2.0], [-1.0, 0.5]], device),
            targets: ids_to_tensor(&[2, 4], device),
            weights: None,
            auxiliary: None,
        }
    }

    fn negatives(ids: &[u32], device: &Device) -> SampledNegatives {
        SampledNegatives { rows: ids_to_tensor(ids, device), log_q: Tensor::zeros([5], device) }
    }

    fn scalar(loss: Tensor<1>) -> f32 {
        loss.into_scalar::<f32>()
    }

    #[test]
    fn sampling_every_class_without_correction_is_the_full_softmax() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let full = scalar(full_softmax(&queries(&device), &items(&device)));
            let all = negatives(&[1, 2, 3, 4], &device);
            let sampled = scalar(sampled_softmax(&queries(&device), &items(&device), &all));
            assert!((full - sampled).abs() < 1e-5, "{full} {sampled}");
        }
    }

    #[test]
    fn an_accidental_hit_contributes_nothing() {
        let device = Backend::default().device().unwrap();
        let one = Queries {
            vectors: Tensor::from_data([[1.0, 2.0]], &device),
            targets: ids_to_tensor(&[2], &device),
            weights: None,
            auxiliary: None,
        };
        let with = |ids: &[u32]| scalar(sampled_softmax(&one, &items(&device), &negatives(ids, &device)));
        assert!((with(&[1, 2]) - with(&[1])).abs() < 1e-6);
    }

    #[test]
    fn padded_queries_count_for_nothing() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let two = queries(&device);
            let padded = Queries {
                vectors: Tensor::cat(vec![two.vectors.clone(), Tensor::ones([1, 2], &device)], 0),
                targets: ids_to_tensor(&[2, 4, 0], &device),
                weights: Some(Tensor::from_data([1.0, 1.0, 0.0], &device)),
                auxiliary: None,
            };
            let items = items(&device);
            let sampled = negatives(&[1, 3], &device);
            let full = scalar(full_softmax(&two, &items)) - scalar(full_softmax(&padded, &items));
            let sampled = scalar(sampled_softmax(&two, &items, &sampled))
                - scalar(sampled_softmax(&padded, &items, &sampled));
            assert!(full.abs() < 1e-6 && sampled.abs() < 1e-6, "{backend}: {full} {sampled}");
        }
    }

    #[test]
    fn the_correction_shifts_logits() {
        let device = Backend::default().device().unwrap();
        let mut corrected = negatives(&[1, 3], &device);
        corrected.log_q = Tensor::from_data([-0.5; 5], &device);
        let plain = scalar(sampled_softmax(&queries(&device), &items(&device), &negatives(&[1, 3], &device)));
        let shifted = scalar(sampled_softmax(&queries(&device), &items(&device), &corrected));
        assert!((plain - shifted).abs() < 1e-6, "an equal shift of all logits changes nothing");
        corrected.log_q = Tensor::from_data([-0.5, -0.5, -1.5, -0.5, -1.5], &device);
        let easier = scalar(sampled_softmax(&queries(&device), &items(&device), &corrected));
        assert!(easier < plain, "a rarer target has a larger corrected logit");
    }
}
