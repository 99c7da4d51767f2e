//! Writes sequences as a prepared folder.

use std::path::Path;

use super::card::{FILE, FORMAT, PreparedCard};
use super::contents::contents;
use super::names::Names;
use super::output::Output;
use super::{events, items, users};
use crate::error::{Error, Result};
use crate::prepare::PrepareConfig;
use crate::read::SkippedRows;
use crate::sequences::Sequences;
use crate::staging::{self, Staging};

/// What a card says besides what can be counted.
#[derive(Debug, Clone)]
pub struct Description<'a> {
    /// Name of the data set.
    pub name: &'a str,
    /// Settings that the sequences were prepared with.
    pub prepare: &'a PrepareConfig,
    /// Rows that were left out when the files were read.
    pub skipped: &'a SkippedRows,
    /// [`prepared_key`](super::prepared_key) of input files and settings; `None` for sequences that
    /// were not made from files.
    pub key: Option<&'a str>,
    /// Partitions of the events by [`user_hash`](super::user_hash); 1 is no partition.
    pub partitions: u32,
}

/// Writes the folder `dir`, which must not exist or be empty.
///
/// It appears all at once, by a rename: whoever is killed while writing leaves a hidden folder beside
/// it, which the next one that writes there removes.
///
/// # Errors
/// [`Error::Config`] for 0 partitions, [`Error::TargetNotEmpty`], [`Error::Io`].
pub fn write_prepared(
    sequences: &Sequences,
    description: &Description<'_>,
    dir: impl AsRef<Path>,
) -> Result<PreparedCard> {
    let Description { name, prepare, skipped, key, partitions } = *description;
    if partitions == 0 {
        return Err(Error::Config { field: "partitions", value: "0".to_owned(), rule: "at least 1" });
    }
    let staging = Staging::beside(dir.as_ref())?;
    let folder = staging.path();
    let mut output = Output::new(&folder);
    events::write(sequences, partitions, &mut output)?;
    items::write(sequences, &mut output)?;
    users::write(sequences, &mut output)?;
    Names::of_all(sequences).write(&mut output)?;
    let card = PreparedCard {
        format: FORMAT,
        name: name.to_owned(),
        users: sequences.num_users(),
        items: sequences.num_items(),
        events: sequences.num_events(),
        raw: sequences.raw_counts(),
        skipped: skipped.clone(),
        time_unit: sequences.time_unit(),
        prepare: *prepare,
        partitions,
        key: key.map(str::to_owned),
        contents: Some(contents(sequences)),
        files: Some(output.into_files()),
    };
    staging::write(&folder.join(FILE), &card.to_json())?;
    staging.commit()?;
    Ok(card)
}
