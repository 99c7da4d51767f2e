use std::{collections::BTreeMap, fs, path::Path};

use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use seqrec_core::params::HostTensor;

use crate::{Result, TrainError};

/// Writes named tensors as a safetensors file; the same tensors give the same bytes.
///
/// # Errors
///
/// [`TrainError::Checkpoint`] with the operating system's reason.
pub fn save_weights(path: &Path, tensors: &BTreeMap<String, HostTensor>) -> Result<()> {
    let bytes: Vec<(&String, &HostTensor, Vec<u8>)> = tensors
        .iter()
        .map(|(name, tensor)| (name, tensor, tensor.values.iter().flat_map(|v| v.to_le_bytes()).collect()))
        .collect();
    let views = bytes
        .iter()
        .map(|(name, tensor, bytes)| {
            let view = TensorView::new(Dtype::F32, tensor.shape.clone(), bytes);
            view.map(|view| (name.as_str(), view)).map_err(|error| failed(path, error))
        })
        .collect::<Result<Vec<_>>>()?;
    let serialized = safetensors::serialize(views, None).map_err(|error| failed(path, error))?;
    write(path, &serialized)
}

/// Reads a safetensors file of f32 tensors.
///
/// # Errors
///
/// [`TrainError::Checkpoint`] if it is missing, damaged or holds another type.
pub fn load_weights(path: &Path) -> Result<BTreeMap<String, HostTensor>> {
    let bytes = read(path)?;
    let file = SafeTensors::deserialize(&bytes).map_err(|error| failed(path, error))?;
    file.iter()
        .map(|(name, view)| {
            if view.dtype() != Dtype::F32 {
                return Err(failed(path, format!("tensor `{name}` is {:?}, expected F32", view.dtype())));
            }
            let values =
                view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
            Ok((name.to_owned(), HostTensor { shape: view.shape().to_vec(), values }))
        })
        .collect()
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| failed(path, error))
}

/// Writes and flushes to the disk, so that a full disk is noticed before the rename.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    use std::io::Write as _;
    fs::File::create(path)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .map_err(|error| failed(path, error))
}

pub(super) fn failed(path: &Path, reason: impl ToString) -> TrainError {
    TrainError::Checkpoint { path: path.to_owned(), reason: reason.to_string() }
}
