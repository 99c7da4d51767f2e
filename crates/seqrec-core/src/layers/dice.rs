use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, activation::sigmoid},
};

use super::running_moments::RunningMoments;
use crate::{StepContext, init::param};

/// The data-adaptive activation of DIN (Zhou et al. 2018, eq. 3-4).
///
/// ```text
/// p    = sigmoid((x - E[x]) / sqrt(Var[x] + eps))
/// Dice = p x + (1 - p) a x
/// ```
///
/// `E` and `Var` are taken per channel over the batch while training (over real rows only, where a
/// mask is given) and from running averages otherwise; `a` is learned per channel, starting at 0.
#[derive(Module, Debug)]
pub struct Dice {
    slope: Param<Tensor<1>>,
    moments: RunningMoments,
    #[module(skip)]
    epsilon: f64,
}

impl Dice {
    /// `channels` channels; running averages keep 0.99 of their value per step.
    pub fn new(channels: usize, device: &Device) -> Self {
        Self {
            slope: param(vec![0.0; channels], [channels], device),
            moments: RunningMoments::new(channels, 0.99, device),
            epsilon: 1e-8,
        }
    }

    /// # Shapes
    ///
    /// - `input`: `[n, channels]`
    /// - `mask`: `[n]`, 1 for rows that count in the statistics
    /// - output: `[n, channels]`
    pub fn forward(&self, input: Tensor<2>, mask: Option<Tensor<1>>, context: &StepContext) -> Tensor<2> {
        let (mean, var) = self.moments.of(&input, mask, context);
        let p = sigmoid((input.clone() - mean) / var.add_scalar(self.epsilon).sqrt());
        let slope = self.slope.val().unsqueeze::<2>();
        input.clone() * p.clone() + input * slope * (p.neg().add_scalar(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, Seed};

    fn values(tensor: Tensor<2>) -> Vec<f32> {
        tensor.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn standard_statistics_give_the_worked_numbers() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let input = Tensor::<2>::from_data([[1.0], [-1.0]], &device);
            let output = values(Dice::new(1, &device).forward(input, None, &StepContext::inference()));
            assert!((output[0] - 0.731059).abs() < 1e-5 && (output[1] + 0.268941).abs() < 1e-5, "{output:?}");
        }
    }

    #[test]
    fn a_slope_of_one_is_the_identity() {
        let device = Backend::default().device().unwrap();
        let mut dice = Dice::new(2, &device);
        dice.slope = param(vec![1.0; 2], [2], &device);
        let input = Tensor::<2>::from_data([[0.3, -7.0]], &device);
        let output = values(dice.forward(input, None, &StepContext::inference()));
        assert!((output[0] - 0.3).abs() < 1e-6 && (output[1] + 7.0).abs() < 1e-5);
    }

    #[test]
    fn padding_rows_do_not_count_and_evaluation_does_not_see_the_batch() {
        let device = Backend::default().device().unwrap();
        let context = StepContext::training(Seed(1), 0);
        let real = Tensor::<2>::from_data([[1.0], [3.0]], &device);
        let padded = Tensor::<2>::from_data([[1.0], [3.0], [999.0]], &device);
        let mask = Tensor::<1>::from_data([1.0, 1.0, 0.0], &device);
        let dice = Dice::new(1, &device);
        let with = values(dice.forward(padded, Some(mask), &context));
        let without = values(Dice::new(1, &device).forward(real.clone(), None, &context));
        assert_eq!(with[..2], without[..]);
        let dice = dice.valid();
        let together = values(dice.forward(real.clone(), None, &StepContext::inference()));
        let alone = values(dice.forward(real.narrow(0, 0, 1), None, &StepContext::inference()));
        assert_eq!(together[0], alone[0]);
    }
}
