//! Cargo manifests, as far as the rules read them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::error::TidyError;
use super::position::line_of;

/// When a dependency is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tidy) enum DependencyKind {
    /// To use the package.
    Normal,
    /// To run its build script.
    Build,
    /// To run its tests, examples and benches.
    Dev,
}

impl DependencyKind {
    const ALL: [Self; 3] = [Self::Normal, Self::Build, Self::Dev];

    /// The manifest table that lists dependencies of this kind.
    pub(in crate::tidy) fn table(self) -> &'static str {
        match self {
            Self::Normal => "dependencies",
            Self::Build => "build-dependencies",
            Self::Dev => "dev-dependencies",
        }
    }
}

/// One entry of a dependency table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::tidy) struct Dependency {
    /// The package's own name, also where it is renamed.
    pub(in crate::tidy) package: String,
    /// When it is needed.
    pub(in crate::tidy) kind: DependencyKind,
    /// The line of the entry, counted from 1.
    pub(in crate::tidy) line: usize,
}

/// The manifest of a package.
#[derive(Debug)]
pub(in crate::tidy) struct Manifest {
    /// Relative to the root.
    pub(in crate::tidy) path: PathBuf,
    /// `package.name`.
    pub(in crate::tidy) name: String,
    /// Entries of all dependency tables, those of single targets included.
    pub(in crate::tidy) dependencies: Vec<Dependency>,
    /// Whether the lints are the workspace's.
    pub(in crate::tidy) inherits_lints: bool,
    /// Whether the licence is the workspace's.
    pub(in crate::tidy) inherits_license: bool,
}

impl Manifest {
    /// Reads a package's manifest. `renames` maps keys of `workspace.dependencies` to packages.
    pub(super) fn parse(
        path: &Path,
        text: &str,
        renames: &BTreeMap<String, String>,
    ) -> Result<Self, TidyError> {
        let document = parse(path, text)?;
        let root = document.get_ref();
        let name = get(root, &["package", "name"])
            .and_then(DeValue::as_str)
            .ok_or_else(|| TidyError::MissingKey { path: path.to_path_buf(), key: "package.name" })?
            .to_owned();

        let mut dependencies = Vec::new();
        let targets = get(root, &["target"]).and_then(DeValue::as_table);
        let targets = targets.into_iter().flat_map(|table| table.values());
        let holders = targets.filter_map(|target| target.get_ref().as_table());
        for holder in std::iter::once(root).chain(holders) {
            for kind in DependencyKind::ALL {
                let Some(table) = get(holder, &[kind.table()]).and_then(DeValue::as_table) else { continue };
                dependencies.extend(table.iter().map(|(key, value)| Dependency {
                    package: package_name(key.get_ref(), value, renames),
                    kind,
                    line: line_of(text, key.span().start),
                }));
            }
        }
        let inherits =
            |keys: &[&str]| get(root, keys).and_then(DeValue::as_bool).is_some_and(|inherits| inherits);
        Ok(Self {
            path: path.to_path_buf(),
            name,
            dependencies,
            inherits_lints: inherits(&["lints", "workspace"]),
            inherits_license: inherits(&["package", "license", "workspace"]),
        })
    }
}

/// The manifest of the workspace.
#[derive(Debug)]
pub(super) struct RootManifest {
    /// `workspace.members`, globs not expanded.
    pub(super) members: Vec<String>,
    /// Keys of `workspace.dependencies` that differ from the package's name.
    pub(super) renames: BTreeMap<String, String>,
}

impl RootManifest {
    /// Reads the workspace's manifest.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, TidyError> {
        let document = parse(path, text)?;
        let members = get(document.get_ref(), &["workspace", "members"])
            .and_then(DeValue::as_array)
            .and_then(|members| {
                members.iter().map(|member| member.get_ref().as_str().map(str::to_owned)).collect()
            })
            .ok_or_else(|| TidyError::MissingKey { path: path.to_path_buf(), key: "workspace.members" })?;
        let shared = get(document.get_ref(), &["workspace", "dependencies"]).and_then(DeValue::as_table);
        let renames = shared
            .into_iter()
            .flat_map(|table| table.iter())
            .filter_map(|(key, value)| Some((key.get_ref().to_string(), rename(value)?)))
            .collect();
        Ok(Self { members, renames })
    }
}

fn parse<'a>(path: &Path, text: &'a str) -> Result<Spanned<DeTable<'a>>, TidyError> {
    DeTable::parse(text)
        .map_err(|source| TidyError::Toml { path: path.to_path_buf(), source: Box::new(source) })
}

fn get<'a, 'i>(table: &'a DeTable<'i>, keys: &[&str]) -> Option<&'a DeValue<'i>> {
    let (first, rest) = keys.split_first()?;
    let value = table.get(*first)?.get_ref();
    if rest.is_empty() { Some(value) } else { get(value.as_table()?, rest) }
}

/// The package that an entry of a dependency table means.
fn package_name(key: &str, value: &Spanned<DeValue<'_>>, renames: &BTreeMap<String, String>) -> String {
    let inherited = value.get_ref().as_table().is_some_and(|table| table.contains_key("workspace"));
    let shared = if inherited { renames.get(key).cloned() } else { None };
    shared.or_else(|| rename(value)).unwrap_or_else(|| key.to_owned())
}

/// The value of `package` in an entry that renames its package.
fn rename(entry: &Spanned<DeValue<'_>>) -> Option<String> {
    get(entry.get_ref().as_table()?, &["package"])?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"[package]
name = "a"
license.workspace = true
[lints]
workspace = true
[dependencies]
burn.workspace = true
frames = { package = "polars", version = "1" }
shared.workspace = true
[dev-dependencies.serde]
version = "1"
[target.'cfg(unix)'.build-dependencies]
cc = "1"
"#;

    #[test]
    fn all_tables_are_read_and_renames_seen_through() {
        let renames = BTreeMap::from([("shared".to_owned(), "tracing".to_owned())]);
        let manifest = Manifest::parse(Path::new("a/Cargo.toml"), TEXT, &renames).unwrap();
        assert_eq!(manifest.name, "a");
        assert!(manifest.inherits_lints && manifest.inherits_license);
        let mut found: Vec<_> =
            manifest.dependencies.iter().map(|d| (d.line, d.package.as_str(), d.kind)).collect();
        found.sort_by_key(|&(line, ..)| line);
        use DependencyKind::{Build, Dev, Normal};
        assert_eq!(
            found,
            [
                (7, "burn", Normal),
                (8, "polars", Normal),
                (9, "tracing", Normal),
                (10, "serde", Dev),
                (13, "cc", Build)
            ]
        );
    }

    #[test]
    fn members_and_renames_of_the_workspace_are_read() {
        let text = "[workspace]\nmembers = [\"a\"]\n[workspace.dependencies]\n\
                    b = { package = \"c\", version = \"1\" }\nd = \"1\"\n";
        let root = RootManifest::parse(Path::new("Cargo.toml"), text).unwrap();
        assert_eq!(root.members, ["a"]);
        assert_eq!(root.renames, BTreeMap::from([("b".to_owned(), "c".to_owned())]));
    }

    #[test]
    fn a_manifest_without_a_name_or_without_sense_is_refused() {
        let parse = |text| Manifest::parse(Path::new("Cargo.toml"), text, &BTreeMap::new()).unwrap_err();
        assert!(matches!(parse("[package]\n"), TidyError::MissingKey { key: "package.name", .. }));
        assert!(matches!(parse("[package\n"), TidyError::Toml { .. }));
    }
}
