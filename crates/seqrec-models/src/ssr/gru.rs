use burn::{
    module::Module,
    nn::Linear,
    tensor::{Device, Tensor},
};
use seqrec_core::{
    Rng, Supervision,
    batch::Histories,
    init::Init,
    items::ItemVectors,
    layers::{Gru, dense, normalize},
    ops::{Pointwise, Reset, running_max},
};

use super::{GruTowerConfig, StatePooling};

/// The user tower of the reference.
///
/// ```text
/// h_t = GRU(e_1 .. e_t)               reset before the product, one bias a gate     [T, hidden]
/// p_t = max(h_1 .. h_t), or h_t       by component
/// u_t = (p_t W + b) / |p_t W + b|                                                   [T, output]
/// ```
///
/// The maximum so far makes every event's vector the one that its prefix alone would get. It works on
/// packed histories and computes no padding.
#[derive(Module, Debug)]
pub struct GruTower {
    gru: Gru,
    output: Linear,
    #[module(skip)]
    config: GruTowerConfig,
}

impl GruTower {
    pub(super) fn new(
        config: &GruTowerConfig,
        dim: usize,
        output: usize,
        rng: &mut Rng,
        device: &Device,
    ) -> Self {
        let glorot = Init::GlorotUniform;
        let gru = Gru::new(dim, config.hidden, Reset::Before, glorot, rng, device).with_one_bias();
        let output = glorot.linear(config.hidden, output, true, rng, device);
        Self { gru, output, config: config.clone() }
    }

    /// User vectors after every event.
    ///
    /// # Shapes
    ///
    /// - output: `[T, output]`, packed as the histories are
    pub fn states(&self, histories: &Histories, items: &ItemVectors) -> Tensor<2> {
        let segments = &histories.segments;
        if segments.is_empty() {
            let [_, width] = self.output.weight.dims();
            return Tensor::zeros([0, width], &items.input.device());
        }
        let states = self.gru.forward(items.events(histories), segments);
        let pooled = match self.config.pooling {
            StatePooling::Max => running_max(states, segments),
            StatePooling::Last => states,
        };
        normalize(dense(&self.output, pooled, Pointwise::Identity))
    }

    pub(super) fn supervision(&self) -> Supervision {
        self.config.supervision
    }
}
