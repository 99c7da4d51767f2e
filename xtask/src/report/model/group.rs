//! Figures of a group of test cases.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Test cases that have something in common, such as users without training events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// What the cases have in common.
    pub name: String,
    /// Number of cases.
    pub cases: usize,
    /// Figures that are means over cases: mean over seeds.
    pub metrics: BTreeMap<String, f64>,
    /// The same of ranking by popularity.
    pub most_popular: BTreeMap<String, f64>,
    /// Recall of lists in random order, by name; empty in reports older than it.
    #[serde(default)]
    pub chance: BTreeMap<String, f64>,
}
