use burn::tensor::Tensor;
use seqrec_core::{CoreError, Interests, layers::masked_softmax};
use serde::{Deserialize, Serialize};

/// How training makes one user vector of the interests `v_k`, knowing the target `e` (Li et al. 2019,
/// section 3.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum LabelAttention {
    /// The interest with the largest `v_k . e`: the soft form for `power` towards infinity.
    #[default]
    Hard,
    /// `sum of g_k v_k` with `g = softmax over k of (power * v_k . e)`.
    ///
    /// The paper raises the products to the power. That is undefined for negative products; the factor
    /// equals it at 1 and has the same limits: the mean at 0, the hard choice at infinity.
    Soft {
        /// At least 0.
        power: f32,
    },
}

impl LabelAttention {
    pub(super) fn check(self) -> Result<(), CoreError> {
        match self {
            Self::Soft { power } if !(power >= 0.0 && power.is_finite()) => Err(CoreError::InvalidConfig {
                field: "attention.power",
                rule: "must be a number of at least 0",
                value: power.to_string(),
            }),
            Self::Hard | Self::Soft { .. } => Ok(()),
        }
    }

    /// The user vectors to train; interests that do not count take no part.
    ///
    /// # Shapes
    ///
    /// - `interests`: `[B, K, d]`, `targets`: `[B, d]`
    /// - output: `[B, d]`
    pub fn attend(self, interests: &Interests, targets: Tensor<2>) -> Tensor<2> {
        let Self::Soft { power } = self else { return interests.choose(targets) };
        let vectors = interests.vectors.clone();
        let [batch, count, d] = vectors.dims();
        let scores = vectors.clone().matmul(targets.unsqueeze_dim(2)).reshape([batch, count]);
        let mask = interests.mask.clone().unwrap_or_else(|| Tensor::ones([batch, count], &scores.device()));
        let weights = masked_softmax(scores.mul_scalar(power), mask, 1);
        weights.unsqueeze_dim::<3>(1).matmul(vectors).reshape([batch, d])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seqrec_core::{Backend, testing};

    fn values(tensor: Tensor<2>) -> Vec<f32> {
        tensor.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn the_soft_form_goes_from_the_mean_to_the_hard_choice() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let interests = Interests { vectors: testing::tensor([3, 4, 5], &device), mask: None };
            let targets = testing::tensor::<2>([3, 5], &device).mul_scalar(2.0);
            let soft = |power| values(LabelAttention::Soft { power }.attend(&interests, targets.clone()));
            let mean = values(interests.vectors.clone().mean_dim(1).reshape([3, 5]));
            assert!(testing::max_difference(&soft(0.0), &mean) < 1e-6, "{backend}");
            let hard = values(LabelAttention::Hard.attend(&interests, targets.clone()));
            let distances = [1.0, 10.0, 300.0].map(|power| testing::max_difference(&soft(power), &hard));
            assert!(distances.is_sorted_by(|a, b| a > b) && distances[2] < 1e-4, "{backend}: {distances:?}");
        }
    }

    #[test]
    fn scores_of_zero_and_log_three_weigh_a_quarter_and_three_quarters() {
        let device = Backend::default().device().unwrap();
        let vectors = Tensor::from_data([[[0.0, 4.0], [3f32.ln(), 0.0], [9.0, 9.0]]], &device);
        let mask = Some(Tensor::from_data([[1.0, 1.0, 0.0]], &device));
        let targets = Tensor::from_data([[1.0, 0.0]], &device);
        let attended =
            values(LabelAttention::Soft { power: 1.0 }.attend(&Interests { vectors, mask }, targets));
        assert!(testing::max_difference(&attended, &[0.75 * 3f32.ln(), 1.0]) < 1e-6, "{attended:?}");
    }
}
