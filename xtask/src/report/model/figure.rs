//! One figure beside its published and reference values.

use serde::{Deserialize, Serialize};

use crate::report::verdict::Verdict;

/// A figure of this run beside what it is compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Name of the metric, `metric@cutoff`.
    pub metric: String,
    /// What the paper says.
    pub published: Option<Quoted>,
    /// What the original code gives on the same data.
    pub reference: Option<Reference>,
    /// What this run gives.
    pub ours: Ours,
    /// What ranking by popularity gives.
    pub most_popular: Option<f64>,
    /// Greatest difference to the target that counts as reproduced.
    pub tolerance: f64,
    /// Verdict, from [`judge`](crate::report::verdict::judge).
    pub verdict: Verdict,
}

/// A figure quoted from a publication.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quoted {
    /// The quoted value.
    pub value: f64,
    /// Paper and table.
    pub source: String,
    /// Why the value is not comparable, if it comes from another protocol.
    pub protocol_differs: Option<String>,
}

/// A figure of the original code under the same protocol.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// Mean over its seeds.
    pub mean: f64,
    /// Standard deviation over its seeds; `None` for one seed.
    pub spread: Option<f64>,
    /// Number of seeds.
    pub seeds: usize,
    /// Program and version.
    pub source: String,
}

/// A figure of this run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ours {
    /// Mean over seeds of the mean over test cases.
    pub mean: f64,
    /// Standard deviation over seeds; `None` for one seed.
    pub spread: Option<f64>,
    /// Bootstrap interval over test cases: lower and upper end.
    pub interval: (f64, f64),
    /// Coverage of the interval, such as 0.95.
    pub level: f64,
}
