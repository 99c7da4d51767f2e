use std::collections::BTreeMap;

use burn::{
    module::{Module, ModuleMapper, Param},
    optim::GradientsParams,
    tensor::{Device, Tensor, TensorData},
};

use super::{RowAdamConfig, adam_delta};
use crate::{
    CoreError, Result,
    params::{HostTensor, Path},
};

/// Adam (Kingma & Ba 2015, algorithm 1) on the dense parameters of a module.
///
/// Moments are kept by the parameter's path, on the parameter's own device, so that a state saved
/// by one process fits the module built by the next. (burn's optimizer keys them by a random id and
/// restores them on its default device, which opens a GPU where one is compiled in.)
#[derive(Clone, Debug)]
pub struct DenseAdam {
    config: RowAdamConfig,
    moments: BTreeMap<String, [Tensor<1>; 2]>,
    step: u64,
}

/// State of a [`DenseAdam`] on the host.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DenseAdamState {
    /// First and second moments by path, as `<path>.first` and `<path>.second`, flat.
    pub moments: BTreeMap<String, HostTensor>,
    /// Steps taken.
    pub step: u64,
}

const MOMENTS: [&str; 2] = ["first", "second"];

impl DenseAdam {
    /// An optimizer without moments yet; of `config` the decays and epsilon count.
    pub fn new(config: RowAdamConfig) -> Self {
        Self { config, moments: BTreeMap::new(), step: 0 }
    }

    /// Applies `gradients` to `module`; parameters without a gradient stay as they are.
    pub fn step<M: Module>(&mut self, module: M, gradients: GradientsParams, learning_rate: f64) -> M {
        self.step += 1;
        module.map(&mut Update { adam: self, gradients, learning_rate, path: Path::default() })
    }

    /// Copies the state to the host.
    pub fn state(&self) -> DenseAdamState {
        let mut moments = BTreeMap::new();
        for (path, tensors) in &self.moments {
            for (name, tensor) in MOMENTS.iter().zip(tensors) {
                let values = tensor.to_data().try_to_vec::<f32>().expect("moments are f32");
                moments.insert(format!("{path}.{name}"), HostTensor { shape: vec![values.len()], values });
            }
        }
        DenseAdamState { moments, step: self.step }
    }

    /// Restores a state taken by [`state`](Self::state), its moments on `device`.
    ///
    /// # Errors
    ///
    /// [`CoreError::OptimizerState`] for a first moment without a second or the other way round.
    pub fn restore(&mut self, state: DenseAdamState, device: &Device) -> Result<()> {
        let mut given = state.moments;
        let mut moments = BTreeMap::new();
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
            let pair = [take(MOMENTS[0])?, take(MOMENTS[1])?];
            moments.insert(path, pair);
        }
        if let Some(key) = given.keys().next() {
            return Err(CoreError::OptimizerState(format!("`{key}` stands alone")));
        }
        self.moments = moments;
        self.step = state.step;
        Ok(())
    }
}

struct Update<'a> {
    adam: &'a mut DenseAdam,
    gradients: GradientsParams,
    learning_rate: f64,
    path: Path,
}

impl ModuleMapper for Update<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, tensor, mapper) = param.consume();
        let Some(gradient) = self.gradients.remove::<D>(id) else {
            return Param::from_mapped_value(id, tensor, mapper);
        };
        let size = tensor.shape().num_elements();
        let gradient = gradient.reshape([size]);
        let RowAdamConfig { beta1, beta2, .. } = self.adam.config;
        let [first, second] = self
            .adam
            .moments
            .remove(&self.path.join())
            .unwrap_or_else(|| [gradient.zeros_like(), gradient.zeros_like()]);
        let first = first.mul_scalar(beta1) + gradient.clone().mul_scalar(1.0 - beta1);
        let second = second.mul_scalar(beta2) + (gradient.clone() * gradient).mul_scalar(1.0 - beta2);
        let config = &self.adam.config;
        let delta = adam_delta(first.clone(), second.clone(), config, self.adam.step, self.learning_rate);
        self.adam.moments.insert(self.path.join(), [first, second]);

        let tracked = tensor.is_require_grad();
        let shape = tensor.shape();
        let updated = Tensor::from_inner(tensor.inner() - delta.reshape(shape));
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
            let mut adam = DenseAdam::new(RowAdamConfig::default());
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
        let mut adam = DenseAdam::new(RowAdamConfig::default());
        let first = gradients(&one, &device);
        one = adam.step(one, first, 0.01);
        let two = params::import(linear(&device), params::export(&one.valid())).unwrap();
        let mut restored = DenseAdam::new(RowAdamConfig::default());
        restored.restore(adam.state(), &device).unwrap();
        let (a, b) = (gradients(&one, &device), gradients(&two, &device));
        let (one, two) = (adam.step(one, a, 0.01), restored.step(two, b, 0.01));
        assert_eq!(params::export(&one.valid()), params::export(&two.valid()));
    }

    #[test]
    fn half_a_pair_of_moments_is_an_error() {
        let device = Backend::default().device().unwrap();
        let tensor = HostTensor { shape: vec![1], values: vec![0.0] };
        for key in ["weight.first", "weight.second"] {
            let moments = BTreeMap::from([(key.to_owned(), tensor.clone())]);
            let mut adam = DenseAdam::new(RowAdamConfig::default());
            let error = adam.restore(DenseAdamState { moments, step: 1 }, &device).unwrap_err();
            assert!(error.to_string().contains("weight"), "{error}");
        }
    }
}
