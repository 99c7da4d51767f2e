use burn::tensor::{Device, Int, Tensor, TensorData};

use super::{Padded, Rows};
use crate::PAD;

/// Right-padded histories on a device, as row indices into the step's item vectors.
#[derive(Clone, Debug)]
pub struct Histories {
    /// Row index of each event, `[B, L]`, 0 on padding.
    pub items: Tensor<2, Int>,
    /// 1 for events and 0 for padding, `[B, L]`.
    pub mask: Tensor<2>,
    /// Number of events of each history, `[B]`.
    pub lengths: Tensor<1, Int>,
}

impl Histories {
    /// Moves `padded` to `device`, its ids mapped to positions among `rows`.
    pub fn new(padded: &Padded, rows: &Rows, device: &Device) -> Self {
        let Padded { batch, length, .. } = *padded;
        let local: Vec<i32> = rows.local(&padded.ids).into_iter().map(|id| id as i32).collect();
        let mask: Vec<f32> = padded.ids.iter().map(|&id| f32::from(id != PAD)).collect();
        let lengths: Vec<i32> = padded
            .ids
            .chunks(length.max(1))
            .map(|row| row.iter().filter(|&&id| id != PAD).count() as i32)
            .collect();
        Self {
            items: Tensor::from_data(TensorData::new(local, [batch, length]), device),
            mask: Tensor::from_data(TensorData::new(mask, [batch, length]), device),
            lengths: Tensor::from_data(TensorData::new(lengths, [batch]), device),
        }
    }

    /// `[batch, length]`.
    pub fn dims(&self) -> [usize; 2] {
        self.mask.dims()
    }
}
