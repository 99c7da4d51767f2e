use std::collections::BTreeMap;

use burn::tensor::{Device, Tensor, TensorData};
use seqrec_core::params::HostTensor;

/// What a step leaves for the next one, under the names `0`, `1`, ...
pub(super) fn export_carried(carried: &[Tensor<2>]) -> BTreeMap<String, HostTensor> {
    let host = |tensor: &Tensor<2>| HostTensor {
        shape: tensor.dims().to_vec(),
        values: tensor.to_data().try_to_vec::<f32>().expect("states are f32"),
    };
    carried.iter().enumerate().map(|(at, tensor)| (at.to_string(), host(tensor))).collect()
}

/// The reverse of [`export_carried`]; the reason if `tensors` are none of its.
pub(super) fn import_carried(
    mut tensors: BTreeMap<String, HostTensor>,
    device: &Device,
) -> Result<Vec<Tensor<2>>, String> {
    (0..tensors.len())
        .map(|at| {
            let HostTensor { shape, values } =
                tensors.remove(&at.to_string()).ok_or_else(|| format!("`{at}` is missing"))?;
            let shape: [usize; 2] =
                shape.try_into().map_err(|shape| format!("`{at}` has shape {shape:?}, expected two axes"))?;
            Ok(Tensor::from_data(TensorData::new(values, shape), device))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use seqrec_core::Backend;

    #[test]
    fn states_come_back_in_their_order() {
        let device = Backend::default().device().unwrap();
        let states: Vec<Tensor<2>> =
            (0..12).map(|at| Tensor::from_data([[at as f32, 0.5], [1.0, 2.0]], &device)).collect();
        let exported = export_carried(&states);
        let imported = import_carried(exported.clone(), &device).unwrap();
        assert_eq!(export_carried(&imported), exported);
        assert_eq!(exported["11"].values[0], 11.0);
        let mut damaged = exported;
        damaged.remove("3");
        assert_eq!(import_carried(damaged, &device).unwrap_err(), "`3` is missing");
    }
}
