use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor},
};

use crate::init::param;

/// `x` where `x >= 0`, else `a x`, with one learned `a` per channel (He et al. 2015).
#[derive(Module, Debug)]
pub struct PRelu {
    slope: Param<Tensor<1>>,
}

impl PRelu {
    /// One slope for each of `channels`, starting at 0.25.
    pub fn new(channels: usize, device: &Device) -> Self {
        Self { slope: param(vec![0.25; channels], [channels], device) }
    }

    /// # Shapes
    ///
    /// - `input`: `[n, channels]`
    /// - output: `[n, channels]`
    pub fn forward(&self, input: Tensor<2>) -> Tensor<2> {
        let slope = self.slope.val().unsqueeze::<2>();
        input.clone().clamp_min(0.0) + input.clamp_max(0.0) * slope
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Backend;

    #[test]
    fn negative_values_shrink_to_a_quarter() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let input = Tensor::<2>::from_data([[-4.0, 3.0]], &device);
            let output = PRelu::new(2, &device).forward(input);
            assert_eq!(output.into_data().try_to_vec::<f32>().unwrap(), [-1.0, 3.0]);
        }
    }
}
