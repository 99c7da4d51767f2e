//! Every file of the tree that belongs to the repository.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::super::error::TidyError;

/// Hidden folders that hold configuration of the project; the others are private to a machine.
const HIDDEN_BUT_TRACKED: [&str; 4] = [".cargo", ".ci", ".config", ".github"];

/// Larger files are not read: no source, manifest or page comes near it.
const MAX_TEXT_BYTES: u64 = 4 << 20;

/// A file of the tree.
#[derive(Debug)]
pub(in crate::tidy) struct File {
    /// Relative to the root.
    pub(in crate::tidy) path: PathBuf,
    /// Size in bytes.
    pub(in crate::tidy) bytes: u64,
    /// The contents where they are UTF-8 and at most 4 MiB.
    pub(in crate::tidy) text: Option<String>,
}

/// Reads every file below `root`, sorted by path.
///
/// Left out are folders named `target`, hidden folders that are not the project's, `.git` (a file in a
/// further work tree), symbolic links, and what the root's `.gitignore` anchors to the root (lines like
/// `/runs`).
///
/// # Errors
///
/// [`TidyError::Io`] where a folder or file cannot be read.
pub(super) fn walk(root: &Path) -> Result<Vec<File>, TidyError> {
    let ignored = ignored(root)?;
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let failed = |source| TidyError::Io { path: folder.clone(), source };
        for entry in fs::read_dir(root.join(&folder)).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let path = folder.join(entry.file_name());
            if ignored.contains(&path) {
                continue;
            }
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_dir() {
                if is_walked(&entry.file_name().to_string_lossy()) {
                    folders.push(path);
                }
            } else if kind.is_file() && entry.file_name() != ".git" {
                files.push(
                    read(&entry.path(), path.clone()).map_err(|source| TidyError::Io { path, source })?,
                );
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn is_walked(folder: &str) -> bool {
    folder != "target" && (!folder.starts_with('.') || HIDDEN_BUT_TRACKED.contains(&folder))
}

fn ignored(root: &Path) -> Result<Vec<PathBuf>, TidyError> {
    let path = PathBuf::from(".gitignore");
    match fs::read_to_string(root.join(&path)) {
        Ok(text) => Ok(text
            .lines()
            .filter_map(|line| line.trim().strip_prefix('/'))
            .map(|name| PathBuf::from(name.trim_end_matches('/')))
            .collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(TidyError::Io { path, source }),
    }
}

fn read(full: &Path, path: PathBuf) -> io::Result<File> {
    let bytes = fs::metadata(full)?.len();
    let text = if bytes <= MAX_TEXT_BYTES { String::from_utf8(fs::read(full)?).ok() } else { None };
    Ok(File { path, bytes, text })
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::Fixture;
    use super::*;

    #[test]
    fn build_outputs_ignored_and_private_folders_are_left_out() {
        let fixture = Fixture::empty();
        for path in [
            "a/b.rs",
            "a/target/c.rs",
            ".git/d",
            "a/.git",
            ".cargo/config.toml",
            "runs/e",
            "a/runs/f",
            ".gitignore",
        ] {
            fixture.write(path, "/runs/\n*.log\n");
        }
        let paths: Vec<_> = walk(fixture.root()).unwrap().into_iter().map(|file| file.path).collect();
        let expected = [".cargo/config.toml", ".gitignore", "a/b.rs", "a/runs/f"].map(PathBuf::from);
        assert_eq!(paths, expected);
    }

    #[test]
    fn binary_files_have_a_size_and_no_text() {
        let fixture = Fixture::empty();
        fs::write(fixture.root().join("x.bin"), [0xff, 0xfe, 0x00]).unwrap();
        let files = walk(fixture.root()).unwrap();
        assert_eq!((files[0].bytes, &files[0].text), (3, &None));
    }
}
