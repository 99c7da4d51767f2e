//! The resolved dependencies of `Cargo.lock`.

use std::path::Path;

use serde::Deserialize;

use super::super::error::TidyError;

/// `Cargo.lock`, as far as the rules read it.
#[derive(Debug, Deserialize)]
pub(in crate::tidy) struct Lockfile {
    #[serde(rename = "package", default)]
    packages: Vec<LockedPackage>,
}

/// One package in one version.
#[derive(Debug, Deserialize)]
pub(in crate::tidy) struct LockedPackage {
    /// The package's name.
    pub(in crate::tidy) name: String,
    /// Its version.
    version: String,
    /// `name`, or `name version` where several versions are locked.
    #[serde(default)]
    dependencies: Vec<String>,
}

impl Lockfile {
    /// Reads the lock file.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, TidyError> {
        toml::from_str(text)
            .map_err(|source| TidyError::Toml { path: path.to_path_buf(), source: Box::new(source) })
    }

    /// The package of this name; `None` where there is none. A workspace's own packages are unique.
    pub(in crate::tidy) fn package(&self, name: &str) -> Option<&LockedPackage> {
        self.resolve(name)
    }

    /// What `package` depends on, optional and (for members) development dependencies included.
    pub(in crate::tidy) fn dependencies<'a>(
        &'a self,
        package: &'a LockedPackage,
    ) -> impl Iterator<Item = &'a LockedPackage> {
        package.dependencies.iter().filter_map(|reference| self.resolve(reference))
    }

    fn resolve(&self, reference: &str) -> Option<&LockedPackage> {
        let mut words = reference.split(' ');
        let name = words.next()?;
        let version = words.next();
        self.packages
            .iter()
            .find(|package| package.name == name && version.is_none_or(|version| package.version == version))
    }
}

impl LockedPackage {
    /// What tells this package from every other of the lock file.
    pub(in crate::tidy) fn id(&self) -> (&str, &str) {
        (&self.name, &self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_by_version_where_there_are_several() {
        let text = "version = 4\n\
            [[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\"b 2.0.0\", \"c\"]\n\
            [[package]]\nname = \"b\"\nversion = \"1.0.0\"\n\
            [[package]]\nname = \"b\"\nversion = \"2.0.0\"\n\
            [[package]]\nname = \"c\"\nversion = \"1.0.0\"\n";
        let lockfile = Lockfile::parse(Path::new("Cargo.lock"), text).unwrap();
        let a = lockfile.package("a").unwrap();
        let found: Vec<_> = lockfile.dependencies(a).map(LockedPackage::id).collect();
        assert_eq!(found, [("b", "2.0.0"), ("c", "1.0.0")]);
        assert!(lockfile.package("d").is_none());
    }
}
