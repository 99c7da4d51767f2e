use burn::{
    module::Module,
    nn::Linear,
    tensor::{Device, Tensor},
};
use seqrec_core::{
    Rng, StepContext,
    init::Init,
    layers::{LayerNorm, dense, dropout},
    ops::{AttentionConfig, Keep, Pointwise, Segments, add_dropped, attention},
};

use super::{Architecture, SasRecConfig};

/// Self-attention and a point-wise feed-forward network.
#[derive(Module, Debug)]
pub struct Block {
    query: Linear,
    key: Linear,
    value: Linear,
    /// Only in the post-norm network.
    projection: Option<Linear>,
    attention_norm: LayerNorm,
    inner: Linear,
    outer: Linear,
    forward_norm: LayerNorm,
}

impl Block {
    pub fn new(config: &SasRecConfig, init: Init, epsilon: f32, rng: &mut Rng, device: &Device) -> Self {
        let (d, inner) = (config.dim, config.inner());
        let mut square = || init.linear(d, d, true, rng, device);
        let (query, key, value) = (square(), square(), square());
        let projection = (config.architecture == Architecture::PostNorm).then(square);
        Self {
            query,
            key,
            value,
            projection,
            attention_norm: LayerNorm::new(d, epsilon, device),
            inner: init.linear(d, inner, true, rng, device),
            outer: init.linear(inner, d, true, rng, device),
            forward_norm: LayerNorm::new(d, epsilon, device),
        }
    }

    /// # Shapes
    ///
    /// - `x`: `[T, d]`, packed
    /// - output: `[T, d]`
    pub fn forward(
        &self,
        x: Tensor<2>,
        segments: &Segments,
        config: &SasRecConfig,
        context: &mut StepContext,
    ) -> Tensor<2> {
        let keep = Keep::draw(config.attention_dropout(), context);
        let look = AttentionConfig { heads: config.heads, causal: true, keep };
        let attend = |queries: Tensor<2>, x: Tensor<2>| {
            let part = |linear, input| dense(linear, input, Pointwise::Identity);
            let (k, v) = (part(&self.key, x.clone()), part(&self.value, x));
            attention(part(&self.query, queries), k, v, segments, &look)
        };
        match &self.projection {
            // Keys and values see x itself, and the residual is the normalised x.
            None => {
                let queries = self.attention_norm.forward(x.clone());
                let a = queries.clone() + attend(queries, x);
                let a = self.forward_norm.forward(a);
                let inner = dense(&self.inner, a.clone(), config.activation());
                let inner = dropout(inner, config.dropout, context);
                let outer = dense(&self.outer, inner, Pointwise::Identity);
                add_dropped(a, outer, Keep::draw(config.dropout, context))
            }
            Some(projection) => {
                let attended = dense(projection, attend(x.clone(), x.clone()), Pointwise::Identity);
                let keep = Keep::draw(config.dropout, context);
                let a = self.attention_norm.forward_sum(x, attended, keep);
                let inner = dense(&self.inner, a.clone(), config.activation());
                let outer = dense(&self.outer, inner, Pointwise::Identity);
                self.forward_norm.forward_sum(a, outer, Keep::draw(config.dropout, context))
            }
        }
    }
}
