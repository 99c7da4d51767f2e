//! Functions of whole tensors that are computed on the host, with their own gradient.

use std::{fmt::Debug, sync::Arc};

use burn::tensor::{Device, Tensor};

/// An argument of a [`HostFunction`]: contiguous values in row-major order.
#[derive(Clone, Copy, Debug)]
pub struct Argument<'a> {
    /// Size of each dimension.
    pub shape: &'a [usize],
    /// Product of `shape` values.
    pub values: &'a [f32],
}

impl Argument<'_> {
    /// Size of the last dimension.
    pub fn width(&self) -> usize {
        *self.shape.last().expect("arguments have at least one dimension")
    }
}

/// What the forward pass of a [`HostFunction`] leaves.
#[derive(Clone, Debug)]
pub struct Computed {
    /// Size of each dimension of the result.
    pub shape: Vec<usize>,
    /// The result, row-major.
    pub values: Vec<f32>,
    /// Whatever the backward pass wants to see again.
    pub saved: Vec<Vec<f32>>,
}

/// What the backward pass of a [`HostFunction`] starts from.
#[derive(Debug)]
pub struct Differentiated<'a> {
    /// Gradient of the result.
    pub gradient: Vec<f32>,
    /// The arguments of the forward pass.
    pub arguments: &'a [Argument<'a>],
    /// The result of the forward pass.
    pub output: &'a [f32],
    /// What the forward pass saved.
    pub saved: Vec<Vec<f32>>,
    /// Which arguments want a gradient.
    pub wanted: &'a [bool],
}

