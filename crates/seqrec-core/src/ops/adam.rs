//! Adam's update in one pass over parameter, moments and gradient.

use burn::tensor::{Tensor, TensorData};
use rayon::prelude::*;

use super::{host_function::runs_on, vector::vectorized};

/// The numbers of one Adam step (Kingma & Ba 2015, algorithm 1).
#[derive(Clone, Copy, Debug)]
pub struct AdamStep {
    /// Step size.
    pub learning_rate: f64,
    /// Decay of the first moment.
    pub beta1: f32,
    /// Decay of the second moment.
    pub beta2: f32,
    /// Added to the root of the second moment.
    pub epsilon: f32,
    /// Number of this step, counted from 1.
    pub step: u64,
}

/// A parameter and its moments, all of one shape.
#[derive(Clone, Debug)]
pub struct AdamTensors<const D: usize> {
    /// The parameter.
    pub weights: Tensor<D>,
    /// First moment.
    pub first: Tensor<D>,
    /// Second moment.
    pub second: Tensor<D>,
}

/// Values that one thread updates at a time.
const BLOCK: usize = 1 << 14;

impl AdamStep {
    fn corrected(&self, beta: f32) -> f64 {
        1.0 - f64::from(beta).powf(self.step as f64)
    }

    /// Changes every value; works in place where `tensors` holds the only handles.
    ///
    /// # Shapes
    ///
    /// - `gradient`: as each of `tensors`
    pub fn update<const D: usize>(&self, tensors: AdamTensors<D>, gradient: Tensor<D>) -> AdamTensors<D> {
        let AdamTensors { weights, first, second } = tensors;
        if runs_on(&gradient.device()) {
            let (shape, device) = (gradient.shape(), gradient.device());
            let gradient = values(gradient);
            let [mut weights, mut first, mut second] = [weights, first, second].map(values);
            let blocks = weights.par_chunks_mut(BLOCK).zip(first.par_chunks_mut(BLOCK));
            blocks.zip(second.par_chunks_mut(BLOCK)).zip(gradient.par_chunks(BLOCK)).for_each(
                |(((weights, first), second), gradient)| self.update_slices(weights, first, second, gradient),
            );
            let [weights, first, second] = [weights, first, second]
                .map(|values| Tensor::from_data(TensorData::new(values, shape.clone()), &device));
            return AdamTensors { weights, first, second };
        }
        let first = first.mul_scalar(self.beta1) + gradient.clone().mul_scalar(1.0 - self.beta1);
        let second = second.mul_scalar(self.beta2) + gradient.square().mul_scalar(1.0 - self.beta2);
        let weights = weights - self.delta(first.clone(), second.clone());
        AdamTensors { weights, first, second }
    }

    /// `learning_rate m' / (sqrt(v') + epsilon)` with the bias-corrected moments `m'`, `v'`.
    pub fn delta<const D: usize>(&self, first: Tensor<D>, second: Tensor<D>) -> Tensor<D> {
        let root = second.div_scalar(self.corrected(self.beta2)).sqrt().add_scalar(self.epsilon);
        first.mul_scalar(self.learning_rate / self.corrected(self.beta1)) / root
    }

    /// The update on equally long slices.
    pub fn update_slices(
        &self,
        weights: &mut [f32],
        first: &mut [f32],
        second: &mut [f32],
        gradient: &[f32],
    ) {
        let rate = (self.learning_rate / self.corrected(self.beta1)) as f32;
        let unbias = (1.0 / self.corrected(self.beta2)) as f32;
        let AdamStep { beta1, beta2, epsilon, .. } = *self;
        vectorized(|| {
            let moments = first.iter_mut().zip(second);
            for (((weight, first), second), &gradient) in
                weights.iter_mut().zip(moments.map(|m| m)).map(|(w, (f, s))| ((w, f), s)).zip(gradient)
            {
                *first = beta1 * *first + (1.0 - beta1) * gradient;
                *second = beta2 * *second + (1.0 - beta2) * gradient * gradient;
                *weight -= rate * *first / ((*second * unbias).sqrt() + epsilon);
            }
        });
    }
}

/// The values of a tensor in host memory, without a copy where this is the only handle.
pub(crate) fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec::<f32>().expect("parameters are f32")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ops::{check, host_function::primitive_only},
        testing,
    };

    fn three_steps(device: &burn::tensor::Device) -> Vec<f32> {
        let gradient = testing::tensor::<2>([3, 4], device);
        let zeros = gradient.zeros_like();
        let mut tensors = AdamTensors { weights: gradient.clone(), first: zeros.clone(), second: zeros };
        for step in 1..=3 {
            let numbers = AdamStep { learning_rate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step };
            tensors = numbers.update(tensors, gradient.clone().mul_scalar(step as f32));
        }
        values(tensors.weights)
    }

    #[test]
    fn one_pass_equals_primitive_operations() {
        let expected = primitive_only(|| three_steps(&check::devices()[0].clone().inner()));
        for device in check::devices() {
            assert!(testing::max_difference(&three_steps(&device.inner()), &expected) < 1e-6);
        }
    }
}
