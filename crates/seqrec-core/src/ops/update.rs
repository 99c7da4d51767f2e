//! One step of an optimizer in one pass over parameter, state and gradient.

use burn::tensor::{Tensor, TensorData};
use rayon::prelude::*;

use super::{host_function::runs_on, vector::vectorized};

/// The numbers of one step of an update rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Update {
    /// `g += weight_decay w`, `m = beta1 m + (1 - beta1) g`, `v = beta2 v + (1 - beta2) g^2`,
    /// `w -= rate m / (sqrt(unbias v) + epsilon)`; `first` is `m`, `second` is `v`.
    Adam {
        /// Step size over the bias of the first moment.
        rate: f32,
        /// Decay of the first moment.
        beta1: f32,
        /// Decay of the second moment.
        beta2: f32,
        /// One over the bias of the second moment.
        unbias: f32,
        /// Added to the root.
        epsilon: f32,
        /// Share of the parameter that joins its gradient.
        weight_decay: f32,
    },
    /// `a += g^2`, `u = momentum u + rate g / sqrt(a + epsilon)`, `w -= u`; `first` is `u`, `second`
    /// is `a`.
    Adagrad {
        /// Step size.
        rate: f32,
        /// Share of the last change that is repeated.
        momentum: f32,
        /// Added below the root.
        epsilon: f32,
    },
}

/// A parameter and the two arrays of state that rules keep for it, all of one shape.
#[derive(Clone, Debug)]
pub struct Stateful<const D: usize> {
    /// The parameter.
    pub weights: Tensor<D>,
    /// First state.
    pub first: Tensor<D>,
    /// Second state.
    pub second: Tensor<D>,
}

/// [`Stateful`] as slices of one length.
#[derive(Debug)]
pub struct StatefulSlices<'a> {
    /// The parameter.
    pub weights: &'a mut [f32],
    /// First state.
    pub first: &'a mut [f32],
    /// Second state.
    pub second: &'a mut [f32],
}

impl<'a> StatefulSlices<'a> {
    /// The values before and from `at` on.
    pub fn split_at(self, at: usize) -> (Self, Self) {
        let (weights, weights_rest) = self.weights.split_at_mut(at);
        let (first, first_rest) = self.first.split_at_mut(at);
        let (second, second_rest) = self.second.split_at_mut(at);
        let rest = Self { weights: weights_rest, first: first_rest, second: second_rest };
        (Self { weights, first, second }, rest)
    }

    /// Consecutive pieces of `size` values.
    pub fn chunks(self, size: usize) -> impl IndexedParallelIterator<Item = StatefulSlices<'a>> {
        let pairs = self.weights.par_chunks_mut(size).zip(self.first.par_chunks_mut(size));
        pairs.zip(self.second.par_chunks_mut(size)).map(|((weights, first), second)| StatefulSlices {
            weights,
            first,
            second,
        })
    }
}

/// Values that one thread updates at a time.
const BLOCK: usize = 1 << 14;

impl Update {
    /// Changes every value; works in place where `stateful` holds the only handles.
    ///
    /// # Shapes
    ///
    /// - `gradient`: as each of `stateful`
    pub fn apply<const D: usize>(&self, stateful: Stateful<D>, gradient: Tensor<D>) -> Stateful<D> {
        if !runs_on(&gradient.device()) {
            return self.primitive(stateful, gradient);
        }
        let gradient = values(gradient);
        stateful.in_host_memory(|slices| {
            slices
                .chunks(BLOCK)
                .zip(gradient.par_chunks(BLOCK))
                .for_each(|(slices, gradient)| self.slices(slices, gradient));
        })
    }

    /// The definition.
    fn primitive<const D: usize>(&self, stateful: Stateful<D>, gradient: Tensor<D>) -> Stateful<D> {
        let Stateful { weights, first, second } = stateful;
        match *self {
            Self::Adam { rate, beta1, beta2, unbias, epsilon, weight_decay } => {
                let gradient = match weight_decay {
                    0.0 => gradient,
                    share => gradient + weights.clone().mul_scalar(share),
                };
                let first = first.mul_scalar(beta1) + gradient.clone().mul_scalar(1.0 - beta1);
                let second = second.mul_scalar(beta2) + gradient.square().mul_scalar(1.0 - beta2);
                let root = second.clone().mul_scalar(unbias).sqrt().add_scalar(epsilon);
                let weights = weights - first.clone().mul_scalar(rate) / root;
                Stateful { weights, first, second }
            }
            Self::Adagrad { rate, momentum, epsilon } => {
                let second = second + gradient.clone().square();
                let step = gradient.mul_scalar(rate) / second.clone().add_scalar(epsilon).sqrt();
                let first = first.mul_scalar(momentum) + step;
                Stateful { weights: weights - first.clone(), first, second }
            }
        }
    }

