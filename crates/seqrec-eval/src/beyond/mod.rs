//! Metrics beyond accuracy: how varied, how novel, how popular are the recommendations?
//!
//! Some look at the list of one user and are averaged over users; they return `None` for an empty
//! list, of which they have nothing to say. Others look at all lists together: the concentration
//! metrics read how often each item was recommended.
//!
//! Ids index the tables of a [`Catalogue`](crate::Catalogue); an id beyond it panics. The
//! [`Evaluator`](crate::Evaluator) checks all ids before it calls anything here.

mod average_popularity;
mod category_diversity;
mod coverage;
mod entropy;
mod gini;
mod intra_list_diversity;
mod novelty;
mod popularity_lift;
mod serendipity;
mod tail_share;

pub use average_popularity::average_popularity;
pub use category_diversity::category_diversity;
pub use coverage::coverage;
pub use entropy::entropy;
pub use gini::gini;
pub use intra_list_diversity::intra_list_diversity;
pub use novelty::{novelty, user_novelty};
pub use popularity_lift::popularity_lift;
pub use serendipity::{serendipity, unexpected_hits};
pub use tail_share::tail_share;

/// Mean of `value` over the items of a list.
fn list_mean(list: &[u32], value: impl Fn(u32) -> f64) -> Option<f64> {
    if list.is_empty() {
        return None;
    }
    Some(list.iter().map(|&item| value(item)).sum::<f64>() / list.len() as f64)
}

/// All unordered pairs of a list.
fn pairs(list: &[u32]) -> impl Iterator<Item = (u32, u32)> {
    let rest = |first: usize| list[first + 1..].iter().copied();
    (0..list.len()).flat_map(move |first| rest(first).map(move |second| (list[first], second)))
}

/// `len (len - 1) / 2`, or `None` below two items.
fn pair_count(len: usize) -> Option<f64> {
    (len >= 2).then(|| (len * (len - 1) / 2) as f64)
}
