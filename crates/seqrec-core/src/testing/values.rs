use burn::tensor::{Device, Tensor, TensorData};
use rand::RngExt as _;

use crate::{Rng, Seed, Stream};

/// Largest difference that counts as equal on one backend.
pub const TOLERANCE: f32 = 1e-5;

/// Largest difference that counts as equal between backends, which order their sums differently.
pub const AGREEMENT: f32 = 1e-4;

/// A generator with a fixed seed.
pub fn rng() -> Rng {
    Seed(42).rng(Stream::Init, 0)
}

/// Entries from `U(-1, 1)`, the same at every call.
pub fn tensor<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::from_data(TensorData::new(values(shape.iter().product()), shape), device)
}

/// `count` numbers from `U(-1, 1)`, the same at every call.
pub fn values(count: usize) -> Vec<f32> {
    let mut rng = Seed(7).rng(Stream::Data, 0);
    (0..count).map(|_| rng.random::<f32>() * 2.0 - 1.0).collect()
}

/// The entries of `tensor` on the host, in row-major order.
pub fn host<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_to_vec().expect("the tensor is f32")
}

/// Largest absolute difference of two equally long slices; NaN where one is NaN.
pub fn max_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let differences = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    differences.fold(0.0, |most, next| if next > most || next.is_nan() { next } else { most })
}
