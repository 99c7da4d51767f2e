use burn::tensor::Tensor;

/// Binary cross-entropy from logits, mean over the batch.
///
/// `max(x, 0) - x y + ln(1 + exp(-|x|))`, stable for any `x`.
///
/// # Shapes
///
/// - `logits`, `labels`: `[B]`
/// - output: `[1]`
pub fn binary_cross_entropy(logits: Tensor<1>, labels: Tensor<1>) -> Tensor<1> {
    let tail = logits.clone().abs().neg().exp().add_scalar(1.0).log();
    (logits.clone().clamp_min(0.0) - logits * labels + tail).mean()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Backend;

    #[test]
    fn equals_the_definition_and_stays_finite() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let loss = |x: f32, y: f32| {
                let tensor = |v: f32| Tensor::<1>::from_data([v], &device);
                binary_cross_entropy(tensor(x), tensor(y)).into_scalar::<f32>()
            };
            assert!((loss(0.0, 1.0) - 2f32.ln()).abs() < 1e-6);
            assert!((loss(2.0, 0.0) - (1.0 + 2f32.exp()).ln()).abs() < 1e-6);
            assert!((loss(-100.0, 1.0) - 100.0).abs() < 1e-4);
        }
    }
}
