//! A folder of prepared data sets, found by their key.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::key::prepared_key;
use super::read::read_prepared;
use super::write::{Description, write_prepared};
use crate::dataset::load_with;
use crate::error::{Error, Result};
use crate::manifest::Manifest;
use crate::prepare::PrepareConfig;
use crate::read::{OnBadRows, SkippedRows};
use crate::sequences::Sequences;

/// Digits of the key in the name of a folder. The card has all of them.
const DIGITS: usize = 16;

/// Prepared data sets below one folder, one `NAME-KEY` each. Everything in it can be made again, so
/// that it may be deleted at any time.
#[derive(Debug, Clone)]
pub struct PreparedStore {
    root: PathBuf,
}

/// Sequences, and how the store came by them.
#[derive(Debug)]
pub struct Stored {
    /// The sequences.
    pub sequences: Sequences,
    /// Rows of the files that were left out, now or when the folder was written.
    pub skipped: SkippedRows,
    /// Their folder.
    pub dir: PathBuf,
    /// Where they came from.
    pub origin: Origin,
}

/// Where sequences came from.
#[derive(Debug)]
pub enum Origin {
    /// Read from the prepared folder.
    Found,
    /// Prepared from the files and written to the folder.
    Prepared,
    /// As `Prepared`, in place of a folder that was damaged.
    Replaced {
        /// What was wrong with it.
        damage: Error,
    },
    /// Prepared from the files; the folder could not be written.
    NotWritten {
        /// Why not.
        reason: Error,
    },
}

/// What there is under a key.
enum Look {
    Found(Box<Sequences>, SkippedRows),
    Absent,
    Damaged(Error),
}

impl PreparedStore {
    /// The store in the folder `root`, which is created when something is written to it.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The data set that `manifest` describes, from the files in `dir`, prepared by `config`: from the
    /// prepared folder of the same [`prepared_key`], and otherwise from the files.
    ///
    /// Of several processes that need the same folder one prepares it and the others wait.
    ///
    /// # Errors
    /// What [`prepared_key`], [`load_with`] and [`Dataset::prepare`](crate::Dataset::prepare) report, and
    /// [`Error::Changed`] when the files are other ones after they were read. A store that cannot
    /// be read or written is no error but an [`Origin`].
    pub fn prepare(
        &self,
        manifest: &Manifest,
        dir: impl AsRef<Path>,
        on_bad_rows: OnBadRows,
        config: &PrepareConfig,
    ) -> Result<Stored> {
        let files = dir.as_ref();
        let key = prepared_key(manifest, files, on_bad_rows, config)?;
        let dir = self.root.join(folder_name(&manifest.name, &key));
        if let Look::Found(sequences, skipped) = look(&dir, &key) {
            return Ok(Stored { sequences: *sequences, skipped, dir, origin: Origin::Found });
        }
        let lock = lock(&dir);
        // Whoever held the lock before has perhaps done the work.
        let damage = match look(&dir, &key) {
            Look::Found(sequences, skipped) => {
                return Ok(Stored { sequences: *sequences, skipped, dir, origin: Origin::Found });
            }
            Look::Absent => None,
            Look::Damaged(damage) => Some(damage),
        };
        let (dataset, skipped) = load_with(manifest, files, on_bad_rows)?;
        let sequences = dataset.prepare(config)?;
        if prepared_key(manifest, files, on_bad_rows, config)? != key {
            return Err(Error::Changed { path: files.to_owned() });
        }
        let description = Description {
            name: &manifest.name,
            prepare: config,
            skipped: &skipped,
            key: Some(&key),
            partitions: 1,
        };
        let written = lock.and_then(|_lock| {
            if damage.is_some() {
                fs::remove_dir_all(&dir).map_err(|error| Error::io(&dir, error))?;
            }
            write_prepared(&sequences, &description, &dir)
        });
        let origin = match (written, damage) {
            (Ok(_), None) => Origin::Prepared,
            (Ok(_), Some(damage)) => Origin::Replaced { damage },
            (Err(reason), _) => Origin::NotWritten { reason },
        };
        Ok(Stored { sequences, skipped, dir, origin })
    }
}

fn look(dir: &Path, key: &str) -> Look {
    if !dir.exists() {
        return Look::Absent;
    }
    match read_prepared(dir) {
        Ok((sequences, card)) if card.key.as_deref() == Some(key) => {
            Look::Found(Box::new(sequences), card.skipped)
        }
        Ok(_) => Look::Damaged(Error::BadPrepared {
            path: dir.to_owned(),
            reason: "its key is not the one in its name".to_owned(),
        }),
        Err(error) => Look::Damaged(error),
    }
}

/// Waits until no other process prepares the same folder. Closing the file gives the lock up.
fn lock(dir: &Path) -> Result<File> {
    let path = dir.with_extension("lock");
    let io = |error| Error::io(&path, error);
    if let Some(root) = dir.parent() {
        fs::create_dir_all(root).map_err(io)?;
    }
    let file = File::create(&path).map_err(io)?;
    file.lock().map_err(io)?;
    Ok(file)
}

/// Name and start of the key. A name may hold what a folder's name may not.
fn folder_name(name: &str, key: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' };
    let name: String = name.chars().map(plain).collect();
    format!("{name}-{}", &key[..DIGITS])
}
