use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor},
};

use super::running_moments::RunningMoments;
use crate::{StepContext, init::param};

/// Batch normalisation (Ioffe & Szegedy 2015): `g (x - E[x]) / sqrt(Var[x] + eps) + b` per channel.
///
/// burn's own layer decides by the device whether it trains; this one does so by the
/// [`StepContext`], as all layers here do. Inference therefore sees the running averages and leaves
/// them alone, on a training device too.
#[derive(Module, Debug)]
pub struct BatchNorm {
    gain: Param<Tensor<1>>,
    bias: Param<Tensor<1>>,
    moments: RunningMoments,
    #[module(skip)]
    epsilon: f64,
}

impl BatchNorm {
    /// `channels` channels; running averages keep 0.9 of their value per step, eps is 1e-5.
    pub fn new(channels: usize, device: &Device) -> Self {
        Self {
            gain: param(vec![1.0; channels], [channels], device),
            bias: param(vec![0.0; channels], [channels], device),
            moments: RunningMoments::new(channels, 0.9, device),
            epsilon: 1e-5,
        }
    }

    /// # Shapes
    ///
    /// - `input`: `[n, channels]`
    /// - output: `[n, channels]`
    pub fn forward(&self, input: Tensor<2>, context: &StepContext) -> Tensor<2> {
        let (mean, var) = self.moments.of(&input, None, context);
        let normal = (input - mean) / var.add_scalar(self.epsilon).sqrt();
        normal * self.gain.val().unsqueeze::<2>() + self.bias.val().unsqueeze::<2>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, Seed, params};

    fn values(tensor: Tensor<2>) -> Vec<f32> {
        tensor.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn a_training_batch_is_standardised() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let input = Tensor::<2>::from_data([[1.0, 5.0], [3.0, 5.0]], &device);
            let output = BatchNorm::new(2, &device).forward(input, &StepContext::training(Seed(1), 0));
            for (got, want) in values(output).iter().zip([-1.0, 0.0, 1.0, 0.0]) {
                assert!((got - want).abs() < 1e-4, "{got} {want}");
            }
        }
    }

    #[test]
    fn inference_on_a_training_device_neither_sees_the_batch_nor_moves_the_averages() {
        let device = Backend::default().device().unwrap().autodiff();
        let norm = BatchNorm::new(1, &device);
        let input = Tensor::<2>::from_data([[4.0], [8.0]], &device);
        norm.forward(input.clone(), &StepContext::training(Seed(1), 0));
        let before = params::export(&norm.valid());
        let together = values(norm.forward(input.clone(), &StepContext::inference()));
        let alone = values(norm.forward(input.narrow(0, 0, 1), &StepContext::inference()));
        assert_eq!(together[0], alone[0]);
        assert_eq!(before, params::export(&norm.valid()));
    }
}
