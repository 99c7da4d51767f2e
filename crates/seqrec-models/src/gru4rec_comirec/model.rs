use burn::module::Module;
use seqrec_core::{Interests, Retriever, StepContext, batch::Histories, items::ItemVectors, layers::Gru};

/// One interest: the last state of a GRU over the history, `[B, 1, d]`; zero without events.
///
/// The reset gate acts before the product, the update gate says how much of the state to keep. It
/// works on packed histories and computes no padding. Made by
/// [`Gru4RecComiRecConfig::init`](super::Gru4RecComiRecConfig::init).
#[derive(Module, Debug)]
pub struct Gru4RecComiRec {
    pub(super) gru: Gru,
}

impl Retriever for Gru4RecComiRec {
    fn interests(&self, histories: &Histories, items: &ItemVectors, _: &mut StepContext) -> Interests {
        let segments = &histories.segments;
        let events = items.events(histories);
        let states = if segments.is_empty() { events } else { self.gru.forward(events, segments) };
        Interests::last_state(states, segments)
    }

    fn computes_padding(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gru4RecComiRecConfig;
    use seqrec_core::{
        Backend, params,
        testing::{self, Order, RetrieverHarness, host},
    };
    use seqrec_train::testing::RetrieverLearning;

    #[test]
    fn keeps_the_contract_in_order() {
        let config = Gru4RecComiRecConfig { dim: 6 };
        let init = |device: &_| config.init(&mut testing::rng(), device).unwrap();
        RetrieverHarness::new(6, init).order(Order::Matters).check();
    }

    #[test]
    fn learns_a_tiny_set_by_heart_and_serves_what_was_saved() {
        let config = Gru4RecComiRecConfig { dim: 16 };
        RetrieverLearning::new(16, |device| config.init(&mut testing::rng(), device).unwrap()).check();
    }

    /// One event from a state of zero: `(1 - sigmoid(1 + x z)) tanh(x n)`.
    #[test]
    fn one_event_gives_the_worked_state() {
        let device = Backend::default().device().unwrap();
        let model = Gru4RecComiRecConfig { dim: 1 }.init(&mut testing::rng(), &device).unwrap();
        let x = f64::from(testing::values(2)[1]);
        let [_, z, n] = params::export(&model)["gru.input.weight"].values[..] else { panic!("three gates") };
        let keep = 1.0 / (1.0 + (-1.0 - x * f64::from(z)).exp());
        let expected = (1.0 - keep) * (x * f64::from(n)).tanh();
        let (items, histories) = testing::retriever_input(1, &[&[1]], 8, &device);
        let interests = model.interests(&histories, &items, &mut StepContext::inference());
        let state = f64::from(host(interests.vectors)[0]);
        assert!((state - expected).abs() < 1e-6, "{state} {expected}");
    }

    #[test]
    fn a_size_of_zero_is_refused_by_name() {
        let device = Backend::default().device().unwrap();
        let error = Gru4RecComiRecConfig { dim: 0 }.init(&mut testing::rng(), &device).unwrap_err();
        assert!(error.to_string().contains("dim must be positive"), "{error}");
    }
}
