//! What a check of all rules found.

use std::fmt;

use super::rule::{Rule, Violation};

/// The rules in order, each with its violations.
///
/// Its [`Display`](fmt::Display) lists every rule as `ok` or `FAIL`; a broken rule is explained
/// and followed by one `file:line: message` for each violation.
#[derive(Debug)]
pub struct TidyReport {
    outcomes: Vec<Outcome>,
}

/// What became of one rule.
#[derive(Debug)]
struct Outcome {
    rule: &'static Rule,
    violations: Vec<Violation>,
}

impl TidyReport {
    /// Violations are sorted by file and line, and each is kept once.
    pub(super) fn new(findings: impl Iterator<Item = (&'static Rule, Vec<Violation>)>) -> Self {
        let outcomes = findings
            .map(|(rule, mut violations)| {
                violations.sort();
                violations.dedup();
                Outcome { rule, violations }
            })
            .collect();
        Self { outcomes }
    }

    /// Whether no rule is broken.
    pub fn is_clean(&self) -> bool {
        self.outcomes.iter().all(|outcome| outcome.violations.is_empty())
    }

    /// The broken rules by name, with their violations.
    #[cfg(test)]
    pub(super) fn broken(&self) -> Vec<(&'static str, &[Violation])> {
        self.outcomes
            .iter()
            .filter(|outcome| !outcome.violations.is_empty())
            .map(|outcome| (outcome.rule.name, outcome.violations.as_slice()))
            .collect()
    }
}

impl fmt::Display for TidyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Outcome { rule, violations } in &self.outcomes {
            if violations.is_empty() {
                writeln!(f, "ok    {}", rule.name)?;
                continue;
            }
            writeln!(f, "FAIL  {}: {}", rule.name, rule.explanation)?;
            for violation in violations {
                writeln!(f, "      {violation}")?;
            }
        }
        let broken = self.outcomes.iter().filter(|outcome| !outcome.violations.is_empty()).count();
        let violations: usize = self.outcomes.iter().map(|outcome| outcome.violations.len()).sum();
        write!(f, "{} rules checked, {broken} broken, {violations} violations", self.outcomes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static HOLDS: Rule = Rule { name: "holds", explanation: "Never read.", check: |_| Vec::new() };
    static BREAKS: Rule = Rule { name: "breaks", explanation: "Must hold.", check: |_| Vec::new() };

    #[test]
    fn a_broken_rule_is_explained_and_its_violations_come_in_order_and_once() {
        let report = TidyReport::new(
            [
                (&HOLDS, vec![]),
                (
                    &BREAKS,
                    vec![
                        Violation::at("b.rs", 10, "second"),
                        Violation::at("b.rs", 9, "first"),
                        Violation::at("b.rs", 10, "second"),
                        Violation::of("a.rs", "whole file"),
                    ],
                ),
            ]
            .into_iter(),
        );
        assert!(!report.is_clean());
        let expected = "ok    holds\n\
                        FAIL  breaks: Must hold.\n      \
                        a.rs: whole file\n      \
                        b.rs:9: first\n      \
                        b.rs:10: second\n\
                        2 rules checked, 1 broken, 3 violations";
        assert_eq!(report.to_string(), expected);
    }
}
