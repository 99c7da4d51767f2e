//! What every fused operation must fulfil: it equals its definition in primitive operations, and its
//! gradient equals finite differences.

use burn::tensor::{Device, Tensor, TensorData};

use super::Keep;
use crate::{Backend, Seed, StepContext, testing};

/// A dropout mask.
pub fn keep(p: f64) -> Keep {
    Keep::draw(p, &mut StepContext::training(Seed(11), 5)).expect("p is positive")
}

/// The devices of all compiled backends, with autodiff.
pub fn devices() -> Vec<Device> {
    Backend::compiled().into_iter().map(|b| b.device().unwrap().autodiff()).collect()
}

/// An input as a tensor of the rank that the operation wants; its values are in a column.
pub fn rank<const D: usize>(input: &Value) -> Tensor<D> {
    let shape: [usize; D] = input.shape.clone().try_into().expect("the rank of the operation");
    input.tensor.clone().reshape(shape)
}

/// An input of a checked operation.
pub struct Value {
    tensor: Tensor<1>,
    shape: Vec<usize>,
}

struct Outcome {
    output: Vec<f32>,
    gradients: Vec<Vec<f32>>,
}

/// Runs `f` on inputs of `shapes` and returns the output and the gradient of a fixed weighting of it.
fn run<const D: usize>(
    values: &[Vec<f32>],
    shapes: &[&[usize]],
    device: &Device,
    f: &dyn Fn(&[Value]) -> Tensor<D>,
) -> Outcome {
    let inputs: Vec<Value> = values
        .iter()
        .zip(shapes)
        .map(|(values, shape)| Value {
            tensor: Tensor::from_data(TensorData::new(values.clone(), [values.len()]), device).require_grad(),
            shape: shape.to_vec(),
        })
        .collect();
    let output = f(&inputs);
    let weights = TensorData::new(weights(output.shape().num_elements()), output.shape());
    let gradients = (output.clone() * Tensor::from_data(weights, device)).sum().backward();
    let gradient = |input: &Value| match input.tensor.grad(&gradients) {
        Some(gradient) => gradient.into_data().try_to_vec().unwrap(),
        None => vec![0.0; input.tensor.dims()[0]],
    };
    Outcome {
        gradients: inputs.iter().map(gradient).collect(),
        output: output.into_data().try_to_vec().unwrap(),
    }
}

/// The output of `f` where no gradient can be asked for.
fn output<const D: usize>(
    values: &[Vec<f32>],
    shapes: &[&[usize]],
    device: &Device,
    f: &dyn Fn(&[Value]) -> Tensor<D>,
) -> Vec<f32> {
    let value = |(values, shape): (&Vec<f32>, &&[usize])| Value {
        tensor: Tensor::from_data(TensorData::new(values.clone(), [values.len()]), device),
        shape: shape.to_vec(),
    };
    let inputs: Vec<Value> = values.iter().zip(shapes).map(value).collect();
    f(&inputs).into_data().try_to_vec().unwrap()
}

fn weights(len: usize) -> Vec<f32> {
    (0..len).map(|index| ((index * 7 % 11) as f32 - 4.5) / 5.0).collect()
}

/// Checks `f` on inputs of `shapes`: on each backend fused and primitive forms give the same output
/// and gradients, and the gradients of the fused form are those of finite differences.
pub fn agrees<const D: usize>(name: &str, shapes: &[&[usize]], f: impl Fn(&[Value]) -> Tensor<D>) {
    agrees_with_primitive(name, shapes, &f);
    finite_differences(name, &inputs(shapes), shapes, &f);
}

/// The first half of [`agrees`], for outputs that are too large for finite differences of 32-bit numbers,
/// and for operations that hold a part of themselves constant in the gradient, which finite differences do
/// not.
pub fn agrees_with_primitive<const D: usize>(
    name: &str,
    shapes: &[&[usize]],
    f: impl Fn(&[Value]) -> Tensor<D>,
) {
    let values = inputs(shapes);
    let primitive = super::host_function::primitive_only(|| run(&values, shapes, &devices()[0], &f));
    for device in devices() {
        let fused = run(&values, shapes, &device, &f);
        close(name, "output", &fused.output, &primitive.output, 2e-5);
        let alone = output(&values, shapes, &device.clone().inner(), &f);
        close(name, "output where no gradient may be asked for", &alone, &fused.output, 1e-6);
        for (at, (ours, theirs)) in fused.gradients.iter().zip(&primitive.gradients).enumerate() {
            close(name, &format!("gradient of input {at}"), ours, theirs, 5e-5);
        }
    }
}

/// Values for inputs of `shapes`, the same at every call.
fn inputs(shapes: &[&[usize]]) -> Vec<Vec<f32>> {
    let of = |(at, shape): (usize, &&[usize])| {
        let len: usize = shape.iter().product();
        testing::values(len + at)[at..].iter().map(|value| value * 1.3 + 0.1).collect()
    };
    shapes.iter().enumerate().map(of).collect()
}

/// Compares a few entries of each gradient with central differences of the fused form.
fn finite_differences<const D: usize>(
    name: &str,
    values: &[Vec<f32>],
    shapes: &[&[usize]],
    f: &dyn Fn(&[Value]) -> Tensor<D>,
) {
    let device = &devices()[0];
    let analytic = run(values, shapes, device, f).gradients;
    let total = |values: &[Vec<f32>]| -> f64 {
        let output = run(values, shapes, device, f).output;
        output.iter().zip(weights(output.len())).map(|(value, weight)| f64::from(value * weight)).sum()
    };
    for (input, gradient) in analytic.iter().enumerate() {
        let step = 5e-3;
        for at in (0..gradient.len()).step_by(gradient.len().div_ceil(7)) {
            let shifted = |by: f32| {
                let mut values = values.to_vec();
                values[input][at] += by;
                total(&values)
            };
            let numeric = (shifted(step) - shifted(-step)) / f64::from(2.0 * step);
            let difference = (numeric - f64::from(gradient[at])).abs();
            assert!(
                difference < 3e-3 + 1e-2 * numeric.abs(),
                "{name}: d/d input {input} [{at}] is {}, finite differences say {numeric}",
                gradient[at]
            );
        }
    }
}

fn close(name: &str, what: &str, ours: &[f32], theirs: &[f32], tolerance: f32) {
    assert_eq!(ours.len(), theirs.len(), "{name}: {what}");
    let scale = theirs.iter().fold(1.0f32, |scale, value| scale.max(value.abs()));
    let difference = testing::max_difference(ours, theirs);
    assert!(difference <= tolerance * scale, "{name}: {what} differs by {difference} at a scale of {scale}");
}
