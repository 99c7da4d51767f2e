use burn::{
    module::{Module, Param},
    nn::Linear,
    tensor::{Device, Tensor},
};
use seqrec_core::{
    Rng,
    batch::SessionGraphs,
    init::Init,
    layers::dense,
    ops::{Pointwise, gated_update, sparse_multiply},
};

/// One step of a gated graph network (Wu et al. 2019, eq. 1-5, after Li et al., ICLR 2016).
///
/// ```text
/// m  = [A_in (v W_in + b_1) + b_2 ; A_out (v W_out + b_3) + b_4]
/// r  = sigmoid(m W_r + v U_r + b_r)        z = sigmoid(m W_z + v U_z + b_z)
/// n  = tanh(m W_n + b_n + r (v U_n + b_u))
/// v' = (1 - z) v + z n
/// ```
#[derive(Module, Debug)]
pub(super) struct Propagation {
    incoming: Linear,
    incoming_bias: Param<Tensor<1>>,
    outgoing: Linear,
    outgoing_bias: Param<Tensor<1>>,
    /// `W`, gates in the order reset, update, candidate.
    message: Linear,
    /// `U`, in the same order.
    state: Linear,
}

impl Propagation {
    pub fn new(d: usize, init: Init, rng: &mut Rng, device: &Device) -> Self {
        Self {
            incoming: init.biased_linear(d, d, rng, device),
            incoming_bias: init.vector(d, rng, device),
            outgoing: init.biased_linear(d, d, rng, device),
            outgoing_bias: init.vector(d, rng, device),
            message: init.biased_linear(2 * d, 3 * d, rng, device),
            state: init.biased_linear(d, 3 * d, rng, device),
        }
    }

    /// States of all nodes after one step.
    ///
    /// # Shapes
    ///
    /// - `nodes`: `[M, d]`
    /// - output: `[M, d]`
    pub fn forward(&self, nodes: Tensor<2>, graphs: &SessionGraphs) -> Tensor<2> {
        let product = |linear: &Linear| dense(linear, nodes.clone(), Pointwise::Identity);
        let incoming = sparse_multiply(&graphs.incoming, product(&self.incoming));
        let outgoing = sparse_multiply(&graphs.outgoing, product(&self.outgoing));
        let messages = Tensor::cat(
            vec![
                incoming + self.incoming_bias.val().unsqueeze(),
                outgoing + self.outgoing_bias.val().unsqueeze(),
            ],
            1,
        );
        let x = dense(&self.message, messages, Pointwise::Identity);
        gated_update(x, product(&self.state), nodes)
    }
}
