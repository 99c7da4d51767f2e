//! The recurrent part of a GRU over whole sequences of a packed batch.

use burn::tensor::{Tensor, activation::sigmoid};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    Segments,
    gemm::{Matrix, MatrixMut, multiply, par_multiply},
    groups::{Group, groups},
    host_function::{Argument, Computed, Differentiated, HostFunction, apply, runs_on},
    rows::{add_to, column_sums},
    vector::{sigmoid as sigmoid_of, tanh as tanh_of, vectorized},
};
use crate::layers::tanh;

/// Where the reset gate acts. The two are different functions; keep their checkpoints apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reset {
    /// `n = tanh(x_n + (r h) U_n + b_n)` (Cho et al. 2014; GRU4Rec, TensorFlow).
    Before,
    /// `n = tanh(x_n + r (h U_n + b_n))` (PyTorch, cuDNN).
    #[default]
    After,
}

/// States after every event, from zero states at the start of each sequence.
///
/// ```text
/// r, z = sigmoid(x_r + h U_r + b_r), sigmoid(x_z + h U_z + b_z)
/// h'   = (1 - z) n + z h            z says how much to keep
/// ```
///
/// The input products `x = input W` are the caller's: one product for all events. A model whose
/// update gate says how much to *write* negates the gate's weights and biases.
///
/// # Shapes
///
/// - `x`: `[T, 3 h]`, packed; gates in the order reset, update, candidate
/// - `recurrent`: `[h, 3 h]`, `bias`: `[3 h]`
/// - output: `[T, h]`
///
/// # Panics
///
/// If the segments do not cover the rows or the sizes do not match.
pub fn gru(
    x: Tensor<2>,
    recurrent: Tensor<2>,
    bias: Tensor<1>,
    segments: &Segments,
    reset: Reset,
) -> Tensor<2> {
    from_states(x, recurrent, bias, None, segments, reset)
}

/// [`gru`] from given states, `initial`: the sequences go on where earlier ones stopped.
///
/// # Shapes
///
/// - `initial`: `[count, h]`, a row for each sequence
/// - the others and the output: as in [`gru`]
///
/// # Panics
///
/// As [`gru`], and if a sequence has no state.
pub fn gru_from(
    x: Tensor<2>,
    recurrent: Tensor<2>,
    bias: Tensor<1>,
    initial: Tensor<2>,
    segments: &Segments,
    reset: Reset,
) -> Tensor<2> {
    let [h, _] = recurrent.dims();
    assert_eq!(initial.dims(), [segments.count(), h], "every sequence starts from a state");
    from_states(x, recurrent, bias, Some(initial), segments, reset)
}

fn from_states(
    x: Tensor<2>,
    recurrent: Tensor<2>,
    bias: Tensor<1>,
    initial: Option<Tensor<2>>,
    segments: &Segments,
    reset: Reset,
) -> Tensor<2> {
    let [h, _] = recurrent.dims();
    assert_eq!(x.dims(), [segments.rows(), 3 * h], "the segments cover all rows, each of three gates");
    assert_eq!((recurrent.dims(), bias.dims()), ([h, 3 * h], [3 * h]), "three gates of {h} states");
    if segments.is_empty() {
        return x.narrow(1, 0, h);
    }
    if runs_on(&x.device()) {
        let function = Gru { groups: groups(segments), reset };
        let mut inputs = vec![x.into(), recurrent.into(), bias.into()];
        inputs.extend(initial.map(Into::into));
        return apply(inputs, function);
    }
    primitive(x, recurrent, bias, initial, segments, reset)
}

