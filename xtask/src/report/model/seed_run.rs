//! What one seed gave.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Training and test of one seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeedRun {
    /// The seed.
    pub seed: u64,
    /// Training steps run.
    pub steps: u64,
    /// Step whose weights were tested: the best on validation.
    pub best_step: u64,
    /// Wall time of training, validation included, seconds.
    pub train_seconds: f64,
    /// Training samples a second.
    pub samples_per_second: f64,
    /// Share of training time spent waiting for a batch, 0 to 1.
    pub loader_wait_share: f64,
    /// Share of padding among the positions computed in this session, 0 to 1.
    pub padded_share: f64,
    /// Loss and validation metrics along training, by rising step.
    pub curve: Vec<CurvePoint>,
    /// Test metrics of the best step.
    pub test: BTreeMap<String, f64>,
    /// Test metrics against the diversity weight, by rising lambda; empty if not measured.
    pub lambdas: Vec<LambdaPoint>,
    /// State of the interests, for models with several.
    pub interests: Option<InterestDiagnostics>,
    /// SHA-256 of the weights file.
    pub weights_sha256: String,
}

/// A point of a training curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Seconds of the run up to here; 0 where they are not known.
    #[serde(default)]
    pub seconds: f64,
    /// Training step.
    pub step: u64,
    /// Mean training loss since the point before.
    pub loss: f64,
    /// Validation metrics; empty where none were taken.
    pub validation: BTreeMap<String, f64>,
}

/// Test metrics at one weight of diversity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LambdaPoint {
    /// Weight of diversity against relevance; 0 is plain ranking.
    pub lambda: f32,
    /// Test metrics.
    pub metrics: BTreeMap<String, f64>,
}

/// How different the interests of a user are, and how much each of them is used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InterestDiagnostics {
    /// Cosine between two interests of a user, mean over pairs and test users.
    pub mean_pairwise_cosine: f64,
    /// Share of test targets scored highest by each interest; sums to 1.
    pub target_shares: Vec<f64>,
}
