//! What every crate comes with.

use std::path::Path;

use super::super::rule::{Rule, Violation};
use super::super::workspace::{Package, Workspace};

pub(in crate::tidy) const RULE: Rule = Rule {
    name: "furniture",
    explanation: "Every package has crate documentation and the workspace's lints and licence; every library \
                  also has a README.md and an example to run.",
    check,
};

fn check(workspace: &Workspace) -> Vec<Violation> {
    workspace.packages.iter().flat_map(|package| check_package(workspace, package)).collect()
}

fn check_package(workspace: &Workspace, package: &Package) -> Vec<Violation> {
    let manifest = &package.manifest;
    let mut violations = Vec::new();
    if !manifest.inherits_lints {
        violations.push(Violation::of(&manifest.path, "no `[lints] workspace = true`"));
    }
    if !manifest.inherits_license {
        violations.push(Violation::of(&manifest.path, "no `license.workspace = true`"));
    }
    for root in ["src/lib.rs", "src/main.rs"].map(|root| package.folder.join(root)) {
        let source = package.sources.iter().find(|source| source.path() == root);
        if source.is_some_and(|source| !source.has_module_docs()) {
            violations.push(Violation::at(root, 1, "the crate has no documentation (`//!`)"));
        }
    }
    if !package.is_library() {
        return violations;
    }
    let readme = package.folder.join("README.md");
    let has_text = |path: &Path| {
        workspace.file(path).and_then(|file| file.text.as_deref()).is_some_and(|text| !text.trim().is_empty())
    };
    if !has_text(&readme) {
        violations.push(Violation::of(readme, "the crate has no README.md, or an empty one"));
    }
    let examples = package.folder.join("examples");
    if !package.other_rust.iter().any(|file| file.path().starts_with(&examples)) {
        violations.push(Violation::of(examples, "the crate has no example"));
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::Fixture;
    use super::RULE;

    #[test]
    fn each_missing_piece_is_named() {
        let folder = "crates/seqrec-core";
        for (path, blamed) in [("README.md", "README.md"), ("examples/first.rs", "examples")] {
            let fixture = Fixture::clean();
            fixture.remove(&format!("{folder}/{path}"));
            fixture.assert_broken_file(RULE.name, &format!("{folder}/{blamed}"));
        }
        let fixture = Fixture::clean();
        fixture.write(&format!("{folder}/README.md"), "\n");
        fixture.assert_broken_file(RULE.name, &format!("{folder}/README.md"));
    }

    #[test]
    fn undocumented_crates_are_found() {
        for path in ["crates/seqrec-core/src/lib.rs", "xtask/src/main.rs"] {
            let fixture = Fixture::clean();
            fixture.write(path, "fn f() {}\n");
            fixture.assert_broken(RULE.name, path, "fn f");
        }
    }

    #[test]
    fn lints_and_licence_are_the_workspaces() {
        for line in ["[lints]\nworkspace = true\n", "license.workspace = true\n"] {
            let fixture = Fixture::clean();
            fixture.edit("xtask/Cargo.toml", line, "");
            fixture.assert_broken_file(RULE.name, "xtask/Cargo.toml");
        }
    }
}
