use std::sync::Arc;

use seqrec_core::{
    PAD, Seed, Stream,
    batch::{EdgeWeights, Padded, Rows, SessionGraphs},
    samplers::{NegativeSampler, Negatives, SamplerConfig},
};
use seqrec_data::{Sequences, Split, train_counts};
use serde::{Deserialize, Serialize};

use super::{BatchSource, Batching, Cells, ExampleConfig, Examples};
use crate::{Result, TrainError};

/// The softmax that a retriever trains on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum LossConfig {
    /// Over the target and shared negatives, log-Q corrected.
    SampledSoftmax {
        /// Distinct negatives of a batch, as a multiple of the batch size.
        negatives_per_example: usize,
        /// Where they come from.
        sampler: SamplerConfig,
    },
    /// Over the whole catalogue.
    FullSoftmax,
}

impl Default for LossConfig {
    fn default() -> Self {
        Self::SampledSoftmax { negatives_per_example: 10, sampler: SamplerConfig::LogUniform }
    }
}

/// How a retriever's batches are made.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetrievalConfig {
    /// Examples of one step. Default: 128.
    pub batch_size: usize,
    /// Longest history; older events are cut off. Default: 20.
    pub max_length: usize,
    /// Batches whose examples are sorted by length before they are cut, so that little padding is
    /// computed; 1 does not sort. Random cuts are never sorted. Default: 64.
    pub length_pool: usize,
    /// Which examples. Default: all prefixes.
    pub examples: ExampleConfig,
    /// Which softmax. Default: sampled, 10 log-uniform negatives per example.
    pub loss: LossConfig,
}

impl Default for RetrievalConfig {
    fn default() -> Self {
        Self {
            batch_size: 128,
            max_length: 20,
            length_pool: 64,
            examples: ExampleConfig::default(),
            loss: LossConfig::default(),
        }
    }
}

/// Negatives shared by a batch, with `ln Q` of every item that the step touches.
#[derive(Clone, Debug)]
pub struct SharedNegatives {
    /// Distinct item ids.
    pub ids: Vec<u32>,
    /// `ln Q` of each of the step's rows, 0 for padding.
    pub log_q: Vec<f32>,
}

impl RetrievalConfig {
    fn batching(&self) -> Batching {
        Batching { size: self.batch_size, pool: self.length_pool, max_length: self.max_length }
    }
}

/// One step's examples on the host.
#[derive(Clone, Debug)]
pub struct RetrievalBatch {
    /// Histories, right-padded.
    pub histories: Padded,
    /// The item that follows each history.
    pub targets: Vec<u32>,
    /// Negatives; `None` for the full softmax.
    pub negatives: Option<SharedNegatives>,
    /// The item rows that the step touches.
    pub rows: Rows,
    /// The histories as graphs, for models that read them so.
    pub graphs: Option<Arc<SessionGraphs>>,
}

/// Makes [`RetrievalBatch`]es from prepared sequences.
#[derive(Clone, Debug)]
pub struct RetrievalSource<'a> {
    sequences: &'a Sequences,
    examples: Examples,
    config: RetrievalConfig,
    sampler: Option<NegativeSampler>,
    edges: Option<EdgeWeights>,
    seed: Seed,
}

impl<'a> RetrievalSource<'a> {
    /// Batches of the training part of `split`.
    ///
    /// # Errors
    ///
    /// [`TrainError::InvalidConfig`] for a size of 0; those of [`Examples::new`] and
    /// [`NegativeSampler::new`].
    pub fn new(sequences: &'a Sequences, split: &Split, config: RetrievalConfig, seed: Seed) -> Result<Self> {
        let zero = match config {
            RetrievalConfig { max_length: 0, .. } => Some("max_length"),
            RetrievalConfig { loss: LossConfig::SampledSoftmax { negatives_per_example: 0, .. }, .. } => {
                Some("negatives_per_example")
            }
            _ => None,
        };
        if let Some(field) = zero {
            return Err(TrainError::InvalidConfig { field, rule: "must be positive", value: "0".into() });
        }
        let sampler = match config.loss {
            LossConfig::SampledSoftmax { sampler, .. } => {
                let counts = train_counts(sequences, split);
                Some(NegativeSampler::new(sampler, sequences.num_items(), &counts)?)
            }
            LossConfig::FullSoftmax => None,
        };
        let examples = Examples::new(&split.train, config.examples, config.batching(), seed)?;
        Ok(Self { sequences, examples, config, sampler, edges: None, seed })
    }

