use std::sync::Arc;

use seqrec_core::{
    PAD, Retriever, Seed, Stream, Supervision,
    batch::{EdgeWeights, Padded, Rows, SessionGraphs},
    samplers::NegativeSampler,
};
use seqrec_data::{Sequences, Split, train_counts};
use serde::{Deserialize, Serialize};

use super::{
    BatchSource, Batching, Cells, Example, ExampleConfig, Examples, Excluded, LossConfig, OwnNegatives,
    in_batch::InBatchSampler, own_negatives::OwnSampler,
};
use crate::{Result, TrainError};

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
    /// Which loss. Default: sampled softmax, 10 log-uniform negatives per example.
    pub loss: LossConfig,
    /// What scores are divided by before the loss. Default: 1; cosines want less, such as 0.07.
    pub temperature: f32,
}

impl Default for RetrievalConfig {
    fn default() -> Self {
        Self {
            batch_size: 128,
            max_length: 20,
            length_pool: 64,
            examples: ExampleConfig::default(),
            loss: LossConfig::default(),
            temperature: 1.0,
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
    /// What single queries leave out; nothing where `None`.
    pub excluded: Option<Excluded>,
}

/// What the targets of a batch are held against.
#[derive(Clone, Debug)]
pub enum BatchNegatives {
    /// Every item of the catalogue.
    Catalogue,
    /// Negatives that all queries share.
    Shared(SharedNegatives),
    /// Negatives that each query has for itself.
    Own(OwnNegatives),
}

impl BatchNegatives {
    /// Which states they were made for, if that matters.
    pub fn supervision(&self) -> Option<Supervision> {
        match self {
            Self::Catalogue => None,
            Self::Shared(shared) => shared.excluded.as_ref().map(|excluded| excluded.supervision),
            Self::Own(own) => Some(own.supervision),
        }
    }
}

impl RetrievalConfig {
    fn check(&self) -> Result<()> {
        let (field, value) = match self {
            Self { max_length: 0, .. } => ("max_length", "0".to_owned()),
            Self { temperature, .. } if !(*temperature > 0.0 && temperature.is_finite()) => {
                ("temperature", temperature.to_string())
            }
            _ => return self.loss.check(),
        };
        Err(TrainError::InvalidConfig { field, rule: "must be positive", value })
    }

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
    /// What the targets are held against.
    pub negatives: BatchNegatives,
    /// The item rows that the step touches.
    pub rows: Rows,
    /// The histories as graphs, for models that read them so.
    pub graphs: Option<Arc<SessionGraphs>>,
    /// What scores are divided by before the loss.
    pub temperature: f32,
}

/// Makes [`RetrievalBatch`]es from prepared sequences.
#[derive(Clone, Debug)]
pub struct RetrievalSource<'a> {
    sequences: &'a Sequences,
    examples: Examples,
    config: RetrievalConfig,
    sampler: Sampler,
    edges: Option<EdgeWeights>,
    seed: Seed,
}

/// Where a source's negatives come from.
#[derive(Clone, Debug)]
enum Sampler {
    None,
    Shared(NegativeSampler, usize),
    InBatch(InBatchSampler),
    Own(OwnSampler),
}

impl<'a> RetrievalSource<'a> {
    /// Batches of the training part of `split`.
    ///
    /// # Errors
    ///
    /// [`TrainError::InvalidConfig`] for a size of 0 or a temperature that is not positive; those of [`Examples::new`] and
    /// [`NegativeSampler::new`].
    pub fn new(sequences: &'a Sequences, split: &Split, config: RetrievalConfig, seed: Seed) -> Result<Self> {
        config.check()?;
        let items = sequences.num_items();
        let sampler = match (config.loss, config.loss.own(items)?) {
            (_, Some(own)) => Sampler::Own(OwnSampler::new(own, sequences, &split.train)?),
            (LossConfig::SampledSoftmax { negatives_per_example, sampler }, None) => {
                let counts = train_counts(sequences, split);
                Sampler::Shared(NegativeSampler::new(sampler, items, &counts)?, negatives_per_example)
            }
            (LossConfig::InBatch(config), None) => {
                Sampler::InBatch(InBatchSampler::new(config, sequences, split)?)
            }
            (_, None) => Sampler::None,
        };
        let examples = Examples::new(&split.train, config.examples, config.batching(), seed)?;
        Ok(Self { sequences, examples, config, sampler, edges: None, seed })
    }

    /// Batches as `model` reads them: negatives for each state that it trains, if the loss gives each
    /// its own, and the histories' graphs, if it reads those. Without this, negatives for the last
    /// state alone, and no graphs.
    #[must_use]
    pub fn for_model<M: Retriever>(mut self, model: &M) -> Self {
        match &mut self.sampler {
            Sampler::None | Sampler::Shared(..) => {}
            Sampler::InBatch(sampler) => sampler.supervise(model.supervision()),
            Sampler::Own(sampler) => sampler.supervise(model.supervision()),
        }
        self.edges = model.edge_weights();
        self
    }

