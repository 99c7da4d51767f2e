//! Opens a file that may be compressed, and notices when it changes while it is read.

use std::fs::{File, Metadata};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use flate2::read::MultiGzDecoder;

use crate::error::{Error, Result};

/// Endings under which a compressed file may stand in for the one that a manifest names.
const COMPRESSED: [&str; 2] = ["gz", "zst"];

const GZIP: &[u8] = b"\x1F\x8B";
const ZSTD: &[u8] = b"\x28\xB5\x2F\xFD";

/// The file `name` in `dir`, or its compressed or its unpacked twin.
pub(crate) fn find(dir: &Path, name: &str) -> Option<PathBuf> {
    let packed = COMPRESSED.iter().map(|ending| format!("{name}.{ending}"));
    let unpacked = COMPRESSED.iter().filter_map(|ending| name.strip_suffix(&format!(".{ending}")));
    std::iter::once(name.to_owned())
        .chain(packed)
        .chain(unpacked.map(str::to_owned))
        .map(|name| dir.join(name))
        .find(|path| path.is_file())
}

/// The path of [`find`], or where the file should be, for a message.
pub(crate) fn locate(dir: &Path, name: &str) -> PathBuf {
    find(dir, name).unwrap_or_else(|| dir.join(name))
}

/// The content of a file, unpacked. What it is packed with is told by its first bytes, not by its
/// name.
pub(super) struct Input {
    path: PathBuf,
    state: State,
    content: Box<dyn Read>,
    finished: bool,
}

/// What shows that a file was written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct State {
    bytes: u64,
    modified: Option<SystemTime>,
}

impl State {
    fn of(metadata: &Metadata) -> Self {
        Self { bytes: metadata.len(), modified: metadata.modified().ok() }
    }
}

impl Input {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let open = || File::open(path).map_err(|error| Error::io(path, error));
        let state = State::of(&open()?.metadata().map_err(|error| Error::io(path, error))?);
        let mut magic = Vec::new();
        open()?.take(4).read_to_end(&mut magic).map_err(|error| Error::io(path, error))?;
        let file = BufReader::with_capacity(1 << 20, open()?);
        let content: Box<dyn Read> = if magic.starts_with(GZIP) {
            Box::new(MultiGzDecoder::new(file))
        } else if magic.starts_with(ZSTD) {
            Box::new(zstd::Decoder::with_buffer(file).map_err(|error| Error::io(path, error))?)
        } else {
            Box::new(file)
        };
        Ok(Self { path: path.to_owned(), state, content, finished: false })
    }

    /// Appends up to `count` bytes. Fewer come only at the end.
    ///
    /// # Errors
    /// [`Error::Changed`] at the end of a file that is not what it was when it was opened.
    pub(super) fn fill(&mut self, bytes: &mut Vec<u8>, count: usize) -> Result<usize> {
        let read = (&mut self.content).take(count as u64).read_to_end(bytes);
        let read = match read {
            Ok(read) => read,
            // A file cut off under a decoder is not a broken archive but a changed file.
            Err(error) => return Err(self.check().err().unwrap_or_else(|| Error::io(&self.path, error))),
        };
        if read < count && !self.finished {
            self.finished = true;
            self.check()?;
        }
        Ok(read)
    }

    fn check(&self) -> Result<()> {
        check_unchanged(&self.path, self.state)
    }
}

fn check_unchanged(path: &Path, before: State) -> Result<()> {
    let now = std::fs::metadata(path).map_err(|error| Error::io(path, error))?;
    if State::of(&now) == before { Ok(()) } else { Err(Error::Changed { path: path.to_owned() }) }
}

/// Runs `read` on a file that a library opens by itself, with the same watch for changes.
pub(super) fn watched<T>(path: &Path, read: impl FnOnce() -> Result<T>) -> Result<T> {
    let state = State::of(&std::fs::metadata(path).map_err(|error| Error::io(path, error))?);
    let result = read();
    check_unchanged(path, state)?;
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn content(path: &Path) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Input::open(path)?.fill(&mut bytes, usize::MAX).map(|_| bytes)
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn packed_files_read_as_their_content_whatever_their_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.csv");
        // A gzip file may have several members, as parallel packers write them.
        for packed in [
            b"a,b\n".to_vec(),
            [gzip(b"a,"), gzip(b"b\n")].concat(),
            zstd::encode_all(&b"a,b\n"[..], 1).unwrap(),
        ] {
            std::fs::write(&path, packed).unwrap();
            assert_eq!(content(&path).unwrap(), b"a,b\n");
        }
    }

    #[test]
    fn a_truncated_archive_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.gz");
        let packed = gzip(&[b'x'; 1000]);
        std::fs::write(&path, &packed[..packed.len() / 2]).unwrap();
        assert!(matches!(content(&path).unwrap_err(), Error::Io { .. }));
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.csv");
        std::fs::write(&path, "a\nb\n").unwrap();
        let mut input = Input::open(&path).unwrap();
        let mut bytes = Vec::new();
        input.fill(&mut bytes, 2).unwrap();
        std::fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"c\n").unwrap();
        let error = input.fill(&mut bytes, 1 << 20).unwrap_err();
        assert!(matches!(error, Error::Changed { .. }), "{error}");
    }

    #[test]
    fn a_twin_stands_in_for_a_missing_file() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.csv.gz"), "").unwrap();
        std::fs::write(dir.path().join("b.json"), "").unwrap();
        let found = |name| find(dir.path(), name).map(|path| path.file_name().unwrap().to_owned());
        assert_eq!(found("a.csv").unwrap(), "a.csv.gz");
        assert_eq!(found("b.json.gz").unwrap(), "b.json");
        assert_eq!(found("c.csv"), None);
    }
}
