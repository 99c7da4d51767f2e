use burn::tensor::{
    Int, Tensor,
    activation::{sigmoid, softmax},
};

use super::{FinalActivation, SessionLoss, SessionLossConfig};
use crate::{
    layers::tanh,
    ops::{Classes, cross_entropy},
};

/// Items that all sessions of a batch are scored against; the target of session `b` is candidate `b`.
#[derive(Clone, Debug)]
pub struct SessionCandidates {
    /// `[C, d]`, the targets first.
    pub vectors: Tensor<2>,
    /// Added to the scores, `[C]`.
    pub bias: Option<Tensor<1>>,
    /// `ln P`, `[C]`: popularity, up to a constant, that the correction takes away.
    pub log_popularity: Tensor<1>,
}

impl SessionLossConfig {
    /// Sum over the sessions of their losses.
    ///
    /// Repeated candidates count as often as they occur, a session's own target among the negatives
    /// included, as in the authors' code.
    ///
    /// # Shapes
    ///
    /// - `users`: `[B, d]`
    /// - output: `[1]`
    ///
    /// # Panics
    ///
    /// If there is no candidate besides the targets of a single session.
    pub fn sum(&self, users: Tensor<2>, candidates: SessionCandidates) -> Tensor<1> {
        let ([batch, _], [count, _]) = (users.dims(), candidates.vectors.dims());
        assert!(count >= batch && count > 1, "{count} candidates of {batch} sessions leave no negative");
        let SessionCandidates { vectors, bias, log_popularity } = candidates;
        if let SessionLoss::CrossEntropy { log_q } = self.loss {
            let correction = (log_q > 0.0).then(|| log_popularity.mul_scalar(-log_q));
            let bias = match (bias, correction) {
                (Some(bias), Some(correction)) => Some(bias + correction),
                (bias, correction) => bias.or(correction),
            };
            let targets = Tensor::<1, Int>::arange(0..batch as i64, &users.device());
            let classes = Classes { vectors, bias, first: 0 };
            return cross_entropy(users, classes, targets, None).mul_scalar(batch as f32);
        }
        let scores = users.matmul(vectors.transpose());
        let scores = match bias {
            Some(bias) => scores + bias.unsqueeze(),
            None => scores,
        };
        self.of_scores(self.activation.apply(scores))
    }

    /// The losses that compare pairs, of scores `[B, C]`.
    fn of_scores(&self, scores: Tensor<2>) -> Tensor<1> {
        let [batch, count] = scores.dims();
        let device = scores.device();
        let diagonal = Tensor::<2>::eye(batch, &device);
        let target = (scores.clone().narrow(1, 0, batch) * diagonal.clone()).sum_dim(1);
        let is_target = match count > batch {
            true => Tensor::cat(vec![diagonal, Tensor::zeros([batch, count - batch], &device)], 1),
            false => diagonal,
        };
        // Weights of the negatives; 0 for the target.
        let weights = match self.loss {
            SessionLoss::BprMax { .. } | SessionLoss::Top1Max => {
                softmax(scores.clone() + is_target.mul_scalar(MASKED), 1)
            }
            _ => (is_target.neg() + 1.0).div_scalar((count - 1) as f32),
        };
        let weighted = |terms: Tensor<2>| (weights.clone() * terms).sum_dim(1);
        let ahead = target - scores.clone();
        let losses = match self.loss {
            SessionLoss::Bpr => weighted(softplus(ahead.neg())),
            SessionLoss::BprMax { bpreg } => {
                let fit = weighted(sigmoid(ahead)).add_scalar(1e-24).log().neg();
                fit + weighted(scores.clone() * scores).mul_scalar(bpreg)
            }
            _ => weighted(sigmoid(ahead.neg()) + sigmoid(scores.square())),
        };
        losses.sum()
    }
}

/// A score that no softmax notices.
const MASKED: f32 = -1e9;

impl FinalActivation {
    fn apply(self, scores: Tensor<2>) -> Tensor<2> {
        match self {
            Self::Linear => scores,
            Self::Tanh => tanh(scores),
            Self::Elu { alpha } => {
                let below = scores.clone().clamp_max(0.0).exp().sub_scalar(1.0);
                scores.clamp_min(0.0) + below.mul_scalar(alpha)
            }
        }
    }
}