    /// The negatives of `step`, and the rows of those and of what the batch has `seen`.
    fn draw(&mut self, examples: &[Example], seen: [&[u32]; 2], step: u64) -> Result<(BatchNegatives, Rows)> {
        let mut rng = self.seed.rng(Stream::Negatives, step);
        let items = self.sequences.num_items();
        let with = |drawn: &[u32]| Rows::distinct(&[seen[0], seen[1], drawn], items);
        Ok(match &mut self.sampler {
            Sampler::None => (BatchNegatives::Catalogue, Rows::all(items)),
            Sampler::Shared(sampler, per_example) => {
                let drawn = sampler.draw_distinct(*per_example * examples.len(), &mut rng)?;
                let rows = with(&drawn.ids)?;
                let log_q = |&id: &u32| if id == PAD { 0.0 } else { sampler.log_inclusion(id, drawn.tries) };
                let log_q = rows.ids().iter().map(log_q).collect();
                (BatchNegatives::Shared(SharedNegatives { ids: drawn.ids, log_q, excluded: None }), rows)
            }
            Sampler::InBatch(sampler) => {
                let drawn = sampler.draw(examples, self.sequences, self.config.max_length, &mut rng)?;
                let rows = with(&drawn.ids)?;
                let log_q = rows.ids().iter().map(|&id| sampler.log_q(id, &drawn)).collect();
                let shared = SharedNegatives { ids: drawn.ids, log_q, excluded: Some(drawn.excluded) };
                (BatchNegatives::Shared(shared), rows)
            }
            Sampler::Own(sampler) => {
                let own = sampler.draw(examples, self.sequences, self.config.max_length, &mut rng);
                let rows = with(&own.ids)?;
                (BatchNegatives::Own(own), rows)
            }
        })
    }
}

impl BatchSource for RetrievalSource<'_> {
    type Batch = RetrievalBatch;

    fn batch(&mut self, step: u64) -> Result<RetrievalBatch> {
        let examples = self.examples.at(step);
        let (histories, targets): (Vec<&[u32]>, Vec<u32>) =
            examples.iter().map(|example| example.resolve(self.sequences)).unzip();
        let histories = Padded::longest(&histories, self.config.max_length);
        let (negatives, rows) = self.draw(&examples, [&histories.ids, &targets], step)?;
        let graphs = self.edges.map(|edges| {
            let (events, segments) = histories.packed();
            Arc::new(SessionGraphs::new(&events, &segments, edges))
        });
        let temperature = self.config.temperature;
        Ok(RetrievalBatch { histories, targets, negatives, rows, graphs, temperature })
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
    use crate::loader::{Avoid, HingeConfig, InBatchConfig, OwnNegativesConfig};
    use seqrec_core::{Backend, testing};
    use seqrec_data::Span;
    use seqrec_models::{
        SasRecConfig, SsrConfig,
        ssr::{GruTowerConfig, UserTowerConfig},
    };

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
        let BatchNegatives::Shared(negatives) = batch.negatives else { panic!("{:?}", batch.negatives) };
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
        assert!(matches!(batch.negatives, BatchNegatives::Catalogue));
        assert!(batch.rows.is_all() && batch.rows.len() == 41);
    }

    #[test]
    fn each_packed_event_has_negatives_of_its_own_and_they_have_rows() {
        let sequences = sequences();
        let own = OwnNegativesConfig { negatives: 2, avoid: Avoid::Known, ..Default::default() };
        let model = SasRecConfig { dim: 2, heads: 1, ..Default::default() };
        let model = model.init(&mut testing::rng(), &Backend::default().device().unwrap()).unwrap();
        let mut source = source(&sequences, LossConfig::Bce(own)).for_model(&model);
        let batch = source.batch(0).unwrap();
        let BatchNegatives::Own(negatives) = batch.negatives else { panic!("{:?}", batch.negatives) };
        assert_eq!(negatives.ids.len(), 2 * batch.histories.events());
        assert!(batch.rows.local(&negatives.ids).iter().all(|&row| row > 0));
    }

    #[test]
    fn targets_of_the_batch_are_shared_and_each_packed_event_leaves_out_its_own_users() {
        let sequences = sequences();
        let config = GruTowerConfig { hidden: 2, ..Default::default() };
        let model = SsrConfig { user: UserTowerConfig::Gru(config), ..Default::default() };
        let model = model.init(&mut testing::rng(), &Backend::default().device().unwrap()).unwrap();
        let loss = LossConfig::InBatch(InBatchConfig::default());
        let mut source = source(&sequences, loss).for_model(&model);
        let batch = source.batch(0).unwrap();
        let BatchNegatives::Shared(negatives) = batch.negatives else { panic!("{:?}", batch.negatives) };
        let excluded = negatives.excluded.unwrap();
        assert_eq!(
            (excluded.places.len(), excluded.supervision),
            (batch.histories.events(), model.supervision())
        );
        assert!(batch.targets.iter().all(|target| negatives.ids.contains(target)));
        assert_eq!(negatives.log_q.len(), batch.rows.len());
        assert!(negatives.log_q.iter().all(|log_q| log_q.is_finite()));
    }

    #[test]
    fn what_must_be_positive_is_refused_by_name() {
        let sequences = sequences();
        let none = OwnNegativesConfig { negatives: 0, ..Default::default() };
        let flat = HingeConfig { margin: 0.0, ..Default::default() };
        for (wrong, name) in [
            (RetrievalConfig { max_length: 0, ..Default::default() }, "max_length"),
            (RetrievalConfig { temperature: 0.0, ..Default::default() }, "temperature"),
            (RetrievalConfig { temperature: f32::NAN, ..Default::default() }, "temperature"),
            (RetrievalConfig { loss: LossConfig::Hinge(flat), ..Default::default() }, "margin"),
            (RetrievalConfig { loss: LossConfig::Bpr(none), ..Default::default() }, "negatives"),
        ] {
            let error = RetrievalSource::new(&sequences, &Split::default(), wrong, Seed(5)).unwrap_err();
            assert!(error.to_string().contains(&format!("{name} must be positive")), "{error}");
        }
    }
}
