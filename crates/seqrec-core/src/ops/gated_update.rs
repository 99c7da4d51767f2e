//! What is left of a GRU's step once its two products are done.

use burn::tensor::{Tensor, activation::sigmoid};
use rayon::prelude::*;

use super::{
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::ROWS,
    vector::{sigmoid as sigmoid_of, tanh as tanh_of, vectorized},
};
use crate::layers::tanh;

/// New states from given ones, one step of a gated recurrent unit.
///
/// ```text
/// r, z = sigmoid(x_r + p_r), sigmoid(x_z + p_z)
/// n    = tanh(x_n + r p_n)
/// h'   = (1 - z) h + z n                          z says how much to write
/// ```
///
/// `x` is the input's product and `p` the state's, each with its bias. [`gru`](super::gru) walks over
/// sequences instead, and its `z` says how much to keep.
///
/// # Shapes
///
/// - `x`, `p`: `[n, 3 h]`; gates in the order reset, update, candidate
/// - `state`: `[n, h]`
/// - output: `[n, h]`
///
/// # Panics
///
/// If the sizes do not match.
pub fn gated_update(x: Tensor<2>, p: Tensor<2>, state: Tensor<2>) -> Tensor<2> {
    let [rows, h] = state.dims();
    assert_eq!((x.dims(), p.dims()), ([rows, 3 * h], [rows, 3 * h]), "three gates of {h} states");
    if runs_on(&state.device()) {
        return apply(vec![x.into(), p.into(), state.into()], GatedUpdate);
    }
    let gate = |tensor: &Tensor<2>, at: usize| tensor.clone().narrow(1, at * h, h);
    let r = sigmoid(gate(&x, 0) + gate(&p, 0));
    let z = sigmoid(gate(&x, 1) + gate(&p, 1));
    let n = tanh(gate(&x, 2) + r * gate(&p, 2));
    state.clone() + z * (n - state)
}

#[derive(Debug)]
struct GatedUpdate;

impl HostFunction for GatedUpdate {
    /// Saves r, z and n, `[n, 3 h]`.
    fn forward(&self, arguments: &[Argument<'_>], _: bool) -> Computed {
        let [x, p, state] = [0, 1, 2].map(|at| arguments[at].values);
        let h = arguments[2].width();
        let (mut values, mut gates) = (vec![0.0; state.len()], vec![0.0; x.len()]);
        let blocks = values.par_chunks_mut(ROWS * h).zip(gates.par_chunks_mut(ROWS * 3 * h));
        let inputs = x.par_chunks(ROWS * 3 * h).zip(p.par_chunks(ROWS * 3 * h));
        blocks.zip(inputs).zip(state.par_chunks(ROWS * h)).for_each(|(((values, gates), (x, p)), state)| {
            vectorized!({
                for row in 0..state.len() / h {
                    let wide = row * 3 * h..(row + 1) * 3 * h;
                    let (x, p, gates) = (&x[wide.clone()], &p[wide.clone()], &mut gates[wide]);
                    let (rz, n) = gates.split_at_mut(2 * h);
                    for i in 0..2 * h {
                        rz[i] = sigmoid_of(x[i] + p[i]);
                    }
                    let (state, out) = (&state[row * h..][..h], &mut values[row * h..][..h]);
                    for i in 0..h {
                        n[i] = tanh_of(x[2 * h + i] + rz[i] * p[2 * h + i]);
                        out[i] = state[i] + rz[h + i] * (n[i] - state[i]);
                    }
                }
            });
        });
        Computed { shape: arguments[2].shape.to_vec(), values, saved: vec![gates] }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let [p, state] = [1, 2].map(|at| pass.arguments[at].values);
        let h = pass.arguments[2].width();
        let (gates, gradient) = (&pass.saved[0], &pass.gradient);
        let [mut dx, mut dp] = [0; 2].map(|_| vec![0.0; p.len()]);
        let mut dstate = vec![0.0; state.len()];
        let rows = dx.chunks_exact_mut(3 * h).zip(dp.chunks_exact_mut(3 * h));
        let rows = rows.zip(dstate.chunks_exact_mut(h));
        vectorized!({
            for (row, ((dx, dp), dstate)) in rows.enumerate() {
                let wide = row * 3 * h..(row + 1) * 3 * h;
                let (p, gates) = (&p[wide.clone()], &gates[wide]);
                let (r, z, n) = (&gates[..h], &gates[h..2 * h], &gates[2 * h..]);
                let (state, gradient) = (&state[row * h..][..h], &gradient[row * h..][..h]);
                for i in 0..h {
                    let dn = gradient[i] * z[i] * (1.0 - n[i] * n[i]);
                    dx[i] = dn * p[2 * h + i] * r[i] * (1.0 - r[i]);
                    dx[h + i] = gradient[i] * (n[i] - state[i]) * z[i] * (1.0 - z[i]);
                    dx[2 * h + i] = dn;
                    dp[2 * h + i] = dn * r[i];
                    dstate[i] = gradient[i] * (1.0 - z[i]);
                }
                dp[..2 * h].copy_from_slice(&dx[..2 * h]);
            }
        });
        vec![dx, dp, dstate]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::check;

    #[test]
    fn agrees_with_primitive_operations_and_finite_differences() {
        for (rows, h) in [(5, 3), (70, 2)] {
            check::agrees("gated update", &[&[rows, 3 * h], &[rows, 3 * h], &[rows, h]], |inputs| {
                gated_update(check::rank(&inputs[0]), check::rank(&inputs[1]), check::rank(&inputs[2]))
            });
        }
    }

    #[test]
    fn equals_one_step_of_the_walk_over_sequences() {
        use crate::{
            batch::floats_to_tensor,
            ops::{Reset, Segments, gru},
            testing,
        };
        for device in check::devices() {
            let h = 4;
            let x = testing::tensor::<2>([3, 3 * h], &device);
            let bias = floats_to_tensor(&testing::values(3 * h), &device);
            let recurrent = testing::tensor::<2>([h, 3 * h], &device);
            let walked = gru(x.clone(), recurrent, bias.clone(), &Segments::new([1, 1, 1]), Reset::After);
            // The walk starts from zero states, and its z is one minus ours.
            let flipped = |tensor: Tensor<2>| {
                let part = |at: usize| tensor.clone().narrow(1, at * h, h);
                Tensor::cat(vec![part(0), part(1).neg(), part(2)], 1)
            };
            let p = bias.unsqueeze::<2>().repeat(&[3, 1]);
            let ours = gated_update(flipped(x), flipped(p), Tensor::zeros([3, h], &device));
            let difference = (ours - walked).abs().max().into_scalar::<f32>();
            assert!(difference < 1e-6, "{difference}");
        }
    }
}
