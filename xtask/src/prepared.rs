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

/// The sequences of a data set, of a prepared folder, or of the synthetic data.
pub fn sequences(
    dataset: &str,
    prepare: &PrepareConfig,
    synthetic: &SyntheticConfig,
    source: &DataSource,
) -> Result<Named> {
    match dataset {
        SYNTHETIC => Ok(Named {
            name: SYNTHETIC.to_owned(),
            sequences: synthetic.generate()?.sequences,
            skipped: SkippedRows::default(),
        }),
        folder if is_prepared(folder) => from_folder(Path::new(folder), prepare),
        dataset => {
            let manifest = find_manifest(dataset)?;
            let (sequences, skipped) = match source.no_prepared {
                true => {
                    let files = locate(&manifest, source.data_dir.as_deref())?;
                    let (dataset, skipped) = load_with(&manifest, files, source.on_bad_rows.into())?;
                    tell(&manifest.name, &skipped);
                    (dataset.prepare(prepare)?, skipped)
                }
                false => {
                    let stored = stored(&manifest, prepare, source)?;
                    (stored.sequences, stored.skipped)
                }
            };
            Ok(Named { name: manifest.name, sequences, skipped })
        }
    }
}

/// What the store in the cache has of a data set, prepared now if it has nothing.
pub fn stored(manifest: &Manifest, prepare: &PrepareConfig, source: &DataSource) -> Result<Stored> {
    let files = locate(manifest, source.data_dir.as_deref())?;
    let store = PreparedStore::new(seqrec_data::fetch::default_cache_dir()?.join(STORE));
    let stored = store.prepare(manifest, files, source.on_bad_rows.into(), prepare)?;
    let (name, dir) = (&manifest.name, stored.dir.display());
    match &stored.origin {
        Origin::Found => eprintln!("{name}: prepared data from {dir}"),
        Origin::Prepared => eprintln!("{name}: prepared data kept in {dir}"),
        Origin::Replaced { damage } => eprintln!("{name}: {damage}; prepared anew"),
        Origin::NotWritten { reason } => eprintln!("{name}: prepared data not kept: {reason}"),
    }
    tell(name, &stored.skipped);
    Ok(stored)
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
pub fn key(dataset: &str, prepare: &PrepareConfig, source: &DataSource) -> Result<Option<String>> {
    if dataset == SYNTHETIC || is_prepared(dataset) {
        return Ok(None);
    }
    let manifest = find_manifest(dataset)?;
    let files = locate(&manifest, source.data_dir.as_deref())?;
    Ok(Some(prepared_key(&manifest, files, source.on_bad_rows.into(), prepare)?))
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
    use crate::recipe::DataConfig;
    use seqrec_data::prepared::{Description, write_prepared};

    #[test]
    fn a_folder_takes_the_place_of_a_data_set_if_the_recipe_fits() {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("own");
        let mut config = crate::recipe::resolve("comirec-sa", Some("synthetic"), &[]).unwrap().data;
        let of = |config: &DataConfig| {
            sequences(&config.dataset, &config.prepare, &config.synthetic, &DataSource::default())
        };
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
