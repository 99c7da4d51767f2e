use burn::{
    module::Module,
    nn::{Relu, Sigmoid},
    tensor::{Device, Tensor},
};
use serde::{Deserialize, Serialize};

use super::{Dice, PRelu};
use crate::StepContext;

/// Which non-linearity follows a hidden layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActivationConfig {
    /// `1 / (1 + exp(-x))`, as in the DIN authors' demo.
    Sigmoid,
    /// `max(x, 0)`.
    Relu,
    /// [`PRelu`].
    #[default]
    Prelu,
    /// [`Dice`].
    Dice,
}

impl ActivationConfig {
    /// Makes the layer for `channels` channels.
    pub fn init(self, channels: usize, device: &Device) -> Activation {
        match self {
            Self::Sigmoid => Activation::Sigmoid(Sigmoid::new()),
            Self::Relu => Activation::Relu(Relu::new()),
            Self::Prelu => Activation::Prelu(PRelu::new(channels, device)),
            Self::Dice => Activation::Dice(Dice::new(channels, device)),
        }
    }
}

/// A non-linearity, with its parameters if it has any.
#[derive(Module, Debug)]
pub enum Activation {
    /// See [`ActivationConfig::Sigmoid`].
    Sigmoid(Sigmoid),
    /// See [`ActivationConfig::Relu`].
    Relu(Relu),
    /// See [`ActivationConfig::Prelu`].
    Prelu(PRelu),
    /// See [`ActivationConfig::Dice`].
    Dice(Dice),
}

impl Activation {
    /// # Shapes
    ///
    /// - `input`: `[n, channels]`
    /// - `mask`: `[n]`, 1 for rows that count in batch statistics
    /// - output: `[n, channels]`
    pub fn forward(&self, input: Tensor<2>, mask: Option<Tensor<1>>, context: &StepContext) -> Tensor<2> {
        match self {
            Self::Sigmoid(sigmoid) => sigmoid.forward(input),
            Self::Relu(relu) => relu.forward(input),
            Self::Prelu(prelu) => prelu.forward(input),
            Self::Dice(dice) => dice.forward(input, mask, context),
        }
    }
}
