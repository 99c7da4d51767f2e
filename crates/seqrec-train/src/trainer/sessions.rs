use burn::tensor::{Device, Tensor};
use seqrec_core::{
    Recurrent, Seed, StepContext,
    batch::floats_to_tensor,
    items::{ItemEncoder, ItemVectors},
    losses::SessionCandidates,
    ops::gather,
};

use super::{Learner, Net, Task};
use crate::{
    Result,
    loader::{SessionBatch, SessionConfig},
};

/// Trains a [`Recurrent`] retriever on session-parallel batches: the states after one step are where the
/// next one starts, without a gradient from one to the other (Hidasi et al., ICLR 2016).
///
/// ```text
/// loss = (sum over the sessions of the batch of their losses) / configured batch size
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sessions {
    /// Seed of dropout masks.
    pub seed: Seed,
    /// As the batches were made.
    pub config: SessionConfig,
}

impl<M: Recurrent, E: ItemEncoder> Task<M, E> for Sessions {
    type Batch = SessionBatch;

    fn step(&self, learner: &mut Learner<M, E>, batch: &SessionBatch, step: u64) -> Result<f32> {
        let device = learner.device().clone();
        let training = Learner::<M, E>::training_device(&device);
        let sizes = learner.net().model.state_sizes();
        let before: Vec<Tensor<2>> = match learner.carried() {
            [] => sizes.iter().map(|&size| Tensor::zeros([1, size], &device)).collect(),
            carried => carried.to_vec(),
        };
        let states =
            before.into_iter().map(|state| Tensor::from_inner(go_on(state, &batch.turn.carried, &device)));
        let states: Vec<Tensor<2>> = states.collect();
        let mut context = StepContext::training(self.seed, step);
        let mut after = Vec::new();
        let loss = learner.step(&batch.rows, step, &mut context, |net: &Net<M, E>, items, context| {
            let events = gather(items.input.clone(), &batch.rows.local(&batch.turn.inputs), None);
            let advanced = net.model.advance(events, states, context);
            after = advanced.states.into_iter().map(Tensor::inner).collect();
            let candidates = candidates(batch, items, &training);
            let sum = self.config.objective.sum(advanced.vectors, candidates);
            sum.div_scalar(self.config.batch_size as f32)
        })?;
        learner.carry(after);
        Ok(loss)
    }
}

/// The rows of `states` that go on, zero where a session begins.
fn go_on(states: Tensor<2>, carried: &[Option<u32>], device: &Device) -> Tensor<2> {
    let [rows, size] = states.dims();
    let states = Tensor::cat(vec![states, Tensor::zeros([1, size], device)], 0);
    let ids: Vec<u32> = carried.iter().map(|row| row.unwrap_or(rows as u32)).collect();
    gather(states, &ids, None)
}

/// Targets and negatives with all that the loss reads of them.
fn candidates(batch: &SessionBatch, items: &ItemVectors, device: &Device) -> SessionCandidates {
    let ids = [batch.turn.targets.as_slice(), &batch.negatives].concat();
    let rows = batch.rows.local(&ids);
    let bias = items.bias.clone().map(|bias| {
        let column = gather(bias.unsqueeze_dim(1), &rows, None);
        column.reshape([rows.len()])
    });
    SessionCandidates {
        vectors: gather(items.output.clone(), &rows, None),
        bias,
        log_popularity: floats_to_tensor(&batch.log_popularity, device),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seqrec_core::Backend;

    #[test]
    fn a_session_that_begins_starts_from_zero_and_the_others_keep_their_state() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let states = Tensor::from_data([[1.0, 2.0], [3.0, 4.0]], &device);
            let after = go_on(states, &[Some(1), None, Some(0)], &device);
            let values = after.into_data().try_to_vec::<f32>().unwrap();
            assert_eq!(values, [3.0, 4.0, 0.0, 0.0, 1.0, 2.0]);
        }
    }
}
