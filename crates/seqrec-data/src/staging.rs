//! Folders that appear all at once, or not at all.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::{Error, Result};

const LOCK: &str = "lock";

/// A folder that is being filled beside its place and gets there by a rename.
///
/// It is removed when it is dropped before [`commit`](Self::commit). What a killed process leaves is
/// removed by the next one that writes to the same place: whoever fills a folder holds a lock in it,
/// and the system gives up the locks of the dead.
#[derive(Debug)]
pub(crate) struct Staging {
    // Declared first, so that the file is closed before its folder goes.
    _lock: File,
    temporary: TempDir,
    target: PathBuf,
}

impl Staging {
    /// For the folder `target`, which must not exist or be empty.
    ///
    /// # Errors
    /// [`Error::TargetNotEmpty`], [`Error::Io`].
    pub(crate) fn beside(target: &Path) -> Result<Self> {
        let io = |error| Error::io(target, error);
        if target.exists() && fs::read_dir(target).map_err(io)?.next().is_some() {
            return Err(Error::TargetNotEmpty { path: target.to_owned() });
        }
        let parent = parent(target);
        fs::create_dir_all(parent).map_err(io)?;
        let prefix = prefix(target);
        sweep(parent, &prefix)?;
        let temporary = tempfile::Builder::new().prefix(&prefix).tempdir_in(parent).map_err(io)?;
        // The lock gets its name once it is held: nobody finds it free while its owner lives.
        let unnamed = temporary.path().join("locking");
        let lock = File::create(&unnamed).map_err(io)?;
        lock.lock().map_err(io)?;
        fs::rename(&unnamed, temporary.path().join(LOCK)).map_err(io)?;
        let staging = Self { _lock: lock, temporary, target: target.to_owned() };
        // Renaming a folder within the temporary one gives the final folder the usual permissions.
        fs::create_dir(staging.path()).map_err(io)?;
        Ok(staging)
    }

    /// The folder to fill.
    pub(crate) fn path(&self) -> PathBuf {
        self.temporary.path().join("files")
    }

    /// Moves the folder to its place. Files are expected to be on the disk, as [`write`] leaves them.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be moved, for instance because the place has been taken.
    pub(crate) fn commit(self) -> Result<()> {
        let io = |error| Error::io(&self.target, error);
        sync_folders(&self.path())?;
        if self.target.exists() {
            fs::remove_dir(&self.target).map_err(io)?;
        }
        fs::rename(self.path(), &self.target).map_err(io)?;
        sync(parent(&self.target))
    }
}

/// Writes a file and waits until the disk has it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let io = |error| Error::io(path, error);
    let mut file = File::create(path).map_err(io)?;
    std::io::Write::write_all(&mut file, bytes).map_err(io)?;
    file.sync_all().map_err(io)
}

fn parent(target: &Path) -> &Path {
    target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn prefix(target: &Path) -> String {
    format!(".{}.writing-", target.file_name().unwrap_or_default().to_string_lossy())
}

/// Removes the folders of processes that were killed while they filled them.
fn sweep(parent: &Path, prefix: &str) -> Result<()> {
    for entry in fs::read_dir(parent).map_err(|error| Error::io(parent, error))? {
        let entry = entry.map_err(|error| Error::io(parent, error))?;
        let path = entry.path();
        let left_behind = entry.file_name().to_string_lossy().starts_with(prefix)
            && File::open(path.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok());
        if left_behind {
            fs::remove_dir_all(&path).map_err(|error| Error::io(&path, error))?;
        }
    }
    Ok(())
}

fn sync_folders(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(|error| Error::io(folder, error))? {
        let path = entry.map_err(|error| Error::io(folder, error))?.path();
        if path.is_dir() {
            sync_folders(&path)?;
        }
    }
    sync(folder)
}

/// Waits until the disk has the entries of a folder, on systems where folders can be opened.
fn sync(folder: &Path) -> Result<()> {
    if cfg!(unix) {
        let opened = File::open(folder).and_then(|folder| folder.sync_all());
        opened.map_err(|error| Error::io(folder, error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn nothing_is_there_before_the_commit_and_nothing_else_after_it() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("out");
        let staging = Staging::beside(&target).unwrap();
        write(&staging.path().join("a"), b"1").unwrap();
        assert!(!target.exists());
        staging.commit().unwrap();
        assert_eq!(fs::read(target.join("a")).unwrap(), b"1");
        assert_eq!((entries(&target), entries(root.path())), (1, 1));
        assert!(matches!(Staging::beside(&target), Err(Error::TargetNotEmpty { .. })));
        drop(Staging::beside(&root.path().join("other")).unwrap());
        assert_eq!(entries(root.path()), 1);
    }

    #[test]
    fn only_what_the_dead_left_is_swept() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("out");
        let alive = Staging::beside(&target).unwrap();
        let dead = root.path().join(format!("{}x", prefix(&target)));
        fs::create_dir(&dead).unwrap();
        write(&dead.join(LOCK), b"").unwrap();
        let second = Staging::beside(&target).unwrap();
        assert!(alive.path().exists() && second.path().exists() && !dead.exists());
        let path = second.path();
        write(&path.join("a"), b"1").unwrap();
        second.commit().unwrap();
        let error = alive.commit().unwrap_err();
        assert!(matches!(error, Error::Io { .. }), "the place is taken: {error}");
        assert_eq!(entries(root.path()), 1);
    }
}
