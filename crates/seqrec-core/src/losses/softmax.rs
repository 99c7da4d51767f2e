use burn::tensor::{Int, Tensor};

use crate::{
    Queries,
    items::ItemVectors,
    ops::{Bags, Candidates, Classes, cross_entropy, sampled_cross_entropy},
};

/// Shared negatives of a batch and the log-Q corrections.
#[derive(Clone, Debug)]
pub struct SampledNegatives {
    /// Row of each negative, `[S]`.
    pub rows: Tensor<1, Int>,
    /// `ln Q` of the item of each row of the step, `[n]`; 0 for padding.
    pub log_q: Tensor<1>,
    /// For each query the places among `rows` that are no negatives of it, in ascending order, `Q` lists;
    /// none where `None`.
    pub excluded: Option<Bags>,
}

/// Softmax cross-entropy against shared, log-Q corrected negatives (Jean et al. 2015).
///
/// ```text
/// logit_0 = u_b . e_target - ln Q(target)
/// logit_s = u_b . e_s - ln Q(s)        left out where s is the target ("accidental hit") or excluded
/// loss    = mean over b of -ln softmax(logits)_0
/// ```
///
/// # Shapes
///
/// - `queries`: vectors `[Q, d]`, targets `[Q]`
/// - output: `[1]`
pub fn sampled_softmax(queries: &Queries, items: &ItemVectors, negatives: &SampledNegatives) -> Tensor<1> {
    let correction = negatives.log_q.clone().neg();
    let candidates = Candidates {
        targets: queries.targets.clone(),
        negatives: negatives.rows.clone(),
        offsets: match &items.bias {
            Some(bias) => correction + bias.clone(),
            None => correction,
        },
        excluded: negatives.excluded.clone(),
    };
    sampled_cross_entropy(queries.vectors.clone(), items.output.clone(), candidates, queries.weights.clone())
}

/// Softmax cross-entropy over every row of `items` but the padding row.
///
/// # Shapes
///
/// - `queries`: vectors `[Q, d]`, targets `[Q]`
/// - output: `[1]`
pub fn full_softmax(queries: &Queries, items: &ItemVectors) -> Tensor<1> {
    let classes = Classes { vectors: items.output.clone(), bias: items.bias.clone(), first: 1 };
    cross_entropy(queries.vectors.clone(), classes, queries.targets.clone(), queries.weights.clone())
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
        let (rows, log_q) = (ids_to_tensor(ids, device), Tensor::zeros([5], device));
        SampledNegatives { rows, log_q, excluded: None }
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
    fn what_a_query_excludes_contributes_nothing_to_it() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let loss = |ids: &[u32], excluded: Option<[&[u32]; 2]>| {
                let excluded = excluded.map(Bags::new);
                let negatives = SampledNegatives { excluded, ..negatives(ids, &device) };
                scalar(sampled_softmax(&queries(&device), &items(&device), &negatives))
            };
            let both = loss(&[1, 3], Some([&[1], &[1]]));
            assert!((both - loss(&[1], None)).abs() < 1e-6, "{backend}: {both}");
            let one = loss(&[1, 3], Some([&[1], &[]]));
            assert!(one > both && one < loss(&[1, 3], None), "{backend}: {both} {one}");
        }
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
