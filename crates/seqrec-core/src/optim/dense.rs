use std::collections::BTreeMap;

use burn::{
    module::{Module, ModuleMapper, Param},
    optim::GradientsParams,
    tensor::{Device, Tensor, TensorData},
};

use super::UpdateRule;
use crate::{
    CoreError, Result,
    ops::Stateful,
    params::{HostTensor, Path},
};

/// An [`UpdateRule`] on the dense parameters of a module.
///
/// State is kept by the parameter's path, on the parameter's own device, so that a state saved
/// by one process fits the module built by the next. (burn's optimizer keys them by a random id and
/// restores them on its default device, which opens a GPU where one is compiled in.)
#[derive(Clone, Debug)]
pub struct DenseOptimizer {
    rule: UpdateRule,
    states: BTreeMap<String, [Tensor<1>; 2]>,
    step: u64,
}

/// State of a [`DenseOptimizer`] on the host.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DenseState {
    /// First and second state by path, as `<path>.first` and `<path>.second`, flat.
    pub states: BTreeMap<String, HostTensor>,
    /// Steps taken.
    pub step: u64,
}

const NAMES: [&str; 2] = ["first", "second"];

impl DenseOptimizer {
    /// An optimizer without state yet.
    pub fn new(rule: UpdateRule) -> Self {
        Self { rule, states: BTreeMap::new(), step: 0 }
    }

    /// Applies `gradients` to `module`; parameters without a gradient stay as they are.
    pub fn step<M: Module>(&mut self, module: M, gradients: GradientsParams, learning_rate: f64) -> M {
        self.step += 1;
        module.map(&mut Step { optimizer: self, gradients, learning_rate, path: Path::default() })
    }

    /// Copies the state to the host.
    pub fn state(&self) -> DenseState {
        let mut states = BTreeMap::new();
        for (path, tensors) in &self.states {
            for (name, tensor) in NAMES.iter().zip(tensors) {
                let values = tensor.to_data().try_to_vec::<f32>().expect("states are f32");
                states.insert(format!("{path}.{name}"), HostTensor { shape: vec![values.len()], values });
            }
        }
        DenseState { states, step: self.step }
    }

    /// Restores a state taken by [`state`](Self::state), its values on `device`.
    ///
    /// # Errors
    ///
    /// [`CoreError::OptimizerState`] for a first state without a second or the other way round.
    pub fn restore(&mut self, state: DenseState, device: &Device) -> Result<()> {
        let mut given = state.states;
        let mut states = BTreeMap::new();
        let paths: Vec<String> =
            given.keys().filter_map(|key| key.strip_suffix(".first").map(str::to_owned)).collect();
        for path in paths {
            let mut take = |name: &str| {
                let key = format!("{path}.{name}");
                let tensor = given.remove(&key);
                let tensor =
                    tensor.ok_or_else(|| CoreError::OptimizerState(format!("`{key}` is missing")))?;
                let size = [tensor.values.len()];
                Ok(Tensor::from_data(TensorData::new(tensor.values, size), &device.clone().inner()))
            };
            let pair = [take(NAMES[0])?, take(NAMES[1])?];
            states.insert(path, pair);
        }
        if let Some(key) = given.keys().next() {
            return Err(CoreError::OptimizerState(format!("`{key}` stands alone")));
        }
        self.states = states;
        self.step = state.step;
        Ok(())
    }
}

struct Step<'a> {
    optimizer: &'a mut DenseOptimizer,
    gradients: GradientsParams,
    learning_rate: f64,
    path: Path,
}

impl ModuleMapper for Step<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, tensor, mapper) = param.consume();
        let Some(gradient) = self.gradients.remove::<D>(id) else {
            return Param::from_mapped_value(id, tensor, mapper);
        };
        let (tracked, shape) = (tensor.is_require_grad(), tensor.shape());
        let gradient = gradient.reshape([shape.num_elements()]);
        let Self { optimizer, path, learning_rate, .. } = self;
        let [first, second] = optimizer
            .states
            .remove(&path.join())
            .unwrap_or_else(|| [gradient.zeros_like(), gradient.zeros_like()]);
        let weights = tensor.inner().reshape([shape.num_elements()]);
        assert_eq!(first.dims(), weights.dims(), "the state of `{}` fits it", path.join());
        let update = optimizer.rule.at(optimizer.step, *learning_rate);
        let Stateful { weights, first, second } = update.apply(Stateful { weights, first, second }, gradient);
        optimizer.states.insert(path.join(), [first, second]);

        let updated = Tensor::from_inner(weights.reshape(shape));
        Param::from_mapped_value(id, updated.set_require_grad(tracked), mapper)
    }

    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.enter(name);
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.exit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, init::Init, params, testing};
    use burn::{
        nn::Linear,
        optim::{AdamConfig, ModuleOptimizer},
    };

    fn linear(device: &Device) -> Linear {
        Init::GlorotUniform.linear(3, 2, true, &mut testing::rng(), device)
    }

    fn gradients(linear: &Linear, device: &Device) -> GradientsParams {
        let loss = linear.forward(testing::tensor::<2>([4, 3], device)).square().mean();
        GradientsParams::from_grads(loss.backward(), linear)
    }

    #[test]
    fn steps_equal_those_of_burn() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap().autodiff();
            let (mut ours, mut theirs) = (linear(&device), linear(&device));
            let mut adam = DenseOptimizer::new(UpdateRule::default());
            let mut burn: ModuleOptimizer = AdamConfig::new().with_epsilon(1e-8).init();
            for _ in 0..5 {
                let (a, b) = (gradients(&ours, &device), gradients(&theirs, &device));
                ours = adam.step(ours, a, 0.01);
                theirs = burn.step(0.01, theirs, b);
            }
            let (ours, theirs) = (params::export(&ours.valid()), params::export(&theirs.valid()));
            for (path, tensor) in ours {
                let difference = testing::max_difference(&tensor.values, &theirs[&path].values);
                assert!(difference < 1e-5, "{backend}: {path} differs by {difference}");
            }
        }
    }

    #[test]
    fn a_restored_state_continues_with_the_same_bits() {
        let device = Backend::default().device().unwrap().autodiff();
        let mut one = linear(&device);
        let mut adam = DenseOptimizer::new(UpdateRule::default());
        let first = gradients(&one, &device);
        one = adam.step(one, first, 0.01);
        let two = params::import(linear(&device), params::export(&one.valid())).unwrap();
        let mut restored = DenseOptimizer::new(UpdateRule::default());
        restored.restore(adam.state(), &device).unwrap();
        let (a, b) = (gradients(&one, &device), gradients(&two, &device));
        let (one, two) = (adam.step(one, a, 0.01), restored.step(two, b, 0.01));
        assert_eq!(params::export(&one.valid()), params::export(&two.valid()));
    }

    #[test]
    fn half_a_pair_of_states_is_an_error() {
        let device = Backend::default().device().unwrap();
        let tensor = HostTensor { shape: vec![1], values: vec![0.0] };
        for key in ["weight.first", "weight.second"] {
            let states = BTreeMap::from([(key.to_owned(), tensor.clone())]);
            let mut adam = DenseOptimizer::new(UpdateRule::default());
            let error = adam.restore(DenseState { states, step: 1 }, &device).unwrap_err();
            assert!(error.to_string().contains("weight"), "{error}");
        }
    }
}
