//! The cache folder while a set is being fetched into it.
//!
//! ```text
//! <cache>/<set>/          the set's files, always complete files
//! <cache>/.fetch/<set>/   lock, unfinished downloads, folders being filled
//! ```
//!
//! Files are prepared under `.fetch` and moved to their place by a rename within the same file
//! system, so that a reader sees a whole file or none.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::error::FetchError;
use super::progress::{Event, Progress, Step};

const SCRATCH_PREFIX: &str = "scratch-";

/// The working folder of one set, held by one process at a time.
#[derive(Debug)]
pub(super) struct Workspace {
    dir: PathBuf,
    // Closing the file releases the lock, also when the process is killed.
    _lock: File,
}

impl Workspace {
    /// Creates the folder and waits until no other process works on the same set.
    ///
    /// # Errors
    ///
    /// [`FetchError::Io`] when the folder cannot be created or the file system has no locks.
    pub(super) fn lock(cache_dir: &Path, set: &str, progress: &mut dyn Progress) -> Result<Self, FetchError> {
        let dir = cache_dir.join(".fetch").join(set);
        fs::create_dir_all(&dir).map_err(FetchError::io("create", &dir))?;
        let path = dir.join("lock");
        let lock = File::create(&path).map_err(FetchError::io("create", &path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                progress.event(Event::Started(Step::Wait { lock: &path }));
                lock.lock().map_err(FetchError::io("lock", &path))?;
            }
            Err(TryLockError::Error(error)) => return Err(FetchError::io("lock", &path)(error)),
        }
        let workspace = Self { dir, _lock: lock };
        workspace.sweep()?;
        Ok(workspace)
    }

    /// Removes the scratch folders that a killed process left behind.
    fn sweep(&self) -> Result<(), FetchError> {
        let entries = fs::read_dir(&self.dir).map_err(FetchError::io("read", &self.dir))?;
        for entry in entries {
            let entry = entry.map_err(FetchError::io("read", &self.dir))?;
            if entry.file_name().to_string_lossy().starts_with(SCRATCH_PREFIX) {
                let path = entry.path();
                fs::remove_dir_all(&path).map_err(FetchError::io("remove", &path))?;
            }
        }
        Ok(())
    }

    /// The path of a file of the workspace that outlives a run.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// A new folder that goes away with the returned value.
    pub(super) fn scratch(&self) -> Result<TempDir, FetchError> {
        tempfile::Builder::new()
            .prefix(SCRATCH_PREFIX)
            .tempdir_in(&self.dir)
            .map_err(FetchError::io("create a folder in", &self.dir))
    }
}

/// How files came to their folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Installed {
    /// The folder is new and holds nothing else.
    Whole,
    /// The folder was there, and what it held was left alone.
    Merged,
}

/// Moves the content of the folder `ready` to `target`: as a whole if there is no `target` yet,
/// and otherwise file by file.
///
/// # Errors
///
/// [`FetchError::Io`] when something cannot be moved.
pub(super) fn install(ready: &Path, target: &Path) -> Result<Installed, FetchError> {
    match fs::symlink_metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::rename(ready, target).map_err(FetchError::io("move files to", target))?;
            Ok(Installed::Whole)
        }
        Err(error) => Err(FetchError::io("read", target)(error)),
        Ok(_) => merge(ready, target).map(|()| Installed::Merged),
    }
}

fn merge(ready: &Path, target: &Path) -> Result<(), FetchError> {
    fs::create_dir_all(target).map_err(FetchError::io("create", target))?;
    for entry in fs::read_dir(ready).map_err(FetchError::io("read", ready))? {
        let entry = entry.map_err(FetchError::io("read", ready))?;
        let (from, to) = (entry.path(), target.join(entry.file_name()));
        if from.is_dir() {
            merge(&from, &to)?;
        } else if !to.exists() {
            fs::rename(&from, &to).map_err(FetchError::io("move a file to", &to))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::fetch::Silent;

    #[test]
    fn second_holder_waits_for_the_first() {
        let cache = tempfile::tempdir().unwrap();
        let first = Workspace::lock(cache.path(), "set", &mut Silent).unwrap();
        let (sender, events) = mpsc::channel();
        let root = cache.path().to_owned();
        let second = std::thread::spawn(move || {
            let waiting = sender.clone();
            let _held = Workspace::lock(&root, "set", &mut |event: Event<'_>| {
                assert!(matches!(event, Event::Started(Step::Wait { .. })));
                waiting.send("waiting").unwrap();
            })
            .unwrap();
            sender.send("held").unwrap();
        });
        assert_eq!(events.recv().unwrap(), "waiting");
        assert!(events.recv_timeout(Duration::from_millis(50)).is_err());
        drop(first);
        assert_eq!(events.recv().unwrap(), "held");
        second.join().unwrap();
    }

    #[test]
    fn other_sets_do_not_wait_and_stale_scratch_is_swept() {
        let cache = tempfile::tempdir().unwrap();
        let workspace = Workspace::lock(cache.path(), "one", &mut Silent).unwrap();
        let stale = workspace.scratch().unwrap().keep();
        let partial = workspace.file("archive.part");
        fs::write(&partial, "kept").unwrap();
        Workspace::lock(cache.path(), "two", &mut Silent).unwrap();
        assert!(stale.exists());
        drop(workspace);
        Workspace::lock(cache.path(), "one", &mut Silent).unwrap();
        assert!(!stale.exists());
        assert!(partial.exists());
    }

    #[test]
    fn install_adds_to_a_folder_without_touching_its_files() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().join("set");
        let rounds = [("first", Installed::Whole), ("second", Installed::Merged)];
        for (round, (text, installed)) in rounds.into_iter().enumerate() {
            let ready = root.path().join(text);
            fs::create_dir_all(ready.join("sub")).unwrap();
            fs::write(ready.join("sub/both"), text).unwrap();
            fs::write(ready.join(format!("only-{round}")), text).unwrap();
            assert_eq!(install(&ready, &target).unwrap(), installed);
        }
        let read = |name| fs::read_to_string(target.join(name)).unwrap();
        assert_eq!(read("sub/both"), "first");
        assert_eq!(read("only-0"), "first");
        assert_eq!(read("only-1"), "second");
    }
}
