//! The choice of a protocol.

use serde::{Deserialize, Serialize};

use super::{Given, LeaveOneOut, SessionDays, Split, Temporal, UserRatio};
use crate::Sequences;
use crate::error::Result;

/// An evaluation protocol and its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SplitConfig {
    /// Whole users are held out (strong generalisation).
    UserRatio(UserRatio),
    /// The last events of every user are held out (weak generalisation).
    LeaveOneOut(LeaveOneOut),
    /// What happens after a point in time is held out.
    Temporal(Temporal),
    /// The sessions of the last days are held out.
    SessionDays(SessionDays),
    /// The files say what is held out.
    Given(Given),
}

impl SplitConfig {
    /// Holds out what the protocol says. Protocols that remove events or number items by what is
    /// left to train on return changed sequences; the split refers to those.
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) for a value out of range,
    /// [`Error::NeedsColumn`](crate::Error::NeedsColumn) without the times or parts that the
    /// protocol goes by, [`Error::EmptyPart`](crate::Error::EmptyPart) when a part would be empty.
    pub fn apply(&self, sequences: Sequences) -> Result<(Sequences, Split)> {
        match self {
            Self::UserRatio(config) => config.apply(sequences),
            Self::LeaveOneOut(config) => config.apply(sequences),
            Self::Temporal(config) => config.apply(sequences),
            Self::SessionDays(config) => config.apply(sequences),
            Self::Given(config) => config.apply(sequences),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Boundary, Cut, HeldOut, Numbering, Shuffle, Unseen, ValidFrom};
    use super::*;

    fn parsed(text: &str) -> SplitConfig {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn every_kind_reads_from_toml_with_defaults() {
        let expected = [
            ("user-ratio", SplitConfig::UserRatio(UserRatio::default())),
            ("leave-one-out", SplitConfig::LeaveOneOut(LeaveOneOut::default())),
            ("temporal", SplitConfig::Temporal(Temporal::default())),
            ("session-days", SplitConfig::SessionDays(SessionDays::default())),
            ("given", SplitConfig::Given(Given::default())),
        ];
        for (kind, config) in expected {
            let text = format!("kind = \"{kind}\"");
            assert_eq!(parsed(&text), config);
            assert_eq!(parsed(&toml::to_string(&config).unwrap()), config);
            assert!(toml::from_str::<SplitConfig>(&format!("{text}\ntrian = 0.5")).is_err());
        }
    }

    #[test]
    fn every_setting_has_its_spelling() {
        let temporal = "kind = \"temporal\"\nvalid_from = { time = 5 }\ntest_from = { quantile = 0.95 }\n\
                        cases = \"first-event\"\nnumbering = \"all\"";
        let expected = Temporal {
            valid_from: Cut::Time(5),
            test_from: Cut::Quantile(0.95),
            cases: HeldOut::FirstEvent,
            numbering: Numbering::All,
        };
        assert_eq!(parsed(temporal), SplitConfig::Temporal(expected));
        let sessions = "kind = \"session-days\"\ndays = 7\nboundary = \"neither\"\nretrain = true";
        let expected =
            SessionDays { days: 7, boundary: Boundary::Neither, retrain: true, ..SessionDays::default() };
        assert_eq!(parsed(sessions), SplitConfig::SessionDays(expected));
        let given = "kind = \"given\"\nunseen = \"keep\"\n\
                     valid = { from = \"share\", share = 0.2, order = { generator = \"chacha\", seed = 3 } }";
        let valid = ValidFrom::Share { share: 0.2, order: Shuffle::ChaCha { seed: 3 } };
        let expected = Given { valid: Some(valid), unseen: Unseen::Keep, ..Given::default() };
        assert_eq!(parsed(given), SplitConfig::Given(expected));
    }
}
