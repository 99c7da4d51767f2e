use burn::{
    module::Module,
    nn::Linear,
    tensor::{Device, Tensor},
};
use serde::{Deserialize, Serialize};

use super::{Activation, ActivationConfig, dropout};
use crate::{CoreError, Result, Rng, StepContext, init::Init};

/// Configuration of [`Mlp`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MlpConfig {
    /// Widths of the hidden layers. Default: 80, 40 (DIN).
    pub hidden: Vec<usize>,
    /// Non-linearity after each hidden layer. Default: PReLU.
    pub activation: ActivationConfig,
    /// Dropout after each hidden layer. Default: 0.
    pub dropout: f64,
}

impl Default for MlpConfig {
    fn default() -> Self {
        Self { hidden: vec![80, 40], activation: ActivationConfig::default(), dropout: 0.0 }
    }
}

impl MlpConfig {
    /// Makes a perceptron `[d_in] -> hidden... -> [1]`, weights Glorot uniform, biases zero.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] for a width of 0 or a dropout outside `[0, 1)`.
    pub fn init(&self, d_in: usize, rng: &mut Rng, device: &Device) -> Result<Mlp> {
        if self.hidden.contains(&0) {
            let value = format!("{:?}", self.hidden);
            return Err(CoreError::InvalidConfig {
                field: "hidden",
                rule: "must hold positive widths",
                value,
            });
        }
        if !(0.0..1.0).contains(&self.dropout) {
            let value = self.dropout.to_string();
            return Err(CoreError::InvalidConfig { field: "dropout", rule: "must lie in [0, 1)", value });
        }
        let mut width = d_in;
        let mut hidden = Vec::new();
        let mut activations = Vec::new();
        for &next in &self.hidden {
            hidden.push(Init::GlorotUniform.linear(width, next, true, rng, device));
            activations.push(self.activation.init(next, device));
            width = next;
        }
        let output = Init::GlorotUniform.linear(width, 1, true, rng, device);
        Ok(Mlp { hidden, activations, output, dropout: self.dropout })
    }
}

/// A multi-layer perceptron that ends in one number, without a non-linearity on it.
#[derive(Module, Debug)]
pub struct Mlp {
    hidden: Vec<Linear>,
    activations: Vec<Activation>,
    output: Linear,
    #[module(skip)]
    dropout: f64,
}

impl Mlp {
    /// # Shapes
    ///
    /// - `input`: `[n, d_in]`
    /// - `mask`: `[n]`, 1 for rows that count in batch statistics
    /// - output: `[n]`
    pub fn forward(&self, input: Tensor<2>, mask: Option<Tensor<1>>, context: &mut StepContext) -> Tensor<1> {
        let mut x = input;
        for (linear, activation) in self.hidden.iter().zip(&self.activations) {
            x = activation.forward(linear.forward(x), mask.clone(), context);
            x = dropout(x, self.dropout, context);
        }
        let [rows, _] = x.dims();
        self.output.forward(x).reshape([rows])
    }
}
