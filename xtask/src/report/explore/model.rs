//! What an exploration found.

use seqrec_data::{Manifest, PrepareConfig, profile::Profile};
use serde::Serialize;

/// A data set and its statistics.
#[derive(Debug, Clone, Serialize)]
pub struct Exploration {
    /// Name or manifest as on the command line.
    pub name: String,
    /// Where the data comes from.
    pub origin: Origin,
    /// The recipe whose preparation applies; without one every row counts.
    pub recipe: Option<String>,
    /// The preparation.
    pub prepare: PrepareConfig,
    /// The statistics.
    pub profile: Profile,
    /// The command that makes this page again.
    pub command: String,
    /// Version of the program.
    pub version: String,
}

/// What a manifest says of a data set; empty where it says nothing.
#[derive(Debug, Clone, Serialize)]
pub struct Origin {
    /// Full title.
    pub title: String,
    /// What the events are.
    pub description: String,
    /// Terms of use.
    pub licence: String,
    /// Publication to cite.
    pub citation: String,
    /// Official page.
    pub homepage: String,
}

impl Exploration {
    /// Which events were counted, as a sentence.
    pub fn selection(&self) -> String {
        let which = match &self.recipe {
            Some(recipe) => format!("The events that recipe {recipe} keeps"),
            None => "All events as read".to_owned(),
        };
        format!("{which}, those that a protocol would hold out included.")
    }
}

impl From<&Manifest> for Origin {
    fn from(manifest: &Manifest) -> Self {
        let title = if manifest.title.is_empty() { &manifest.name } else { &manifest.title };
        Self {
            title: title.clone(),
            description: manifest.description.clone(),
            licence: manifest.licence.clone(),
            citation: manifest.citation.clone(),
            homepage: manifest.homepage.clone(),
        }
    }
}

impl Origin {
    /// Of generated data.
    pub fn synthetic() -> Self {
        Self {
            title: "Synthetic users".into(),
            description: "Generated users with several interests and sessions; times count from 1970.".into(),
            licence: String::new(),
            citation: String::new(),
            homepage: String::new(),
        }
    }
}

/// Explorations for tests.
#[cfg(test)]
pub mod fixture {
    use seqrec_data::{Sequences, SyntheticConfig};

    use super::*;

    /// Every kind of data that has to render.
    pub fn all() -> Vec<Exploration> {
        vec![full(), no_times(), tiny()]
    }

    /// With times, titles and categories.
    pub fn full() -> Exploration {
        let config = SyntheticConfig { users: 60, ..SyntheticConfig::default() };
        of(&config.generate().unwrap().sequences)
    }

    /// Neither times nor categories.
    pub fn no_times() -> Exploration {
        let histories: Vec<Vec<u32>> = (1..30).map(|user| (1..=user).chain([1, 1]).collect()).collect();
        of(&Sequences::from_histories(&histories, 40).unwrap())
    }

    /// One event.
    pub fn tiny() -> Exploration {
        of(&Sequences::from_histories(&[[1]], 1).unwrap().with_times(vec![0]).unwrap())
    }

    fn of(sequences: &Sequences) -> Exploration {
        Exploration {
            name: "synthetic".into(),
            origin: Origin::synthetic(),
            recipe: None,
            prepare: PrepareConfig::default(),
            profile: Profile::new(sequences),
            command: "cargo xtask data explore synthetic".into(),
            version: "0.1.0".into(),
        }
    }
}
