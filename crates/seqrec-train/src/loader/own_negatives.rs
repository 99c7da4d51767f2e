use rand::RngExt as _;
use seqrec_core::{Rng, Supervision, losses::NegativeSampling};
use seqrec_data::{Sequences, Span};

use super::{Avoid, Example, OwnNegativesConfig, Pool};
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
    /// What uniform negatives are drawn from.
    pool: Vec<u32>,
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
        let pool: Vec<u32> = match config.pool {
            Pool::Catalogue => (1..=items as u32).collect(),
            Pool::Training => {
                let items = |span: &Span| sequences.items(span.user)[span.range()].iter().copied();
                distinct(spans.iter().flat_map(items))
            }
        };
        let most = match config.avoid {
            Avoid::Known => {
                let items = |span: &Span| sequences.items(span.user)[span.range()].iter().copied();
                spans.iter().map(|span| distinct(items(span)).len()).max()
            }
            Avoid::Target => Some(1),
        };
        if most.is_some_and(|most| most >= pool.len()) {
            let (field, rule) = ("number of items", "must exceed what a user's negatives avoid");
            return Err(TrainError::InvalidConfig { field, rule, value: pool.len().to_string() });
        }
        let avoided = vec![false; items + 1];
        Ok(Self { loss, config, supervision: Supervision::Last, pool, avoided })
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
        let supervision = self.supervision;
        let targets = |example: &Example| example.targets(sequences, supervision, max_length);
        let batch: Vec<u32> = match self.config.in_batch {
            0 => Vec::new(),
            _ => examples.iter().flat_map(targets).copied().collect(),
        };
        let mut ids = Vec::new();
        for example in examples {
            let known = example.avoided(sequences, self.config.avoid);
            known.iter().for_each(|&item| self.avoided[item as usize] = true);
            let others: Vec<u32> =
                batch.iter().copied().filter(|&item| !self.avoided[item as usize]).collect();
            for &target in targets(example) {
                ids.extend((0..self.config.negatives).map(|_| self.uniform(target, rng)));
                ids.extend((0..self.config.in_batch).map(|_| self.one_of(&others, target, rng)));
            }
            known.iter().for_each(|&item| self.avoided[item as usize] = false);
        }
        OwnNegatives { ids, supervision, loss: self.loss }
    }

    /// One of the pool that is neither the target nor avoided.
    fn uniform(&self, target: u32, rng: &mut Rng) -> u32 {
        loop {
            let item = self.pool[rng.random_range(0..self.pool.len() as u32) as usize];
            if item != target && !self.avoided[item as usize] {
                return item;
            }
        }
    }

    /// One of `others`, none of which is avoided, but the target.
    fn one_of(&self, others: &[u32], target: u32, rng: &mut Rng) -> u32 {
        if others.iter().all(|&item| item == target) {
            return self.uniform(target, rng);
        }
        loop {
            let item = others[rng.random_range(0..others.len() as u32) as usize];
            if item != target {
                return item;
            }
        }
    }
}

/// Distinct ids in ascending order.
fn distinct(items: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut items: Vec<u32> = items.collect();
    items.sort_unstable();
    items.dedup();
    items
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
                    let config = OwnNegativesConfig { negatives, avoid, ..Default::default() };
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
            let config = OwnNegativesConfig { avoid, ..Default::default() };
            OwnSampler::new((NegativeSampling::Bpr, config), &sequences, &spans).map(drop)
        };
        let error = with(Avoid::Known).unwrap_err().to_string();
        assert!(error.contains("number of items") && error.contains("but is 3"), "{error}");
        with(Avoid::Target).unwrap();
    }

    #[test]
    fn negatives_of_the_batch_are_targets_of_others_and_uniform_ones_take_the_place_of_none() {
        let sequences = Sequences::from_histories(&[vec![1, 2, 3], vec![2, 4], vec![3, 5]], 14).unwrap();
        let example = |user: u32| {
            let end = sequences.items(user).len();
            Example { user, start: 0, cut: end - 1, end }
        };
        let drawn = |avoid, users: &[u32]| {
            let config = OwnNegativesConfig { negatives: 0, in_batch: 40, avoid, pool: Pool::Training };
            let examples: Vec<Example> = users.iter().map(|&user| example(user)).collect();
            let mut rng = Seed(3).rng(Stream::Negatives, 1);
            let negatives =
                sampler(&sequences, config, Supervision::Last).draw(&examples, &sequences, 9, &mut rng);
            negatives.ids.chunks(40).map(|own| distinct(own.iter().copied())).collect::<Vec<_>>()
        };
        // The targets are 3, 4 and 5; the third user has had the first one's.
        assert_eq!(drawn(Avoid::Known, &[0, 1, 2]), [[4, 5].as_slice(), &[3, 5], &[4]]);
        assert_eq!(drawn(Avoid::Target, &[0, 1, 2]), [[4, 5], [3, 5], [3, 4]]);
        assert_eq!(drawn(Avoid::Target, &[1, 1]), [[1, 2, 3, 5], [1, 2, 3, 5]]);
        assert_eq!(drawn(Avoid::Known, &[1]), [[1, 3, 5]]);
    }
}