/// The definition: one step after the other on a right-padded grid; states stand still on padding.
fn primitive(
    x: Tensor<2>,
    recurrent: Tensor<2>,
    bias: Tensor<1>,
    initial: Option<Tensor<2>>,
    segments: &Segments,
    reset: Reset,
) -> Tensor<2> {
    let device = x.device();
    let [h, _] = recurrent.dims();
    let (count, longest) = (segments.count(), segments.longest());
    let grid = segments.grid(x);
    let bias = bias.unsqueeze::<2>();
    let part = |tensor: &Tensor<2>, gate: usize| tensor.clone().narrow(1, gate * h, h);
    let mut state = initial.unwrap_or_else(|| Tensor::zeros([count, h], &device));
    let mut states = Vec::with_capacity(longest);
    for t in 0..longest {
        let x = grid.clone().narrow(1, t, 1).reshape([count, 3 * h]);
        let product = state.clone().matmul(recurrent.clone()) + bias.clone();
        let r = sigmoid(part(&x, 0) + part(&product, 0));
        let z = sigmoid(part(&x, 1) + part(&product, 1));
        let inner = match reset {
            Reset::After => r * part(&product, 2),
            Reset::Before => (r * state.clone()).matmul(part(&recurrent, 2)) + part(&bias, 2),
        };
        let n = tanh(part(&x, 2) + inner);
        state = n.clone() + z * (state - n);
        states.push(state.clone());
    }
    segments.packed(Tensor::stack(states, 1))
}

#[derive(Debug)]
struct Gru {
    groups: Vec<Group>,
    reset: Reset,
}

/// What one group's walk leaves, rows in time-major order.
struct Walk {
    /// States before each event, `[rows, h]`.
    before: Vec<f32>,
    /// States after each event, `[rows, h]`.
    after: Vec<f32>,
    /// Gates r, z, n, and what r multiplied (`h U_n + b_n`, or `h`), `[rows, 4 h]`.
    gates: Vec<f32>,
}

