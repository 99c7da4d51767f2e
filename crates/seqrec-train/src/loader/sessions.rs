use seqrec_core::{
    Seed, Stream,
    batch::Rows,
    losses::SessionLossConfig,
    samplers::{NegativeSampler, SamplerConfig},
};
use seqrec_data::{Sequences, Split, train_counts};
use serde::{Deserialize, Serialize};

use super::{BatchSource, Cells, SessionParallel, Turn};
use crate::{Result, TrainError};

/// How session-parallel batches are made and what they train. The defaults are those of the PyTorch
/// version of GRU4Rec.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionConfig {
    /// Sessions side by side. The loss is divided by this number also where a batch has fewer.
    /// Default: 64.
    pub batch_size: usize,
    /// Negatives besides the other sessions' targets, shared by the batch, drawn with replacement.
    /// Default: 2,048.
    pub negatives: usize,
    /// They are drawn in proportion to `count^alpha` of the training events. Default: 0.5.
    pub alpha: f64,
    /// The loss. Default: cross-entropy.
    pub objective: SessionLossConfig,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self { batch_size: 64, negatives: 2048, alpha: 0.5, objective: SessionLossConfig::default() }
    }
}

/// One step of every session of a batch, on the host.
#[derive(Clone, Debug)]
pub struct SessionBatch {
    /// Events, what follows them, and whose state goes on.
    pub turn: Turn,
    /// Negatives, `[S]`, repeats included.
    pub negatives: Vec<u32>,
    /// `ln P` of targets and negatives, `[B + S]`: `P` is the count of a target and `count^alpha` of a
    /// negative.
    pub log_popularity: Vec<f32>,
    /// The item rows that the step touches.
    pub rows: Rows,
}

/// Makes [`SessionBatch`]es of the training sessions, in the order of their first events.
///
/// Without times that is the order of the data. The seed fixes the negatives alone.
#[derive(Debug)]
pub struct SessionSource<'a> {
    turns: SessionParallel<'a>,
    /// The first turn of an epoch.
    start: SessionParallel<'a>,
    /// The step of the next turn.
    step: u64,
    steps_per_epoch: u64,
    config: SessionConfig,
    sampler: NegativeSampler,
    counts: Vec<u64>,
    seed: Seed,
}

/// The training sessions of `split` that have a target, the one that began first at the front.
pub fn sessions_by_start<'a>(sequences: &'a Sequences, split: &Split) -> Vec<&'a [u32]> {
    let mut spans: Vec<_> = split.train.iter().filter(|span| span.len() > 1).collect();
    spans.sort_by_key(|span| sequences.times(span.user).map(|times| times[span.start]));
    spans.iter().map(|span| &sequences.items(span.user)[span.range()]).collect()
}

impl<'a> SessionSource<'a> {
    /// Batches of `sessions`, which [`sessions_by_start`] gives; `sequences` and `split` are where they
    /// come from.
    ///
    /// # Errors
    ///
    /// [`TrainError::InvalidConfig`] for a batch without negatives, [`TrainError::NothingToTrain`] without
    /// sessions, and those of [`NegativeSampler::new`] and [`SessionLossConfig::check`].
    pub fn new(
        sessions: &'a [&'a [u32]],
        sequences: &Sequences,
        split: &Split,
        config: SessionConfig,
        seed: Seed,
    ) -> Result<Self> {
        config.objective.check()?;
        let least = if config.negatives == 0 { 2 } else { 1 };
        if config.batch_size < least {
            let value = config.batch_size.to_string();
            let rule = "must be positive, and 2 at least without further negatives";
            return Err(TrainError::InvalidConfig { field: "batch_size", rule, value });
        }
        if sessions.len() < least {
            return Err(TrainError::NothingToTrain { users: split.train.len(), events: 2 });
        }
        let counts = train_counts(sequences, split);
        let popularity = SamplerConfig::Popularity { alpha: config.alpha };
        let sampler = NegativeSampler::new(popularity, sequences.num_items(), &counts)?;
        let start = SessionParallel::new(sessions, config.batch_size, config.negatives == 0);
        let steps_per_epoch = start.clone().count() as u64;
        Ok(Self { turns: start.clone(), start, step: 0, steps_per_epoch, config, sampler, counts, seed })
    }

    /// The turn of `step`: the next one, or found by going through its epoch.
    fn turn(&mut self, step: u64) -> Turn {
        let within = step % self.steps_per_epoch;
        if within == 0 || self.step != step {
            self.turns = self.start.clone();
            (0..within).for_each(|_| drop(self.turns.next()));
        }
        self.step = step + 1;
        self.turns.next().expect("the epoch has that many turns")
    }
}

