use burn::{
    module::{Module, Param},
    nn::Linear,
    tensor::{Device, Tensor},
};

use super::dense;
use crate::{
    Rng,
    init::{Init, param},
    ops::{self, Pointwise, Reset, Segments},
};

/// A GRU layer over packed sequences; see [`ops::gru`] for its equations.
#[derive(Module, Debug)]
pub struct Gru {
    input: Option<Linear>,
    recurrent: Param<Tensor<2>>,
    bias: Param<Tensor<1>>,
    #[module(skip)]
    reset: Reset,
}

impl Gru {
    /// A layer `[d_in] -> [hidden]`; `init` sees each gate's matrix by itself, biases start at zero.
    pub fn new(d_in: usize, hidden: usize, reset: Reset, init: Init, rng: &mut Rng, device: &Device) -> Self {
        let weight = gates(d_in, hidden, [init; 3], rng, device);
        let recurrent = gates(hidden, hidden, [init; 3], rng, device);
        let zeros = || param(vec![0.0; 3 * hidden], [3 * hidden], device);
        let input = Some(Linear { weight, bias: Some(zeros()) });
        Self { input, recurrent, bias: zeros(), reset }
    }

    /// A layer whose inputs are the products with the input matrix already, `[3 hidden]`: what is left
    /// of that matrix when the input is one-hot. One bias a gate.
    pub fn of_products(hidden: usize, reset: Reset, init: Init, rng: &mut Rng, device: &Device) -> Self {
        let recurrent = gates(hidden, hidden, [init; 3], rng, device);
        Self { input: None, recurrent, bias: param(vec![0.0; 3 * hidden], [3 * hidden], device), reset }
    }

    /// Without the bias of the input side, as papers have it: one bias a gate. A second one would move
    /// with the same gradient, and double the step of their sum.
    pub fn with_one_bias(mut self) -> Self {
        self.input = self.input.map(|input| Linear { bias: None, ..input });
        self
    }

    /// A layer as TensorFlow's `GRUCell` starts: the reset gate before the product; one Glorot uniform
    /// kernel over input and state for both gates together and one for the candidate; one bias a
    /// gate, 1 for reset and update, 0 for the candidate.
    pub fn tensorflow(d_in: usize, hidden: usize, rng: &mut Rng, device: &Device) -> Self {
        let glorot =
            |outputs: usize| Init::Uniform { bound: (6.0 / (d_in + hidden + outputs) as f32).sqrt() };
        let init = [glorot(2 * hidden), glorot(2 * hidden), glorot(hidden)];
        let weight = gates(d_in, hidden, init, rng, device);
        let recurrent = gates(hidden, hidden, init, rng, device);
        let bias = [vec![1.0; 2 * hidden], vec![0.0; hidden]].concat();
        let bias = param(bias, [3 * hidden], device);
        let input = Some(Linear { weight, bias: None });
        Self { input, recurrent, bias, reset: Reset::Before }
    }

    /// States after every event.
    ///
    /// # Shapes
    ///
    /// - `x`: `[T, d_in]`, packed
    /// - output: `[T, hidden]`
    pub fn forward(&self, x: Tensor<2>, segments: &Segments) -> Tensor<2> {
        ops::gru(self.products(x), self.recurrent.val(), self.bias.val(), segments, self.reset)
    }

    /// States after every event, from the states `initial`.
    ///
    /// # Shapes
    ///
    /// - `x`: `[T, d_in]`, packed
    /// - `initial`: `[count, hidden]`
    /// - output: `[T, hidden]`
    pub fn forward_from(&self, x: Tensor<2>, initial: Tensor<2>, segments: &Segments) -> Tensor<2> {
        let x = self.products(x);
        ops::gru_from(x, self.recurrent.val(), self.bias.val(), initial, segments, self.reset)
    }

    fn products(&self, x: Tensor<2>) -> Tensor<2> {
        match &self.input {
            Some(input) => dense(input, x, Pointwise::Identity),
            None => x,
        }
    }
}

/// Three matrices `[rows, hidden]` side by side: reset, update, candidate.
fn gates(rows: usize, hidden: usize, init: [Init; 3], rng: &mut Rng, device: &Device) -> Param<Tensor<2>> {
    let blocks = init.map(|init| init.values(rows, hidden, rng));
    let values = (0..rows)
        .flat_map(|row| blocks.iter().flat_map(move |block| &block[row * hidden..][..hidden]))
        .copied()
        .collect();
    param(values, [rows, 3 * hidden], device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, testing};

    #[test]
    fn tensorflows_start_has_one_bound_a_kernel_and_open_gates() {
        let device = Backend::default().device().unwrap();
        let (d_in, hidden) = (30, 40);
        let layer = Gru::tensorflow(d_in, hidden, &mut testing::rng(), &device);
        let values = |tensor: Tensor<2>| tensor.into_data().try_to_vec::<f32>().unwrap();
        let (gates, candidate) = ((6.0f32 / 150.0).sqrt(), (6.0f32 / 110.0).sqrt());
        let input = layer.input.as_ref().unwrap();
        for matrix in [values(input.weight.val()), values(layer.recurrent.val())] {
            let largest = |columns: std::ops::Range<usize>| {
                let entries = matrix.iter().enumerate().filter(|(at, _)| columns.contains(&(at % 120)));
                entries.map(|(_, value)| value.abs()).fold(0.0, f32::max)
            };
            for (columns, bound) in [(0..80, gates), (80..120, candidate)] {
                let largest = largest(columns);
                assert!(largest <= bound && largest > 0.99 * bound, "{largest} {bound}");
            }
        }
        let bias = layer.bias.val().into_data().try_to_vec::<f32>().unwrap();
        assert!(input.bias.is_none() && bias[..80] == [1.0; 80] && bias[80..] == [0.0; 40]);
    }
}