impl Gru {
    /// Walks through `group`; what only the walk back needs is kept if `tracked`.
    fn walk(&self, group: &Group, arguments: &[Argument<'_>], tracked: bool) -> Walk {
        let [x, recurrent, bias] = [0, 1, 2].map(|at| arguments[at].values);
        let h = bias.len() / 3;
        let rows = group.rows();
        // Rows of a time, kept or overwritten by the next.
        let (kept, kept_from) = match tracked {
            true => (rows, 1),
            false => (group.sequences.len(), 0),
        };
        let packed = group.packed_rows();
        let (mut before, mut after) = (vec![0.0; kept * h], vec![0.0; rows * h]);
        let mut gates = vec![0.0; kept * 4 * h];
        let mut product = vec![0.0; group.sequences.len() * 3 * h];
        let mut reset_state = vec![0.0; group.sequences.len() * h];
        let products = match self.reset {
            Reset::After => 3 * h,
            Reset::Before => 2 * h,
        };
        let mut previous = 0;
        for (t, (start, count)) in group.times().into_iter().enumerate() {
            let (done, now) = after.split_at_mut(start * h);
            let kept = start * kept_from;
            let state = &mut before[kept * h..][..count * h];
            if t > 0 {
                state.copy_from_slice(&done[previous * h..][..count * h]);
            } else if let Some(initial) = arguments.get(3) {
                for (state, &number) in state.chunks_exact_mut(h).zip(&group.numbers) {
                    state.copy_from_slice(&initial.values[number * h..][..h]);
                }
            }
            previous = start;
            let u = Matrix::strided(recurrent, h, products, 3 * h);
            multiply(
                MatrixMut::strided(&mut product, count, products, 3 * h),
                Matrix::new(state, count, h),
                u,
                1.0,
                false,
            );
            let gates = &mut gates[kept * 4 * h..][..count * 4 * h];
            let x_of = |row: usize| &x[packed[start + row] * 3 * h..][..3 * h];
            vectorized!({
                for row in 0..count {
                    let (x, p) = (x_of(row), &product[row * 3 * h..][..3 * h]);
                    let (rz, rest) = gates[row * 4 * h..][..4 * h].split_at_mut(2 * h);
                    for i in 0..2 * h {
                        rz[i] = sigmoid_of(x[i] + p[i] + bias[i]);
                    }
                    let factor = &mut rest[h..];
                    match self.reset {
                        Reset::After => (0..h).for_each(|i| factor[i] = p[2 * h + i] + bias[2 * h + i]),
                        Reset::Before => {
                            factor.copy_from_slice(&state[row * h..][..h]);
                            let target = &mut reset_state[row * h..][..h];
                            (0..h).for_each(|i| target[i] = rz[i] * factor[i]);
                        }
                    }
                }
            });
            if self.reset == Reset::Before {
                let out = MatrixMut::strided(&mut product[2 * h..], count, h, 3 * h);
                let u = Matrix::strided(&recurrent[2 * h..], h, h, 3 * h);
                multiply(out, Matrix::new(&reset_state[..count * h], count, h), u, 1.0, false);
            }
            vectorized!({
                for row in 0..count {
                    let x = &x_of(row)[2 * h..];
                    let (rz, rest) = gates[row * 4 * h..][..4 * h].split_at_mut(2 * h);
                    let (n, factor) = rest.split_at_mut(h);
                    let p = &product[row * 3 * h + 2 * h..][..h];
                    let (state, out) = (&state[row * h..][..h], &mut now[row * h..][..h]);
                    for i in 0..h {
                        let inner = match self.reset {
                            Reset::After => rz[i] * factor[i],
                            Reset::Before => p[i] + bias[2 * h + i],
                        };
                        n[i] = tanh_of(x[i] + inner);
                        out[i] = n[i] + rz[h + i] * (state[i] - n[i]);
                    }
                }
            });
        }
        Walk { before, after, gates }
    }

    /// Walks back through `group`: gradients of the sums before the gates, `[rows, 3 h]` in
    /// time-major order, for the input side and for the recurrent side, and of the states at the start.
    fn walk_back(
        &self,
        group: &Group,
        walk: &WalkRef<'_>,
        gradient: &[f32],
        recurrent: &[f32],
        h: usize,
    ) -> [Vec<f32>; 3] {
        let rows = group.rows();
        let packed = group.packed_rows();
        let [mut inputs, mut recurrents] = [0; 2].map(|_| vec![0.0; rows * 3 * h]);
        // Gradient of the state after the time at hand, from later times.
        let mut carried = vec![0.0; group.sequences.len() * h];
        let mut candidate = vec![0.0; group.sequences.len() * h];
        let u_n = Matrix::strided(&recurrent[2 * h..], h, h, 3 * h);
        for (start, count) in group.times().into_iter().rev() {
            let gates_of = |row: usize| &walk.gates[(start + row) * 4 * h..][..4 * h];
            let state_of = |row: usize| &walk.before[(start + row) * h..][..h];
            let at = start * 3 * h..(start + count) * 3 * h;
            let (dx, du) = (&mut inputs[at.clone()], &mut recurrents[at]);
            vectorized!({
                for row in 0..count {
                    let (gates, state) = (gates_of(row), state_of(row));
                    let (z, n) = (&gates[h..2 * h], &gates[2 * h..3 * h]);
                    let carried = &mut carried[row * h..][..h];
                    add_to(carried, &gradient[packed[start + row] * h..][..h]);
                    let dx = &mut dx[row * 3 * h..][..3 * h];
                    for i in 0..h {
                        let dh = carried[i];
                        dx[h + i] = dh * (state[i] - n[i]) * z[i] * (1.0 - z[i]);
                        dx[2 * h + i] = dh * (1.0 - z[i]) * (1.0 - n[i] * n[i]);
                        carried[i] = dh * z[i];
                    }
                }
            });
            if self.reset == Reset::Before {
                let dn = Matrix::strided(&dx[2 * h..], count, h, 3 * h);
                multiply(MatrixMut::new(&mut candidate[..count * h], count, h), dn, u_n.t(), 1.0, false);
            }
            vectorized!({
                for row in 0..count {
                    let (r, factor) = (&gates_of(row)[..h], &gates_of(row)[3 * h..]);
                    let dx = &mut dx[row * 3 * h..][..3 * h];
                    let du = &mut du[row * 3 * h..][..3 * h];
                    let carried = &mut carried[row * h..][..h];
                    for i in 0..h {
                        let dn = dx[2 * h + i];
                        // Gradient of r times its factor.
                        let product = if self.reset == Reset::Before { candidate[row * h + i] } else { dn };
                        dx[i] = product * factor[i] * r[i] * (1.0 - r[i]);
                        du[2 * h + i] = if self.reset == Reset::Before { dn } else { dn * r[i] };
                        if self.reset == Reset::Before {
                            carried[i] += product * r[i];
                        }
                    }
                    du[..2 * h].copy_from_slice(&dx[..2 * h]);
                }
            });
            let products = if self.reset == Reset::Before { 2 * h } else { 3 * h };
            multiply(
                MatrixMut::new(&mut carried[..count * h], count, h),
                Matrix::strided(du, count, products, 3 * h),
                Matrix::strided(recurrent, h, products, 3 * h).t(),
                1.0,
                true,
            );
        }
        [inputs, recurrents, carried]
    }
}

/// A [`Walk`] that the forward pass saved.
struct WalkRef<'a> {
    before: &'a [f32],
    gates: &'a [f32],
}

