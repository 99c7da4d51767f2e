//! A small workspace in a temporary folder that breaks no rule, to be broken on purpose.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::report::TidyReport;

/// The data set manifest of the clean workspace.
pub(super) const DATASET: &str = "datasets/small.toml";

/// Packages of the clean workspace: name, then dependencies.
const PACKAGES: [(&str, &[&str]); 6] = [
    ("seqrec-core", &["burn"]),
    ("seqrec-data", &["polars"]),
    ("seqrec-eval", &["serde"]),
    ("seqrec-models", &["burn", "seqrec-core"]),
    ("seqrec-train", &["burn", "seqrec-core", "seqrec-data", "seqrec-eval"]),
    ("xtask", &["seqrec-models", "seqrec-train"]),
];

/// Packages from elsewhere that the clean workspace locks.
const FOREIGN: [&str; 3] = ["burn", "polars", "serde"];

/// A workspace on disk. Manifests and lock file follow from the dependencies.
pub(super) struct Fixture {
    folder: TempDir,
    /// Members with their dependencies as (table, package).
    members: BTreeMap<String, Vec<(String, String)>>,
    /// Packages from elsewhere with their dependencies.
    foreign: BTreeMap<String, Vec<String>>,
}

impl Fixture {
    /// An empty folder.
    pub(super) fn empty() -> Self {
        Self { folder: TempDir::new().unwrap(), members: BTreeMap::new(), foreign: BTreeMap::new() }
    }

    /// A workspace that breaks no rule.
    pub(super) fn clean() -> Self {
        let mut fixture = Self::empty();
        fixture.write("Cargo.toml", "[workspace]\nmembers = [\"crates/*\", \"xtask\"]\n");
        fixture.write(
            DATASET,
            "licence = \"For research.\"\ncitation = \"A paper.\"\nhomepage = \"https://example.org\"\n",
        );
        for (name, dependencies) in PACKAGES {
            if name == "xtask" {
                fixture.write("xtask/src/main.rs", "//! The runner.\n\nfn main() {}\n");
            } else {
                fixture.write_library(name);
            }
            let dependencies = dependencies.iter().map(|&name| ("dependencies".to_owned(), name.to_owned()));
            fixture.members.insert(name.to_owned(), dependencies.collect());
        }
        for name in FOREIGN {
            fixture.foreign.insert(name.to_owned(), Vec::new());
        }
        fixture.render();
        fixture
    }

    /// The root of the workspace.
    pub(super) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, and its folders.
    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Replaces `from`, which the file must contain, by `to`.
    pub(super) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} does not contain {from:?}");
        self.write(path, &text.replace(from, to));
    }

    /// Deletes a file.
    pub(super) fn remove(&self, path: &str) {
        fs::remove_file(self.root().join(path)).unwrap();
    }

    /// Adds a library without dependencies.
    pub(super) fn add_library(&mut self, name: &str) {
        self.members.insert(name.to_owned(), Vec::new());
        self.write_library(name);
        self.render();
    }

    /// Adds a dependency of a member to one of its tables, and to the lock file.
    pub(super) fn depend(&mut self, member: &str, table: &str, dependency: &str) {
        if !self.members.contains_key(dependency) {
            self.foreign.entry(dependency.to_owned()).or_default();
        }
        self.members.get_mut(member).unwrap().push((table.to_owned(), dependency.to_owned()));
        self.render();
    }

    /// Locks a package from elsewhere that depends on other such packages.
    pub(super) fn lock(&mut self, name: &str, dependencies: &[&str]) {
        let dependencies = dependencies.iter().map(|&dependency| dependency.to_owned()).collect();
        self.foreign.insert(name.to_owned(), dependencies);
        self.render();
    }

    /// Takes a package from elsewhere out of the lock file again.
    pub(super) fn unlock(&mut self, name: &str) {
        self.foreign.remove(name).unwrap();
        self.render();
    }

    /// Checks all rules.
    pub(super) fn report(&self) -> TidyReport {
        super::run(self.root()).unwrap()
    }

    /// Asserts that no rule is broken.
    #[track_caller]
    pub(super) fn assert_clean(&self) {
        let report = self.report();
        assert!(report.is_clean(), "{report}");
    }

    /// Asserts that `rule` is broken on the last line of `file` that contains `needle`, and that
    /// nothing else is wrong.
    #[track_caller]
    pub(super) fn assert_broken(&self, rule: &str, file: &str, needle: &str) {
        let text = self.read(file);
        let line = 1 + text.lines().enumerate().filter(|(_, l)| l.contains(needle)).last().unwrap().0;
        self.assert_only(rule, file, Some(line));
    }

    /// Asserts that `rule` is broken by `file` as a whole and that nothing else is wrong.
    #[track_caller]
    pub(super) fn assert_broken_file(&self, rule: &str, file: &str) -> Vec<String> {
        self.assert_only(rule, file, None)
    }

    #[track_caller]
    fn assert_only(&self, rule: &str, file: &str, line: Option<usize>) -> Vec<String> {
        let report = self.report();
        let broken = report.broken();
        let [(name, violations)] = broken.as_slice() else { panic!("one broken rule expected:\n{report}") };
        assert_eq!(*name, rule, "{report}");
        let found: Vec<_> = violations.iter().map(|v| (v.file.clone(), v.line)).collect();
        assert_eq!(found, [(PathBuf::from(file), line)], "{report}");
        violations.iter().map(|violation| violation.message.clone()).collect()
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap()
    }

    fn write_library(&self, name: &str) {
        self.write(&format!("crates/{name}/README.md"), "What it is.\n");
        self.write(&format!("crates/{name}/src/lib.rs"), "//! What it is.\n");
        self.write(&format!("crates/{name}/examples/first.rs"), "//! How to use it.\n");
    }

    /// Writes the manifests of the members and the lock file.
    fn render(&self) {
        let mut lock = String::from("version = 4\n");
        let mut locked = |name: &str, dependencies: Vec<&str>| {
            lock.push_str(&format!(
                "[[package]]\nname = {name:?}\nversion = \"1.0.0\"\ndependencies = {dependencies:?}\n"
            ));
        };
        for (name, dependencies) in &self.foreign {
            locked(name, dependencies.iter().map(String::as_str).collect());
        }
        for (name, dependencies) in &self.members {
            locked(name, dependencies.iter().map(|(_, dependency)| dependency.as_str()).collect());
            let mut manifest = format!("[package]\nname = {name:?}\nlicense.workspace = true\n\n");
            manifest.push_str("[lints]\nworkspace = true\n");
            for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
                manifest.push_str(&format!("\n[{table}]\n"));
                for (_, dependency) in dependencies.iter().filter(|(other, _)| other == table) {
                    manifest.push_str(&format!("{dependency}.workspace = true\n"));
                }
            }
            let folder = if name == "xtask" { PathBuf::from(name) } else { Path::new("crates").join(name) };
            self.write(folder.join("Cargo.toml").to_str().unwrap(), &manifest);
        }
        self.write("Cargo.lock", &lock);
    }
}
