use std::sync::Arc;

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData},
};

use crate::{
    Rng,
    init::Init,
    items::{FeatureValues, ItemFeature, MISSING},
    ops::{Bags, Pooling, embedding_bag, gather},
};

/// A vector for what an item's feature says.
///
/// A code has a row of the table, a list of codes its rows pooled, a number `x` the vector `x w`. An
/// item without a value, padding among them, has the zero vector.
#[derive(Module, Debug)]
pub struct FeatureEmbedding {
    /// `[cardinality, width]`, or `[1, width]` for numbers.
    table: Param<Tensor<2>>,
    #[module(skip)]
    feature: Arc<ItemFeature>,
    #[module(skip)]
    pooling: Pooling,
}

impl FeatureEmbedding {
    /// The embedding of `feature`; `pooling` is for lists.
    pub fn new(
        feature: ItemFeature,
        width: usize,
        pooling: Pooling,
        init: Init,
        rng: &mut Rng,
        device: &Device,
    ) -> Self {
        let rows = match feature.values() {
            FeatureValues::Codes { cardinality, .. } | FeatureValues::Lists { cardinality, .. } => {
                *cardinality
            }
            FeatureValues::Numbers(_) => 1,
        };
        let table = init.matrix(rows.max(1), width, rng, device);
        Self { table, feature: Arc::new(feature), pooling }
    }

    /// Vectors of the items `ids`.
    ///
    /// # Shapes
    ///
    /// - output: `[n, width]`
    ///
    /// # Panics
    ///
    /// If the feature has no row for an item.
    pub fn forward(&self, ids: &[u32]) -> Tensor<2> {
        let table = self.table.val();
        match self.feature.values() {
            FeatureValues::Codes { codes, .. } => {
                let codes: Vec<u32> = ids.iter().map(|&id| codes[id as usize]).collect();
                gather(table, &codes, Some(MISSING))
            }
            FeatureValues::Lists { offsets, codes, .. } => {
                let list = |&id: &u32| &codes[offsets[id as usize]..offsets[id as usize + 1]];
                embedding_bag(table, &Bags::new(ids.iter().map(list)), self.pooling)
            }
            FeatureValues::Numbers(values) => {
                let values: Vec<f32> = ids.iter().map(|&id| values[id as usize]).collect();
                let column = TensorData::new(values, [ids.len(), 1]);
                Tensor::<2>::from_data(column, &table.device()).matmul(table)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, testing};

    fn vectors(values: FeatureValues, ids: &[u32], pooling: Pooling) -> Vec<Vec<f32>> {
        let of = |backend: Backend| {
            let device = backend.device().unwrap();
            let feature = ItemFeature::new("x", values.clone()).unwrap();
            let rng = &mut testing::rng();
            let layer =
                FeatureEmbedding::new(feature, 1, pooling, Init::Constant { value: 2.0 }, rng, &device);
            layer.forward(ids).into_data().try_to_vec().unwrap()
        };
        Backend::compiled().into_iter().map(of).collect()
    }

    #[test]
    fn each_kind_of_feature_and_items_without_a_value() {
        let codes = FeatureValues::Codes { codes: vec![0, 2, 0, 1], cardinality: 3 };
        let lists =
            FeatureValues::Lists { offsets: vec![0, 0, 3, 3, 4], codes: vec![1, 2, 1, 2], cardinality: 3 };
        let numbers = FeatureValues::Numbers(vec![0.0, -1.5, 0.0, 3.0]);
        for (values, pooling, expected) in [
            (codes, Pooling::Sum, [2.0, 0.0, 2.0, 0.0]),
            (lists.clone(), Pooling::Sum, [2.0, 0.0, 6.0, 0.0]),
            (lists.clone(), Pooling::Mean, [2.0, 0.0, 2.0, 0.0]),
            (lists, Pooling::Max, [2.0, 0.0, 2.0, 0.0]),
            (numbers, Pooling::Sum, [6.0, 0.0, -3.0, 0.0]),
        ] {
            for found in vectors(values.clone(), &[3, 2, 1, 0], pooling) {
                assert_eq!(found, expected, "{values:?} {pooling:?}");
            }
        }
    }
}
