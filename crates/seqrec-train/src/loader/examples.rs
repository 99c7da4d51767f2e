use rand::{RngExt as _, seq::SliceRandom as _};
use seqrec_core::{Rng, Seed, Stream, Supervision};
use seqrec_data::{Sequences, Span};
use serde::{Deserialize, Serialize};

use super::Avoid;
use crate::{Result, TrainError};

/// How (history, target) examples are drawn from the training sequences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ExampleConfig {
    /// Distinct users a batch, one uniformly drawn cut of each (ComiRec). An "epoch" is one pass
    /// over as many users as there are.
    RandomCut {
        /// Fewest events before the target.
        min_history: usize,
    },
    /// Every cut of every user once an epoch, in a fresh order each epoch.
    AllPrefixes {
        /// Fewest events before the target.
        min_history: usize,
    },
    /// The cut before each user's last event, and every `stride` events before it, once an epoch:
    /// for models that train on every event of a history. With a stride of the longest history every
    /// event is a target once.
    Windows {
        /// Events between two cuts.
        stride: usize,
    },
}

impl Default for ExampleConfig {
    fn default() -> Self {
        Self::AllPrefixes { min_history: 1 }
    }
}

impl ExampleConfig {
    fn min_history(self) -> usize {
        match self {
            Self::RandomCut { min_history } | Self::AllPrefixes { min_history } => min_history,
            Self::Windows { .. } => 1,
        }
    }

    /// The cuts of `span` that an epoch goes through.
    fn cuts(self, span: &Span) -> impl Iterator<Item = usize> + use<> {
        let stride = match self {
            Self::Windows { stride } => stride,
            Self::RandomCut { .. } | Self::AllPrefixes { .. } => 1,
        };
        (span.start + self.min_history()..span.end).rev().step_by(stride)
    }
}

/// One example: the event at `cut` of `user` is the target, those before it are the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// Index of the user.
    pub user: u32,
    /// First event of the user's training span.
    pub start: usize,
    /// Event that is the target.
    pub cut: usize,
    /// End of the user's training span.
    pub end: usize,
}

impl Example {
    /// History (oldest first) and target.
    pub fn resolve<'a>(&self, sequences: &'a Sequences) -> (&'a [u32], u32) {
        let items = sequences.items(self.user);
        (&items[self.start..self.cut], items[self.cut])
    }

    /// What the states that `supervision` trains must predict, of a history cut to `max_length`: what
    /// follows each event of the window, or the last one.
    pub fn targets<'a>(
        &self,
        sequences: &'a Sequences,
        supervision: Supervision,
        max_length: usize,
    ) -> &'a [u32] {
        let queries = match supervision {
            Supervision::EveryEvent => (self.cut - self.start).min(max_length),
            Supervision::Last => 1,
        };
        &sequences.items(self.user)[self.cut + 1 - queries..=self.cut]
    }

    /// What negatives of the user avoid, beside each query's target.
    pub fn avoided<'a>(&self, sequences: &'a Sequences, avoid: Avoid) -> &'a [u32] {
        match avoid {
            Avoid::Known => self.known(sequences),
            Avoid::Target => &[],
        }
    }

    /// Every item of the user that training may know of.
    pub fn known<'a>(&self, sequences: &'a Sequences) -> &'a [u32] {
        &sequences.items(self.user)[self.start..self.end]
    }
}

/// How many examples make a batch, and how alike they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batching {
    /// Examples of a batch.
    pub size: usize,
    /// Batches whose examples are sorted by length before they are cut, so that a batch holds
    /// histories of similar length; their order is random again. 1 does not sort.
    pub pool: usize,
    /// Longest history that counts for the sorting.
    pub max_length: usize,
}

/// Draws the examples of any step from the training spans.
#[derive(Clone, Debug)]
pub struct Examples {
    spans: Vec<Span>,
    config: ExampleConfig,
    batching: Batching,
    seed: Seed,
    /// The current epoch's order of all (span, cut) pairs.
    epoch: Option<(u64, Vec<(u32, u32)>)>,
    pairs: u64,
}

