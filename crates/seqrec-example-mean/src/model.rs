use burn::{module::Module, nn::Linear};
use seqrec_core::{
    Interests, Retriever, StepContext, batch::Histories, items::ItemVectors, layers::masked_mean,
};

/// One interest: the mean of the history's item vectors, then a linear layer.
///
/// ```text
/// v = (1/len sum over real t of e_t) W + b    [B, 1, d]
/// ```
///
/// The candidate generator of Covington et al., "Deep Neural Networks for YouTube
/// Recommendations" (RecSys 2016), section 3, without its other features and with a single layer.
/// An empty history gives `b`. Made by [`MeanConfig::init`](crate::MeanConfig::init).
#[derive(Module, Debug)]
pub struct Mean {
    pub(crate) output: Linear,
}

impl Retriever for Mean {
    fn interests(&self, histories: &Histories, items: &ItemVectors, _: &mut StepContext) -> Interests {
        let mean = masked_mean(items.history(histories), histories.mask.clone());
        Interests { vectors: self.output.forward(mean).unsqueeze_dim(1), mask: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MeanConfig;
    use seqrec_core::{Backend, burn::tensor::Tensor, init::param, testing};

    #[test]
    fn the_worked_numbers() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let weight = param(vec![2.0, 0.0, 0.0, -1.0], [2, 2], &device);
            let model = Mean { output: Linear { weight, bias: Some(param(vec![0.5, 0.0], [2], &device)) } };
            let (mut items, histories) = testing::retriever_input(2, &[&[1, 2], &[2], &[]], 3, &device);
            items.input = Tensor::from_data([[9.0, 9.0], [1.0, 3.0], [3.0, 5.0]], &device);
            let interests = model.interests(&histories, &items, &mut StepContext::inference());
            // Means (2, 4), (3, 5) and (0, 0) for the empty history.
            assert_eq!(testing::host(interests.vectors), [4.5, -4.0, 6.5, -5.0, 0.5, 0.0]);
        }
    }

    #[test]
    fn a_width_of_zero_is_refused_by_name() {
        let device = Backend::default().device().unwrap();
        let error = MeanConfig { dim: 0 }.init(&mut testing::rng(), &device).unwrap_err();
        assert!(error.to_string().contains("dim must be positive"), "{error}");
    }
}