impl BatchSource for SessionSource<'_> {
    type Batch = SessionBatch;

    fn batch(&mut self, step: u64) -> Result<SessionBatch> {
        let turn = self.turn(step);
        let mut rng = self.seed.rng(Stream::Negatives, step);
        let negatives = self.sampler.draw(self.config.negatives, &mut rng);
        let log_count = |&id: &u32| (self.counts[id as usize] as f64).ln();
        let of_targets = turn.targets.iter().map(|id| log_count(id) as f32);
        let of_negatives = negatives.iter().map(|id| (self.config.alpha * log_count(id)) as f32);
        let log_popularity = of_targets.chain(of_negatives).collect();
        let rows = Rows::distinct(&[&turn.inputs, &turn.targets, &negatives], self.sampler.items())?;
        Ok(SessionBatch { turn, negatives, log_popularity, rows })
    }

    fn steps_per_epoch(&self) -> u64 {
        self.steps_per_epoch
    }

    fn cells(batch: &SessionBatch) -> Cells {
        Cells { events: batch.turn.inputs.len() as u64, padding: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seqrec_data::Span;

    fn data() -> (Sequences, Split) {
        let sequences = Sequences::from_histories(&[vec![1, 2, 3], vec![4], vec![4, 5], vec![1, 5]], 6)
            .and_then(|it| it.with_times(vec![50, 60, 70, 1, 40, 55, 7, 99]))
            .unwrap();
        let train = (0..4).map(|user| Span { user, start: 0, end: sequences.items(user).len() }).collect();
        (sequences, Split { train, ..Split::default() })
    }

    #[test]
    fn sessions_come_in_the_order_of_their_first_events() {
        let (sequences, split) = data();
        let sessions = sessions_by_start(&sequences, &split);
        assert_eq!(sessions, [&[1, 5][..], &[4, 5], &[1, 2, 3]]);
    }

    #[test]
    fn a_batch_follows_from_its_step_and_turns_from_nothing_else() {
        let (sequences, split) = data();
        let sessions = sessions_by_start(&sequences, &split);
        let config = SessionConfig { batch_size: 2, negatives: 3, ..Default::default() };
        let source = |seed| SessionSource::new(&sessions, &sequences, &split, config, Seed(seed)).unwrap();
        let (mut straight, mut jumping, mut other) = (source(1), source(1), source(2));
        assert_eq!(straight.steps_per_epoch(), 3);
        let batches: Vec<SessionBatch> = (0..7).map(|step| straight.batch(step).unwrap()).collect();
        for step in [5, 1, 6, 3, 4, 0, 2] {
            let batch = jumping.batch(step).unwrap();
            let expected = &batches[step as usize];
            assert_eq!((&batch.turn, &batch.negatives), (&expected.turn, &expected.negatives));
            assert_eq!(other.batch(step).unwrap().turn, expected.turn);
        }
        assert_eq!(batches[3].turn, batches[0].turn, "the next epoch begins anew");
        assert!(batches[3].turn.carried.iter().all(Option::is_none));
        assert_ne!(batches[3].negatives, batches[0].negatives);
    }

    #[test]
    fn popularity_is_the_count_of_targets_and_its_power_of_negatives() {
        let (sequences, split) = data();
        let sessions = sessions_by_start(&sequences, &split);
        let config = SessionConfig { batch_size: 2, negatives: 4, alpha: 0.5, ..Default::default() };
        let mut source = SessionSource::new(&sessions, &sequences, &split, config, Seed(1)).unwrap();
        let batch = source.batch(0).unwrap();
        let counts = [0, 2, 1, 1, 2, 2, 0];
        let of = |id: &u32| f64::from(counts[*id as usize]).ln();
        let targets = batch.turn.targets.iter().map(|id| of(id) as f32);
        let negatives = batch.negatives.iter().map(|id| (0.5 * of(id)) as f32);
        assert_eq!(batch.log_popularity, targets.chain(negatives).collect::<Vec<_>>());
        assert!(!batch.negatives.contains(&6), "an item without events is never drawn");
    }

    #[test]
    fn a_batch_without_negatives_is_refused() {
        let (sequences, split) = data();
        let sessions = sessions_by_start(&sequences, &split);
        let config = SessionConfig { batch_size: 1, negatives: 0, ..Default::default() };
        let error = SessionSource::new(&sessions, &sequences, &split, config, Seed(1)).unwrap_err();
        assert!(error.to_string().contains("batch_size"), "{error}");
    }
}
