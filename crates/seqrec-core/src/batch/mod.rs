//! Mini-batches: plain host arrays first ([`Padded`], [`Rows`]), tensors second ([`Histories`]).
//!
//! A loader thread builds the host side without touching a device. The training step then maps
//! global ids to positions among the batch's distinct rows and moves only those to the device.

mod fields;
mod graphs;
mod histories;
mod padded;
mod rows;

pub use fields::Fields;
pub use graphs::{EdgeWeights, SessionGraphs};
pub use histories::Histories;
pub use padded::Padded;
pub use rows::Rows;

use burn::tensor::{Device, Int, Tensor, TensorData};

/// Ids as an integer vector `[n]` on `device`.
pub fn ids_to_tensor(ids: &[u32], device: &Device) -> Tensor<1, Int> {
    let ids: Vec<i32> = ids.iter().map(|&id| id as i32).collect();
    let n = ids.len();
    Tensor::from_data(TensorData::new(ids, [n]), device)
}

/// Values as a float vector `[n]` on `device`.
pub fn floats_to_tensor(values: &[f32], device: &Device) -> Tensor<1> {
    Tensor::from_data(TensorData::new(values.to_vec(), [values.len()]), device)
}
