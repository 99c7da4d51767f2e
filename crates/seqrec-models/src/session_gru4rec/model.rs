use burn::{module::Module, tensor::Tensor};
use seqrec_core::{
    Advanced, Interests, Recurrent, Retriever, StepContext,
    batch::Histories,
    items::ItemVectors,
    layers::{Gru, dropout},
    ops::Segments,
};

use super::SessionGru4RecConfig;

/// One interest: the state of the last of a stack of GRU layers.
///
/// ```text
/// x = dropout(e_item)                     input vector of the event
/// h = dropout(GRU(x, h))                  for each layer; the next layer's x
/// score(i) = h_last . w_i + b_i
/// ```
///
/// Its items come from [`SessionItems`](super::SessionItems). With [`Reset::Before`] each layer is
///
/// ```text
/// r, z = sigmoid(x W_r + h U_r + b_r), sigmoid(x W_z + h U_z + b_z)
/// h'   = (1 - z) tanh(x W_n + (r h) U_n + b_n) + z h
/// ```
///
/// where `z` says how much to keep; the authors' says how much to write, which is the same function with
/// `W_z`, `U_z` and `b_z` negated. Made by [`SessionGru4RecConfig::init`].
///
/// [`Reset::Before`]: seqrec_core::ops::Reset::Before
#[derive(Module, Debug)]
pub struct SessionGru4Rec {
    pub(super) layers: Vec<Gru>,
    #[module(skip)]
    pub(super) config: SessionGru4RecConfig,
}

impl Retriever for SessionGru4Rec {
    fn interests(&self, histories: &Histories, items: &ItemVectors, context: &mut StepContext) -> Interests {
        let segments = &histories.segments;
        if segments.is_empty() {
            let nothing = Tensor::zeros([0, self.config.user_size()], &items.input.device());
            return Interests::last_state(nothing, segments);
        }
        let x = dropout(items.events(histories), self.config.dropout_embedding, context);
        let states = self
            .layers
            .iter()
            .fold(x, |x, layer| dropout(layer.forward(x, segments), self.config.dropout_hidden, context));
        Interests::last_state(states, segments)
    }

    fn computes_padding(&self) -> bool {
        false
    }
}

impl Recurrent for SessionGru4Rec {
    fn state_sizes(&self) -> Vec<usize> {
        self.config.layers.clone()
    }

    fn advance(&self, events: Tensor<2>, states: Vec<Tensor<2>>, context: &mut StepContext) -> Advanced {
        let [batch, _] = events.dims();
        let segments = Segments::new(vec![1; batch]);
        let mut x = dropout(events, self.config.dropout_embedding, context);
        let mut after = Vec::with_capacity(states.len());
        for (layer, state) in self.layers.iter().zip(states) {
            x = dropout(layer.forward_from(x, state, &segments), self.config.dropout_hidden, context);
            after.push(x.clone());
        }
        Advanced { vectors: x, states: after }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Embedding;
    use seqrec_core::{
        Backend, Seed,
        batch::{Padded, Rows},
        items::{ItemEncoder as _, ItemTable},
        ops::Reset,
        testing::{self, Order, RetrieverHarness},
    };
    use seqrec_train::testing::{RetrieverLearning, TinySet};

    fn config(embedding: Embedding, reset: Reset, layers: &[usize]) -> SessionGru4RecConfig {
        SessionGru4RecConfig { embedding, reset, layers: layers.into(), ..Default::default() }
    }

    #[test]
    fn keeps_the_contract_in_order() {
        for (embedding, reset, layers, dim) in [
            (Embedding::Constrained, Reset::Before, &[6][..], 6),
            (Embedding::Constrained, Reset::After, &[5, 6], 6),
            (Embedding::Separate { dim: 6 }, Reset::Before, &[4, 6], 6),
            (Embedding::OneHot, Reset::Before, &[2, 6], 6),
        ] {
            let config = config(embedding, reset, layers);
            let init = |device: &_| config.init(&mut testing::rng(), device).unwrap();
            RetrieverHarness::new(dim, init).order(Order::Matters).check();
        }
    }

    #[test]
    fn learns_a_tiny_set_by_heart_with_tables_of_its_own_and_serves_what_was_saved() {
        let items = TinySet::default().sequences.num_items();
        for embedding in [Embedding::Constrained, Embedding::Separate { dim: 8 }, Embedding::OneHot] {
            let config = config(embedding, Reset::Before, &[16]);
            RetrieverLearning::new(16, |device| config.init(&mut testing::rng(), device).unwrap())
                .encoder(|_| config.encoder(items).unwrap())
                .check();
        }
    }

    #[test]
    fn event_by_event_ends_where_the_whole_history_does() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            for embedding in [Embedding::Constrained, Embedding::Separate { dim: 3 }, Embedding::OneHot] {
                let config = config(embedding, Reset::Before, &[4, 5]);
                let model = config.init(&mut testing::rng(), &device).unwrap();
                let encoder = config.encoder(9).unwrap();
                let tables = encoder.tables();
                let rng = &mut testing::rng();
                let tables = tables.iter().map(|table| ItemTable::new(table, 9, rng, &device).weights());
                let context = &mut StepContext::inference();
                let items = encoder.encode(&tables.collect::<Vec<_>>(), Rows::all(9).ids(), context);

                let history = [3, 1, 4, 1, 5, 9];
                let padded = Padded::new([&history[..]], history.len());
                let histories = Histories::new(&padded, &Rows::all(9), &device);
                let whole = model.interests(&histories, &items, context).vectors;

                let mut states: Vec<Tensor<2>> =
                    model.state_sizes().iter().map(|&size| Tensor::zeros([1, size], &device)).collect();
                let mut vectors = states[1].clone();
                for event in history {
                    let row = items.input.clone().narrow(0, event as usize, 1);
                    let advanced = model.advance(row, states, context);
                    (vectors, states) = (advanced.vectors, advanced.states);
                }
                let [whole, vectors] = [whole.reshape([5]), vectors.reshape([5])]
                    .map(|tensor: Tensor<1>| tensor.into_data().try_to_vec::<f32>().unwrap());
                assert!(testing::max_difference(&whole, &vectors) < testing::TOLERANCE, "{backend}");
            }
        }
    }

    #[test]
    fn the_dropped_state_is_the_one_that_goes_on() {
        let device = Backend::default().device().unwrap();
        let config = SessionGru4RecConfig { layers: vec![64], dropout_hidden: 0.5, ..Default::default() };
        let model = config.init(&mut testing::rng(), &device).unwrap();
        let events = testing::tensor([3, 64], &device);
        let context = &mut StepContext::training(Seed(1), 0);
        let advanced = model.advance(events, vec![Tensor::zeros([3, 64], &device)], context);
        let state = advanced.states[0].clone().into_data().try_to_vec::<f32>().unwrap();
        assert_eq!(state, advanced.vectors.into_data().try_to_vec::<f32>().unwrap());
        let dropped = state.iter().filter(|value| **value == 0.0).count();
        assert!((60..132).contains(&dropped), "{dropped} of 192");
    }
}
