use burn::tensor::{Device, Tensor};

use super::tensor;
use crate::{
    Impressions,
    batch::{Fields, Histories, Padded, Rows, ids_to_tensor},
    items::ItemVectors,
};

/// Items of the test catalogue.
pub const ITEMS: usize = 9;

/// Item vectors of a catalogue of [`ITEMS`] and `histories` padded to `length`.
pub fn retriever_input(
    dim: usize,
    histories: &[&[u32]],
    length: usize,
    device: &Device,
) -> (ItemVectors, Histories) {
    let padded = Padded::new(histories.iter().copied(), length);
    let items = ItemVectors::tied(tensor([ITEMS + 1, dim], device));
    (items, Histories::new(&padded, &Rows::all(ITEMS), device))
}

/// Item vectors and (history, candidate) pairs; the codes of the profile's `fields` (number of codes
/// each) follow from the candidate.
pub fn ranker_input(
    dim: usize,
    fields: &[usize],
    histories: &[&[u32]],
    candidates: &[u32],
    length: usize,
    device: &Device,
) -> (ItemVectors, Impressions) {
    let (items, histories) = retriever_input(dim, histories, length, device);
    let codes: Vec<u32> = candidates
        .iter()
        .flat_map(|candidate| fields.iter().map(move |&codes| candidate % codes as u32))
        .collect();
    let shape = [candidates.len(), fields.len()];
    let categorical = (!fields.is_empty()).then(|| ids_to_tensor(&codes, device).reshape(shape));
    let candidates = ids_to_tensor(candidates, device);
    let profile = Fields { categorical, numeric: None };
    (items, Impressions { histories, candidates, profile })
}

/// `items` with every entry of the padding row set to `value`.
pub(super) fn with_padding_row(items: ItemVectors, value: f32) -> ItemVectors {
    let [rows, dim] = items.input.dims();
    let padding = Tensor::full([1, dim], value, &items.input.device());
    ItemVectors::tied(Tensor::cat(vec![padding, items.input.narrow(0, 1, rows - 1)], 0))
}
