//! One package of the workspace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::source::SourceFile;
use super::manifest::Manifest;

/// A package: its manifest and its Rust files.
#[derive(Debug)]
pub(in crate::tidy) struct Package {
    /// Its folder, relative to the root.
    pub(in crate::tidy) folder: PathBuf,
    /// Its manifest.
    pub(in crate::tidy) manifest: Manifest,
    /// The files under `src/`.
    pub(in crate::tidy) sources: Vec<SourceFile>,
    /// All its other Rust files: tests, examples, benches and the build script.
    pub(in crate::tidy) other_rust: Vec<SourceFile>,
}

impl Package {
    /// Picks the package's Rust files out of all `texts`.
    pub(super) fn new(folder: PathBuf, manifest: Manifest, texts: &BTreeMap<&Path, &str>) -> Self {
        let rust = texts
            .iter()
            .filter(|(path, _)| path.starts_with(&folder) && path.extension().is_some_and(|e| e == "rs"))
            .map(|(path, text)| SourceFile::parse(path, text));
        let (mut sources, other_rust): (Vec<_>, Vec<_>) =
            rust.partition(|file| file.path().starts_with(folder.join("src")));
        mark_test_files(&mut sources);
        Self { folder, manifest, sources, other_rust }
    }

    /// The package's name.
    pub(in crate::tidy) fn name(&self) -> &str {
        &self.manifest.name
    }

    /// Whether it is one of the library crates.
    pub(in crate::tidy) fn is_library(&self) -> bool {
        self.folder.starts_with("crates")
    }

    /// Whether it is the runner.
    pub(in crate::tidy) fn is_runner(&self) -> bool {
        self.folder == Path::new("xtask")
    }
}

/// Marks the files that other files include for tests alone.
fn mark_test_files(sources: &mut [SourceFile]) {
    let modules: Vec<PathBuf> = sources.iter().flat_map(SourceFile::test_module_paths).collect();
    for source in sources {
        let path = source.path().to_path_buf();
        if modules.iter().any(|module| path.starts_with(module) || path == module.with_extension("rs")) {
            source.mark_as_test();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::Fixture;
    use super::super::Workspace;

    #[test]
    fn a_module_included_for_tests_is_test_code_with_all_below_it() {
        let fixture = Fixture::clean();
        fixture.write("crates/seqrec-eval/src/lib.rs", "//! Docs.\n#[cfg(test)]\nmod a;\nmod ab;\n");
        for path in ["a.rs", "a/b.rs", "ab.rs"] {
            fixture.write(&format!("crates/seqrec-eval/src/{path}"), "fn f() {}\n");
        }
        let workspace = Workspace::load(fixture.root()).unwrap();
        let eval = workspace.package("seqrec-eval").unwrap();
        let marks: Vec<_> = eval
            .sources
            .iter()
            .map(|source| (source.path().file_name().unwrap().to_str().unwrap(), source.is_test(0)))
            .collect();
        // In `lib.rs` the first token is the attribute of the test module.
        assert_eq!(marks, [("b.rs", true), ("a.rs", true), ("ab.rs", false), ("lib.rs", true)]);
    }
}
