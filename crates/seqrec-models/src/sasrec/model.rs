use burn::{
    module::{Module, Param},
    tensor::{Int, Tensor},
};
use seqrec_core::{
    Interests, Queries, Retriever, StepContext, Supervision,
    batch::Histories,
    items::ItemVectors,
    layers::{LayerNorm, dropout},
    ops::{Segments, gather},
};

use super::{Architecture, SasRecConfig, block::Block};

/// One interest: the last state of causal self-attention over the history.
///
/// With item vectors `E`, positions `P` and `LN` for layer normalisation, the original network is
///
/// ```text
/// x    = dropout(sqrt(d) E + P)
/// block: q = LN(x);  a = LN(q + attention(q Wq, x Wk, x Wv));  x = a + dropout(W2 dropout(relu(W1 a)))
/// out  = LN(x)
/// ```
///
/// and the post-norm network
///
/// ```text
/// x    = dropout(LN(E + P))
/// block: a = LN(x + dropout(attention(x Wq, x Wk, x Wv) Wo));  x = LN(a + dropout(W2 gelu(W1 a)))
/// ```
///
/// It works on packed histories and computes no padding. Made by
/// [`SasRecConfig::init`](super::SasRecConfig::init).
#[derive(Module, Debug)]
pub struct SasRec {
    pub(super) positions: Param<Tensor<2>>,
    pub(super) blocks: Vec<Block>,
    pub(super) norm: LayerNorm,
    #[module(skip)]
    pub(super) config: SasRecConfig,
}

impl SasRec {
    /// States after every event.
    ///
    /// # Shapes
    ///
    /// - output: `[T, d]`, packed as the histories are
    ///
    /// # Panics
    ///
    /// If a history exceeds the configured `max_length`.
    pub fn states(&self, histories: &Histories, items: &ItemVectors, context: &mut StepContext) -> Tensor<2> {
        let segments = &histories.segments;
        let longest = segments.longest();
        let limit = self.config.max_length;
        assert!(longest <= limit, "histories of {longest} events, but the model has positions for {limit}");
        let events = items.events(histories);
        if segments.is_empty() {
            return events;
        }
        let positions = gather(self.positions.val(), &self.position_ids(segments), None);
        let mut x = match self.config.architecture {
            Architecture::Original => events.mul_scalar((self.config.dim as f64).sqrt()) + positions,
            Architecture::PostNorm => self.norm.forward_sum(events, positions, None),
        };
        x = dropout(x, self.config.dropout, context);
        for block in &self.blocks {
            x = block.forward(x, segments, &self.config, context);
        }
        match self.config.architecture {
            Architecture::Original => self.norm.forward(x),
            Architecture::PostNorm => x,
        }
    }

    /// Position of each packed event, counted from the end of the window or from the start.
    fn position_ids(&self, segments: &Segments) -> Vec<u32> {
        segments
            .lengths()
            .flat_map(|length| {
                let first = match self.config.architecture {
                    Architecture::Original => self.config.max_length - length,
                    Architecture::PostNorm => 0,
                };
                (first..first + length).map(|position| position as u32)
            })
            .collect()
    }
}

impl Retriever for SasRec {
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

