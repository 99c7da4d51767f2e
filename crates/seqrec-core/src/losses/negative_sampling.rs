use burn::tensor::Tensor;

use crate::{
    CoreError, Queries, Result,
    items::ItemVectors,
    ops::{self, NegativeSampling, OwnCandidates},
};

/// Mean over queries of `loss` against negatives of their own.
///
/// # Shapes
///
/// - `queries`: vectors `[Q, d]`, targets `[Q]`
/// - `negatives`: `[Q * k]` rows, `k` for each query
/// - output: `[1]`
///
/// # Panics
///
/// If `negatives` does not hold equally many for each query, and at least one.
pub fn negative_sampling(
    queries: &Queries,
    items: &ItemVectors,
    negatives: &[u32],
    loss: NegativeSampling,
) -> Tensor<1> {
    let candidates = OwnCandidates { targets: queries.targets.clone(), negatives, bias: items.bias.clone() };
    let (vectors, table) = (queries.vectors.clone(), items.output.clone());
    ops::negative_sampling(vectors, table, candidates, loss, queries.weights.clone())
}

impl NegativeSampling {
    /// gBCE with the `beta` that `negatives` of a catalogue of `items` need (Petrov & Macdonald
    /// 2023): with the sampling rate `alpha = negatives / (items - 1)` and calibration `t`,
    /// `beta = alpha (t (1 - 1/alpha) + 1/alpha) = 1 - t (1 - alpha)`.
    ///
    /// `t = 0` is plain binary cross-entropy, which overrates what was rarely a negative; `t = 1` makes
    /// the scores those of a full softmax.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] for a calibration outside `[0, 1]`, or more negatives than there are.
    pub fn gbce(calibration: f64, negatives: usize, items: usize) -> Result<Self> {
        if !(0.0..=1.0).contains(&calibration) {
            let (field, value) = ("calibration", calibration.to_string());
            return Err(CoreError::InvalidConfig { field, rule: "must lie in [0, 1]", value });
        }
        if negatives == 0 || negatives >= items {
            let (field, value) = ("negatives", negatives.to_string());
            return Err(CoreError::InvalidConfig { field, rule: "must lie between 0 and the items", value });
        }
        let rate = negatives as f64 / (items - 1) as f64;
        Ok(Self::Gbce { beta: (1.0 - calibration * (1.0 - rate)) as f32 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, batch::ids_to_tensor};

    /// Score 2 for the target and 1 and 0 for the negatives.
    fn loss(negatives: &[u32], loss: NegativeSampling) -> Vec<f32> {
        let of = |backend: Backend| {
            let device = backend.device().unwrap();
            let items = ItemVectors::tied(Tensor::from_data([[9.0], [2.0], [1.0], [0.0]], &device));
            let queries = Queries {
                vectors: Tensor::from_data([[1.0]], &device),
                targets: ids_to_tensor(&[1], &device),
                weights: None,
                auxiliary: None,
            };
            negative_sampling(&queries, &items, negatives, loss).into_scalar::<f32>()
        };
        Backend::compiled().into_iter().map(of).collect()
    }

    #[test]
    fn the_worked_numbers() {
        for (negatives, kind, expected) in [
            (&[2, 3][..], NegativeSampling::Bpr, 0.220_095),
            (&[2, 3], NegativeSampling::Softmax, 0.407_606),
            // (0 + 0.5) / 2 and (1.5 + 0.5 + 0) / 3, of which the target itself is the 1.5
            (&[2, 3], NegativeSampling::Hinge { margin: 1.5 }, 0.25),
            (&[1, 2, 3], NegativeSampling::Hinge { margin: 1.5 }, 2.0 / 3.0),
            // ln(1 + e^-2) + ln(1 + e^1)
            (&[2], NegativeSampling::Bce, 0.126_928 + 1.313_262),
            // beta = 1 - 0.75 (1 - 2/4)
            (
                &[2, 3],
                NegativeSampling::gbce(0.75, 2, 5).unwrap(),
                (0.625 * 0.126_928 + 1.313_262 + std::f32::consts::LN_2) / 3.0,
            ),
        ] {
            for value in loss(negatives, kind) {
                assert!((value - expected).abs() < 1e-5, "{kind:?}: {value}, not {expected}");
            }
        }
    }

    #[test]
    fn calibration_runs_from_plain_to_fully_corrected() {
        assert_eq!(NegativeSampling::gbce(0.0, 1, 100).unwrap(), NegativeSampling::Gbce { beta: 1.0 });
        assert_eq!(NegativeSampling::gbce(1.0, 1, 5).unwrap(), NegativeSampling::Gbce { beta: 0.25 });
        for (calibration, negatives) in [(1.1, 1), (f64::NAN, 1), (0.5, 0), (0.5, 5)] {
            assert!(NegativeSampling::gbce(calibration, negatives, 5).is_err());
        }
    }
}
