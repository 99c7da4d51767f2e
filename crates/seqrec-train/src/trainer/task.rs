use burn::tensor::Tensor;
use seqrec_core::{
    Impressions, Network, Queries, Ranker, Retriever, Seed, StepContext,
    batch::{Fields, Histories, floats_to_tensor, ids_to_tensor},
    items::{ItemEncoder, ItemVectors},
    losses::{SampledNegatives, full_softmax, negative_sampling, sampled_softmax},
};

use super::{Learner, Net};
use crate::{
    Result, TrainError,
    loader::{BatchNegatives, RankingBatch, RetrievalBatch},
};

/// One training step of a kind of model on its kind of batch.
pub trait Task<M: Network, E: ItemEncoder> {
    /// What one step trains on.
    type Batch: Send;

    /// Trains `learner` on `batch` and returns the loss.
    ///
    /// # Errors
    ///
    /// [`TrainError::Diverged`](crate::TrainError::Diverged).
    fn step(&self, learner: &mut Learner<M, E>, batch: &Self::Batch, step: u64) -> Result<f32>;
}

/// Trains a [`Retriever`] by the loss that its batches are made for.
///
/// Batches whose queries have negatives of their own must be made for the model's
/// [`supervision`](Retriever::supervision); a step refuses others.
#[derive(Clone, Copy, Debug)]
pub struct Retrieval {
    /// Seed of dropout masks.
    pub seed: Seed,
}

impl<M: Retriever, E: ItemEncoder> Task<M, E> for Retrieval {
    type Batch = RetrievalBatch;

    fn step(&self, learner: &mut Learner<M, E>, batch: &RetrievalBatch, step: u64) -> Result<f32> {
        if let BatchNegatives::Own(own) = &batch.negatives
            && own.supervision != learner.net().model.supervision()
        {
            let (field, rule) = ("supervision", "of the batches must be that of the model");
            let value = format!("{:?}", own.supervision);
            return Err(TrainError::InvalidConfig { field, rule, value });
        }
        let device = learner.device().clone();
        let training = Learner::<M, E>::training_device(&device);
        let mut context = StepContext::training(self.seed, step);
        learner.step(&batch.rows, step, |net: &Net<M, E>, items: &ItemVectors| {
            let histories = Histories::new(&batch.histories, &batch.rows, &training);
            let histories = histories.with_graphs(batch.graphs.clone());
            let targets = ids_to_tensor(&batch.rows.local(&batch.targets), &training);
            let queries = net.model.queries(&histories, targets, items, &mut context);
            let loss = match &batch.negatives {
                BatchNegatives::Shared(negatives) => {
                    let negatives = SampledNegatives {
                        rows: ids_to_tensor(&batch.rows.local(&negatives.ids), &training),
                        log_q: floats_to_tensor(&negatives.log_q, &training),
                    };
                    sampled_softmax(&queries, items, &negatives)
                }
                BatchNegatives::Own(own) => {
                    negative_sampling(&queries, items, &batch.rows.local(&own.ids), own.loss)
                }
                BatchNegatives::Catalogue => full_softmax(&queries, items),
            };
            with_auxiliary(loss, queries)
        })
    }
}

fn with_auxiliary(loss: Tensor<1>, queries: Queries) -> Tensor<1> {
    match queries.auxiliary {
        Some(auxiliary) => loss + auxiliary,
        None => loss,
    }
}

/// Trains a [`Ranker`] by its own loss, binary cross-entropy by default.
#[derive(Clone, Copy, Debug)]
pub struct Ranking {
    /// Seed of dropout masks.
    pub seed: Seed,
}

impl<M: Ranker, E: ItemEncoder> Task<M, E> for Ranking {
    type Batch = RankingBatch;

    fn step(&self, learner: &mut Learner<M, E>, batch: &RankingBatch, step: u64) -> Result<f32> {
        let training = Learner::<M, E>::training_device(learner.device());
        let mut context = StepContext::training(self.seed, step);
        learner.step(&batch.rows, step, |net: &Net<M, E>, items: &ItemVectors| {
            let input = impressions(batch, &training);
            let labels = floats_to_tensor(&batch.labels, &training);
            net.model.loss(&input, labels, items, &mut context)
        })
    }
}

/// Moves a ranking batch to `device`.
pub(crate) fn impressions(batch: &RankingBatch, device: &burn::tensor::Device) -> Impressions {
    let categorical = (batch.profile_fields > 0).then(|| {
        let shape = [batch.candidates.len(), batch.profile_fields];
        ids_to_tensor(&batch.profile, device).reshape(shape)
    });
    Impressions {
        histories: Histories::new(&batch.histories, &batch.rows, device),
        candidates: ids_to_tensor(&batch.rows.local(&batch.candidates), device),
        profile: Fields { categorical, numeric: None },
    }
}
