use rand::RngExt as _;
use seqrec_core::{
    Rng, Seed, Stream,
    batch::{Padded, Rows},
};
use seqrec_data::{Categories, Field, Sequences, Span, Split};
use serde::{Deserialize, Serialize};

use super::{BatchSource, Batching, Cells, ExampleConfig, Examples};
use crate::{Result, TrainError};

/// How a ranker's batches are made from positive events.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RankingConfig {
    /// Positive examples of one step. Default: 128.
    pub batch_size: usize,
    /// Longest history; older events are cut off. Default: 20.
    pub max_length: usize,
    /// Batches whose examples are sorted by length before they are cut, so that little padding is
    /// computed; 1 does not sort. Random cuts are never sorted. Default: 64.
    pub length_pool: usize,
    /// Which positive examples. Default: all prefixes.
    pub examples: ExampleConfig,
    /// Uniform negatives of each positive, never one of the user's training items. Default: 1
    /// (DIN's demo).
    pub negatives_per_positive: usize,
}

impl Default for RankingConfig {
    fn default() -> Self {
        Self {
            batch_size: 128,
            max_length: 20,
            length_pool: 64,
            examples: ExampleConfig::default(),
            negatives_per_positive: 1,
        }
    }
}

impl RankingConfig {
    fn batching(&self) -> Batching {
        Batching { size: self.batch_size, pool: self.length_pool, max_length: self.max_length }
    }
}

/// One step's (history, candidate, label) triples on the host.
#[derive(Clone, Debug)]
pub struct RankingBatch {
    /// Histories, right-padded; a positive and its negatives repeat theirs.
    pub histories: Padded,
    /// The items to score.
    pub candidates: Vec<u32>,
    /// 1 for the item that followed, 0 for a drawn one.
    pub labels: Vec<f32>,
    /// Codes of the user fields with one category each, `[B * F]` row-major.
    pub profile: Vec<u32>,
    /// Number of profile fields, `F`.
    pub profile_fields: usize,
    /// The item rows that the step touches.
    pub rows: Rows,
}

impl RankingBatch {
    /// Collects triples of (user, history, candidate, label).
    ///
    /// # Errors
    ///
    /// An item id outside the catalogue.
    pub fn new(
        sequences: &Sequences,
        triples: &[(u32, &[u32], u32, f32)],
        max_length: usize,
    ) -> Result<Self> {
        let histories: Vec<&[u32]> = triples.iter().map(|triple| triple.1).collect();
        let histories = Padded::longest(&histories, max_length);
        let candidates: Vec<u32> = triples.iter().map(|triple| triple.2).collect();
        let fields: Vec<&Categories> = sequences.user_fields().iter().filter_map(Field::single).collect();
        let profile =
            triples.iter().flat_map(|triple| fields.iter().map(|field| field.of(triple.0))).collect();
        let rows = Rows::distinct(&[&histories.ids, &candidates], sequences.num_items())?;
        let labels = triples.iter().map(|triple| triple.3).collect();
        Ok(Self { histories, candidates, labels, profile, profile_fields: fields.len(), rows })
    }
}

/// Makes [`RankingBatch`]es from prepared sequences.
#[derive(Clone, Debug)]
pub struct RankingSource<'a> {
    sequences: &'a Sequences,
    examples: Examples,
    config: RankingConfig,
    seed: Seed,
}

impl<'a> RankingSource<'a> {
    /// Batches of the training part of `split`.
    ///
    /// # Errors
    ///
    /// Those of [`Examples::new`]; [`TrainError::InvalidConfig`] if a user has every item, so that
    /// no negative is left.
    pub fn new(sequences: &'a Sequences, split: &Split, config: RankingConfig, seed: Seed) -> Result<Self> {
        let longest = split.train.iter().map(Span::len).max().unwrap_or(0);
        if longest >= sequences.num_items() {
            let value = sequences.num_items().to_string();
            let rule = "must exceed the longest history for negatives to exist";
            return Err(TrainError::InvalidConfig { field: "number of items", rule, value });
        }
        let examples = Examples::new(&split.train, config.examples, config.batching(), seed)?;
        Ok(Self { sequences, examples, config, seed })
    }
}

impl BatchSource for RankingSource<'_> {
    type Batch = RankingBatch;

    fn batch(&mut self, step: u64) -> Result<RankingBatch> {
        let mut rng = self.seed.rng(Stream::Negatives, step);
        let mut triples = Vec::new();
        for example in self.examples.at(step) {
            let (history, target) = example.resolve(self.sequences);
            triples.push((example.user, history, target, 1.0));
            for _ in 0..self.config.negatives_per_positive {
                let known = example.known(self.sequences);
                triples.push((
                    example.user,
                    history,
                    negative(known, self.sequences.num_items(), &mut rng),
                    0.0,
                ));
            }
        }
        RankingBatch::new(self.sequences, &triples, self.config.max_length)
    }

    fn steps_per_epoch(&self) -> u64 {
        self.examples.steps_per_epoch()
    }

    fn cells(batch: &RankingBatch) -> Cells {
        Cells::of(&batch.histories)
    }
}

/// A uniformly drawn item that is not among `known`.
pub(crate) fn negative(known: &[u32], items: usize, rng: &mut Rng) -> u32 {
    loop {
        let item = rng.random_range(1..=items as u32);
        if !known.contains(&item) {
            return item;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_positive_has_its_negatives_and_none_is_an_item_of_the_user() {
        let sequences = Sequences::from_histories(&[vec![1, 2, 3], vec![4, 5, 6]], 9).unwrap();
        let train = (0..2).map(|user| Span { user, start: 0, end: 3 }).collect();
        let split = Split { train, ..Split::default() };
        let config = RankingConfig { batch_size: 4, negatives_per_positive: 2, ..Default::default() };
        let batch = RankingSource::new(&sequences, &split, config, Seed(1)).unwrap().batch(0).unwrap();
        assert_eq!(batch.labels, [1.0, 0.0, 0.0].repeat(4));
        for (row, (&candidate, &label)) in batch.candidates.iter().zip(&batch.labels).enumerate() {
            let first = batch.histories.ids[row * batch.histories.length];
            let own = if first <= 3 { [1, 2, 3] } else { [4, 5, 6] };
            assert_eq!(own.contains(&candidate), label == 1.0);
        }
    }
}
