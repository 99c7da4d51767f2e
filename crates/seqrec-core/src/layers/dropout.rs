use burn::tensor::Tensor;

use crate::{
    StepContext,
    ops::{Keep, dropped},
};

/// Zeroes each entry with probability `p` while training and scales the others by `1 / (1 - p)`.
///
/// The mask follows from a key that the step's own generator draws, so that a seed fixes it on every
/// backend. Returns `input` unchanged outside training or for `p = 0`.
///
/// # Shapes
///
/// - `input`: any
/// - output: as `input`
///
/// # Panics
///
/// If `p` is not in `[0, 1)`.
pub fn dropout<const D: usize>(input: Tensor<D>, p: f64, context: &mut StepContext) -> Tensor<D> {
    dropped(input, Keep::draw(p, context))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, Seed};

    #[test]
    fn keeps_the_mean_and_repeats_for_a_step() {
        let device = Backend::default().device().unwrap();
        let ones = Tensor::<2>::ones([100, 100], &device);
        let at = |step| {
            let mut context = StepContext::training(Seed(1), step);
            dropout(ones.clone(), 0.2, &mut context).into_data().try_to_vec::<f32>().unwrap()
        };
        let mean = at(4).iter().sum::<f32>() / 1e4;
        assert!((mean - 1.0).abs() < 0.02, "{mean}");
        assert_eq!(at(4), at(4));
        assert_ne!(at(4), at(5));
    }

    #[test]
    fn does_nothing_at_inference() {
        let device = Backend::default().device().unwrap();
        let input = Tensor::<1>::from_data([1.0, 2.0], &device);
        let output = dropout(input, 0.9, &mut StepContext::inference());
        assert_eq!(output.into_data().try_to_vec::<f32>().unwrap(), [1.0, 2.0]);
    }
}
