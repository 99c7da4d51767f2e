//! Serving a trained retriever in process.

use seqrec_core::{PAD, Retriever, items::ItemVectors};
use seqrec_eval::{Catalogue, Scored};

use crate::{
    Result, TrainError,
    evaluate::{EvaluationConfig, Searcher, aggregate, interests, user_vectors},
};

/// Recommends items for histories: interests, exact search, diversity step.
///
/// Histories longer than the model's window keep their most recent events; an empty history gets
/// the most popular items (score 0).
#[derive(Clone, Debug)]
pub struct Recommender<M: Retriever> {
    model: M,
    items: ItemVectors,
    searcher: Searcher,
    catalogue: Catalogue,
    config: EvaluationConfig,
}

impl<M: Retriever> Recommender<M> {
    /// Serves `model` and `items` as [`Learner::frozen`](crate::Learner::frozen) gives them.
    pub fn new(model: M, items: ItemVectors, catalogue: Catalogue, config: EvaluationConfig) -> Self {
        let searcher = Searcher::new(&items, config.item_block);
        Self { model, items, searcher, catalogue, config }
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
        let interests = interests(&self.model, &self.items, histories, self.config.max_length, items);
        let candidates = self.searcher.search(user_vectors(interests, depths))?;
        histories
            .iter()
            .zip(candidates)
            .map(|(history, candidates)| {
                let wanted = self.config.search_depth(n, history);
                let list = match history.is_empty() {
                    true => self.popular(wanted),
                    false => aggregate(&candidates, wanted, lambda, &self.catalogue)?,
                };
                let visible = self.config.visible(list.iter().map(|scored| scored.item), history, n);
                Ok(list.into_iter().filter(|scored| visible.contains(&scored.item)).collect())
            })
            .collect()
    }

    fn popular(&self, n: usize) -> Vec<Scored> {
        self.catalogue.popularity().most_popular(n).iter().map(|&item| Scored::new(item, 0.0)).collect()
    }
}
