//! The tree as the rules see it, read once.

mod lockfile;
mod manifest;
mod package;
mod position;
mod walk;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(super) use lockfile::Lockfile;
pub(super) use manifest::{Dependency, DependencyKind, Manifest};
pub(super) use package::Package;
pub(super) use position::line_of;
pub(super) use walk::File;

use super::error::TidyError;
use super::source::SourceFile;
use manifest::RootManifest;

/// Manifests, sources and text files of the workspace. All paths are relative to its root.
#[derive(Debug)]
pub(super) struct Workspace {
    /// Every package, by the order of `workspace.members`, then by folder.
    pub(super) packages: Vec<Package>,
    /// Every file but build outputs, sorted by path.
    pub(super) files: Vec<File>,
    /// The resolved dependencies.
    pub(super) lockfile: Lockfile,
}

impl Workspace {
    /// Reads the workspace at `root`.
    ///
    /// # Errors
    ///
    /// [`TidyError`] where a file cannot be read, or a manifest or the lock file is malformed.
    pub(super) fn load(root: &Path) -> Result<Self, TidyError> {
        let files = walk::walk(root)?;
        let texts: BTreeMap<&Path, &str> =
            files.iter().filter_map(|file| Some((file.path.as_path(), file.text.as_deref()?))).collect();
        let text = |path: &Path| {
            texts.get(path).copied().ok_or_else(|| TidyError::MissingFile { path: path.to_path_buf() })
        };

        let root_path = Path::new("Cargo.toml");
        let root_manifest = RootManifest::parse(root_path, text(root_path)?)?;
        let mut packages = Vec::new();
        for folder in members(&root_manifest.members, &texts)? {
            let path = folder.join("Cargo.toml");
            let manifest = Manifest::parse(&path, text(&path)?, &root_manifest.renames)?;
            packages.push(Package::new(folder, manifest, &texts));
        }
        let lock_path = Path::new("Cargo.lock");
        let lockfile = Lockfile::parse(lock_path, text(lock_path)?)?;
        Ok(Self { packages, files, lockfile })
    }

    /// The library crates: the packages under `crates/`.
    pub(super) fn libraries(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.is_library())
    }

    /// The package of this name.
    pub(super) fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name() == name)
    }

    /// Sources under `src/` of the libraries.
    pub(super) fn library_sources(&self) -> impl Iterator<Item = &SourceFile> {
        self.libraries().flat_map(|package| &package.sources)
    }

    /// Sources under `src/` of the libraries and the runner.
    pub(super) fn sources(&self) -> impl Iterator<Item = &SourceFile> {
        self.packages
            .iter()
            .filter(|package| package.is_library() || package.is_runner())
            .flat_map(|package| &package.sources)
    }

    /// Every Rust file of every package: sources, tests, examples and benches.
    pub(super) fn all_rust(&self) -> impl Iterator<Item = &SourceFile> {
        self.packages.iter().flat_map(|package| package.sources.iter().chain(&package.other_rust))
    }

    /// The file at `path`.
    pub(super) fn file(&self, path: &Path) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }
}

/// Folders of the members; `folder/*` stands for every folder in it that has a manifest.
fn members(patterns: &[String], texts: &BTreeMap<&Path, &str>) -> Result<Vec<PathBuf>, TidyError> {
    let mut folders = Vec::new();
    for pattern in patterns {
        match pattern.strip_suffix("/*") {
            Some(parent) if !parent.contains(['*', '?', '[']) => folders.extend(
                texts
                    .keys()
                    .filter(|path| path.file_name().is_some_and(|name| name == "Cargo.toml"))
                    .filter_map(|path| path.parent())
                    .filter(|folder| folder.parent() == Some(Path::new(parent)))
                    .map(Path::to_path_buf),
            ),
            None if !pattern.contains(['*', '?', '[']) => folders.push(PathBuf::from(pattern)),
            _ => return Err(TidyError::MemberPattern { pattern: pattern.clone() }),
        }
    }
    Ok(folders)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Fixture;
    use super::*;

    #[test]
    fn members_are_expanded_and_sources_sorted_by_kind() {
        let fixture = Fixture::clean();
        fixture.write("crates/seqrec-eval/tests/it.rs", "");
        fixture.write("crates/notes/README.md", "No manifest, no member.\n");
        let workspace = Workspace::load(fixture.root()).unwrap();
        let names: Vec<_> = workspace.packages.iter().map(Package::name).collect();
        assert_eq!(
            names,
            ["seqrec-core", "seqrec-data", "seqrec-eval", "seqrec-models", "seqrec-train", "xtask"]
        );
        assert_eq!(workspace.libraries().count(), 5);
        let eval = workspace.package("seqrec-eval").unwrap();
        assert_eq!(eval.sources.len(), 1);
        assert_eq!(eval.other_rust.len(), 2, "the example and the test");
    }

    #[test]
    fn globs_that_are_not_understood_are_refused() {
        let fixture = Fixture::clean();
        fixture.write("Cargo.toml", "[workspace]\nmembers = [\"crates/seq*\"]\n");
        let error = Workspace::load(fixture.root()).unwrap_err();
        assert!(matches!(error, TidyError::MemberPattern { pattern } if pattern == "crates/seq*"));
    }

    #[test]
    fn a_missing_lock_file_is_an_error() {
        let fixture = Fixture::clean();
        fixture.remove("Cargo.lock");
        let error = Workspace::load(fixture.root()).unwrap_err();
        assert_eq!(error.to_string(), "Cargo.lock: not found, or not UTF-8 text");
    }
}
