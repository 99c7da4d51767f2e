use burn::tensor::Tensor;

/// Keeps the root in [`squash`] away from zero.
pub(crate) const EPSILON: f32 = 1e-9;

/// `|s|^2 / (1 + |s|^2) * s / sqrt(|s|^2 + 1e-9)` over the last axis: a vector of length below 1 in the
/// same direction (Sabour et al. 2017, eq. 1).
///
/// # Shapes
///
/// - `input`: any
/// - output: as `input`
pub fn squash<const D: usize>(input: Tensor<D>) -> Tensor<D> {
    let squared = input.clone().square().sum_dim(D - 1);
    let root = squared.clone().add_scalar(EPSILON).sqrt();
    let factor = squared.clone() / (squared.add_scalar(1.0) * root);
    input * factor
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, testing};

    #[test]
    fn keeps_the_direction_and_shortens_the_length_to_the_worked_numbers() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let input = Tensor::<2>::from_data([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]], &device);
            let squashed = squash(input).into_data().try_to_vec::<f32>().unwrap();
            let expected = [0.576923, 0.769231, 0.12, 0.16, 0.0, 0.0];
            assert!(testing::max_difference(&squashed, &expected) < 1e-6, "{backend}: {squashed:?}");
        }
    }

    #[test]
    fn a_zero_vector_has_a_finite_gradient() {
        for backend in Backend::compiled() {
            let input = Tensor::<1>::zeros([3], &backend.device().unwrap().autodiff()).require_grad();
            let gradients = squash(input.clone()).sum().backward();
            let gradient = input.grad(&gradients).unwrap().into_data().try_to_vec::<f32>().unwrap();
            assert!(gradient.iter().all(|value| value.is_finite()), "{backend}: {gradient:?}");
        }
    }
}
