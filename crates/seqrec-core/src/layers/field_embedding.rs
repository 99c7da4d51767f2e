use burn::{
    module::{Module, Param},
    tensor::{Device, Int, Tensor, TensorData},
};

use crate::{Rng, init::Init};

/// Embeds categorical fields: one table for all of them, each field at its own offset.
#[derive(Module, Debug)]
pub struct FieldEmbedding {
    table: Param<Tensor<2>>,
    #[module(skip)]
    offsets: Vec<i32>,
}

impl FieldEmbedding {
    /// A table for fields with `cardinalities[f]` codes each (code 0 included).
    pub fn new(cardinalities: &[usize], width: usize, rng: &mut Rng, device: &Device) -> Self {
        let offsets = cardinalities
            .iter()
            .scan(0, |sum, &codes| {
                let offset = *sum as i32;
                *sum += codes;
                Some(offset)
            })
            .collect();
        let rows = cardinalities.iter().sum::<usize>().max(1);
        Self { table: Init::Normal { std: 0.05 }.matrix(rows, width, rng, device), offsets }
    }

    /// Width of the output: fields times embedding size.
    pub fn output_dim(&self) -> usize {
        self.offsets.len() * self.table.dims()[1]
    }

    /// # Shapes
    ///
    /// - `codes`: `[B, F]`
    /// - output: `[B, F * width]`
    pub fn forward(&self, codes: Tensor<2, Int>) -> Tensor<2> {
        let [batch, fields] = codes.dims();
        let offsets = TensorData::new(self.offsets.clone(), [1, fields]);
        let rows = codes.clone() + Tensor::from_data(offsets, &codes.device());
        let table = self.table.val();
        let [_, width] = table.dims();
        table.select(0, rows.reshape([batch * fields])).reshape([batch, fields * width])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, Seed, Stream};

    #[test]
    fn equal_codes_of_different_fields_have_different_vectors() {
        let device = Backend::default().device().unwrap();
        let fields = FieldEmbedding::new(&[3, 4], 2, &mut Seed(1).rng(Stream::Init, 0), &device);
        let codes = Tensor::<2, Int>::from_data([[1, 1]], &device);
        let vectors = fields.forward(codes).into_data().try_to_vec::<f32>().unwrap();
        let table = fields.table.val().into_data().try_to_vec::<f32>().unwrap();
        assert_eq!(fields.output_dim(), 4);
        assert_eq!(vectors, [table[2], table[3], table[8], table[9]]);
    }
}
