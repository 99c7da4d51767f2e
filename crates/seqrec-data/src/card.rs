//! The data card: what a figure was measured on.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::features::{FieldOf, FieldSummary};
use crate::fingerprint::fingerprint;
use crate::prepare::PrepareConfig;
use crate::sequences::{RawCounts, Sequences};
use crate::split::{Case, LeftOutCounts, Span, Split, SplitConfig, train_counts, warm_users};

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
    /// What is known about events, items and users.
    pub fields: Vec<FieldSummary>,
    /// Training.
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
#[serde(default)]
pub struct PartSize {
    /// Distinct users.
    pub users: usize,
    /// Training spans, or questions put.
    pub cases: usize,
    /// Distinct events in training spans, or in histories and targets.
    pub events: usize,
    /// Events to be predicted; 0 for training.
    pub targets: usize,
    /// Pairs of a history and the event after it. Training has one for each event of a span but the
    /// first, the other parts have one for each target.
    pub pairs: usize,
    /// Share of targets whose item does not occur in training.
    pub unseen_targets: f64,
    /// Cases of users without a training event.
    pub cold_cases: usize,
    /// What is neither trained on nor asked for.
    pub left_out: LeftOutCounts,
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
        let warm = warm_users(sequences, split);
        let part = |cases: &[Case], left_out| PartSize {
            left_out,
            ..PartSize::of_cases(cases, sequences, &counts, &warm)
        };
        Self {
            name: name.to_owned(),
            raw: sequences.raw_counts(),
            users: sequences.num_users(),
            items: sequences.num_items(),
            events: sequences.num_events(),
            median_length: median_length(sequences),
            fields: summaries(sequences),
            train: PartSize::of_spans(&split.train),
            valid: part(&split.valid, split.left_out.valid),
            test: part(&split.test, split.left_out.test),
            prepare: *prepare,
            split: *split_config,
            fingerprint: fingerprint(sequences, split, prepare, split_config),
        }
    }
}

impl PartSize {
    fn of_spans(spans: &[Span]) -> Self {
        let mut users: Vec<u32> = spans.iter().map(|span| span.user).collect();
        users.sort_unstable();
        users.dedup();
        Self {
            users: users.len(),
            cases: spans.len(),
            events: spans.iter().map(Span::len).sum(),
            pairs: spans.iter().map(|span| span.len().saturating_sub(1)).sum(),
            ..Self::default()
        }
    }

    fn of_cases(cases: &[Case], sequences: &Sequences, train_counts: &[u64], warm: &[bool]) -> Self {
        let mut part = Self { cases: cases.len(), ..Self::default() };
        let mut unseen = 0;
        let mut used: BTreeMap<u32, Range<usize>> = BTreeMap::new();
        for case in cases {
            part.targets += case.targets.len();
            part.cold_cases += usize::from(!warm[case.user as usize]);
            let targets = &sequences.items(case.user)[case.targets.clone()];
            unseen += targets.iter().filter(|&&item| train_counts[item as usize] == 0).count();
            let range = used.entry(case.user).or_insert(case.history.clone());
            *range = range.start.min(case.history.start)..range.end.max(case.targets.end);
        }
        part.users = used.len();
        part.events = used.values().map(ExactSizeIterator::len).sum();
        part.pairs = part.targets;
        if part.targets > 0 {
            part.unseen_targets = unseen as f64 / part.targets as f64;
        }
        part
    }
}

fn summaries(sequences: &Sequences) -> Vec<FieldSummary> {
    let fields = [
        (FieldOf::Event, sequences.event_fields()),
        (FieldOf::Item, sequences.item_fields()),
        (FieldOf::User, sequences.user_fields()),
    ];
    fields
        .iter()
        .flat_map(|&(of, fields)| fields.iter().map(move |field| FieldSummary::new(of, field)))
        .collect()
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
        let heads = ["users", "cases", "events", "pairs", "targets", "unseen", "cold"];
        let heads: String = heads.iter().map(|head| format!("{head:>12}")).collect();
        writeln!(f, "{:<14}{heads}", "part")?;
        for (label, part) in [("train", &self.train), ("validation", &self.valid), ("test", &self.test)] {
            write!(f, "{label:<14}")?;
            for number in [part.users, part.cases, part.events, part.pairs] {
                write!(f, "{:>12}", grouped(number))?;
            }
            if part.targets > 0 {
                let unseen = 100.0 * part.unseen_targets;
                write!(f, "{:>12}{unseen:>11.2}%{:>12}", grouped(part.targets), grouped(part.cold_cases))?;
            }
            writeln!(f)?;
        }
        for (label, part) in [("validation", &self.valid), ("test", &self.test)] {
            for what in part.left_out.phrases() {
                writeln!(f, "{:<14}{label}: {what}", "left out")?;
            }
        }
        if !self.fields.is_empty() {
            writeln!(f, "{:<14}{:>12}{:>12}{:>12}{:>12}", "field", "of", "kind", "values", "missing")?;
        }
        for field in &self.fields {
            writeln!(f, "{field}")?;
        }
        write!(f, "{:<14}{}", "fingerprint", self.fingerprint)
    }
}

