use rand::RngExt as _;
use seqrec_core::{Rng, Supervision, losses::NegativeSampling};
use seqrec_data::{Sequences, Span};

use super::{Avoid, Example, OwnNegativesConfig};
use crate::{Result, TrainError};

/// Negatives that each query of a batch has for itself.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnNegatives {
    /// Item ids, `[Q * k]`: `k` a query, the queries in the order of the packed events or, where only
    /// last states train, of the histories.
    pub ids: Vec<u32>,
    /// Which states the queries are.
    pub supervision: Supervision,
    /// What scores of target and negatives become.
    pub loss: NegativeSampling,
}

/// Draws [`OwnNegatives`].
#[derive(Clone, Debug)]
pub(super) struct OwnSampler {
    loss: NegativeSampling,
    config: OwnNegativesConfig,
    supervision: Supervision,
    /// Which items the current user's negatives avoid; all false between users.
    avoided: Vec<bool>,
}

impl OwnSampler {
    /// Negatives of queries that follow the training `spans`.
    ///
    /// # Errors
    ///
    /// [`TrainError::InvalidConfig`] if a user might leave no item to draw.
    pub fn new(
        (loss, config): (NegativeSampling, OwnNegativesConfig),
        sequences: &Sequences,
        spans: &[Span],
    ) -> Result<Self> {
        let items = sequences.num_items();
        let most = match config.avoid {
            Avoid::Known => {
                spans.iter().map(|span| distinct(&sequences.items(span.user)[span.range()])).max()
            }
            Avoid::Target => Some(1),
        };
        if most.is_some_and(|most| most >= items) {
            let rule = "must exceed what a user's negatives avoid";
            return Err(TrainError::InvalidConfig {
                field: "number of items",
                rule,
                value: items.to_string(),
            });
        }
        let avoided = vec![false; items + 1];
        Ok(Self { loss, config, supervision: Supervision::Last, avoided })
    }

    /// Says which states are queries.
    pub fn supervise(&mut self, supervision: Supervision) {
        self.supervision = supervision;
    }

    /// Negatives of the queries of `examples`, whose histories are cut to `max_length`.
    pub fn draw(
        &mut self,
        examples: &[Example],
        sequences: &Sequences,
        max_length: usize,
        rng: &mut Rng,
    ) -> OwnNegatives {
        let mut ids = Vec::new();
        for example in examples {
            let known = match self.config.avoid {
                Avoid::Known => example.known(sequences),
                Avoid::Target => &[],
            };
            known.iter().for_each(|&item| self.avoided[item as usize] = true);
            for &target in self.targets(example, sequences, max_length) {
                for _ in 0..self.config.negatives {
                    ids.push(self.other_than(target, rng));
                }
            }
            known.iter().for_each(|&item| self.avoided[item as usize] = false);
        }
        OwnNegatives { ids, supervision: self.supervision, loss: self.loss }
    }

    /// The targets of the queries of `example`: what follows each event of the window, or the last one.
    fn targets<'a>(&self, example: &Example, sequences: &'a Sequences, max_length: usize) -> &'a [u32] {
        let queries = match self.supervision {
            Supervision::EveryEvent => (example.cut - example.start).min(max_length),
            Supervision::Last => 1,
        };
        &sequences.items(example.user)[example.cut + 1 - queries..=example.cut]
    }

    fn other_than(&self, target: u32, rng: &mut Rng) -> u32 {
        let items = self.avoided.len() as u32 - 1;
        loop {
            let item = rng.random_range(1..=items);
            if item != target && !self.avoided[item as usize] {
                return item;
            }
        }
    }
}

fn distinct(items: &[u32]) -> usize {
    let mut items = items.to_vec();
    items.sort_unstable();
    items.dedup();
    items.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use seqrec_core::{Seed, Stream};

    fn sampler(sequences: &Sequences, config: OwnNegativesConfig, supervision: Supervision) -> OwnSampler {
        let spans: Vec<Span> = (0..sequences.num_users() as u32)
            .map(|user| Span { user, start: 0, end: sequences.items(user).len() })
            .collect();
        let mut sampler = OwnSampler::new((NegativeSampling::Bce, config), sequences, &spans).unwrap();
        sampler.supervise(supervision);
        sampler
    }

    proptest! {
        #[test]
        fn there_are_as_many_as_asked_and_none_is_avoided(
            histories in prop::collection::vec(prop::collection::vec(1u32..=12, 2..9), 1..5),
            negatives in 1usize..4,
            max_length in 1usize..6,
        ) {
            let sequences = Sequences::from_histories(&histories, 14).unwrap();
            for avoid in [Avoid::Known, Avoid::Target] {
                for supervision in [Supervision::EveryEvent, Supervision::Last] {
                    let config = OwnNegativesConfig { negatives, avoid };
                    let mut sampler = sampler(&sequences, config, supervision);
                    let examples: Vec<Example> = (0u32..).zip(&histories).map(|(user, history)| {
                        Example { user, start: 0, cut: history.len() - 1, end: history.len() }
                    }).collect();
                    let mut rng = Seed(3).rng(Stream::Negatives, 1);
                    let drawn = sampler.draw(&examples, &sequences, max_length, &mut rng);
                    let mut own = drawn.ids.chunks_exact(negatives);
                    for history in &histories {
                        let cut = history.len() - 1;
                        let queries = match supervision {
                            Supervision::EveryEvent => cut.min(max_length),
                            Supervision::Last => 1,
                        };
                        for &target in &history[history.len() - queries..] {
                            for id in own.next().unwrap() {
                                prop_assert!((1..=14).contains(id) && *id != target);
                                prop_assert!(avoid == Avoid::Target || !history.contains(id));
                            }
                        }
                    }
                    prop_assert!(own.next().is_none() && !sampler.avoided.contains(&true));
                }
            }
        }
    }

    #[test]
    fn a_user_with_every_item_leaves_nothing_to_draw() {
        let sequences = Sequences::from_histories(&[vec![1, 2, 1, 3]], 3).unwrap();
        let spans = [Span { user: 0, start: 0, end: 4 }];
        let with = |avoid| {
            let config = OwnNegativesConfig { negatives: 1, avoid };
            OwnSampler::new((NegativeSampling::Bpr, config), &sequences, &spans).map(drop)
        };
        let error = with(Avoid::Known).unwrap_err().to_string();
        assert!(error.contains("number of items") && error.contains("but is 3"), "{error}");
        with(Avoid::Target).unwrap();
    }
}