impl HostFunction for Gru {
    /// Saves, for each group, the states before each event and the gates.
    fn forward(&self, arguments: &[Argument<'_>], tracked: bool) -> Computed {
        let h = arguments[1].shape[0];
        let walks: Vec<Walk> =
            self.groups.par_iter().map(|group| self.walk(group, arguments, tracked)).collect();
        let rows = arguments[0].shape[0];
        let mut values = vec![0.0; rows * h];
        for (group, walk) in self.groups.iter().zip(&walks) {
            for (state, row) in walk.after.chunks_exact(h).zip(group.packed_rows()) {
                values[row * h..][..h].copy_from_slice(state);
            }
        }
        let saved = walks.into_iter().flat_map(|walk| [walk.before, walk.gates]).collect();
        Computed { shape: vec![rows, h], values, saved }
    }

    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>> {
        let recurrent = pass.arguments[1].values;
        let h = pass.arguments[2].values.len() / 3;
        let walks: Vec<WalkRef<'_>> =
            pass.saved.chunks_exact(2).map(|pair| WalkRef { before: &pair[0], gates: &pair[1] }).collect();
        let gradients: Vec<[Vec<f32>; 3]> = self
            .groups
            .par_iter()
            .zip(&walks)
            .map(|(group, walk)| self.walk_back(group, walk, &pass.gradient, recurrent, h))
            .collect();

        let mut dx = vec![0.0; pass.arguments[0].values.len()];
        let mut dw = vec![0.0; h * 3 * h];
        let mut db = vec![0.0; 3 * h];
        let mut initial = vec![0.0; pass.arguments.get(3).map_or(0, |initial| initial.values.len())];
        for ((group, walk), [inputs, recurrents, starts]) in self.groups.iter().zip(&walks).zip(&gradients) {
            for (gradient, row) in inputs.chunks_exact(3 * h).zip(group.packed_rows()) {
                dx[row * 3 * h..][..3 * h].copy_from_slice(gradient);
            }
            let rows = group.rows();
            let before = Matrix::new(walk.before, rows, h).t();
            match self.reset {
                Reset::After => {
                    par_multiply(
                        MatrixMut::new(&mut dw, h, 3 * h),
                        before,
                        Matrix::new(recurrents, rows, 3 * h),
                        1.0,
                        true,
                    );
                }
                Reset::Before => {
                    let gates = Matrix::strided(recurrents, rows, 2 * h, 3 * h);
                    par_multiply(MatrixMut::strided(&mut dw, h, 2 * h, 3 * h), before, gates, 1.0, true);
                    let reset_states: Vec<f32> = walk
                        .gates
                        .chunks_exact(4 * h)
                        .flat_map(|gates| (0..h).map(|i| gates[i] * gates[3 * h + i]))
                        .collect();
                    let candidate = Matrix::strided(&recurrents[2 * h..], rows, h, 3 * h);
                    let out = MatrixMut::strided(&mut dw[2 * h..], h, h, 3 * h);
                    par_multiply(out, Matrix::new(&reset_states, rows, h).t(), candidate, 1.0, true);
                }
            }
            add_to(&mut db, &column_sums(recurrents, 3 * h));
            if !initial.is_empty() {
                for (start, &number) in starts.chunks_exact(h).zip(&group.numbers) {
                    initial[number * h..][..h].copy_from_slice(start);
                }
            }
        }
        vec![dx, dw, db, initial]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ops::check, testing};

    #[test]
    fn agrees_with_primitive_operations_and_finite_differences() {
        let segments = Segments::new([2, 0, 5, 1, 3]);
        for reset in [Reset::Before, Reset::After] {
            check::agrees("gru", &[&[11, 9], &[3, 9], &[9]], |inputs| {
                gru(
                    check::rank(&inputs[0]),
                    check::rank(&inputs[1]),
                    check::rank(&inputs[2]),
                    &segments,
                    reset,
                )
            });
        }
    }

    #[test]
    fn given_states_agree_too() {
        let segments = Segments::new([2, 0, 5, 1, 3]);
        for reset in [Reset::Before, Reset::After] {
            check::agrees("gru from states", &[&[11, 9], &[3, 9], &[9], &[5, 3]], |inputs| {
                let [x, recurrent, initial] = [0, 1, 3].map(|at| check::rank(&inputs[at]));
                gru_from(x, recurrent, check::rank(&inputs[2]), initial, &segments, reset)
            });
        }
    }

    #[test]
    fn more_sequences_than_a_group_agree_too() {
        let segments = Segments::new((0..70).map(|s| s % 4));
        let rows = segments.rows();
        check::agrees("gru of many sequences", &[&[rows, 6], &[2, 6], &[6]], |inputs| {
            gru(
                check::rank(&inputs[0]),
                check::rank(&inputs[1]),
                check::rank(&inputs[2]),
                &segments,
                Reset::After,
            )
        });
    }

    #[test]
    fn equals_burn_where_the_conventions_agree() {
        use burn::nn::gru::GruConfig;
        let device = crate::Backend::default().device().unwrap();
        let layer = GruConfig::new(3, 4, true).with_reset_after(true).init(&device);
        let input = testing::tensor::<3>([2, 5, 3], &device);
        let theirs = layer.forward(input.clone(), None).reshape([10, 4]);

        let gates = [&layer.reset_gate, &layer.update_gate, &layer.new_gate];
        let cat = |part: &dyn Fn(&burn::nn::GateController) -> Tensor<2>| {
            Tensor::cat(gates.iter().map(|gate| part(gate)).collect(), 1)
        };
        let weight = |linear: &burn::nn::Linear| linear.weight.val();
        let bias = |linear: &burn::nn::Linear| linear.bias.as_ref().unwrap().val().unsqueeze::<2>();
        let x = input.reshape([10, 3]).matmul(cat(&|gate| weight(&gate.input_transform)))
            + cat(&|gate| bias(&gate.input_transform));
        let b = cat(&|gate| bias(&gate.hidden_transform)).reshape([12]);
        let segments = Segments::new([5, 5]);
        let ours = gru(x, cat(&|gate| weight(&gate.hidden_transform)), b, &segments, Reset::After);
        let difference = (ours - theirs).abs().max().into_scalar::<f32>();
        assert!(difference < 1e-5, "{difference}");
    }
}