    fn max_length(&self) -> Option<usize> {
        Some(self.config.max_length)
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
    use seqrec_core::{
        Backend,
        burn::tensor::Device,
        losses::{NegativeSampling, negative_sampling},
        ops::Pointwise,
        testing::{self, Order, RetrieverHarness},
    };
    use seqrec_train::{
        loader::{Avoid, GbceConfig, LossConfig, OwnNegativesConfig},
        testing::RetrieverLearning,
    };

    fn config(architecture: Architecture, heads: usize) -> SasRecConfig {
        SasRecConfig { architecture, dim: 6, heads, max_length: 8, dropout: 0.1, ..Default::default() }
    }

    fn model(config: &SasRecConfig, device: &Device) -> SasRec {
        config.init(&mut testing::rng(), device).unwrap()
    }

    const BOTH: [Architecture; 2] = [Architecture::Original, Architecture::PostNorm];

    #[test]
    fn keeps_the_contract_in_order_and_without_looking_ahead() {
        for architecture in BOTH {
            for (heads, supervision) in [(1, Supervision::EveryEvent), (2, Supervision::Last)] {
                let config = SasRecConfig { supervision, ..config(architecture, heads) };
                let harness = RetrieverHarness::new(6, |device| model(&config, device));
                harness.order(Order::Matters).causal(SasRec::states).check();
            }
        }
    }

    #[test]
    fn learns_a_tiny_set_by_heart_and_serves_what_was_saved() {
        for architecture in BOTH {
            let config = SasRecConfig { dim: 16, dropout: 0.0, ..config(architecture, 2) };
            RetrieverLearning::new(16, |device| model(&config, device)).check();
        }
    }

    #[test]
    fn every_loss_with_negatives_starts_where_scores_of_zero_put_it() {
        let ln_2 = 2f32.ln();
        for (loss, initial) in [
            (NegativeSampling::Bce, 3.0 * ln_2),
            (NegativeSampling::Gbce { beta: 0.25 }, 2.25 / 3.0 * ln_2),
            (NegativeSampling::Bpr, ln_2),
            (NegativeSampling::Softmax, 3f32.ln()),
        ] {
            let two_negatives = |queries: &Queries, items: &ItemVectors| {
                let [count] = queries.targets.dims();
                let negatives: Vec<u32> = (0..2 * count as u32).map(|at| 1 + at % 9).collect();
                negative_sampling(queries, items, &negatives, loss)
            };
            let config = config(Architecture::PostNorm, 2);
            RetrieverHarness::new(6, |device| model(&config, device)).loss(initial, two_negatives).check();
        }
    }

    #[test]
    fn learns_by_heart_from_every_loss_with_negatives() {
        // What a user had is never pushed down where it is avoided, and the last item is to win over it.
        let own = OwnNegativesConfig { negatives: 8, avoid: Avoid::Target, ..Default::default() };
        let gbce = GbceConfig { negatives: 8, avoid: Avoid::Target, calibration: 0.75 };
        let config = SasRecConfig { dim: 16, dropout: 0.0, ..config(Architecture::Original, 2) };
        for loss in
            [LossConfig::Bce(own), LossConfig::Bpr(own), LossConfig::OwnSoftmax(own), LossConfig::Gbce(gbce)]
        {
            RetrieverLearning::new(16, |device| model(&config, device)).loss(loss).steps(400).check();
        }
    }

    #[test]
    fn every_choice_of_the_network_keeps_the_contract() {
        let base = || SasRecConfig { attention_dropout: Some(0.3), ..config(Architecture::PostNorm, 2) };
        for activation in
            [Pointwise::Relu, Pointwise::Gelu, Pointwise::Swish, Pointwise::Tanh, Pointwise::Sigmoid]
        {
            let config = SasRecConfig { activation: Some(activation), epsilon: Some(1e-5), ..base() };
            RetrieverHarness::new(6, |device| model(&config, device)).causal(SasRec::states).check();
        }
    }

    #[test]
    fn wrong_configurations_are_refused_by_name() {
        let device = Backend::default().device().unwrap();
        for (wrong, name) in [
            (SasRecConfig { heads: 4, ..config(Architecture::Original, 1) }, "heads must divide dim"),
            (SasRecConfig { blocks: 0, ..config(Architecture::Original, 1) }, "blocks must be positive"),
            (
                SasRecConfig { dropout: 1.0, ..config(Architecture::Original, 1) },
                "dropout must lie in [0, 1)",
            ),
            (
                SasRecConfig { attention_dropout: Some(-0.1), ..config(Architecture::PostNorm, 1) },
                "attention_dropout must lie in [0, 1)",
            ),
            (
                SasRecConfig { epsilon: Some(0.0), ..config(Architecture::PostNorm, 1) },
                "epsilon must be positive",
            ),
        ] {
            let error = wrong.init(&mut testing::rng(), &device).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }
}
