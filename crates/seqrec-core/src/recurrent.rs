use burn::tensor::Tensor;

use crate::{Retriever, StepContext};

/// A retriever that knows of a history only a state, which every event moves on.
///
/// Such a model can be trained on sessions that go on from batch to batch, and serves a session one event at a time. Its
/// single interest for a history ([`Retriever::interests`]) is what [`advance`](Self::advance) gives
/// after the last event, from zero states before the first.
pub trait Recurrent: Retriever {
    /// Size of each layer's state.
    fn state_sizes(&self) -> Vec<usize>;

    /// Moves `states` on by one event each.
    ///
    /// # Shapes
    ///
    /// - `events`: `[B, d_in]`, input vectors of the events
    /// - `states`: for each layer `[B, size]`
    fn advance(&self, events: Tensor<2>, states: Vec<Tensor<2>>, context: &mut StepContext) -> Advanced;
}

/// What an event of each session leads to.
#[derive(Clone, Debug)]
pub struct Advanced {
    /// User vectors, `[B, d]`.
    pub vectors: Tensor<2>,
    /// The new state of each layer, `[B, size]`.
    pub states: Vec<Tensor<2>>,
}
