//! Accuracy of one user's ranked list: where do the held-out items stand?
//!
//! [`Hits`] matches a ranked list against the ground truth once; every metric then reads it at any
//! cut-off `N`. Each function gives the value of one user, to be averaged over users. `R` is the
//! list up to place `N`, `T` the set of relevant items, `rel_k` is 1 if the item at place `k` is in
//! `T`. A list shorter than `N` counts as if its missing places were misses. Items beyond place `N`
//! have no influence. At `N = 0` every metric is 0.

mod average_precision;
mod hit_rate;
mod hits;
mod mrr;
mod ndcg;
mod precision;
mod recall;

pub use average_precision::average_precision;
pub use hit_rate::hit_rate;
pub use hits::{Hits, TruthRule};
pub use mrr::reciprocal_rank;
pub use ndcg::{NdcgKind, ndcg};
pub use precision::precision;
pub use recall::recall;
