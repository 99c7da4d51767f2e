//! What a run found, in the form every rendering starts from.
//!
//! The types are plain data. They are stored as `report.json`, so that a finished run can be
//! rendered again without being repeated.

mod figure;
mod group;
mod seed_run;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use figure::{Figure, Ours, Quoted, Reference};
pub use group::Group;
pub use seed_run::{CurvePoint, InterestDiagnostics, LambdaPoint, SeedRun};

use super::verdict::Verdict;

/// Everything a reproduction run found.
///
/// Metrics are named `metric@cutoff`, such as `recall@50` or `ndcg_comirec_master@20`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// What was reproduced.
    pub recipe: RecipeHead,
    /// Command line that runs it again.
    pub command: String,
    /// Metric whose figure decides the overall verdict.
    pub primary: String,
    /// The figures held against published ones, in the order they are shown.
    pub figures: Vec<Figure>,
    /// One entry a seed.
    pub seeds: Vec<SeedRun>,
    /// Test metrics of ranking every item by its number of training events.
    pub most_popular: BTreeMap<String, f64>,
    /// Test cases reported apart; empty where the protocol tells none apart.
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Training curve of the original code on the same data; empty where there is none.
    pub reference_curve: Vec<CurvePoint>,
    /// Test metrics of the original code against lambda; empty where there are none.
    pub reference_lambdas: Vec<LambdaPoint>,
    /// Size and identity of the data: label and value, in the order they are shown.
    pub card: Vec<(String, String)>,
    /// Resolved recipe, TOML.
    pub config: String,
    /// Where it ran.
    pub environment: Environment,
    /// What a reader has to know besides: one sentence or two each.
    pub notes: Vec<String>,
}

/// What a recipe reproduces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecipeHead {
    /// Name of the recipe, as on the command line.
    pub name: String,
    /// Title of the report.
    pub title: String,
    /// Name of the model.
    pub model: String,
    /// Name of the data set.
    pub dataset: String,
    /// The protocol in a sentence: preparation, split, candidates.
    pub protocol: String,
}

/// Machine and program of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// Compute backend.
    pub backend: String,
    /// Name of the accelerator; `None` on the CPU.
    pub adapter: Option<String>,
    /// Threads the run was allowed.
    pub threads: usize,
    /// Version of the program.
    pub version: String,
    /// Operating system and architecture.
    pub os: String,
    /// Wall time of the whole run, seconds.
    pub total_seconds: f64,
}

impl RunReport {
    /// The figure that decides the overall verdict.
    pub fn primary_figure(&self) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.metric == self.primary)
    }

    /// Verdict of the primary metric; [`Verdict::NotJudged`] if it is not among the figures.
    pub fn verdict(&self) -> Verdict {
        self.primary_figure().map_or(Verdict::NotJudged, |figure| figure.verdict)
    }
}
