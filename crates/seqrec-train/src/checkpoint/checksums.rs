use std::{fs::File, io::Read as _, path::Path};

use sha2::{Digest as _, Sha256};

use super::files::{failed, read, write};
use crate::Result;

/// Holds the checksums of a checkpoint's files, in the format of `sha256sum`.
pub(super) const CHECKSUMS: &str = "SHA256SUMS";

/// Writes the checksums of `files` in `folder`.
pub(super) fn write_checksums(folder: &Path, files: &[&str]) -> Result<()> {
    let lines = files
        .iter()
        .map(|name| Ok(format!("{}  {name}\n", sha256(&folder.join(name))?)))
        .collect::<Result<String>>()?;
    write(&folder.join(CHECKSUMS), lines.as_bytes())
}

/// Checks that `files` in `folder` are what was written.
///
/// # Errors
///
/// [`TrainError::Checkpoint`](crate::TrainError::Checkpoint) naming the first file that is missing,
/// not listed or different.
pub(super) fn verify(folder: &Path, files: &[&str]) -> Result<()> {
    let list = folder.join(CHECKSUMS);
    let text = String::from_utf8(read(&list)?).map_err(|error| failed(&list, error))?;
    for name in files {
        let path = folder.join(name);
        let found = sha256(&path)?;
        let listed = text.lines().filter_map(|line| line.split_once("  ")).find(|(_, file)| file == name);
        match listed {
            Some((expected, _)) if expected == found => {}
            Some(_) => return Err(failed(&path, format!("damaged: differs from its line in {CHECKSUMS}"))),
            None => return Err(failed(&list, format!("damaged: has no line for {name}"))),
        }
    }
    Ok(())
}

/// SHA-256 of a file, as hexadecimal.
pub(super) fn sha256(path: &Path) -> Result<String> {
    let mut file = File::open(path).map_err(|error| failed(path, error))?;
    let mut hasher = Sha256::new();
    let mut block = vec![0; 1 << 16];
    loop {
        match file.read(&mut block).map_err(|error| failed(path, error))? {
            0 => break,
            count => hasher.update(&block[..count]),
        }
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
