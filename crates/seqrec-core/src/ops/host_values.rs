//! Values of tensors in host memory, read in place.

use std::ops::Deref;

use burn::tensor::Tensor;

/// The values of a tensor, row-major, without a copy where they lie so already.
#[derive(Clone, Debug)]
pub struct HostValues {
    #[cfg(feature = "flex")]
    tensor: burn::backend::flex::FlexTensor,
}

impl HostValues {
    /// The values of `tensor`; `None` where they are not in host memory.
    pub fn of<const D: usize>(tensor: Tensor<D>) -> Option<Self> {
        #[cfg(feature = "flex")]
        if let burn::backend::DispatchTensorKind::Flex(inner) = tensor.without_autodiff().into_dispatch().kind
        {
            let inner = inner.float();
            let tensor = match inner.as_slice::<f32>() {
                Some(_) => inner,
                None => inner.to_contiguous(),
            };
            return Some(Self { tensor });
        }
        #[cfg(not(feature = "flex"))]
        drop(tensor);
        None
    }
}

impl Deref for HostValues {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        #[cfg(feature = "flex")]
        return self.tensor.as_slice().expect("the values were made contiguous");
        #[cfg(not(feature = "flex"))]
        unreachable!("no backend with tensors in host memory is compiled in")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, backend::is_host};

    #[test]
    fn shows_the_values_of_any_view_where_they_are_in_host_memory() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            for device in [device.clone(), device.autodiff()] {
                let tensor = Tensor::<2>::from_data([[1.0, 2.0], [3.0, 4.0]], &device);
                let Some(values) = HostValues::of(tensor.clone().transpose()) else {
                    assert!(!is_host(&device));
                    continue;
                };
                assert_eq!(values[..], [1.0, 3.0, 2.0, 4.0]);
                assert_eq!(HostValues::of(tensor).unwrap()[..], [1.0, 2.0, 3.0, 4.0]);
            }
        }
    }
}
