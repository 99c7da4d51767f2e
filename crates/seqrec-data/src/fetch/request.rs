//! What a caller asks for.

use std::path::{Component, Path, PathBuf};

use super::checksum::Checksum;
use super::error::FetchError;

/// A file that a data set must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedFile {
    /// Path relative to the set's folder, with `/` between its parts.
    pub path: PathBuf,
    /// Its published checksum.
    pub checksum: Option<Checksum>,
    /// Its size in bytes.
    pub bytes: Option<u64>,
}

impl ExpectedFile {
    /// A file that only has to be there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), checksum: None, bytes: None }
    }
}

/// A place on the network that publishes the files of a layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A zip archive, stored or deflated.
    Zip {
        /// Its address. Plain `http` is accepted only where SHA-256 checksums cover what comes over it.
        url: String,
        /// The archive's checksum.
        checksum: Option<Checksum>,
        /// The archive's size in bytes.
        bytes: Option<u64>,
        /// Folder inside the archive that becomes the set's folder. Entries outside are left out.
        strip_prefix: Option<String>,
    },
    /// A Python wheel that ships the files, taken with `pip download`.
    Pip {
        /// Package and version, for example `recbole==1.2.1`.
        package: String,
        /// The wheel's checksum.
        checksum: Option<Checksum>,
        /// Folder inside the wheel that becomes the set's folder.
        inner_prefix: String,
    },
}

impl Source {
    /// The address or package, for messages.
    pub(super) fn place(&self) -> String {
        match self {
            Self::Zip { url, .. } => url.clone(),
            Self::Pip { package, .. } => format!("pip download {package}"),
        }
    }
}

/// One form in which a set is published: its files, and who publishes them in that form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The files that make the set complete.
    pub files: Vec<ExpectedFile>,
    /// Where they are published, best first.
    pub sources: Vec<Source>,
}

/// A data set to be located.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Name of the set, which is also the name of its folder.
    pub name: String,
    /// The forms it comes in, best first. The first is the official one.
    pub layouts: Vec<Layout>,
    /// A folder that holds the set's files, or holds a folder `name` with them.
    pub data_dir: Option<PathBuf>,
    /// Where fetched sets are kept, one folder per set.
    pub cache_dir: PathBuf,
}

impl Request {
    /// The set's folder in the cache.
    pub fn cached_dir(&self) -> PathBuf {
        self.cache_dir.join(&self.name)
    }

    /// Rejects what could not be fetched, or would write outside the set's folder.
    pub(super) fn check(&self) -> Result<(), FetchError> {
        let invalid = |reason: String| Err(FetchError::InvalidRequest { name: self.name.clone(), reason });
        if Path::new(&self.name).components().count() != 1
            || !is_plain(Path::new(&self.name))
            || self.name.starts_with('.')
        {
            return invalid("a set's name must be usable as a folder name".into());
        }
        if self.layouts.is_empty() {
            return invalid("it has no layout".into());
        }
        for layout in &self.layouts {
            if layout.files.is_empty() {
                return invalid("a layout names no file".into());
            }
            if let Some(file) = layout.files.iter().find(|file| !is_plain(&file.path)) {
                return invalid(format!(
                    "`{}` is not a relative path inside the set's folder",
                    file.path.display()
                ));
            }
            for source in &layout.sources {
                if let Some(reason) = source.fault(layout) {
                    return invalid(reason);
                }
            }
        }
        Ok(())
    }
}

impl Source {
    fn fault(&self, layout: &Layout) -> Option<String> {
        match self {
            Self::Zip { url, checksum, .. } => {
                let proven = |checksum: &Option<Checksum>| checksum.is_some_and(Checksum::withstands_forgery);
                let verified = proven(checksum) || layout.files.iter().all(|file| proven(&file.checksum));
                if url.starts_with("https://") || (url.starts_with("http://") && verified) {
                    None
                } else {
                    Some(format!(
                        "`{url}` is not an https address, and no SHA-256 checksum vouches for its content"
                    ))
                }
            }
            // A leading dash would be read by pip as an option.
            Self::Pip { package, .. } => (!package.starts_with(|first: char| first.is_ascii_alphanumeric()))
                .then(|| format!("`{package}` is not a package name")),
        }
    }
}

/// Whether a path is relative and made of names only.
fn is_plain(path: &Path) -> bool {
    path.components().next().is_some() && path.components().all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(name: &str, file: &str, source: Source) -> Request {
        Request {
            name: name.into(),
            layouts: vec![Layout { files: vec![ExpectedFile::new(file)], sources: vec![source] }],
            data_dir: None,
            cache_dir: "cache".into(),
        }
    }

    fn zip(url: &str, checksum: Option<Checksum>) -> Source {
        Source::Zip { url: url.into(), checksum, bytes: None, strip_prefix: None }
    }

    fn pip(package: &str) -> Source {
        Source::Pip { package: package.into(), checksum: None, inner_prefix: "x".into() }
    }

    #[test]
    fn sound_requests_pass() {
        let checksum = Some(Checksum::sha256(b"x"));
        for source in [
            zip("https://example.org/a.zip", None),
            zip("http://example.org/a.zip", checksum),
            pip("recbole==1.2.1"),
        ] {
            request("ml-100k", "raw/u.data", source).check().unwrap();
        }
    }

    #[test]
    fn unsound_requests_are_refused() {
        let good = || zip("https://example.org/a.zip", None);
        for bad in [
            request("", "f", good()),
            request("..", "f", good()),
            request(".hidden", "f", good()),
            request("a/b", "f", good()),
            request("/a", "f", good()),
            request("a", "", good()),
            request("a", "../f", good()),
            request("a", "/f", good()),
            request("a", "f", zip("http://example.org/a.zip", None)),
            request("a", "f", zip("http://example.org/a.zip", Some(Checksum::Md5([0; 16])))),
            request("a", "f", zip("file:///a.zip", Some(Checksum::sha256(b"x")))),
            request("a", "f", pip("--index-url=http://evil.example")),
            Request { layouts: vec![], ..request("a", "f", good()) },
        ] {
            let error = bad.check().unwrap_err();
            assert!(matches!(error, FetchError::InvalidRequest { .. }), "{bad:?}");
        }
    }
}