/// A number with commas between groups of three digits.
pub(crate) fn grouped(number: usize) -> String {
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
    use crate::features::{CategoryLists, Field};
    use crate::split::{Cut, LeaveOneOut, Temporal};

    fn card() -> DataCard {
        let sequences = Sequences::from_histories(&[vec![1, 2, 3, 4], vec![2, 1], vec![1, 1, 3]], 5).unwrap();
        let config = SplitConfig::LeaveOneOut(LeaveOneOut::default());
        let (sequences, split) = config.apply(sequences).unwrap();
        DataCard::new("tiny", &sequences, &split, &PrepareConfig::default(), &config)
    }

    #[test]
    fn counts_are_those_of_the_split() {
        let card = card();
        assert_eq!((card.users, card.items, card.events), (3, 5, 9));
        assert_eq!(card.median_length, 3.0);
        assert_eq!((card.train.users, card.train.events), (3, 5));
        assert_eq!((card.train.pairs, card.test.pairs, card.test.cold_cases), (2, 2, 0));
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
        assert_eq!(lines[9].len(), lines[10].len());
        assert!(lines[10].contains("100.00%"), "{text}");
    }

    #[test]
    fn cases_of_one_user_share_its_events_and_what_is_left_out_is_told() {
        let sequences = Sequences::from_histories(&[vec![1, 2], vec![2, 1, 3]], 3)
            .and_then(|it| it.with_times(vec![1, 2, 10, 19, 20]))
            .unwrap();
        let (valid_from, test_from) = (Cut::Time(10), Cut::Time(15));
        let config = SplitConfig::Temporal(Temporal { valid_from, test_from, ..Temporal::default() });
        let error = config.apply(sequences.clone()).unwrap_err();
        assert!(matches!(error, crate::Error::EmptyPart { part: "validation", .. }));
        let config = SplitConfig::Temporal(Temporal {
            valid_from: Cut::Time(2),
            test_from: Cut::Time(19),
            ..Temporal::default()
        });
        let (sequences, split) = config.apply(sequences).unwrap();
        let card = DataCard::new("timed", &sequences, &split, &PrepareConfig::default(), &config);
        let test = &card.test;
        assert_eq!((test.users, test.cases, test.events, test.targets), (1, 2, 3, 2));
        assert_eq!((test.cold_cases, test.unseen_targets), (2, 0.5));
        let told = "left out      validation: 1 case without history";
        assert!(card.to_string().lines().any(|line| line == told), "{card}");
    }

    #[test]
    fn fields_are_listed_with_kind_values_and_missing_share() {
        let tags = CategoryLists::from_names([vec![], vec!["a", "b"], vec![], vec!["a"], vec![]]).unwrap();
        let sequences = Sequences::from_histories(&[vec![1, 2, 3, 4]], 4)
            .unwrap()
            .with_item_field(Field::new("tags", tags))
            .unwrap();
        let config = SplitConfig::LeaveOneOut(LeaveOneOut::default());
        let (sequences, split) = config.apply(sequences).unwrap();
        let card = DataCard::new("tiny", &sequences, &split, &PrepareConfig::default(), &config);
        assert_eq!((card.fields[0].categories, card.fields[0].missing), (Some(2), 0.5));
        let text = card.to_string();
        let line = text.lines().find(|line| line.starts_with("tags")).unwrap();
        assert!(line.ends_with("item        list           2      50.00%"), "{text}");
    }

    #[test]
    fn survives_json() {
        let card = card();
        let json = serde_json::to_string(&card).unwrap();
        assert_eq!(serde_json::from_str::<DataCard>(&json).unwrap(), card);
    }
}
