use burn::{
    module::{Module, Param},
    nn::Linear,
    tensor::{Device, Tensor},
};
use seqrec_core::{
    Rng,
    init::Init,
    ops::{Pointwise, Segments, gather, linear, segment_weighted_sum},
};

/// Soft attention of the last event to all events of its session (Wu et al. 2019, eq. 6).
///
/// ```text
/// a_t = q . sigmoid(s_last W_1 + b_1 + s_t W_2 + b_2)      no softmax
/// s_g = sum over t of a_t s_t
/// ```
#[derive(Module, Debug)]
pub(super) struct Attention {
    last: Linear,
    event: Linear,
    score: Param<Tensor<2>>,
}

impl Attention {
    pub fn new(d: usize, init: Init, rng: &mut Rng, device: &Device) -> Self {
        Self {
            last: init.biased_linear(d, d, rng, device),
            event: init.biased_linear(d, d, rng, device),
            score: init.matrix(d, 1, rng, device),
        }
    }

    /// Summary of each session.
    ///
    /// # Shapes
    ///
    /// - `states`: `[T, d]`, packed; `last`: `[B, d]`
    /// - output: `[B, d]`
    pub fn forward(&self, states: Tensor<2>, last: Tensor<2>, segments: &Segments) -> Tensor<2> {
        let [sessions, d] = last.dims();
        // Both products as one, so that they and the sigmoid are a single pass.
        let pairs = Tensor::cat(vec![gather(last, &segments.sequences(), None), states.clone()], 1);
        let weight = Tensor::cat(vec![self.last.weight.val(), self.event.weight.val()], 0);
        let bias =
            [&self.last, &self.event].map(|layer| layer.bias.as_ref().expect("made with a bias").val());
        let [bias, more] = bias;
        let hidden = linear(pairs, weight, Some(bias + more), Pointwise::Sigmoid);
        let scores = linear(hidden, self.score.val(), None, Pointwise::Identity);
        segment_weighted_sum(scores, states, segments).reshape([sessions, d])
    }
}
