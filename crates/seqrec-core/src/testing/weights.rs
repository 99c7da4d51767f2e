use burn::{
    module::{Module, ModuleVisitor, Param},
    tensor::{Gradients, Tensor},
};

use crate::{Backend, params};

/// `model` with every weight and running statistic moved a little, each by its own amount.
pub fn moved<M: Module>(model: M) -> M {
    let mut tensors = params::export(&model);
    for tensor in tensors.values_mut() {
        let moved = |(index, value): (usize, &mut f32)| *value += 0.1 + 0.01 * (index % 7) as f32;
        tensor.values.iter_mut().enumerate().for_each(moved);
    }
    params::import(model, tensors).expect("a model takes its own weights")
}

/// `to` with the weights of `from`, by way of the host.
pub(super) fn transferred<M: Module>(from: &M, to: M) -> M {
    params::import(to, params::export(from)).expect("weights fit a model of the same configuration")
}

/// Panics with the paths of trainable parameters that got no gradient, or only zeros.
pub fn assert_all_gradients<M: Module>(model: &M, gradients: &Gradients, backend: Backend) {
    struct Check<'a> {
        gradients: &'a Gradients,
        path: params::Path,
        missing: Vec<String>,
    }
    impl ModuleVisitor for Check<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if !param.is_require_grad() {
                return;
            }
            let reached = param
                .val()
                .grad(self.gradients)
                .is_some_and(|gradient| gradient.abs().max().into_scalar::<f32>() > 0.0);
            if !reached {
                self.missing.push(self.path.join());
            }
        }
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.enter(name);
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.exit();
        }
    }
    let mut check = Check { gradients, path: params::Path::default(), missing: Vec::new() };
    model.visit(&mut check);
    assert!(check.missing.is_empty(), "{backend}: no gradient for {:?}", check.missing);
}
