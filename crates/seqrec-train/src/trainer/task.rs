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
/// Batches whose queries have negatives of their own, or leave some out, must be made for the model's
/// [`supervision`](Retriever::supervision); a step refuses others.
#[derive(Clone, Copy, Debug)]
pub struct Retrieval {
    /// Seed of dropout masks.
    pub seed: Seed,
}

impl<M: Retriever, E: ItemEncoder> Task<M, E> for Retrieval {
    type Batch = RetrievalBatch;

    fn step(&self, learner: &mut Learner<M, E>, batch: &RetrievalBatch, step: u64) -> Result<f32> {
        if let Some(supervision) = batch.negatives.supervision()
            && supervision != learner.net().model.supervision()
        {
            let (field, rule) = ("supervision", "of the batches must be that of the model");
            let value = format!("{supervision:?}");
            return Err(TrainError::InvalidConfig { field, rule, value });
        }
        let device = learner.device().clone();
        let training = Learner::<M, E>::training_device(&device);
        let mut context = StepContext::training(self.seed, step);
        learner.step(&batch.rows, step, &mut context, |net: &Net<M, E>, items, context| {
            let histories = Histories::new(&batch.histories, &batch.rows, &training);
            let histories = histories.with_graphs(batch.graphs.clone());
            let targets = ids_to_tensor(&batch.rows.local(&batch.targets), &training);
            let queries = net.model.queries(&histories, targets, items, context);
            let (queries, items) = &tempered(queries, items, batch.temperature);
            let loss = match &batch.negatives {
                BatchNegatives::Shared(negatives) => {
                    let negatives = SampledNegatives {
                        rows: ids_to_tensor(&batch.rows.local(&negatives.ids), &training),
                        log_q: floats_to_tensor(&negatives.log_q, &training),
                        excluded: negatives.excluded.as_ref().map(|excluded| excluded.places.clone()),
                    };
                    sampled_softmax(queries, items, &negatives)
                }
                BatchNegatives::Own(own) => {
                    negative_sampling(queries, items, &batch.rows.local(&own.ids), own.loss)
                }
                BatchNegatives::Catalogue => full_softmax(queries, items),
            };
            match &queries.auxiliary {
                Some(auxiliary) => loss + auxiliary.clone(),
                None => loss,
            }
        })
    }
}

/// Queries and items whose scores are those of `queries` and `items`, divided by `temperature`.
fn tempered(queries: Queries, items: &ItemVectors, temperature: f32) -> (Queries, ItemVectors) {
    let mut items = items.clone();
    if temperature == 1.0 {
        return (queries, items);
    }
    items.bias = items.bias.map(|bias| bias.div_scalar(temperature));
    (Queries { vectors: queries.vectors.div_scalar(temperature), ..queries }, items)
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
        learner.step(&batch.rows, step, &mut context, |net: &Net<M, E>, items, context| {
            let input = impressions(batch, &training);
            let labels = floats_to_tensor(&batch.labels, &training);
            net.model.loss(&input, labels, items, context)
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

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Tensor;
    use seqrec_core::Backend;

    #[test]
    fn a_temperature_divides_scores_with_their_bias() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let output = Tensor::<2>::from_data([[9.0], [2.0], [1.0]], &device);
            let bias = Some(Tensor::from_data([0.0, 1.0, -1.0], &device));
            let items = ItemVectors { input: output.clone(), output, bias };
            let queries = || Queries {
                vectors: Tensor::from_data([[1.0]], &device),
                targets: ids_to_tensor(&[1], &device),
                weights: None,
                auxiliary: None,
            };
            // Scores of 3 and 0.
            for (temperature, gap) in [(1.0, 3.0f32), (0.5, 6.0)] {
                let (queries, items) = tempered(queries(), &items, temperature);
                let loss = full_softmax(&queries, &items).into_scalar::<f32>();
                assert!((loss - (-gap).exp().ln_1p()).abs() < 1e-5, "{backend}, {temperature}: {loss}");
            }
        }
    }
}
