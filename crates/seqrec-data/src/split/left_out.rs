//! What a protocol neither trains on nor asks for.

use serde::{Deserialize, Serialize};

/// What was left out of validation and test, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Left out of validation.
    pub valid: LeftOutCounts,
    /// Left out of the test.
    pub test: LeftOutCounts,
}

/// What was left out of one part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOutCounts {
    /// Cases that cannot be put, since their user has no event before: a model would have nothing to
    /// go by.
    pub without_history: usize,
    /// Events that were removed because their item is not in training.
    pub unseen_items: usize,
    /// Sessions that were removed because fewer than two events were left.
    pub short_sessions: usize,
}

impl LeftOutCounts {
    /// What was left out, one phrase a reason; none where nothing was.
    #[must_use]
    pub fn phrases(&self) -> Vec<String> {
        let counted = |number: usize, one: &str, many: &str, why: &str| match number {
            0 => None,
            1 => Some(format!("1 {one} {why}")),
            _ => Some(format!("{number} {many} {why}")),
        };
        let reasons = [
            counted(self.without_history, "case", "cases", "without history"),
            counted(self.unseen_items, "event", "events", "of items that are not in training"),
            counted(self.short_sessions, "session", "sessions", "with fewer than two events left"),
        ];
        reasons.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_told_once() {
        assert!(LeftOutCounts::default().phrases().is_empty());
        let counts = LeftOutCounts { without_history: 1, unseen_items: 0, short_sessions: 2 };
        assert_eq!(
            counts.phrases(),
            ["1 case without history", "2 sessions with fewer than two events left"]
        );
    }
}
