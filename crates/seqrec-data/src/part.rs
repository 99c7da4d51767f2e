//! Which part of a published split a user belongs to.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The part of a user or session in a data set that is published as several files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// To train on.
    Train,
    /// To select models on.
    Valid,
    /// For the final figure.
    Test,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Train => "train",
            Self::Valid => "valid",
            Self::Test => "test",
        })
    }
}
