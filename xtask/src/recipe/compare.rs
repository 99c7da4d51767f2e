use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::report::model::{CurvePoint, LambdaPoint};

/// What a report compares.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Compare {
    /// The figure that decides the verdict, such as `recall@50`.
    pub primary: String,
    /// The figures in the table.
    pub figures: Vec<String>,
    /// Figures that papers print.
    pub published: Vec<Published>,
    /// Figures of the original code, run on data that we have.
    pub reference: Vec<ReferenceRun>,
}

/// Figures that a paper prints for one data set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// The data set they hold for.
    pub dataset: String,
    /// Where they are printed.
    pub source: String,
    /// Values by metric, as fractions.
    pub metrics: BTreeMap<String, f64>,
    /// Difference that counts as reproduced, by metric; metrics without one are not judged.
    #[serde(default)]
    pub tolerance: BTreeMap<String, f64>,
    /// Why the figures are not comparable, if they are not.
    #[serde(default)]
    pub protocol_differs: Option<String>,
}

/// What the original code gave on one data set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceRun {
    /// The data set.
    pub dataset: String,
    /// Which code, which runs.
    pub source: String,
    /// Number of seeds behind the means.
    pub seeds: usize,
    /// Difference that counts as reproduced, by metric; metrics without one are not judged.
    #[serde(default)]
    pub tolerance: BTreeMap<String, f64>,
    /// Mean values by metric.
    pub metrics: BTreeMap<String, f64>,
    /// Standard deviation over seeds by metric.
    #[serde(default)]
    pub spread: BTreeMap<String, f64>,
    /// Step, training loss, validation figure.
    #[serde(default)]
    pub curve: Vec<(u64, f64, f64)>,
    /// Lambda, recall@20, recall@50, hit_rate@50, ndcg@50, category_diversity@50.
    #[serde(default)]
    pub lambdas: Vec<(f32, f64, f64, f64, f64, f64)>,
}

impl Compare {
    /// Takes all tolerances away, so that figures are shown but not judged.
    pub fn judge_nothing(&mut self) {
        self.published.iter_mut().for_each(|run| run.tolerance.clear());
        self.reference.iter_mut().for_each(|run| run.tolerance.clear());
    }
}

impl ReferenceRun {
    /// The curve as the report draws it; `monitor` names the validation figure.
    pub fn curve(&self, monitor: &str) -> Vec<CurvePoint> {
        let point = |&(step, loss, figure): &(u64, f64, f64)| CurvePoint {
            seconds: 0.0,
            step,
            loss,
            validation: BTreeMap::from([(monitor.to_owned(), figure)]),
        };
        self.curve.iter().map(point).collect()
    }

    /// The lambda sweep as the report draws it.
    pub fn lambdas(&self) -> Vec<LambdaPoint> {
        let names = ["recall@20", "recall@50", "hit_rate@50", "ndcg@50", "category_diversity@50"];
        let point = |&(lambda, a, b, c, d, e): &(f32, f64, f64, f64, f64, f64)| LambdaPoint {
            lambda,
            metrics: names.into_iter().map(str::to_owned).zip([a, b, c, d, e]).collect(),
        };
        self.lambdas.iter().map(point).collect()
    }
}
