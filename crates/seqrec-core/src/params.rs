//! Walking a module's parameters: names, values, health.

use std::collections::BTreeMap;

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    tensor::{Tensor, TensorData},
};

use crate::{CoreError, Result};

/// One parameter's values on the host.
#[derive(Clone, Debug, PartialEq)]
pub struct HostTensor {
    /// Size of each axis.
    pub shape: Vec<usize>,
    /// Values in row-major order.
    pub values: Vec<f32>,
}

/// Copies every float parameter and running statistic, keyed by its path (`attention.weight`).
///
/// Call it on [`Module::valid`], which settles the running statistics first.
pub fn export<M: Module>(module: &M) -> BTreeMap<String, HostTensor> {
    struct Export {
        path: Path,
        tensors: BTreeMap<String, HostTensor>,
    }
    impl ModuleVisitor for Export {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let tensor = param.val();
            let shape = tensor.dims().to_vec();
            let values = tensor.into_data().try_to_vec::<f32>().expect("parameters are f32");
            self.tensors.insert(self.path.join(), HostTensor { shape, values });
        }
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.enter(name);
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.exit();
        }
    }
    let mut export = Export { path: Path::default(), tensors: BTreeMap::new() };
    module.visit(&mut export);
    export.tensors
}

/// Puts `tensors` into `module` by path.
///
/// # Errors
///
/// [`CoreError::Weights`] naming the first parameter that is missing, has another shape or is not
/// the module's.
pub fn import<M: Module>(module: M, tensors: BTreeMap<String, HostTensor>) -> Result<M> {
    struct Import {
        path: Path,
        tensors: BTreeMap<String, HostTensor>,
        problem: Option<String>,
    }
    impl ModuleMapper for Import {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let path = self.path.join();
            let (id, old, mapper) = param.consume();
            let value = match self.tensors.remove(&path) {
                Some(new) if new.shape == old.dims() => {
                    let data = TensorData::new(new.values, new.shape);
                    let value = Tensor::from_data(data, &old.device());
                    value.set_require_grad(old.is_require_grad())
                }
                Some(new) => {
                    let found = format!("`{path}` has shape {:?}, expected {:?}", new.shape, old.dims());
                    self.problem.get_or_insert(found);
                    old
                }
                None => {
                    self.problem.get_or_insert(format!("`{path}` is missing"));
                    old
                }
            };
            Param::from_mapped_value(id, value, mapper)
        }
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.enter(name);
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.exit();
        }
    }
    let mut import = Import { path: Path::default(), tensors, problem: None };
    let module = module.map(&mut import);
    let surplus = import.tensors.keys().next().map(|path| format!("`{path}` is no parameter of the model"));
    match import.problem.or(surplus) {
        Some(problem) => Err(CoreError::Weights(problem)),
        None => Ok(module),
    }
}

/// Path of the first parameter that holds a NaN or an infinity.
pub fn first_non_finite<M: Module>(module: &M) -> Option<String> {
    export(module)
        .into_iter()
        .find(|(_, tensor)| tensor.values.iter().any(|value| !value.is_finite()))
        .map(|(path, _)| path)
}

/// Names of the modules around the current parameter.
#[derive(Default)]
pub(crate) struct Path(Vec<String>);

impl Path {
    pub fn enter(&mut self, name: &str) {
        self.0.push(name.to_owned());
    }
    pub fn exit(&mut self) {
        self.0.pop();
    }
    pub fn join(&self) -> String {
        self.0.join(".")
    }
}
