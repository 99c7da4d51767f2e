use burn::tensor::Tensor;

/// Added to squared lengths, so that the zero vector stays zero and has a finite gradient.
const EPSILON: f32 = 1e-12;

/// Each row divided by its Euclidean length, `x / sqrt(|x|^2 + 1e-12)`: inner products become cosines.
///
/// # Shapes
///
/// - `x`: `[n, d]`
/// - output: `[n, d]`
pub fn normalize(x: Tensor<2>) -> Tensor<2> {
    let squares = (x.clone() * x.clone()).sum_dim(1);
    x / squares.add_scalar(EPSILON).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Backend,
        testing::{host, max_difference},
    };

    #[test]
    fn only_the_direction_counts_and_zero_stays_zero() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap().autodiff();
            let x = Tensor::<2>::from_data([[3.0, 4.0], [0.0, 0.0]], &device).require_grad();
            for scale in [0.01, 1.0, 1e6] {
                let unit = host(normalize(x.clone().mul_scalar(scale)));
                assert!(max_difference(&unit, &[0.6, 0.8, 0.0, 0.0]) < 1e-6, "{backend}: {unit:?}");
            }
            let gradient = x.grad(&normalize(x.clone()).sum().backward()).unwrap();
            assert!(host(gradient).iter().all(|value| value.is_finite()), "{backend}");
        }
    }
}
