use seqrec_core::{
    PAD, Rng, Supervision,
    ops::Bags,
    samplers::{NegativeSampler, SamplerConfig},
};
use seqrec_data::{Sequences, Split, train_counts};

use super::{Example, InBatchConfig, Pool};
use crate::Result;

/// What each query leaves out of the negatives that its batch shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excluded {
    /// Places among the negatives, a list each query. The queries are in the order of the packed events or,
    /// where only last states train, of the histories.
    pub places: Bags,
    /// Which states the queries are.
    pub supervision: Supervision,
}

/// Draws the negatives of [`InBatchConfig`].
#[derive(Clone, Debug)]
pub(super) struct InBatchSampler {
    /// Draws targets, as far as `Q` is concerned.
    targets: NegativeSampler,
    uniform: NegativeSampler,
    config: InBatchConfig,
    supervision: Supervision,
    /// Which items the current user's queries leave out; all false between users.
    avoided: Vec<bool>,
}

/// The negatives of one batch.
#[derive(Debug)]
pub(super) struct InBatch {
    /// Distinct ids, ascending.
    pub ids: Vec<u32>,
    pub excluded: Excluded,
    /// Number of targets that they come from.
    queries: u64,
    /// Draws that the uniform ones took.
    tries: u64,
}

impl InBatchSampler {
    /// Negatives of queries on the training part of `split`.
    ///
    /// # Errors
    ///
    /// Those of [`NegativeSampler::new`].
    pub fn new(config: InBatchConfig, sequences: &Sequences, split: &Split) -> Result<Self> {
        let (items, counts) = (sequences.num_items(), train_counts(sequences, split));
        let sampler = |config| NegativeSampler::new(config, items, &counts);
        let uniform = match config.pool {
            Pool::Catalogue => SamplerConfig::Uniform,
            Pool::Training => SamplerConfig::Popularity { alpha: 0.0 },
        };
        Ok(Self {
            targets: sampler(SamplerConfig::Popularity { alpha: 1.0 })?,
            uniform: sampler(uniform)?,
            config,
            supervision: Supervision::Last,
            avoided: vec![false; items + 1],
        })
    }

    /// Says which states are queries.
    pub fn supervise(&mut self, supervision: Supervision) {
        self.supervision = supervision;
    }

    /// Negatives of the queries of `examples`, whose histories are cut to `max_length`.
    ///
    /// # Errors
    ///
    /// Those of [`NegativeSampler::draw_distinct`].
    pub fn draw(
        &mut self,
        examples: &[Example],
        sequences: &Sequences,
        max_length: usize,
        rng: &mut Rng,
    ) -> Result<InBatch> {
        let supervision = self.supervision;
        let targets = |example: &Example| example.targets(sequences, supervision, max_length);
        let uniform = self.uniform.draw_distinct(self.config.uniform, rng)?;
        let mut ids: Vec<u32> = examples.iter().flat_map(targets).copied().collect();
        let queries = ids.len() as u64;
        ids.extend(uniform.ids);
        ids.sort_unstable();
        ids.dedup();
        let own: Vec<(Vec<u32>, usize)> = examples
            .iter()
            .map(|example| {
                let avoided = example.avoided(sequences, self.config.avoid);
                (self.places(&ids, avoided), targets(example).len())
            })
            .collect();
        let lists = own.iter().flat_map(|(places, queries)| std::iter::repeat_n(places.as_slice(), *queries));
        let excluded = Excluded { places: Bags::new(lists), supervision };
        Ok(InBatch { excluded, ids, queries, tries: uniform.tries })
    }

    /// Places of the `avoided` items among `ids`.
    fn places(&mut self, ids: &[u32], avoided: &[u32]) -> Vec<u32> {
        avoided.iter().for_each(|&item| self.avoided[item as usize] = true);
        let places = (0u32..).zip(ids).filter(|(_, id)| self.avoided[**id as usize]).map(|(place, _)| place);
        let places = places.collect();
        avoided.iter().for_each(|&item| self.avoided[item as usize] = false);
        places
    }

