//! Metrics for recommender systems: ranked ids and scores in, figures out.
//!
//! The crate knows no tensor library and no data frame. Item ids are `u32`: 0 is padding, the items
//! are `1..=n`. Scores are `f32`, figures `f64`.
//!
//! | module | answers |
//! |---|---|
//! | [`TopN`], [`rank_of`] | which items come first; where does one item stand |
//! | [`accuracy`] | were the held-out items found: recall, hit rate, precision, MRR, MAP, NDCG |
//! | [`beyond`] | how varied, novel and popular are the lists |
//! | [`pointwise`] | how good are scores of single pairs: AUC, GAUC, logarithmic loss |
//! | [`aggregate`] | one list from several interests, with controllable diversity |
//! | [`Evaluator`] | all of the list metrics at all cut-offs in one pass over the users |
//! | [`bootstrap`] | how far to trust a mean, and the difference of two runs |
//!
//! Every definition that exists in several versions is an explicit choice with a documented
//! default: ties ([`TieRule`]), repeated held-out items
//! ([`TruthRule`](accuracy::TruthRule)), NDCG ([`NdcgKind`](accuracy::NdcgKind)), the weights of
//! GAUC ([`GaucWeight`](pointwise::GaucWeight)). Faulty input is an [`Error`], and a figure that is
//! undefined is absent, never a NaN and never 0.
//!
//! Rank every item. Ranking a target among a sample of negatives does not preserve the order of
//! models (Krichene and Rendle, "On Sampled Metrics for Item Recommendation", KDD 2020), so there
//! is nothing here to do it.
//!
//! ```
//! use seqrec_eval::bootstrap::{BootstrapConfig, mean_interval};
//! use seqrec_eval::{Catalogue, Evaluator, EvaluatorConfig, TopN};
//!
//! // Train interactions of items 1..=4; row 0 is padding.
//! let catalogue = Catalogue::new(vec![0, 8, 5, 2, 1])?;
//! let config = EvaluatorConfig { cutoffs: vec![2], ..EvaluatorConfig::default() };
//! let mut evaluator = Evaluator::new(config, &catalogue)?;
//!
//! // For each user: scores of items 1..=4, held-out items, history.
//! for (user, scores, truth, history) in [
//!     (10, [0.9, 0.1, 0.8, 0.2], vec![3], vec![2]),
//!     (11, [0.3, 0.7, 0.1, 0.4], vec![1, 2], vec![3]),
//! ] {
//!     let mut top = TopN::new(2);
//!     top.push_block(1, &scores);
//!     let ranked: Vec<u32> = top.into_sorted().iter().map(|s| s.item).collect();
//!     evaluator.observe(user, &ranked, &truth, &history)?;
//! }
//!
//! let report = evaluator.finish();
//! assert_eq!(report.metric("recall@2"), Some(0.75));
//! let recall = report.per_user("recall@2").unwrap_or_default();
//! let interval = mean_interval(recall, &BootstrapConfig::default())?;
//! assert!(interval.lower >= 0.5 && interval.upper <= 1.0);
//! # Ok::<(), seqrec_eval::Error>(())
//! ```

pub mod accuracy;
pub mod aggregate;
pub mod beyond;
pub mod bootstrap;
pub mod pointwise;

mod catalogue;
mod error;
mod evaluator;
mod ranks;
mod scored;
mod top_lists;
mod topn;

pub use aggregate::Candidates;
pub use catalogue::{Catalogue, Categories, ItemVectors, Popularity, UserCounts};
pub use error::{Error, Result};
pub use evaluator::{Evaluator, EvaluatorConfig, Metric, PerUser, Report};
pub use ranks::{Rank, TieRule, rank_of};
pub use scored::Scored;
pub use top_lists::TopLists;
pub use topn::TopN;

/// Compiles and runs the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
