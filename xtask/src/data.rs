//! From a data set's name to prepared sequences.

use std::path::{Path, PathBuf};

use seqrec_data::{
    DataCard, Manifest, Sequences, Split,
    fetch::{self, Checksum, ExpectedFile, Layout, Request, Source},
    manifest,
};

use crate::{
    error::{Result, RunError},
    progress::FetchProgress,
    recipe::DataConfig,
};

/// Sequences and split of a recipe, with their card.
pub struct Prepared {
    pub sequences: Sequences,
    pub split: Split,
    pub card: DataCard,
}

/// Finds, reads, filters and splits what `config` names.
pub fn prepare(config: &DataConfig, data_dir: Option<&Path>) -> Result<Prepared> {
    let sequences = match config.dataset.as_str() {
        "synthetic" => config.synthetic.generate()?.sequences,
        name => {
            let manifest = find_manifest(name)?;
            let located = locate(&manifest, data_dir)?;
            seqrec_data::load(&manifest, &located)?.prepare(&config.prepare)?
        }
    };
    let split = config.split.split(&sequences)?;
    let card = DataCard::new(&config.dataset, &sequences, &split, &config.prepare, &config.split);
    Ok(Prepared { sequences, split, card })
}

/// A built-in manifest, or the one in a file.
pub fn find_manifest(name: &str) -> Result<Manifest> {
    Ok(match name.ends_with(".toml") {
        true => Manifest::from_path(name)?,
        false => Manifest::builtin(name)?,
    })
}

/// The folder with the data set's files, fetched if need be.
pub fn locate(manifest: &Manifest, data_dir: Option<&Path>) -> Result<PathBuf> {
    let request = request(manifest, data_dir)?;
    let mut progress = FetchProgress::new(&manifest.name);
    let located = fetch::locate(&request, &mut progress)?;
    progress.finish(&located);
    Ok(located.dir)
}

/// Whether the files are on this machine already.
pub fn is_here(manifest: &Manifest) -> Result<bool> {
    let mut request = request(manifest, None)?;
    request.layouts.iter_mut().for_each(|layout| layout.sources.clear());
    Ok(fetch::locate(&request, &mut fetch::Silent).is_ok())
}

fn request(manifest: &Manifest, data_dir: Option<&Path>) -> Result<Request> {
    let mut official = Layout { files: files(&manifest.files)?, sources: Vec::new() };
    let mut others = Vec::new();
    for source in &manifest.sources {
        match source {
            manifest::Source::Zip(zip) => official.sources.push(Source::Zip {
                url: zip.url.clone(),
                checksum: checksum(zip.sha256.as_deref().map(|hex| ("sha256", hex)))?
                    .or(checksum(zip.md5.as_deref().map(|hex| ("md5", hex)))?),
                bytes: None,
                strip_prefix: prefix(&zip.prefix),
            }),
            manifest::Source::Pip(pip) => {
                let source = Source::Pip {
                    package: pip.package.clone(),
                    checksum: checksum(pip.sha256.as_deref().map(|hex| ("sha256", hex)))?,
                    inner_prefix: pip.prefix.clone(),
                };
                match pip.files.is_empty() {
                    true => official.sources.push(source),
                    false => others.push(Layout { files: files(&pip.files)?, sources: vec![source] }),
                }
            }
        }
    }
    let mut layouts = vec![official];
    layouts.append(&mut others);
    Ok(Request {
        name: manifest.folder().to_owned(),
        layouts,
        data_dir: data_dir.map(Path::to_owned).or_else(fetch::data_dir_from_env),
        cache_dir: fetch::default_cache_dir()?,
    })
}

fn files(entries: &[manifest::FileEntry]) -> Result<Vec<ExpectedFile>> {
    entries
        .iter()
        .map(|entry| {
            Ok(ExpectedFile {
                path: PathBuf::from(&entry.path),
                checksum: checksum(entry.sha256.as_deref().map(|hex| ("sha256", hex)))?,
                bytes: entry.bytes,
            })
        })
        .collect()
}

fn checksum(given: Option<(&str, &str)>) -> Result<Option<Checksum>> {
    given.map(|(kind, hex)| format!("{kind}:{hex}").parse().map_err(RunError::Fetch)).transpose()
}

fn prefix(path: &str) -> Option<String> {
    (!path.is_empty()).then(|| path.to_owned())
}
