//! The harness finds what it claims to find: models with one fault each.

use burn::{
    module::{Module, Param},
    nn::Linear,
    tensor::{Device, Tensor},
};

use super::{Order, RetrieverHarness, rng};
use crate::{
    Interests, Retriever, StepContext, batch::Histories, init::Init, items::ItemVectors, layers::masked_mean,
};

const DIM: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    CountsPadding,
    ReadsPaddingRow,
    LooksAcrossTheBatch,
    ForgetsAWeight,
    AddsAConstant,
    IgnoresItsWeights,
}

/// The mean of the history and a linear layer, with one fault.
#[derive(Module, Debug)]
struct Mean {
    output: Linear,
    spare: Option<Param<Tensor<2>>>,
    #[module(skip)]
    fault: Fault,
}

impl Retriever for Mean {
    fn interests(&self, histories: &Histories, items: &ItemVectors, _: &mut StepContext) -> Interests {
        let history = items.history(histories);
        let mean = match self.fault {
            Fault::CountsPadding => {
                let [batch, _, d] = history.dims();
                history.mean_dim(1).reshape([batch, d])
            }
            Fault::ReadsPaddingRow => {
                masked_mean(history, histories.mask.clone()) + items.input.clone().narrow(0, 0, 1)
            }
            Fault::LooksAcrossTheBatch => {
                let mean = masked_mean(history, histories.mask.clone());
                mean.clone() + mean.mean_dim(0)
            }
            _ => masked_mean(history, histories.mask.clone()),
        };
        let vectors = match self.fault {
            Fault::IgnoresItsWeights => mean,
            Fault::AddsAConstant => self.output.forward(mean).add_scalar(1e6),
            _ => self.output.forward(mean),
        };
        Interests { vectors: vectors.unsqueeze_dim(1), mask: None }
    }
}

fn harness(fault: Fault) -> RetrieverHarness<'static, Mean> {
    let matrix = |device: &Device| Init::GlorotUniform.matrix(2, 2, &mut rng(), device);
    RetrieverHarness::new(DIM, move |device| Mean {
        output: Init::GlorotUniform.linear(DIM, DIM, true, &mut rng(), device),
        spare: (fault == Fault::ForgetsAWeight).then(|| matrix(device)),
        fault,
    })
}

#[test]
fn a_sound_model_passes() {
    harness(Fault::None).order(Order::Ignored).check();
}

#[test]
#[should_panic = "padding columns changed interests"]
fn a_model_that_counts_padding_is_found() {
    harness(Fault::CountsPadding).check();
}

#[test]
#[should_panic = "the padding row changed interests"]
fn a_model_that_reads_the_padding_row_is_found() {
    harness(Fault::ReadsPaddingRow).check();
}

#[test]
#[should_panic = "the batch changed row"]
fn a_model_that_looks_across_the_batch_is_found() {
    harness(Fault::LooksAcrossTheBatch).check();
}

#[test]
#[should_panic = "no gradient for [\"spare\"]"]
fn a_weight_without_gradient_is_found() {
    harness(Fault::ForgetsAWeight).check();
}

#[test]
#[should_panic = "the loss starts at"]
fn a_loss_that_starts_too_high_is_found() {
    harness(Fault::AddsAConstant).check();
}

#[test]
#[should_panic = "weights matter"]
fn a_model_that_ignores_its_weights_is_found() {
    harness(Fault::IgnoresItsWeights).check();
}

#[test]
#[should_panic = "changes nothing"]
fn a_promise_of_order_that_is_not_kept_is_found() {
    harness(Fault::None).order(Order::Matters).check();
}

#[test]
#[should_panic = "a later event changed earlier states"]
fn a_model_that_looks_ahead_is_found() {
    // The mean of the whole history after every event.
    let states = |model: &Mean, histories: &Histories, items: &ItemVectors, context: &mut StepContext| {
        let interests = model.interests(histories, items, context).vectors.reshape([1, DIM]);
        interests.repeat_dim(0, histories.events.len())
    };
    harness(Fault::None).causal(states).check();
}