    /// `ln Q(id)`, the chance that `id` is among the negatives of such a batch; 0 for padding.
    pub fn log_q(&self, id: u32, batch: &InBatch) -> f32 {
        if id == PAD {
            return 0.0;
        }
        let chance = |sampler: &NegativeSampler, tries| match tries {
            0 => 0.0,
            tries => f64::from(sampler.log_inclusion(id, tries)).exp(),
        };
        let (target, drawn) = (chance(&self.targets, batch.queries), chance(&self.uniform, batch.tries));
        (target + drawn - target * drawn).ln() as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loader::Avoid;
    use proptest::prelude::*;
    use seqrec_core::{Seed, Stream};
    use seqrec_data::Span;

    const ITEMS: usize = 14;

    fn sampler(histories: &[Vec<u32>], config: InBatchConfig) -> (Sequences, InBatchSampler) {
        let sequences = Sequences::from_histories(histories, ITEMS).unwrap();
        let train =
            (0u32..).zip(histories).map(|(user, history)| Span { user, start: 0, end: history.len() });
        let split = Split { train: train.collect(), ..Split::default() };
        let sampler = InBatchSampler::new(config, &sequences, &split).unwrap();
        (sequences, sampler)
    }

    fn examples(histories: &[Vec<u32>]) -> Vec<Example> {
        let example = |(user, history): (u32, &Vec<u32>)| Example {
            user,
            start: 0,
            cut: history.len() - 1,
            end: history.len(),
        };
        (0u32..).zip(histories).map(example).collect()
    }

    proptest! {
        #[test]
        fn queries_leave_out_what_they_avoid_and_nothing_else(
            histories in prop::collection::vec(prop::collection::vec(1u32..=12, 2..9), 1..5),
            uniform in 0usize..2,
            max_length in 1usize..6,
        ) {
            for (supervision, avoid) in [
                (Supervision::EveryEvent, Avoid::Known),
                (Supervision::Last, Avoid::Known),
                (Supervision::Last, Avoid::Target),
            ] {
                let config = InBatchConfig { uniform, avoid, ..Default::default() };
                let (sequences, mut sampler) = sampler(&histories, config);
                sampler.supervise(supervision);
                let mut rng = Seed(3).rng(Stream::Negatives, 1);
                let drawn = sampler.draw(&examples(&histories), &sequences, max_length, &mut rng).unwrap();
                prop_assert!(drawn.ids.is_sorted_by(|a, b| a < b));
                prop_assert!(drawn.ids.iter().all(|id| histories.concat().contains(id)), "all train");
                let mut lists = drawn.excluded.places.iter();
                for history in &histories {
                    let queries = match supervision {
                        Supervision::EveryEvent => (history.len() - 1).min(max_length),
                        Supervision::Last => 1,
                    };
                    for target in &history[history.len() - queries..] {
                        prop_assert!(drawn.ids.contains(target));
                        let list = lists.next().unwrap();
                        for (place, id) in (0u32..).zip(&drawn.ids) {
                            let had = avoid == Avoid::Known && history.contains(id);
                            prop_assert_eq!(list.contains(&place), had);
                        }
                    }
                }
                prop_assert!(lists.next().is_none() && !sampler.avoided.contains(&true));
                prop_assert!(drawn.ids.iter().all(|&id| sampler.log_q(id, &drawn) < 1e-6));
            }
        }
    }

    #[test]
    fn popular_items_are_likelier_and_uniform_ones_add_their_chance() {
        let histories = [vec![1, 1, 1, 2], vec![1, 3]];
        let chance = |uniform, pool, id| {
            let (sequences, mut sampler) =
                sampler(&histories, InBatchConfig { uniform, pool, ..Default::default() });
            let mut rng = Seed(3).rng(Stream::Negatives, 1);
            let drawn = sampler.draw(&examples(&histories), &sequences, 9, &mut rng).unwrap();
            f64::from(sampler.log_q(id, &drawn)).exp()
        };
        // Two targets, of which each is item 1 with 4 chances of 6, item 2 with 1 of 6.
        assert!((chance(0, Pool::Training, 1) - (1.0 - (2.0f64 / 6.0).powi(2))).abs() < 1e-6);
        assert!((chance(0, Pool::Training, 2) - (1.0 - (5.0f64 / 6.0).powi(2))).abs() < 1e-6);
        // One draw of three items in training, or of all fourteen.
        let missed = (5.0f64 / 6.0).powi(2);
        assert!((chance(1, Pool::Training, 2) - (1.0 - missed * 2.0 / 3.0)).abs() < 1e-6);
        assert!((chance(1, Pool::Catalogue, 2) - (1.0 - missed * 13.0 / 14.0)).abs() < 1e-6);
        assert!((chance(1, Pool::Catalogue, 9) - 1.0 / 14.0).abs() < 1e-6, "an item that training lacks");
    }
}
