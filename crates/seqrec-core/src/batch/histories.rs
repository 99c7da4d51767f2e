use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};

use super::{EdgeWeights, Padded, Rows, SessionGraphs};
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
    graphs: Option<Arc<SessionGraphs>>,
}

impl Histories {
    /// Moves `padded` to `device`, its ids mapped to positions among `rows`.
    pub fn new(padded: &Padded, rows: &Rows, device: &Device) -> Self {
        let Padded { batch, length, .. } = *padded;
        // Padding is row 0, as its id is.
        let local = Padded { ids: rows.local(&padded.ids), batch, length };
        let (events, segments) = local.packed();
        let mask: Vec<f32> = padded.ids.iter().map(|&id| f32::from(id != PAD)).collect();
        Self {
            mask: Tensor::from_data(TensorData::new(mask, [batch, length]), device),
            cells: local.ids.into(),
            events: events.into(),
            segments,
            graphs: None,
        }
    }

    /// With the `graphs` that a loader has already made of them.
    pub fn with_graphs(self, graphs: Option<Arc<SessionGraphs>>) -> Self {
        Self { graphs, ..self }
    }

    /// The histories as graphs: those of the loader, made here where it has none of these weights.
    pub fn graphs(&self, weights: EdgeWeights) -> Arc<SessionGraphs> {
        match &self.graphs {
            Some(graphs) if graphs.weights == weights => graphs.clone(),
            _ => Arc::new(SessionGraphs::new(&self.events, &self.segments, weights)),
        }
    }

    /// `[batch, length]`.
    pub fn dims(&self) -> [usize; 2] {
        self.mask.dims()
    }
}
