//! Sequences from prepared folders, where there are any.

use std::path::Path;

use seqrec_data::{
    Manifest, PrepareConfig, Sequences, SkippedRows, SyntheticConfig, load_with,
    prepared::{Origin, PreparedStore, Stored, is_prepared, prepared_key, read_prepared},
};

use crate::{
    cli::DataSource,
    data::{find_manifest, locate},
    error::{Result, RunError},
    recipe::DataConfig,
};

/// Name of the data that is generated.
const SYNTHETIC: &str = "synthetic";

/// Folder of the prepared data sets in the cache.
const STORE: &str = "prepared";

/// Sequences, and what is to be said of them.
pub struct Named {
    /// Name of the data set.
    pub name: String,
    pub sequences: Sequences,
    /// Rows of its files that were left out.
    pub skipped: SkippedRows,
}

/// The sequences that are wanted.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    pub dataset: &'a str,
    pub keep: Option<&'a [String]>,
    pub prepare: &'a PrepareConfig,
    pub synthetic: &'a SyntheticConfig,
}

impl<'a> From<&'a DataConfig> for Wanted<'a> {
    fn from(config: &'a DataConfig) -> Self {
        let DataConfig { dataset, keep, prepare, synthetic, .. } = config;
        Self { dataset, keep: keep.as_deref(), prepare, synthetic }
    }
}

impl Wanted<'_> {
    /// Whether a prepared folder is meant. A folder that happens to have the name of a data set is not.
    fn is_folder(self) -> bool {
        !Manifest::builtin_names().any(|name| name == self.dataset) && is_prepared(self.dataset)
    }

    fn manifest(self) -> Result<Manifest> {
        let manifest = find_manifest(self.dataset)?;
        Ok(match self.keep {
            Some(values) => manifest.keeping(values)?,
            None => manifest,
        })
    }
}

/// The sequences of a data set, of a prepared folder, or of the synthetic data.
pub fn sequences<'a>(wanted: impl Into<Wanted<'a>>, source: &DataSource) -> Result<Named> {
    let wanted = wanted.into();
    match wanted.dataset {
        SYNTHETIC => Ok(Named {
            name: SYNTHETIC.to_owned(),
            sequences: wanted.synthetic.generate()?.sequences,
            skipped: SkippedRows::default(),
        }),
        _ if wanted.is_folder() => from_folder(Path::new(wanted.dataset), wanted.prepare),
        _ if source.no_prepared => {
            let manifest = wanted.manifest()?;
            let files = locate(&manifest, source.data_dir.as_deref())?;
            let (dataset, skipped) = load_with(&manifest, files, source.on_bad_rows.into())?;
            tell(&manifest.name, &skipped);
            Ok(Named { name: manifest.name, sequences: dataset.prepare(wanted.prepare)?, skipped })
        }
        _ => {
            let (name, Stored { sequences, skipped, .. }) = stored(wanted, source)?;
            Ok(Named { name, sequences, skipped })
        }
    }
}

/// Name of a data set, and what the store in the cache has of it, prepared now if it has nothing.
pub fn stored<'a>(wanted: impl Into<Wanted<'a>>, source: &DataSource) -> Result<(String, Stored)> {
    let wanted = wanted.into();
    let manifest = wanted.manifest()?;
    let files = locate(&manifest, source.data_dir.as_deref())?;
    let store = PreparedStore::new(seqrec_data::fetch::default_cache_dir()?.join(STORE));
    let stored = store.prepare(&manifest, files, source.on_bad_rows.into(), wanted.prepare)?;
    let (name, dir) = (&manifest.name, stored.dir.display());
    match &stored.origin {
        Origin::Found => eprintln!("{name}: prepared data from {dir}"),
        Origin::Prepared => eprintln!("{name}: prepared data kept in {dir}"),
        Origin::Replaced { damage } => eprintln!("{name}: {damage}; prepared anew"),
        Origin::NotWritten { reason } => eprintln!("{name}: prepared data not kept: {reason}"),
    }
    tell(name, &stored.skipped);
    Ok((manifest.name, stored))
}

/// Says which rows were left out.
fn tell(name: &str, skipped: &SkippedRows) {
    if skipped.total() == 0 {
        return;
    }
    eprintln!("{name}: {} bad rows left out", skipped.total());
    for (reason, count) in &skipped.reasons {
        eprintln!("  {count:>9}  {reason}");
    }
    for row in &skipped.examples {
        eprintln!("  {}:{}: {}", row.file.display(), row.line, row.reason);
    }
}

/// The key of a data set; `None` for data that is not made from files.
pub fn key<'a>(wanted: impl Into<Wanted<'a>>, source: &DataSource) -> Result<Option<String>> {
    let wanted = wanted.into();
    if wanted.dataset == SYNTHETIC || wanted.is_folder() {
        return Ok(None);
    }
    let manifest = wanted.manifest()?;
    let files = locate(&manifest, source.data_dir.as_deref())?;
    Ok(Some(prepared_key(&manifest, files, source.on_bad_rows.into(), wanted.prepare)?))
}

/// A folder that was prepared before, perhaps by another program. The recipe must ask for what it has.
fn from_folder(dir: &Path, prepare: &PrepareConfig) -> Result<Named> {
    let (sequences, card) = read_prepared(dir)?;
    if card.prepare != *prepare {
        let message = format!(
            "{} was prepared with {:?}, but the recipe asks for {:?}",
            dir.display(),
            card.prepare,
            prepare
        );
        return Err(RunError::Usage(message));
    }
    tell(&card.name, &card.skipped);
    Ok(Named { name: card.name, sequences, skipped: card.skipped })
}

#[cfg(test)]
mod tests {
    use super::*;
    use seqrec_data::prepared::{Description, write_prepared};

    #[test]
    fn a_folder_takes_the_place_of_a_data_set_if_the_recipe_fits() {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("own");
        let mut config = crate::recipe::resolve("comirec-sa", Some("synthetic"), &[]).unwrap().data;
        let of = |config: &DataConfig| sequences(config, &DataSource::default());
        let made = of(&config).unwrap().sequences;
        let skipped = SkippedRows::default();
        let description = Description {
            name: "own",
            prepare: &config.prepare,
            skipped: &skipped,
            key: None,
            partitions: 3,
        };
        write_prepared(&made, &description, &dir).unwrap();

        config.dataset = dir.to_string_lossy().into_owned();
        let Named { name, sequences: read, .. } = of(&config).unwrap();
        assert!(name == "own" && read == made);
        config.prepare.min_rating = Some(3.0);
        let error = of(&config).map(drop).unwrap_err().to_string();
        assert!(error.contains("own was prepared with") && error.contains("Some(3.0)"), "{error}");
    }
}