    /// Makes the histories' graphs as well, with what
    /// [`Retriever::edge_weights`](seqrec_core::Retriever::edge_weights) asks for.
    pub fn with_graphs(self, edges: Option<EdgeWeights>) -> Self {
        Self { edges, ..self }
    }

    /// The negatives of `step` for a batch of `examples`; `None` for the full softmax.
    fn draw(&self, examples: usize, step: u64) -> Result<Option<Negatives>> {
        let (Some(sampler), LossConfig::SampledSoftmax { negatives_per_example, .. }) =
            (&self.sampler, self.config.loss)
        else {
            return Ok(None);
        };
        let mut rng = self.seed.rng(Stream::Negatives, step);
        Ok(Some(sampler.draw_distinct(negatives_per_example * examples, &mut rng)?))
    }

    fn with_log_q(&self, drawn: Negatives, rows: &Rows) -> Option<SharedNegatives> {
        let sampler = self.sampler.as_ref()?;
        let log_q = |&id: &u32| if id == PAD { 0.0 } else { sampler.log_inclusion(id, drawn.tries) };
        let log_q = rows.ids().iter().map(log_q).collect();
        Some(SharedNegatives { ids: drawn.ids, log_q })
    }
}

impl BatchSource for RetrievalSource<'_> {
    type Batch = RetrievalBatch;

    fn batch(&mut self, step: u64) -> Result<RetrievalBatch> {
        let (histories, targets): (Vec<&[u32]>, Vec<u32>) =
            self.examples.at(step).iter().map(|example| example.resolve(self.sequences)).unzip();
        let histories = Padded::longest(&histories, self.config.max_length);
        let drawn = self.draw(targets.len(), step)?;
        let items = self.sequences.num_items();
        let rows = match &drawn {
            Some(drawn) => Rows::distinct(&[&histories.ids, &targets, &drawn.ids], items)?,
            None => Rows::all(items),
        };
        let negatives = drawn.and_then(|drawn| self.with_log_q(drawn, &rows));
        let graphs = self.edges.map(|edges| {
            let (events, segments) = histories.packed();
            Arc::new(SessionGraphs::new(&events, &segments, edges))
        });
        Ok(RetrievalBatch { histories, targets, negatives, rows, graphs })
    }

    fn steps_per_epoch(&self) -> u64 {
        self.examples.steps_per_epoch()
    }

    fn cells(batch: &RetrievalBatch) -> Cells {
        Cells::of(&batch.histories)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seqrec_data::Span;

    fn source<'a>(sequences: &'a Sequences, loss: LossConfig) -> RetrievalSource<'a> {
        let train = (0..2).map(|user| Span { user, start: 0, end: 4 }).collect();
        let split = Split { train, ..Split::default() };
        let config = RetrievalConfig { batch_size: 3, max_length: 3, loss, ..Default::default() };
        RetrievalSource::new(sequences, &split, config, Seed(5)).unwrap()
    }

    fn sequences() -> Sequences {
        Sequences::from_histories(&[vec![1, 2, 3, 4], vec![9, 8, 7, 6]], 40).unwrap()
    }

    #[test]
    fn rows_hold_what_the_batch_needs_and_no_more() {
        let sequences = sequences();
        let mut source = source(&sequences, LossConfig::default());
        let batch = source.batch(0).unwrap();
        let negatives = batch.negatives.unwrap();
        assert_eq!(negatives.ids.len(), 30);
        assert_eq!(negatives.log_q.len(), batch.rows.len());
        let mut expected: Vec<u32> =
            batch.histories.ids.iter().chain(&batch.targets).chain(&negatives.ids).copied().collect();
        expected.push(0);
        expected.sort_unstable();
        expected.dedup();
        assert_eq!(batch.rows.ids(), expected);
    }

    #[test]
    fn the_full_softmax_takes_all_rows() {
        let sequences = sequences();
        let batch = source(&sequences, LossConfig::FullSoftmax).batch(0).unwrap();
        assert!(batch.negatives.is_none() && batch.rows.is_all() && batch.rows.len() == 41);
    }
}
