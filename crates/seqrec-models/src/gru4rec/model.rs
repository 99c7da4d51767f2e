use burn::{
    module::Module,
    nn::Linear,
    tensor::{Int, Tensor},
};
use seqrec_core::{
    Interests, Queries, Retriever, StepContext, Supervision,
    batch::Histories,
    items::ItemVectors,
    layers::{Gru, dense, dropout},
    ops::Pointwise,
};

use super::Gru4RecConfig;

/// One interest: the last state of a GRU over the history, projected to the item space.
///
/// ```text
/// h = GRU(dropout(E))      [T, hidden]
/// u = h W + b              [T, d]
/// ```
///
/// It works on packed histories and computes no padding. Made by
/// [`Gru4RecConfig::init`](super::Gru4RecConfig::init).
#[derive(Module, Debug)]
pub struct Gru4Rec {
    pub(super) layers: Vec<Gru>,
    pub(super) output: Linear,
    #[module(skip)]
    pub(super) config: Gru4RecConfig,
}

impl Gru4Rec {
    /// User vectors after every event.
    ///
    /// # Shapes
    ///
    /// - output: `[T, d]`, packed as the histories are
    pub fn states(&self, histories: &Histories, items: &ItemVectors, context: &mut StepContext) -> Tensor<2> {
        let events = items.events(histories);
        if histories.segments.is_empty() {
            return events;
        }
        let mut x = dropout(events, self.config.dropout, context);
        for layer in &self.layers {
            x = layer.forward(x, &histories.segments);
        }
        dense(&self.output, x, Pointwise::Identity)
    }
}

impl Retriever for Gru4Rec {
    fn interests(&self, histories: &Histories, items: &ItemVectors, context: &mut StepContext) -> Interests {
        Interests::last_state(self.states(histories, items, context), &histories.segments)
    }

    fn queries(
        &self,
        histories: &Histories,
        targets: Tensor<1, Int>,
        items: &ItemVectors,
        context: &mut StepContext,
    ) -> Queries {
        let states = self.states(histories, items, context);
        Queries::of_states(states, histories, targets, self.config.supervision)
    }

    fn supervision(&self) -> Supervision {
        self.config.supervision
    }

    fn computes_padding(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seqrec_core::testing::{self, Order, RetrieverHarness};
    use seqrec_train::testing::RetrieverLearning;

    const BOTH: [(usize, Supervision); 2] = [(1, Supervision::EveryEvent), (2, Supervision::Last)];

    #[test]
    fn keeps_the_contract_in_order_and_without_looking_ahead() {
        for (layers, supervision) in BOTH {
            let config = Gru4RecConfig { dim: 6, hidden: 5, layers, supervision, dropout: 0.1 };
            let init = |device: &_| config.init(&mut testing::rng(), device).unwrap();
            RetrieverHarness::new(6, init).order(Order::Matters).causal(Gru4Rec::states).check();
        }
    }

    #[test]
    fn learns_a_tiny_set_by_heart_and_serves_what_was_saved() {
        for (layers, supervision) in BOTH {
            let config = Gru4RecConfig { dim: 16, hidden: 16, layers, supervision, dropout: 0.0 };
            RetrieverLearning::new(16, |device| config.init(&mut testing::rng(), device).unwrap()).check();
        }
    }
}
