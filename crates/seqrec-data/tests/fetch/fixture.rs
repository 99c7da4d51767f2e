//! Requests, archives and folders for the tests.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use seqrec_data::fetch::{
    Checksum, ExpectedFile, FetchError, Fetcher, Layout, Located, Network, Pip, PipCommand, Request, Silent,
    Source,
};
use tempfile::TempDir;
use zip::write::{SimpleFileOptions, ZipWriter};

pub const SET: &str = "ml-tiny";

/// Content of `u.data`, large and irregular enough for an archive of some 100 kB.
pub fn events() -> Vec<u8> {
    let mut state = 1_u32;
    let mut text = String::new();
    for _ in 0..20_000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text += &format!("{}\t{}\n", state >> 16, state & 0xffff);
    }
    text.into_bytes()
}

pub fn items() -> Vec<u8> {
    b"1|Toy Story\n2|GoldenEye\n".to_vec()
}

pub fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The set's official archive, as a publisher would make it.
pub fn official() -> Vec<u8> {
    archive(&[("ml/u.data", &events()), ("ml/u.item", &items()), ("ml/README", b"terms of use")])
}

pub fn file(path: &str, content: &[u8]) -> ExpectedFile {
    ExpectedFile {
        checksum: Some(Checksum::sha256(content)),
        bytes: Some(content.len() as u64),
        ..ExpectedFile::new(path)
    }
}

pub fn files() -> Vec<ExpectedFile> {
    vec![file("u.data", &events()), file("u.item", &items())]
}

pub fn zip_source(url: String, archive: &[u8]) -> Source {
    Source::Zip {
        url,
        checksum: Some(Checksum::sha256(archive)),
        bytes: None,
        strip_prefix: Some("ml".into()),
    }
}

/// A request with a cache of its own.
pub struct Fixture {
    pub root: TempDir,
    pub request: Request,
    pub fetcher: Fetcher,
}

impl Fixture {
    pub fn new(sources: Vec<Source>) -> Self {
        let root = tempfile::tempdir().unwrap();
        Self {
            request: Request {
                name: SET.into(),
                layouts: vec![Layout { files: files(), sources }],
                data_dir: None,
                cache_dir: root.path().join("cache"),
            },
            fetcher: fetcher(),
            root,
        }
    }

    pub fn locate(&self) -> Result<Located, FetchError> {
        self.fetcher.locate(&self.request, &mut Silent)
    }

    /// Writes a file below the root of the fixture.
    pub fn write(&self, path: &str, content: &[u8]) -> PathBuf {
        let path = self.root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Names of what lies in the working folder of the set, except its lock.
    pub fn leftovers(&self) -> Vec<PathBuf> {
        let dir = self.request.cache_dir.join(".fetch").join(SET);
        list(&dir).into_iter().filter(|path| !path.ends_with("lock")).collect()
    }

    /// The unfinished download.
    pub fn partial(&self) -> PathBuf {
        self.leftovers()
            .into_iter()
            .find(|path| path.extension().is_some_and(|extension| extension == "part"))
            .expect("there is an unfinished download")
    }
}

/// Few attempts, no proxy, no pip.
pub fn fetcher() -> Fetcher {
    Fetcher {
        network: Network {
            connect_timeout: Duration::from_secs(10),
            stall_timeout: Duration::from_secs(10),
            attempts: 3,
            backoff: Duration::from_millis(1),
            env_proxy: false,
            certificates: None,
        },
        pip: Pip { commands: vec![PipCommand::new("/nonexistent/pip", [])], ..Pip::default() },
    }
}

pub fn list(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Asserts that the located folder holds the set, byte for byte.
pub fn assert_whole(located: &Located) {
    assert_eq!(std::fs::read(located.dir.join("u.data")).unwrap(), events());
    assert_eq!(std::fs::read(located.dir.join("u.item")).unwrap(), items());
}
