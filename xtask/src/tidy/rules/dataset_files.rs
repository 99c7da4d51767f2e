//! `datasets/` holds no data.

use super::super::rule::{Rule, Violation};
use super::super::workspace::Workspace;

pub(in crate::tidy) const RULE: Rule = Rule {
    name: "dataset-files",
    explanation: "datasets/ holds manifests and notes, each under 64 KiB, and never the data: its licences \
                  do not allow us to pass it on.",
    check,
};

const MAX_BYTES: u64 = 64 << 10;

fn check(workspace: &Workspace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in workspace.files.iter().filter(|file| file.path.starts_with("datasets")) {
        let extension = file.path.extension().and_then(|extension| extension.to_str());
        if !matches!(extension, Some("toml" | "md")) {
            violations.push(Violation::of(&file.path, "neither a manifest (.toml) nor a note (.md)"));
        }
        if file.bytes >= MAX_BYTES {
            let message = format!("{} bytes, and {MAX_BYTES} are too many", file.bytes);
            violations.push(Violation::of(&file.path, message));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::Fixture;
    use super::{MAX_BYTES, RULE};

    #[test]
    fn other_files_are_found_at_any_depth() {
        for path in ["datasets/ratings.csv", "datasets/ml-1m/README", "datasets/.cache"] {
            let fixture = Fixture::clean();
            fixture.write(path, "1,2\n");
            fixture.assert_broken_file(RULE.name, path);
        }
    }

    #[test]
    fn the_limit_is_64_kib() {
        let fixture = Fixture::clean();
        let limit = usize::try_from(MAX_BYTES).unwrap();
        fixture.write("datasets/notes.md", &"a".repeat(limit - 1));
        fixture.assert_clean();
        fixture.write("datasets/notes.md", &"a".repeat(limit));
        fixture.assert_broken_file(RULE.name, "datasets/notes.md");
    }
}
