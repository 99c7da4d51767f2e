//! Cases that are reported apart.

use super::{Case, Split, train_counts};
use crate::Sequences;

/// Some of the cases of a part, under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseGroup {
    /// What the cases have in common.
    pub name: &'static str,
    /// Whether each case belongs to it, in the order of the cases.
    pub members: Vec<bool>,
}

impl CaseGroup {
    /// Number of cases in the group.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.iter().filter(|&&member| member).count()
    }

    /// Whether no case is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.members.contains(&true)
    }
}

/// Groups `cases`, one of the parts of `split`, by what training knew of them: users with and
/// without a training event; cases whose targets all occur in training, and those with a new one.
///
/// A distinction that puts all cases into one group is left out.
#[must_use]
pub fn case_groups(sequences: &Sequences, split: &Split, cases: &[Case]) -> Vec<CaseGroup> {
    let warm = warm_users(sequences, split);
    let counts = train_counts(sequences, split);
    let has_warm_user: Vec<bool> = cases.iter().map(|case| warm[case.user as usize]).collect();
    let targets = |case: &Case| &sequences.items(case.user)[case.targets.clone()];
    let all_seen = cases.iter().map(|case| targets(case).iter().all(|&item| counts[item as usize] > 0));
    let pairs = [
        ("warm users", "cold users", has_warm_user),
        ("items of training", "items new since training", all_seen.collect()),
    ];
    let told_apart = pairs.into_iter().filter(|(_, _, is)| is.contains(&true) && is.contains(&false));
    told_apart
        .flat_map(|(yes, no, members)| {
            let others = members.iter().map(|&member| !member).collect();
            [CaseGroup { name: yes, members }, CaseGroup { name: no, members: others }]
        })
        .collect()
}

/// Whether each user has a training event, `[num_users]`.
pub(crate) fn warm_users(sequences: &Sequences, split: &Split) -> Vec<bool> {
    let mut warm = vec![false; sequences.num_users()];
    split.train.iter().filter(|span| !span.is_empty()).for_each(|span| warm[span.user as usize] = true);
    warm
}

#[cfg(test)]
mod tests {
    use super::super::Span;
    use super::*;

    fn case(user: u32, targets: std::ops::Range<usize>) -> Case {
        Case { user, history: 0..targets.start, targets }
    }

    #[test]
    fn cases_are_told_apart_by_user_and_target() {
        let sequences = Sequences::from_histories(&[vec![1, 2, 1, 3], vec![2, 1]], 3).unwrap();
        let split = Split { train: vec![Span { user: 0, start: 0, end: 2 }], ..Split::default() };
        let cases = [case(0, 2..3), case(0, 3..4), case(1, 1..2), case(0, 2..4)];
        let groups = case_groups(&sequences, &split, &cases);
        let found: Vec<_> = groups.iter().map(|group| (group.name, group.members.clone())).collect();
        let expected = [
            ("warm users", vec![true, true, false, true]),
            ("cold users", vec![false, false, true, false]),
            ("items of training", vec![true, false, true, false]),
            ("items new since training", vec![false, true, false, true]),
        ];
        assert_eq!(found, expected);
        assert_eq!((groups[0].len(), groups[0].is_empty()), (3, false));
        assert!(case_groups(&sequences, &split, &cases[..1]).is_empty(), "one group is none");
    }
}
