//! Files that are there whole or not at all.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

/// Writes beside `path` and renames, so that there is the old file or the new one. What a failure leaves
/// behind is overwritten by the next try.
pub fn write(path: &Path, contents: impl AsRef<[u8]>) -> io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let mut file = fs::File::create(&partial)?;
    file.write_all(contents.as_ref())?;
    file.sync_all()?;
    fs::rename(&partial, path)
}