/// `ln(1 + e^x)`.
fn softplus(x: Tensor<2>) -> Tensor<2> {
    x.clone().clamp_min(0.0) + x.abs().neg().exp().add_scalar(1.0).log()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, batch::floats_to_tensor, ops::check};

    const LINEAR: FinalActivation = FinalActivation::Linear;

    /// Of one session whose target scores 2, with negatives of 1 and 0.
    fn worked(config: SessionLossConfig, log_popularity: [f32; 3], backend: Backend) -> f32 {
        let device = backend.device().unwrap();
        let candidates = SessionCandidates {
            vectors: Tensor::from_data([[1.5], [0.5], [-0.5]], &device),
            bias: Some(floats_to_tensor(&[0.5; 3], &device)),
            log_popularity: floats_to_tensor(&log_popularity, &device),
        };
        config.sum(Tensor::from_data([[1.0]], &device), candidates).into_scalar::<f32>()
    }

    #[test]
    fn every_loss_has_its_worked_number() {
        for backend in Backend::compiled() {
            for (loss, activation, expected) in [
                (SessionLoss::CrossEntropy { log_q: 0.0 }, LINEAR, 0.407_606),
                (SessionLoss::Bpr, LINEAR, 0.220_095),
                (SessionLoss::Top1, LINEAR, 0.809_601),
                (SessionLoss::Top1Max, LINEAR, 0.897_588),
                (SessionLoss::BprMax { bpreg: 0.0 }, LINEAR, 0.259_640),
                (SessionLoss::BprMax { bpreg: 1.0 }, LINEAR, 0.259_640 + 0.731_059),
                // No score is negative, so nothing changes.
                (SessionLoss::BprMax { bpreg: 0.0 }, FinalActivation::Elu { alpha: 0.5 }, 0.259_640),
            ] {
                let loss = worked(SessionLossConfig { loss, activation }, [0.0; 3], backend);
                assert!((loss - expected).abs() < 2e-6, "{backend}: {loss} {expected}");
            }
        }
    }

    #[test]
    fn the_correction_takes_popularity_away() {
        for backend in Backend::compiled() {
            let config =
                SessionLossConfig { loss: SessionLoss::CrossEntropy { log_q: 1.0 }, ..Default::default() };
            // Scores 2, 1 and 0 less 2, 1 and 0 leave three equal ones.
            let loss = worked(config, [2.0, 1.0, 0.0], backend);
            assert!((loss - 3f32.ln()).abs() < 2e-6, "{backend}: {loss}");
            let half = SessionLossConfig { loss: SessionLoss::CrossEntropy { log_q: 0.5 }, ..config };
            let expected = (1.0 + (-0.5f32).exp() + (-1.0f32).exp()).ln();
            assert!((worked(half, [2.0, 1.0, 0.0], backend) - expected).abs() < 2e-6, "{backend}");
        }
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let losses = [
            SessionLoss::CrossEntropy { log_q: 1.0 },
            SessionLoss::Bpr,
            SessionLoss::Top1,
            SessionLoss::BprMax { bpreg: 0.7 },
            SessionLoss::Top1Max,
        ];
        for loss in losses {
            for activation in [LINEAR, FinalActivation::Tanh, FinalActivation::Elu { alpha: 0.5 }] {
                let config = SessionLossConfig { loss, activation };
                if config.check().is_err() {
                    continue;
                }
                check::agrees("session loss", &[&[3, 4], &[5, 4], &[5]], |inputs| {
                    let bias: Tensor<1> = check::rank(&inputs[2]);
                    let log_popularity = floats_to_tensor(&[0.3, 1.0, -0.5, 0.0, 2.0], &bias.device());
                    let vectors = check::rank(&inputs[1]);
                    let candidates = SessionCandidates { vectors, bias: Some(bias), log_popularity };
                    config.sum(check::rank(&inputs[0]), candidates)
                });
            }
        }
    }
}