/// A differentiable function of tensors in host memory, fused into one node of the autodiff graph.
pub trait HostFunction: Debug + Send + Sync + 'static {
    /// The result; `tracked` says whether a backward pass may follow.
    fn forward(&self, arguments: &[Argument<'_>], tracked: bool) -> Computed;

    /// Gradient of each argument, as long as the argument; ignored where it is not wanted.
    fn backward(&self, pass: Differentiated<'_>) -> Vec<Vec<f32>>;
}

/// Whether tensors of `device` lie in host memory, so that [`apply`] takes them.
pub(super) fn runs_on(device: &Device) -> bool {
    #[cfg(test)]
    if PRIMITIVE_ONLY.get() {
        return false;
    }
    crate::backend::is_host(device)
}

#[cfg(test)]
thread_local! {
    static PRIMITIVE_ONLY: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Runs `f` with every operation of this thread in its primitive form.
#[cfg(test)]
pub(super) fn primitive_only<R>(f: impl FnOnce() -> R) -> R {
    PRIMITIVE_ONLY.set(true);
    let result = f();
    PRIMITIVE_ONLY.set(false);
    result
}

/// A tensor of any rank, as an argument of [`apply`].
pub(super) use node::Input;

/// `function` of `inputs`, which must lie on a device that [`runs_on`] accepts.
pub(super) fn apply<const D: usize>(inputs: Vec<Input>, function: impl HostFunction) -> Tensor<D> {
    node::apply(inputs, Arc::new(function))
}

/// The way into burn's autodiff graph: a backend extension for `flex`.
#[cfg(feature = "flex")]
mod node {
    use std::sync::Arc;

    use burn::{
        backend::{
            Autodiff, Backend, Dispatch, DispatchTensor, ExtensionType, Flex, TensorMetadata,
            autodiff::{
                checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
                grads::Gradients,
                ops::{Backward, Ops, OpsKind},
            },
            backend_extension,
            flex::FlexTensor,
            tensor::FloatTensor,
        },
        tensor::{Tensor, TensorData},
    };

    use super::{Argument, Computed, Differentiated, HostFunction};

    pub struct Input(DispatchTensor);

    impl<const D: usize> From<Tensor<D>> for Input {
        fn from(tensor: Tensor<D>) -> Self {
            Self(tensor.into_dispatch())
        }
    }

    pub fn apply<const D: usize>(inputs: Vec<Input>, function: Arc<dyn HostFunction>) -> Tensor<D> {
        let inputs: Vec<DispatchTensor> = inputs.into_iter().map(|input| input.0).collect();
        let inputs = Inputs::<Dispatch>::new(inputs);
        Tensor::from_dispatch(<Dispatch as HostExtension>::host_function(inputs, function))
    }

    /// The inputs of a host function; burn's extensions take no lists.
    #[derive(ExtensionType)]
    pub enum Inputs<B: Backend> {
        One(FloatTensor<B>),
        Two(FloatTensor<B>, FloatTensor<B>),
        Three(FloatTensor<B>, FloatTensor<B>, FloatTensor<B>),
        Four(FloatTensor<B>, FloatTensor<B>, FloatTensor<B>, FloatTensor<B>),
    }

    impl<B: Backend> Inputs<B> {
        fn new(inputs: Vec<FloatTensor<B>>) -> Self {
            let count = inputs.len();
            let mut inputs = inputs.into_iter();
            let mut next = || inputs.next().expect("as many as were counted");
            match count {
                1 => Self::One(next()),
                2 => Self::Two(next(), next()),
                3 => Self::Three(next(), next(), next()),
                4 => Self::Four(next(), next(), next(), next()),
                _ => unreachable!("no host function has {count} inputs"),
            }
        }
    }

    #[backend_extension(Flex, Autodiff)]
    pub trait HostExtension: Backend {
        fn host_function(
            #[extension_type] inputs: Inputs<Self>,
            function: Arc<dyn HostFunction>,
        ) -> FloatTensor<Self>;
    }

    impl HostExtension for Flex {
        fn host_function(inputs: Inputs<Self>, function: Arc<dyn HostFunction>) -> FlexTensor {
            let inputs: Vec<FlexTensor> = match inputs {
                Inputs::One(a) => vec![a],
                Inputs::Two(a, b) => vec![a, b],
                Inputs::Three(a, b, c) => vec![a, b, c],
                Inputs::Four(a, b, c, d) => vec![a, b, c, d],
            };
            let inputs: Vec<FlexTensor> = inputs.into_iter().map(Flex::contiguous).collect();
            Flex::compute(&inputs, &*function, false).0
        }
    }

    /// A backend whose tensors are host memory.
    trait HostBackend: Backend {
        fn contiguous(input: FloatTensor<Self>) -> FloatTensor<Self>;
        fn argument(input: &FloatTensor<Self>) -> &[f32];
        fn into_values(tensor: FloatTensor<Self>) -> Vec<f32>;
        fn from_values(values: Vec<f32>, shape: Vec<usize>) -> FloatTensor<Self>;

        fn compute(
            inputs: &[FloatTensor<Self>],
            function: &dyn HostFunction,
            tracked: bool,
        ) -> (FloatTensor<Self>, Vec<Vec<f32>>) {
            let shapes: Vec<Vec<usize>> = inputs.iter().map(|input| input.shape().to_vec()).collect();
            let arguments: Vec<Argument<'_>> = shapes
                .iter()
                .zip(inputs)
                .map(|(shape, input)| Argument { shape, values: Self::argument(input) })
                .collect();
            let Computed { shape, values, saved } = function.forward(&arguments, tracked);
            (Self::from_values(values, shape), saved)
        }
    }

    impl HostBackend for Flex {
        fn contiguous(input: FlexTensor) -> FlexTensor {
            match input.as_slice::<f32>() {
                Some(_) => input,
                None => input.to_contiguous(),
            }
        }

        fn argument(input: &FlexTensor) -> &[f32] {
            input.as_slice().expect("arguments were made contiguous")
        }

        fn into_values(tensor: FlexTensor) -> Vec<f32> {
            let data = Self::contiguous(tensor).into_data();
            data.try_into_vec::<f32>().expect("tensors of host functions are f32")
        }

        fn from_values(values: Vec<f32>, shape: Vec<usize>) -> FlexTensor {
            FlexTensor::from_data(TensorData::new(values, shape))
        }
    }

    impl<B: HostBackend + HostExtension, C: CheckpointStrategy> HostExtension for Autodiff<B, C> {
        fn host_function(inputs: Inputs<Self>, function: Arc<dyn HostFunction>) -> FloatTensor<Self> {
            match inputs {
                Inputs::One(a) => tracked::<B, C, 1>([a], function),
                Inputs::Two(a, b) => tracked::<B, C, 2>([a, b], function),
                Inputs::Three(a, b, c) => tracked::<B, C, 3>([a, b, c], function),
                Inputs::Four(a, b, c, d) => tracked::<B, C, 4>([a, b, c, d], function),
            }
        }
    }

    fn tracked<B: HostBackend, C: CheckpointStrategy, const N: usize>(
        inputs: [FloatTensor<Autodiff<B, C>>; N],
        function: Arc<dyn HostFunction>,
    ) -> FloatTensor<Autodiff<B, C>> {
        let nodes = inputs.each_ref().map(|input| input.node());
        let inputs: Vec<FloatTensor<B>> =
            inputs.into_iter().map(|input| B::contiguous(input.into_primitive())).collect();
        match HostBackward::<N>.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(preparation) => {
                let (output, saved) = B::compute(&inputs, &*function, true);
                let state = State { inputs, output: output.clone(), saved: Arc::new(saved), function };
                preparation.finish(state, output)
            }
            OpsKind::UnTracked(preparation) => preparation.finish(B::compute(&inputs, &*function, false).0),
        }
    }

    #[derive(Debug)]
    struct HostBackward<const N: usize>;

    #[derive(Debug)]
    struct State<B: Backend> {
        inputs: Vec<FloatTensor<B>>,
        output: FloatTensor<B>,
        saved: Arc<Vec<Vec<f32>>>,
        function: Arc<dyn HostFunction>,
    }

    impl<B: Backend> Clone for State<B> {
        fn clone(&self) -> Self {
            Self {
                inputs: self.inputs.clone(),
                output: self.output.clone(),
                saved: self.saved.clone(),
                function: self.function.clone(),
            }
        }
    }

    impl<B: HostBackend, const N: usize> Backward<B, N> for HostBackward<N> {
        type State = State<B>;

        fn backward(self, ops: Ops<State<B>, N>, gradients: &mut Gradients, _: &mut Checkpointer) {
            let gradient = B::into_values(gradients.consume::<B>(&ops.node));
            let State { inputs, output, saved, function } = ops.state;
            let shapes: Vec<Vec<usize>> = inputs.iter().map(|input| input.shape().to_vec()).collect();
            let arguments: Vec<Argument<'_>> = shapes
                .iter()
                .zip(&inputs)
                .map(|(shape, input)| Argument { shape, values: B::argument(input) })
                .collect();
            let wanted = ops.parents.each_ref().map(Option::is_some);
            let results = function.backward(Differentiated {
                gradient,
                arguments: &arguments,
                output: B::argument(&output),
                saved: Arc::unwrap_or_clone(saved),
                wanted: &wanted,
            });
            for ((parent, result), shape) in ops.parents.into_iter().zip(results).zip(shapes.clone()) {
                if let Some(parent) = parent {
                    gradients.register::<B>(parent.id, B::from_values(result, shape));
                }
            }
        }
    }
}

/// Without `flex` no tensor lies in host memory, and nothing gets here.
#[cfg(not(feature = "flex"))]
mod node {
    use std::sync::Arc;

    use burn::tensor::Tensor;

    use super::HostFunction;

    pub struct Input;

    impl<const D: usize> From<Tensor<D>> for Input {
        fn from(_: Tensor<D>) -> Self {
            Self
        }
    }

    pub fn apply<const D: usize>(_: Vec<Input>, _: Arc<dyn HostFunction>) -> Tensor<D> {
        unreachable!("no backend with tensors in host memory is compiled in")
    }
}