    /// The update of equally long slices on the calling thread.
    pub fn slices(&self, slices: StatefulSlices<'_>, gradient: &[f32]) {
        let StatefulSlices { weights, first, second } = slices;
        let values = weights.iter_mut().zip(first).zip(second).zip(gradient);
        match *self {
            Self::Adam { rate, beta1, beta2, unbias, epsilon, weight_decay } => vectorized!({
                for (((weight, first), second), gradient) in values {
                    let gradient = gradient + weight_decay * *weight;
                    *first = beta1 * *first + (1.0 - beta1) * gradient;
                    *second = beta2 * *second + (1.0 - beta2) * gradient * gradient;
                    *weight -= rate * *first / ((*second * unbias).sqrt() + epsilon);
                }
            }),
            Self::Adagrad { rate, momentum, epsilon } => vectorized!({
                for (((weight, first), second), gradient) in values {
                    *second += gradient * gradient;
                    *first = momentum * *first + rate * gradient / (*second + epsilon).sqrt();
                    *weight -= *first;
                }
            }),
        }
    }
}

impl<const D: usize> Stateful<D> {
    /// Lets `f` change the values, which must lie in host memory; without a copy where these are the
    /// only handles.
    pub(crate) fn in_host_memory(self, f: impl FnOnce(StatefulSlices<'_>)) -> Self {
        let (shape, device) = (self.weights.shape(), self.weights.device());
        let [mut weights, mut first, mut second] = [self.weights, self.first, self.second].map(values);
        f(StatefulSlices { weights: &mut weights, first: &mut first, second: &mut second });
        let tensor = |values| Tensor::from_data(TensorData::new(values, shape.clone()), &device);
        Self { weights: tensor(weights), first: tensor(first), second: tensor(second) }
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
    use burn::tensor::Device;

    const RULES: [Update; 3] = [
        Update::Adam { rate: 0.1, beta1: 0.9, beta2: 0.999, unbias: 10.0, epsilon: 1e-8, weight_decay: 0.0 },
        Update::Adam { rate: 0.1, beta1: 0.9, beta2: 0.999, unbias: 10.0, epsilon: 1e-8, weight_decay: 0.3 },
        Update::Adagrad { rate: 0.1, momentum: 0.3, epsilon: 1e-6 },
    ];

    fn three_steps(update: Update, device: &Device) -> Vec<f32> {
        let gradient = testing::tensor::<2>([3, 4], device);
        let zeros = gradient.zeros_like();
        let mut stateful = Stateful { weights: gradient.clone(), first: zeros.clone(), second: zeros };
        for step in 1..=3 {
            stateful = update.apply(stateful, gradient.clone().mul_scalar(step as f32));
        }
        values(stateful.weights)
    }

    #[test]
    fn one_pass_equals_primitive_operations() {
        for update in RULES {
            let expected = primitive_only(|| three_steps(update, &check::devices()[0].clone().inner()));
            for device in check::devices() {
                let difference = testing::max_difference(&three_steps(update, &device.inner()), &expected);
                assert!(difference < 1e-6, "{update:?}: {difference}");
            }
        }
    }

    #[test]
    fn weight_decay_is_part_of_the_gradient() {
        let adam = |weight_decay, gradient| {
            let update =
                Update::Adam { rate: 0.1, beta1: 0.9, beta2: 0.99, unbias: 1.0, epsilon: 1e-8, weight_decay };
            let (mut weights, mut first, mut second) = ([2.0], [0.0], [0.0]);
            let slices = StatefulSlices { weights: &mut weights, first: &mut first, second: &mut second };
            update.slices(slices, &[gradient]);
            (weights, first, second)
        };
        assert_eq!(adam(0.25, 1.0), adam(0.0, 1.5));
        assert_ne!(adam(0.25, 1.0), adam(0.0, 1.0));
    }

    #[test]
    fn adagrad_repeats_a_share_of_its_last_change() {
        let update = Update::Adagrad { rate: 1.0, momentum: 0.5, epsilon: 0.0 };
        let (mut weights, mut first, mut second) = ([0.0], [0.0], [0.0]);
        for expected in [-1.0, -1.0 - (0.5 + 4.0 / 5.0)] {
            let gradient = if expected == -1.0 { [3.0] } else { [4.0] };
            let slices = StatefulSlices { weights: &mut weights, first: &mut first, second: &mut second };
            update.slices(slices, &gradient);
            assert!((weights[0] - expected).abs() < 1e-6, "{weights:?}");
        }
    }
}
