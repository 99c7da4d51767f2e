use burn::{
    module::Module,
    nn::Linear,
    tensor::{Tensor, activation::sigmoid},
};
use seqrec_core::{
    Interests, Retriever, StepContext,
    batch::Histories,
    items::ItemVectors,
    layers::{Gru, dense, dropout},
    ops::{Pointwise, Segments, gather, segment_weighted_sum},
};

use super::NarmConfig;

/// One interest: where the session is, and what it is about.
///
/// ```text
/// h_1..h_t = GRU(dropout(E))                          states, [T, hidden]
/// alpha_j  = v . sigmoid(A1 h_t + A2 h_j)             not normalised
/// c        = dropout([h_t ; sum over j of alpha_j h_j])   [B, 2 hidden]
/// u        = c B                                      [B, d]
/// ```
///
/// The last state is the global encoder, the weighted sum the local one. An empty history gives 0. Made
/// by [`NarmConfig::init`](crate::NarmConfig::init).
#[derive(Module, Debug)]
pub struct Narm {
    pub(crate) encoder: Gru,
    /// `A1`.
    pub(crate) last: Linear,
    /// `A2`.
    pub(crate) each: Linear,
    /// `v`.
    pub(crate) energy: Linear,
    /// `B`.
    pub(crate) decoder: Linear,
    #[module(skip)]
    pub(crate) config: NarmConfig,
}

impl Narm {
    /// Both encoders' views of each session, side by side.
    ///
    /// # Shapes
    ///
    /// - `states`: `[T, hidden]`, packed
    /// - output: `[B, 2 hidden]`
    pub fn session(&self, states: Tensor<2>, segments: &Segments) -> Tensor<2> {
        let [_, hidden] = states.dims();
        let sessions = segments.count();
        let last = Interests::last_state(states.clone(), segments).vectors.reshape([sessions, hidden]);
        let last_scores = dense(&self.last, last.clone(), Pointwise::Identity);
        let here = gather(last_scores, &segments.sequences(), None);
        let there = dense(&self.each, states.clone(), Pointwise::Identity);
        let weights = dense(&self.energy, sigmoid(here + there), Pointwise::Identity);

        let summary = segment_weighted_sum(weights, states, segments).reshape([sessions, hidden]);
        Tensor::cat(vec![last, summary], 1)
    }
}

impl Retriever for Narm {
    fn interests(&self, histories: &Histories, items: &ItemVectors, context: &mut StepContext) -> Interests {
        let segments = &histories.segments;
        let events = items.events(histories);
        if segments.is_empty() {
            let shape = [segments.count(), 1, self.config.dim];
            return Interests { vectors: Tensor::zeros(shape, &events.device()), mask: None };
        }
        let states = self.encoder.forward(dropout(events, self.config.input_dropout, context), segments);
        let session = dropout(self.session(states, segments), self.config.output_dropout, context);
        let vectors = dense(&self.decoder, session, Pointwise::Identity);
        Interests { vectors: vectors.unsqueeze_dim(1), mask: None }
    }

    fn computes_padding(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seqrec_core::{Backend, init::param, testing};

    const CONFIG: NarmConfig = NarmConfig { dim: 2, hidden: 1, input_dropout: 0.0, output_dropout: 0.0 };

    #[test]
    fn the_worked_numbers() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let weight = |value: f32| Linear { weight: param(vec![value], [1, 1], &device), bias: None };
            let mut model = CONFIG.init(&mut testing::rng(), &device).unwrap();
            (model.last, model.each, model.energy) = (weight(0.0), weight(3f32.ln()), weight(1.0));
            let states = Tensor::from_data([[1.0], [2.0], [-1.0]], &device);
            let session = model.session(states, &Segments::new([2, 0, 1]));
            // sigmoid(ln 3) = 3/4, sigmoid(2 ln 3) = 9/10, sigmoid(-ln 3) = 1/4.
            let expected = [2.0, 0.75 + 2.0 * 0.9, 0.0, 0.0, -1.0, -0.25];
            assert!(testing::max_difference(&testing::host(session), &expected) < 1e-6);
        }
    }

    #[test]
    fn the_last_state_steers_the_attention() {
        let device = Backend::default().device().unwrap();
        let weight = |value: f32| Linear { weight: param(vec![value], [1, 1], &device), bias: None };
        let mut model = CONFIG.init(&mut testing::rng(), &device).unwrap();
        (model.last, model.each, model.energy) = (weight(3f32.ln()), weight(0.0), weight(2.0));
        let states = Tensor::from_data([[4.0], [1.0]], &device);
        // Both weigh 2 sigmoid(ln 3) = 3/2.
        let session = testing::host(model.session(states, &Segments::new([2])));
        assert!(testing::max_difference(&session, &[1.0, 7.5]) < 1e-5, "{session:?}");
    }

    #[test]
    fn wrong_configurations_are_refused_by_name() {
        let device = Backend::default().device().unwrap();
        for (wrong, name) in [
            (NarmConfig { hidden: 0, ..CONFIG }, "hidden must be positive"),
            (NarmConfig { output_dropout: 1.0, ..CONFIG }, "output_dropout must lie in [0, 1)"),
        ] {
            let error = wrong.init(&mut testing::rng(), &device).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }
}
