//! Nothing names a folder of one machine.

use super::super::rule::{Rule, Violation};
use super::super::workspace::Workspace;

pub(in crate::tidy) const RULE: Rule = Rule {
    name: "machine-paths",
    explanation: "No text file names a path of somebody's machine: what works there works nowhere else.",
    check,
};

/// Top folders under which people and build machines keep their own files.
const TOP_FOLDERS: [&str; 3] = ["home", "root", "work"];

fn check(workspace: &Workspace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in &workspace.files {
        for (index, line) in file.text.iter().flat_map(|text| text.lines()).enumerate() {
            for top in TOP_FOLDERS.map(|folder| format!("/{folder}/")) {
                if line.match_indices(&top).any(|(at, _)| is_absolute(&line[..at])) {
                    let message = format!("a path under {top} belongs to one machine");
                    violations.push(Violation::at(&file.path, index + 1, message));
                }
            }
        }
    }
    violations
}

/// Whether a path that follows `before` begins there, and is not the rest of a longer one.
fn is_absolute(before: &str) -> bool {
    !before.ends_with(|c: char| c.is_alphanumeric() || "._-~*>})$%".contains(c))
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::Fixture;
    use super::{RULE, TOP_FOLDERS};

    #[test]
    fn absolute_paths_are_found_in_every_text_file() {
        for folder in TOP_FOLDERS {
            for path in ["docs/guide.md", ".cargo/config.toml", "crates/seqrec-eval/src/a.rs", "run.sh"] {
                let fixture = Fixture::clean();
                fixture.write(path, &format!("# a\n# see \"/{folder}/data\"\n"));
                fixture.assert_broken(RULE.name, path, "see");
            }
        }
        let fixture = Fixture::clean();
        fixture.write("run.sh", &format!("file:///{}/ada\n", TOP_FOLDERS[0]));
        fixture.assert_broken(RULE.name, "run.sh", "file");
    }

    #[test]
    fn addresses_and_relative_paths_are_fine() {
        let fixture = Fixture::clean();
        let folder = TOP_FOLDERS[0];
        let lines = ["https://a.org/{}/page", "./{}/a", "$HOME/{}/a", "${DIR}/{}/a", "<root>/{}/a", "/{}s/a"];
        let text: Vec<_> = lines.iter().map(|line| line.replace("{}", folder)).collect();
        fixture.write("docs/guide.md", &text.join("\n"));
        fixture.assert_clean();
    }
}
