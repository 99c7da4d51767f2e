//! Serving sessions as they happen: one event in, one list out.

use burn::tensor::Tensor;
use seqrec_core::{Interests, PAD, Recurrent, StepContext, items::ItemVectors, ops::gather};
use seqrec_eval::{Catalogue, Scored};

use crate::{
    Result, TrainError,
    evaluate::{EvaluationConfig, Searcher, aggregate, user_vectors},
};

/// What a [`SessionRecommender`] knows of one visitor. Cloning it branches the session.
#[derive(Clone, Debug)]
pub struct Session {
    states: Vec<Tensor<2>>,
    items: Vec<u32>,
}

impl Session {
    /// Items of the session so far, oldest first.
    pub fn items(&self) -> &[u32] {
        &self.items
    }
}

/// Recommends items in sessions that go on. An event costs one step of the model, however long its
/// session is, and gives what the whole session up to it would give.
#[derive(Clone, Debug)]
pub struct SessionRecommender<M: Recurrent> {
    model: M,
    items: ItemVectors,
    searcher: Searcher,
    catalogue: Catalogue,
    config: EvaluationConfig,
}

impl<M: Recurrent> SessionRecommender<M> {
    /// Serves `model` and `items` as [`Learner::frozen`](crate::Learner::frozen) gives them. On the CPU it keeps
    /// the item vectors twice, see [`Searcher::for_requests`].
    pub fn new(model: M, items: ItemVectors, catalogue: Catalogue, config: EvaluationConfig) -> Self {
        let searcher = Searcher::for_requests(&items, config.item_block);
        Self { model, items, searcher, catalogue, config }
    }

    /// A session without events.
    pub fn begin(&self) -> Session {
        let device = self.items.input.device();
        let states = self.model.state_sizes().into_iter().map(|size| Tensor::zeros([1, size], &device));
        Session { states: states.collect(), items: Vec::new() }
    }

    /// Adds `item` to `session` and gives the `n` best items to follow, most relevant first.
    ///
    /// # Errors
    ///
    /// [`TrainError::UnknownItem`] for an id that is not in the catalogue; the session stays as it is.
    pub fn next(&self, session: &mut Session, item: u32, n: usize, lambda: f32) -> Result<Vec<Scored>> {
        let items = self.catalogue.num_items();
        if item == PAD || item as usize > items {
            return Err(TrainError::UnknownItem { id: item, items });
        }
        let event = gather(self.items.input.clone(), &[item], None);
        let advanced = self.model.advance(event, session.states.clone(), &mut StepContext::inference());
        session.states = advanced.states;
        session.items.push(item);

        let interests = Interests { vectors: advanced.vectors.unsqueeze_dim(1), mask: None };
        let depth = self.config.search_depth(n, &session.items);
        let mut found = self.searcher.search(user_vectors(interests, vec![depth]))?;
        let candidates = found.pop().expect("one list for one session");
        aggregate(&self.config.visible(candidates, &session.items)?, n, lambda, &self.catalogue)
    }
}
