use burn::{module::Module, nn::Linear, tensor::Tensor};
use seqrec_core::{
    Interests, Retriever, StepContext,
    batch::{EdgeWeights, Histories},
    items::ItemVectors,
    layers::dense,
    ops::{Pointwise, gather},
};

use super::{SrGnnConfig, propagation::Propagation, readout::Attention};

/// One interest: a readout of the session's graph after gated propagation.
///
/// ```text
/// v   = propagation^steps(item vectors of the nodes)      [M, d]
/// s_t = v of the node of event t                          [T, d]
/// s_g = attention of s_last to all s_t                    [B, d]
/// u   = [s_g ; s_last] W_3 + b_3, or s_g without hybrid   [B, d]
/// ```
///
/// It works on packed graphs and computes no padding. Made by
/// [`SrGnnConfig::init`](super::SrGnnConfig::init).
#[derive(Module, Debug)]
pub struct SrGnn {
    pub(super) propagation: Propagation,
    pub(super) attention: Attention,
    pub(super) output: Option<Linear>,
    #[module(skip)]
    pub(super) config: SrGnnConfig,
}

impl SrGnn {
    /// State of the node of every event.
    ///
    /// # Shapes
    ///
    /// - output: `[T, d]`, packed as the histories are
    fn states(&self, histories: &Histories, items: &ItemVectors) -> Tensor<2> {
        let graphs = histories.graphs(self.config.edges);
        let rows: Vec<u32> =
            graphs.first_events.iter().map(|&event| histories.events[event as usize]).collect();
        let mut nodes = gather(items.input.clone(), &rows, None);
        for _ in 0..self.config.steps {
            nodes = self.propagation.forward(nodes, &graphs);
        }
        gather(nodes, &graphs.nodes_of_events, None)
    }
}

impl Retriever for SrGnn {
    fn interests(&self, histories: &Histories, items: &ItemVectors, _: &mut StepContext) -> Interests {
        let segments = &histories.segments;
        let (batch, d) = (segments.count(), self.config.dim);
        let [last, summary] = if segments.is_empty() {
            [0; 2].map(|_| Tensor::zeros([batch, d], &items.input.device()))
        } else {
            let states = self.states(histories, items);
            let last = Interests::last_state(states.clone(), segments).vectors.reshape([batch, d]);
            let summary = self.attention.forward(states, last.clone(), segments);
            [last, summary]
        };
        let vectors = match &self.output {
            Some(output) => dense(output, Tensor::cat(vec![summary, last], 1), Pointwise::Identity),
            None => summary,
        };
        Interests { vectors: vectors.reshape([batch, 1, d]), mask: None }
    }

    fn computes_padding(&self) -> bool {
        false
    }

    fn edge_weights(&self) -> Option<EdgeWeights> {
        Some(self.config.edges)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::sr_gnn::Readout;
    use seqrec_core::{
        Backend,
        batch::SessionGraphs,
        burn::tensor::Device,
        ops::Segments,
        testing::{self, Order, RetrieverHarness},
    };
    use seqrec_train::testing::RetrieverLearning;

    fn config() -> SrGnnConfig {
        SrGnnConfig { dim: 6, ..Default::default() }
    }

    fn model(device: &Device) -> SrGnn {
        config().init(&mut testing::rng(), device).unwrap()
    }

    fn values(interests: Interests) -> Vec<f32> {
        interests.vectors.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn keeps_the_contract_and_knows_order() {
        for (steps, edges, readout) in
            [(1, EdgeWeights::Binary, Readout::Hybrid), (2, EdgeWeights::Count, Readout::Nonhybrid)]
        {
            let config = SrGnnConfig { steps, edges, readout, ..config() };
            let init = |device: &_| config.init(&mut testing::rng(), device).unwrap();
            RetrieverHarness::new(6, init).order(Order::Matters).check();
        }
    }

    #[test]
    fn learns_a_tiny_set_by_heart_and_serves_what_was_saved() {
        for readout in [Readout::Hybrid, Readout::Nonhybrid] {
            let config = SrGnnConfig { dim: 16, readout, ..config() };
            RetrieverLearning::new(16, |device| config.init(&mut testing::rng(), device).unwrap()).check();
        }
    }

    #[test]
    fn other_numbers_for_the_items_give_the_same_interests() {
        let device = Backend::default().device().unwrap();
        let model = model(&device);
        let (items, histories) = testing::retriever_input(6, &[&[1, 2, 3, 2, 4], &[5, 1]], 5, &device);
        let before = values(model.interests(&histories, &items, &mut StepContext::inference()));
        // Item i becomes 10 - i, vector and all.
        let order: Vec<u32> = (0..10).map(|row| if row == 0 { 0 } else { 10 - row }).collect();
        let renamed = ItemVectors::tied(gather(items.input, &order, None));
        let (_, histories) = testing::retriever_input(6, &[&[9, 8, 7, 8, 6], &[5, 9]], 5, &device);
        let after = values(model.interests(&histories, &renamed, &mut StepContext::inference()));
        assert!(testing::max_difference(&before, &after) < 1e-6);
    }

    #[test]
    fn graphs_of_the_loader_are_used_where_they_count_the_same() {
        let device = Backend::default().device().unwrap();
        let model = model(&device);
        let session: &[u32] = &[1, 2, 1, 2, 3];
        let of = |graphs: Option<SessionGraphs>| {
            let (items, histories) = testing::retriever_input(6, &[session], 5, &device);
            let histories = histories.with_graphs(graphs.map(Arc::new));
            values(model.interests(&histories, &items, &mut StepContext::inference()))
        };
        let made = |events: &[u32], weights| Some(SessionGraphs::new(events, &Segments::new([5]), weights));
        let own = of(None);
        assert_eq!(own, of(made(session, EdgeWeights::Binary)));
        assert_ne!(own, of(made(&[1, 2, 3, 4, 5], EdgeWeights::Binary)), "these are another session's");
        assert_eq!(own, of(made(&[1, 2, 3, 4, 5], EdgeWeights::Count)), "the model wants others");
    }

    #[test]
    fn wrong_configurations_are_refused_by_name() {
        let device = Backend::default().device().unwrap();
        for (wrong, name) in
            [(SrGnnConfig { dim: 0, ..config() }, "dim"), (SrGnnConfig { steps: 0, ..config() }, "steps")]
        {
            let error = wrong.init(&mut testing::rng(), &device).unwrap_err().to_string();
            assert!(error.contains(&format!("{name} must be positive")), "{error}");
        }
    }
}
