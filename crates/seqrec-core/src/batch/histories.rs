use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};

use super::{Padded, Rows};
use crate::{PAD, ops::Segments};

/// Histories, as row indices into the step's item vectors.
///
/// They come in two forms: right-padded, for models that work on `[B, L, d]`, and *packed*, the
/// events of all histories back to back, for models that compute no padding.
#[derive(Clone, Debug)]
pub struct Histories {
    /// 1 for events and 0 for padding, `[B, L]`.
    pub mask: Tensor<2>,
    /// Row index of each cell of the padded form, `[B * L]`, 0 on padding, on the host.
    pub cells: Arc<[u32]>,
    /// Packed: row index of each event, `[T]`, on the host.
    pub events: Arc<[u32]>,
    /// Packed: where each history begins and ends among `events`.
    pub segments: Segments,
}

impl Histories {
    /// Moves `padded` to `device`, its ids mapped to positions among `rows`.
    pub fn new(padded: &Padded, rows: &Rows, device: &Device) -> Self {
        let Padded { batch, length, .. } = *padded;
        let local = rows.local(&padded.ids);
        let events = local.iter().zip(&padded.ids).filter(|(_, id)| **id != PAD).map(|(&row, _)| row);
        let events: Arc<[u32]> = events.collect();
        let mask: Vec<f32> = padded.ids.iter().map(|&id| f32::from(id != PAD)).collect();
        let row = |row: usize| &padded.ids[row * length..][..length];
        let lengths = (0..batch).map(|at| row(at).iter().filter(|&&id| id != PAD).count());
        Self {
            mask: Tensor::from_data(TensorData::new(mask, [batch, length]), device),
            cells: local.into(),
            events,
            segments: Segments::new(lengths),
        }
    }

    /// `[batch, length]`.
    pub fn dims(&self) -> [usize; 2] {
        self.mask.dims()
    }
}
