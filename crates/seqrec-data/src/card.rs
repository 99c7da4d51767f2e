//! The data card: what a figure was measured on.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::fingerprint::fingerprint;
use crate::prepare::PrepareConfig;
use crate::sequences::{RawCounts, Sequences};
use crate::split::{Case, Span, Split, SplitConfig, train_counts};

/// Size and identity of a prepared and split data set, to be printed beside every figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataCard {
    /// Name of the data set.
    pub name: String,
    /// Before filtering.
    pub raw: RawCounts,
    /// Users kept.
    pub users: usize,
    /// Items kept.
    pub items: usize,
    /// Events kept.
    pub events: usize,
    /// Median number of events of a user.
    pub median_length: f64,
    /// Training users and events; it has no targets.
    pub train: PartSize,
    /// Validation cases.
    pub valid: PartSize,
    /// Test cases.
    pub test: PartSize,
    /// Settings of the preparation.
    pub prepare: PrepareConfig,
    /// Settings of the split.
    pub split: SplitConfig,
    /// SHA-256 over the prepared arrays, the split and the settings.
    pub fingerprint: String,
}

/// Size of one part of a split.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct PartSize {
    /// Spans or cases.
    pub users: usize,
    /// Events in training spans, or in histories and targets.
    pub events: usize,
    /// Events to be predicted.
    pub targets: usize,
    /// Share of targets whose item does not occur in training.
    pub unseen_targets: f64,
}

impl DataCard {
    /// Describes `sequences` under `split`, which came from the two configurations.
    #[must_use]
    pub fn new(
        name: &str,
        sequences: &Sequences,
        split: &Split,
        prepare: &PrepareConfig,
        split_config: &SplitConfig,
    ) -> Self {
        let counts = train_counts(sequences, split);
        let part = |cases: &[Case]| PartSize::of_cases(cases, sequences, &counts);
        Self {
            name: name.to_owned(),
            raw: sequences.raw_counts(),
            users: sequences.num_users(),
            items: sequences.num_items(),
            events: sequences.num_events(),
            median_length: median_length(sequences),
            train: PartSize {
                users: split.train.len(),
                events: split.train.iter().map(Span::len).sum(),
                ..PartSize::default()
            },
            valid: part(&split.valid),
            test: part(&split.test),
            prepare: *prepare,
            split: *split_config,
            fingerprint: fingerprint(sequences, split, prepare, split_config),
        }
    }
}

impl PartSize {
    fn of_cases(cases: &[Case], sequences: &Sequences, train_counts: &[u64]) -> Self {
        let mut part = Self { users: cases.len(), ..Self::default() };
        let mut unseen = 0;
        for case in cases {
            part.events += case.history.len() + case.targets.len();
            part.targets += case.targets.len();
            let targets = &sequences.items(case.user)[case.targets.clone()];
            unseen += targets.iter().filter(|&&item| train_counts[item as usize] == 0).count();
        }
        if part.targets > 0 {
            part.unseen_targets = unseen as f64 / part.targets as f64;
        }
        part
    }
}

fn median_length(sequences: &Sequences) -> f64 {
    let mut lengths: Vec<usize> =
        (0..sequences.num_users() as u32).map(|user| sequences.items(user).len()).collect();
    lengths.sort_unstable();
    match (lengths.len(), lengths.len() / 2) {
        (0, _) => 0.0,
        (n, half) if n % 2 == 1 => lengths[half] as f64,
        (_, half) => (lengths[half - 1] + lengths[half]) as f64 / 2.0,
    }
}

impl fmt::Display for DataCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<14}{}", "data set", self.name)?;
        writeln!(f, "{:<14}{:>12}{:>12}", "", "kept", "raw")?;
        for (label, kept, raw) in [
            ("users", self.users, self.raw.users),
            ("items", self.items, self.raw.items),
            ("events", self.events, self.raw.events),
        ] {
            writeln!(f, "{label:<14}{:>12}{:>12}", grouped(kept), grouped(raw))?;
        }
        writeln!(f, "{:<14}{:>12}", "median length", self.median_length)?;
        writeln!(f, "{:<14}{}", "filter", self.prepare.filter)?;
        if let Some(least) = self.prepare.min_rating {
            writeln!(f, "{:<14}{least} and above", "ratings")?;
        }
        writeln!(f, "{:<14}{:>12}{:>12}{:>12}{:>12}", "part", "users", "events", "targets", "unseen")?;
        writeln!(f, "{:<14}{:>12}{:>12}", "train", grouped(self.train.users), grouped(self.train.events))?;
        for (label, part) in [("validation", &self.valid), ("test", &self.test)] {
            writeln!(
                f,
                "{label:<14}{:>12}{:>12}{:>12}{:>11.2}%",
                grouped(part.users),
                grouped(part.events),
                grouped(part.targets),
                100.0 * part.unseen_targets
            )?;
        }
        write!(f, "{:<14}{}", "fingerprint", self.fingerprint)
    }
}

/// A number with commas between groups of three digits.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::LeaveOneOut;

    fn card() -> DataCard {
        let sequences = Sequences::from_histories(&[vec![1, 2, 3, 4], vec![2, 1], vec![1, 1, 3]], 5).unwrap();
        let config = SplitConfig::LeaveOneOut(LeaveOneOut::default());
        let split = config.split(&sequences).unwrap();
        DataCard::new("tiny", &sequences, &split, &PrepareConfig::default(), &config)
    }

    #[test]
    fn counts_are_those_of_the_split() {
        let card = card();
        assert_eq!((card.users, card.items, card.events), (3, 5, 9));
        assert_eq!(card.median_length, 3.0);
        assert_eq!((card.train.users, card.train.events), (3, 5));
        // Training holds items 1 and 2; the test targets are 4 and 3, the validation ones 3 and 1.
        assert_eq!((card.test.targets, card.test.unseen_targets), (2, 1.0));
        assert_eq!((card.valid.events, card.valid.unseen_targets), (5, 0.5));
    }

    #[test]
    fn display_is_aligned_and_grouped() {
        assert_eq!(grouped(1_000_209), "1,000,209");
        assert_eq!(grouped(999), "999");
        let text = card().to_string();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[1].len(), lines[2].len());
        assert_eq!(lines[7].len(), lines[9].len());
        assert!(lines[10].ends_with("100.00%"), "{text}");
    }

    #[test]
    fn survives_json() {
        let card = card();
        let json = serde_json::to_string(&card).unwrap();
        assert_eq!(serde_json::from_str::<DataCard>(&json).unwrap(), card);
    }
}