impl Examples {
    /// Examples from `spans`; spans that are too short for one are left out.
    ///
    /// # Errors
    ///
    /// [`TrainError::NothingToTrain`] if no span is long enough and
    /// [`TrainError::InvalidConfig`] for a batch size, pool, stride or history of 0.
    pub fn new(spans: &[Span], config: ExampleConfig, batching: Batching, seed: Seed) -> Result<Self> {
        let zero = match (batching, config) {
            (Batching { size: 0, .. }, _) => Some("batch_size"),
            (Batching { pool: 0, .. }, _) => Some("length_pool"),
            (_, ExampleConfig::Windows { stride: 0 }) => Some("stride"),
            (_, config) if config.min_history() == 0 => Some("min_history"),
            _ => None,
        };
        if let Some(field) = zero {
            return Err(TrainError::InvalidConfig { field, rule: "must be positive", value: "0".into() });
        }
        let events = config.min_history() + 1;
        let long_enough: Vec<Span> = spans.iter().filter(|span| span.len() >= events).cloned().collect();
        if long_enough.is_empty() {
            return Err(TrainError::NothingToTrain { users: spans.len(), events });
        }
        let pairs = long_enough.iter().map(|span| config.cuts(span).count() as u64).sum();
        Ok(Self { spans: long_enough, config, batching, seed, epoch: None, pairs })
    }

    /// Number of users that give examples.
    pub fn users(&self) -> usize {
        self.spans.len()
    }

    /// Steps that see as many examples as there are users (random cuts) or cuts (the others).
    pub fn steps_per_epoch(&self) -> u64 {
        let examples = match self.config {
            ExampleConfig::RandomCut { .. } => self.spans.len() as u64,
            ExampleConfig::AllPrefixes { .. } | ExampleConfig::Windows { .. } => self.pairs,
        };
        examples.div_ceil(self.batching.size as u64)
    }

    /// The examples of `step`. The last batch of an epoch may be smaller.
    pub fn at(&mut self, step: u64) -> Vec<Example> {
        match self.config {
            ExampleConfig::RandomCut { min_history } => {
                self.random_cuts(min_history, &mut self.seed.rng(Stream::Batch, step))
            }
            ExampleConfig::AllPrefixes { .. } | ExampleConfig::Windows { .. } => self.of_epoch(step),
        }
    }

    fn random_cuts(&self, min_history: usize, rng: &mut Rng) -> Vec<Example> {
        let amount = self.batching.size.min(self.spans.len());
        rand::seq::index::sample(rng, self.spans.len(), amount)
            .into_iter()
            .map(|index| {
                let Span { user, start, end } = self.spans[index];
                Example { user, start, cut: rng.random_range(start + min_history..end), end }
            })
            .collect()
    }

    fn of_epoch(&mut self, step: u64) -> Vec<Example> {
        let (epoch, position) = (step / self.steps_per_epoch(), step % self.steps_per_epoch());
        if self.epoch.as_ref().is_none_or(|(current, _)| *current != epoch) {
            self.epoch = Some((epoch, self.shuffled_pairs(epoch)));
        }
        let (_, pairs) = self.epoch.as_ref().expect("the epoch was just prepared");
        let first = position as usize * self.batching.size;
        pairs[first..pairs.len().min(first + self.batching.size)]
            .iter()
            .map(|&(span, cut)| {
                let Span { user, start, end } = self.spans[span as usize];
                Example { user, start, cut: cut as usize, end }
            })
            .collect()
    }

