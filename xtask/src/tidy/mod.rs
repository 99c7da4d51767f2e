//! The architecture's invariants, checked against manifests and sources.
//!
//! `cargo xtask tidy` reads the tree once into a [`Workspace`] and asks every [`Rule`] for its
//! violations. A rule is one file in `rules/` that exports a `RULE`; to add one, write the file,
//! list it in [`RULES`] and test it with a `Fixture` that breaks this rule and no other.
//!
//! Sources are compared token by token, so text in comments and string literals never counts as
//! code, and spacing does not matter.

mod error;
#[cfg(test)]
mod fixture;
mod layer;
mod report;
mod rule;
mod rules;
mod source;
mod workspace;

use std::path::Path;

pub use error::TidyError;
pub use report::TidyReport;
use rule::Rule;
use workspace::Workspace;

/// Every rule, in the order in which they are reported.
const RULES: &[Rule] = &[
    rules::layers::RULE,
    rules::reach::RULE,
    rules::data_frames::RULE,
    rules::quiet::RULE,
    rules::recipes::RULE,
    rules::backends::RULE,
    rules::randomness::RULE,
    rules::unsafe_code::RULE,
    rules::furniture::RULE,
    rules::unfinished::RULE,
    rules::file_length::RULE,
    rules::machine_paths::RULE,
    rules::dataset_files::RULE,
    rules::dataset_manifests::RULE,
];

/// Checks every rule on the workspace whose root manifest is `root/Cargo.toml`.
///
/// A broken rule is no error: it stands in the report, see [`TidyReport::is_clean`].
///
/// # Errors
///
/// [`TidyError`] where the tree cannot be read as a Cargo workspace with a lock file.
pub fn run(root: &Path) -> Result<TidyReport, TidyError> {
    let workspace = Workspace::load(root)?;
    Ok(TidyReport::new(RULES.iter().map(|rule| (rule, (rule.check)(&workspace)))))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::RULES;
    use super::fixture::Fixture;

    #[test]
    fn a_clean_workspace_breaks_no_rule() {
        let report = Fixture::clean().report();
        assert!(report.is_clean(), "{report}");
    }

    #[test]
    fn rule_names_are_unique() {
        let names: BTreeSet<_> = RULES.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), RULES.len());
    }
}
