//! Serving a trained retriever in process.

use seqrec_core::{PAD, Retriever, batch::Rows, items::ItemVectors};
use seqrec_eval::{Candidates, Catalogue, Scored};

use crate::{
    Result, TrainError,
    evaluate::{EvaluationConfig, Searcher, aggregate, as_scored, interests, user_vectors},
};

/// Recommends items for histories: interests, exact search, diversity step.
///
/// Histories longer than the model's window keep their most recent events; an empty history gets
/// the most popular items (scores 0, -1, -2, ...).
#[derive(Clone, Debug)]
pub struct Recommender<M: Retriever> {
    model: M,
    items: ItemVectors,
    rows: Rows,
    searcher: Searcher,
    catalogue: Catalogue,
    config: EvaluationConfig,
}

impl<M: Retriever> Recommender<M> {
    /// Serves `model` and `items` as [`Learner::frozen`](crate::Learner::frozen) gives them. On the CPU it keeps
    /// the item vectors twice, see [`Searcher::for_requests`].
    pub fn new(model: M, items: ItemVectors, catalogue: Catalogue, config: EvaluationConfig) -> Self {
        let searcher = Searcher::for_requests(&items, config.item_block);
        let rows = Rows::all(catalogue.num_items());
        Self { model, items, rows, searcher, catalogue, config }
    }

    /// The `n` best items for each history (ids, oldest first), most relevant first.
    ///
    /// # Errors
    ///
    /// [`TrainError::UnknownItem`] for an id that is not in the catalogue.
    pub fn recommend(&self, histories: &[&[u32]], n: usize, lambda: f32) -> Result<Vec<Vec<Scored>>> {
        if histories.is_empty() {
            return Ok(Vec::new());
        }
        let items = self.catalogue.num_items();
        let unknown = histories.iter().copied().flatten().find(|&&id| id == PAD || id as usize > items);
        if let Some(&id) = unknown {
            return Err(TrainError::UnknownItem { id, items });
        }
        let depths = histories.iter().map(|history| self.config.search_depth(n, history)).collect();
        let interests = interests(&self.model, &self.items, histories, self.config.max_length, &self.rows);
        let candidates = self.searcher.search(user_vectors(interests, depths))?;
        histories
            .iter()
            .zip(candidates)
            .map(|(history, candidates)| {
                let candidates = match history.is_empty() {
                    true => Candidates::new(&as_scored(self.catalogue.popularity().most_popular(n)))?,
                    false => candidates,
                };
                aggregate(&self.config.visible(candidates, history)?, n, lambda, &self.catalogue)
            })
            .collect()
    }
}