    fn shuffled_pairs(&self, epoch: u64) -> Vec<(u32, u32)> {
        let mut rng = self.seed.rng(Stream::Shuffle, epoch);
        let mut pairs: Vec<(u32, u32)> = (0u32..)
            .zip(&self.spans)
            .flat_map(|(index, span)| self.config.cuts(span).map(move |cut| (index, cut as u32)))
            .collect();
        pairs.shuffle(&mut rng);
        let Batching { size, pool, max_length } = self.batching;
        if pool > 1 {
            let length =
                |&(span, cut): &(u32, u32)| (cut as usize - self.spans[span as usize].start).min(max_length);
            // Whole batches are sorted and change places; the smaller one stays the last, unsorted.
            let smaller = pairs.split_off(pairs.len() / size * size);
            pairs.chunks_mut(size.saturating_mul(pool)).for_each(|pool| pool.sort_by_key(length));
            let mut batches: Vec<&[(u32, u32)]> = pairs.chunks_exact(size).collect();
            batches.shuffle(&mut rng);
            pairs = [batches.concat(), smaller].concat();
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn batching(size: usize) -> Batching {
        Batching { size, pool: 1, max_length: 50 }
    }

    fn spans(lengths: &[usize]) -> Vec<Span> {
        (0u32..).zip(lengths).map(|(user, &end)| Span { user, start: 0, end }).collect()
    }

    #[test]
    fn random_cuts_are_distinct_users_with_enough_history() {
        let spans = spans(&[3, 5, 6, 9, 20]);
        let config = ExampleConfig::RandomCut { min_history: 4 };
        let mut examples = Examples::new(&spans, config, batching(3), Seed(1)).unwrap();
        assert_eq!(examples.users(), 4);
        let mut seen = HashSet::new();
        for step in 0..200 {
            let batch = examples.at(step);
            let users: HashSet<u32> = batch.iter().map(|example| example.user).collect();
            assert_eq!(users.len(), 3);
            for example in batch {
                assert!(example.cut >= 4 && example.cut < spans[example.user as usize].end);
                seen.insert((example.user, example.cut));
            }
        }
        assert_eq!(seen.len(), 1 + 2 + 5 + 16, "every cut comes up");
    }

    #[test]
    fn an_epoch_over_all_prefixes_has_each_once_and_epochs_differ() {
        let config = ExampleConfig::AllPrefixes { min_history: 1 };
        let mut examples = Examples::new(&spans(&[4, 1, 8]), config, batching(4), Seed(1)).unwrap();
        let steps = examples.steps_per_epoch();
        assert_eq!(steps, 3);
        let mut epoch =
            |from: u64| -> Vec<Example> { (from..from + steps).flat_map(|s| examples.at(s)).collect() };
        let (first, second) = (epoch(0), epoch(steps));
        let distinct: HashSet<_> = first.iter().map(|example| (example.user, example.cut)).collect();
        assert_eq!((first.len(), distinct.len()), (10, 10));
        assert_ne!(first, second);
    }

    #[test]
    fn windows_make_every_event_a_target_once() {
        let config = ExampleConfig::Windows { stride: 3 };
        let mut examples = Examples::new(&spans(&[8, 2, 1, 4]), config, batching(100), Seed(1)).unwrap();
        let mut cuts: Vec<_> = examples.at(0).iter().map(|example| (example.user, example.cut)).collect();
        cuts.sort_unstable();
        assert_eq!(cuts, [(0, 1), (0, 4), (0, 7), (1, 1), (3, 3)]);
    }

    #[test]
    fn a_pool_gathers_equal_lengths_and_keeps_every_example() {
        let lengths: Vec<usize> = (0..400).map(|user| 2 + user % 40).collect();
        let config = ExampleConfig::Windows { stride: 100 };
        let epoch = |pool| {
            let batching = Batching { size: 20, pool, max_length: 50 };
            let mut examples = Examples::new(&spans(&lengths), config, batching, Seed(1)).unwrap();
            let batches: Vec<_> = (0..examples.steps_per_epoch()).map(|step| examples.at(step)).collect();
            batches
        };
        let padded = |batches: &[Vec<Example>]| -> usize {
            let longest = |batch: &Vec<Example>| batch.iter().map(|example| example.cut).max().unwrap();
            batches.iter().map(|batch| longest(batch) * batch.len()).sum()
        };
        let events: usize = lengths.iter().map(|length| length - 1).sum();
        let (plain, pooled) = (epoch(1), epoch(64));
        assert!(padded(&plain) as f64 > 1.6 * events as f64);
        assert!((padded(&pooled) as f64) < 1.1 * events as f64, "{} {events}", padded(&pooled));
        let users = |batches: &[Vec<Example>]| -> HashSet<u32> {
            batches.iter().flatten().map(|example| example.user).collect()
        };
        assert_eq!(users(&pooled).len(), 400);
        let first: Vec<usize> = pooled.iter().map(|batch| batch[0].cut).collect();
        assert!(!first.is_sorted(), "the order of batches is random");
    }

    #[test]
    fn any_step_can_be_drawn_first() {
        let config = ExampleConfig::AllPrefixes { min_history: 1 };
        let fresh = || Examples::new(&spans(&[9, 8, 7]), config, batching(4), Seed(3)).unwrap();
        let mut walked = fresh();
        (0..8).for_each(|step| drop(walked.at(step)));
        assert_eq!(walked.at(8), fresh().at(8));
    }

    #[test]
    fn users_with_too_few_events_are_an_error_when_none_is_left() {
        let config = ExampleConfig::RandomCut { min_history: 4 };
        let error = Examples::new(&spans(&[2, 4]), config, batching(4), Seed(1)).unwrap_err();
        assert!(error.to_string().contains("none of the 2 training users has 5 events"), "{error}");
    }
}
