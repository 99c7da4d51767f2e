use burn::{
    module::{Module, RunningState},
    tensor::{Device, Tensor},
};

use crate::StepContext;

/// Mean and variance per channel: of the batch while training, running averages otherwise.
#[derive(Module, Debug)]
pub(super) struct RunningMoments {
    mean: RunningState<Tensor<1>>,
    var: RunningState<Tensor<1>>,
    #[module(skip)]
    keep: f64,
}

impl RunningMoments {
    /// Starts at mean 0 and variance 1; a training step keeps the share `keep` of the averages.
    pub fn new(channels: usize, keep: f64, device: &Device) -> Self {
        Self {
            mean: RunningState::new(Tensor::zeros([channels], device)),
            var: RunningState::new(Tensor::ones([channels], device)),
            keep,
        }
    }

    /// Mean and variance to normalise `input` `[n, channels]` with, each `[1, channels]`.
    ///
    /// While training these are the batch's (biased variance, rows with mask 0 left out), and the
    /// running averages move towards them; a batch without any real row leaves them alone.
    pub fn of(
        &self,
        input: &Tensor<2>,
        mask: Option<Tensor<1>>,
        context: &StepContext,
    ) -> (Tensor<2>, Tensor<2>) {
        if !context.training {
            return (self.mean.value_sync().unsqueeze(), self.var.value_sync().unsqueeze());
        }
        let [rows, channels] = input.dims();
        let weight = match mask {
            Some(mask) => mask.reshape([rows, 1]),
            None => Tensor::ones([rows, 1], &input.device()),
        };
        let count = weight.clone().sum();
        // Computed on the device: asking for the number would wait for it.
        let rate = count.clone().clamp_max(1.0).mul_scalar(1.0 - self.keep);
        let count = count.clamp_min(1.0).reshape([1, 1]);
        let mean = (input.clone() * weight.clone()).sum_dim(0) / count.clone();
        let var = ((input.clone() - mean.clone()).square() * weight).sum_dim(0) / count;
        for (state, value) in [(&self.mean, &mean), (&self.var, &var)] {
            let kept = state.value_sync() * rate.clone().neg().add_scalar(1.0);
            let new = value.clone().detach().reshape([channels]) * rate.clone();
            state.update((kept + new).detach());
        }
        (mean, var)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, Seed};

    fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn averages_keep_their_share_and_ignore_padding_rows() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let moments = RunningMoments::new(1, 0.99, &device);
            let input = Tensor::<2>::from_data([[1.0], [3.0], [999.0]], &device);
            let mask = Tensor::<1>::from_data([1.0, 1.0, 0.0], &device);
            let training = StepContext::training(Seed(1), 0);
            let (mean, var) = moments.of(&input, Some(mask), &training);
            assert_eq!((values(mean), values(var)), (vec![2.0], vec![1.0]));
            let (mean, var) = moments.of(&input, None, &StepContext::inference());
            assert!((values(mean)[0] - 0.02).abs() < 1e-6 && (values(var)[0] - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn a_batch_of_padding_changes_nothing() {
        let device = Backend::default().device().unwrap();
        let moments = RunningMoments::new(1, 0.99, &device);
        let input = Tensor::<2>::from_data([[7.0]], &device);
        let (mean, _) =
            moments.of(&input, Some(Tensor::zeros([1], &device)), &StepContext::training(Seed(1), 0));
        assert_eq!(values(mean), [0.0]);
        assert_eq!(values(moments.mean.value_sync()), [0.0]);
    }
}
