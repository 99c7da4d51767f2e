//! The key of prepared data: what it was made from.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::card::FORMAT;
use crate::dataset::find_layout;
use crate::error::{Error, Result};
use crate::fingerprint::{Arrays, hex};
use crate::manifest::Manifest;
use crate::prepare::PrepareConfig;
use crate::read::{OnBadRows, locate};

/// Version of the preparation's meaning. A change after which the same files and settings give other
/// sequences raises it, so that no one is served data of the old meaning.
const PREPARATION: u32 = 1;

const BUFFER: usize = 1 << 18;

/// SHA-256 in lower-case hex over everything that decides what preparing the files in `dir` gives: the
/// contents of the files, how the manifest lays them out, what bad rows mean, `config`, and the versions of this crate, of
/// the preparation's meaning and of the format on disk.
///
/// No place, time or property of the machine is part of it, so that two machines with the same files
/// get the same key. Every file is read to its end each time: sizes and times of files can lie.
///
/// # Errors
/// [`Error::NoLayout`], [`Error::MissingFile`], [`Error::Io`].
pub fn prepared_key(
    manifest: &Manifest,
    dir: impl AsRef<Path>,
    on_bad_rows: OnBadRows,
    config: &PrepareConfig,
) -> Result<String> {
    let dir = dir.as_ref();
    let layout = find_layout(manifest, dir)?;
    let mut hash = Arrays::default();
    hash.text("format", &FORMAT.to_string());
    hash.text("preparation", &PREPARATION.to_string());
    hash.text("crate", env!("CARGO_PKG_VERSION"));
    hash.text("layout", &format!("{layout:?}"));
    hash.text("bad rows", &format!("{on_bad_rows:?}"));
    hash.text("prepare", &format!("{config:?}"));
    for file in layout.files() {
        hash.text("file", file);
        hash.text("sha256", &of_file(&locate(dir, file))?);
    }
    Ok(hash.finish())
}

fn of_file(path: &Path) -> Result<String> {
    let io = |error| Error::io(path, error);
    let mut file = File::open(path).map_err(io)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        match file.read(&mut buffer).map_err(io)? {
            0 => return Ok(hex(&hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Dataset;
    use crate::events::EventLog;
    use crate::filter::Filter;
    use crate::manifest::TimeUnit;
    use crate::prepared::contents::contents;

    const MANIFEST: &str = "name = \"x\"\n[layout.events]\nfile = \"x.csv\"\ncolumns = { user = 0, item = 1 }\n\
        [layout.items]\nfile = \"y.csv\"\ncolumns = { item = 0 }\n";

    fn folder(events: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("x.csv"), events).unwrap();
        std::fs::write(dir.path().join("y.csv"), "item\n1\n").unwrap();
        dir
    }

    #[test]
    fn the_same_files_in_two_folders_have_the_same_key() {
        let manifest = Manifest::parse(MANIFEST, "x").unwrap();
        let config = PrepareConfig::default();
        let (one, other) = (folder("u,i\n1,1\n"), folder("u,i\n1,1\n"));
        let key = prepared_key(&manifest, one.path(), OnBadRows::Fail, &config).unwrap();
        assert_eq!(key, prepared_key(&manifest, other.path(), OnBadRows::Fail, &config).unwrap());
        let described = Manifest { description: "other words".to_owned(), ..manifest.clone() };
        assert_eq!(key, prepared_key(&described, other.path(), OnBadRows::Fail, &config).unwrap());
    }

    /// Whoever changes the preparation so that this value changes raises [`PREPARATION`] with it.
    #[test]
    fn version_and_meaning_go_together() {
        let mut log = EventLog::new(Some(TimeUnit::Seconds), true);
        for (user, item, time) in [("b", "x", 5), ("a", "y", 5), ("b", "y", 1), ("a", "x", 5), ("c", "z", 1)]
        {
            log.push(user, item, Some(time), Some(2.5)).unwrap();
        }
        let config = PrepareConfig {
            filter: Filter::OnePass { item_min: 2, user_min: 2 },
            ..PrepareConfig::default()
        };
        let sequences = Dataset::from(log).prepare(&config).unwrap();
        let known = (1, "e3430d7e65eeb44b240c74726b0cc722d4fc4d8bb613f71a4fbe9ddb92dec892");
        assert_eq!((PREPARATION, contents(&sequences).as_str()), known);
    }

    #[test]
    fn files_layout_and_settings_change_it() {
        let manifest = Manifest::parse(MANIFEST, "x").unwrap();
        let config = PrepareConfig::default();
        let dir = folder("u,i\n1,1\n");
        let key = |manifest: &Manifest, config| {
            prepared_key(manifest, dir.path(), OnBadRows::Fail, config).unwrap()
        };
        let base = key(&manifest, &config);
        let strict = PrepareConfig { filter: Filter::KCore { k: 2 }, ..config };
        assert_ne!(base, key(&manifest, &strict));
        assert_ne!(base, prepared_key(&manifest, dir.path(), OnBadRows::Skip, &config).unwrap());
        let swapped = MANIFEST.replace("user = 0, item = 1", "user = 1, item = 0");
        assert_ne!(base, key(&Manifest::parse(&swapped, "x").unwrap(), &config));
        std::fs::write(dir.path().join("y.csv"), "item\n2\n").unwrap();
        assert_ne!(base, key(&manifest, &config));
        std::fs::remove_file(dir.path().join("y.csv")).unwrap();
        assert!(matches!(
            prepared_key(&manifest, dir.path(), OnBadRows::Fail, &config),
            Err(Error::MissingFile { .. })
        ));
    }
}
