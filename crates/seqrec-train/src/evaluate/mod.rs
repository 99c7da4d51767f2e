//! Evaluation and serving of trained models: exact full ranking, diagnostics, baselines.

mod catalogue;
mod chance;
mod diagnostics;
mod groups;
mod popularity;
mod protocol;
mod ranking;
mod retrieval;
mod search;

pub use catalogue::catalogue;
pub use chance::chance_of_recall;
pub use diagnostics::InterestDiagnostics;
pub use groups::{GroupReport, by_group};
pub(crate) use popularity::as_scored;
pub use popularity::evaluate_most_popular;
pub use protocol::{EvaluationConfig, SeenItems};
pub use ranking::{RankingReport, evaluate_ranker};
pub use retrieval::{RetrievalReport, evaluate_retriever};
pub(crate) use retrieval::{aggregate, interests, user_vectors};
pub use search::{Searcher, UserVectors};
