//! Unpacking of zip archives, wheels included.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Component, Path, PathBuf};

use zip::ZipArchive;
use zip::result::ZipError;

use super::error::{FetchError, SourceFailure};
use super::progress::{Event, Progress, Step};

const BUFFER: usize = 1 << 18;

/// Unpacks the files below the folder `prefix` of a zip archive into the folder `into`.
///
/// Every entry's name is checked before the first byte is written. `name` is what an error calls
/// the archive.
///
/// # Errors
///
/// [`FetchError::UnsafeEntry`] when an entry is a link or would end up outside `into`,
/// [`SourceFailure::BadArchive`] when the archive is damaged, encrypted, not a zip file, or has
/// nothing below `prefix`, and [`FetchError::Io`] when a file cannot be read or written.
pub(super) fn extract(
    path: &Path,
    name: &str,
    prefix: &str,
    into: &Path,
    progress: &mut dyn Progress,
) -> Result<(), FetchError> {
    let file = File::open(path).map_err(FetchError::io("read", path))?;
    let mut zip = ZipArchive::new(file).map_err(|error| bad(path, name, error))?;
    let members = members(&mut zip, path, name, Path::new(prefix))?;
    let total = members.iter().map(|member| member.bytes).sum();
    progress.event(Event::Started(Step::Extract { archive: path }));
    let mut done = 0;
    let mut buffer = vec![0; BUFFER];
    for member in &members {
        let target = into.join(&member.target);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(FetchError::io("create", parent))?;
        }
        let mut output = File::create_new(&target).map_err(FetchError::io("create", &target))?;
        let mut entry = zip.by_index(member.index).map_err(|error| bad(path, name, error))?;
        let end = done + member.bytes;
        loop {
            let read = entry.read(&mut buffer).map_err(|error| bad(path, name, error.into()))?;
            if read == 0 {
                break;
            }
            done += read as u64;
            // A header that lies about the size must not fill the disk.
            if done > end {
                break;
            }
            output.write_all(&buffer[..read]).map_err(FetchError::io("write", &target))?;
            progress.event(Event::Bytes { done, total: Some(total) });
        }
        if done != end {
            return Err(SourceFailure::BadArchive {
                reason: format!("`{}` is not as long as it says", member.target.display()),
            }
            .at(name));
        }
        output.sync_all().map_err(FetchError::io("write", &target))?;
    }
    Ok(())
}

/// A file of an archive that is to be unpacked.
struct Member {
    index: usize,
    /// Where it goes, relative to the output folder.
    target: PathBuf,
    bytes: u64,
}

fn members<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    path: &Path,
    name: &str,
    prefix: &Path,
) -> Result<Vec<Member>, FetchError> {
    let mut members = Vec::new();
    let mut seen = HashSet::new();
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index).map_err(|error| bad(path, name, error))?;
        let shown = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let refuse = |reason| FetchError::UnsafeEntry { archive: name.into(), entry: shown.clone(), reason };
        let inner = entry
            .enclosed_name()
            .filter(|_| stays_inside(&shown))
            .ok_or_else(|| refuse("a path that leaves its folder"))?;
        if entry.is_symlink() {
            return Err(refuse("a symbolic link"));
        }
        let Ok(target) = inner.strip_prefix(prefix) else {
            continue;
        };
        if entry.is_dir() || target.as_os_str().is_empty() {
            continue;
        }
        if !seen.insert(target.to_owned()) {
            return Err(refuse("a second file of the same name"));
        }
        members.push(Member { index, target: target.to_owned(), bytes: entry.size() });
    }
    if members.is_empty() {
        return Err(SourceFailure::BadArchive {
            reason: format!("it has no file below `{}`", prefix.display()),
        }
        .at(name));
    }
    Ok(members)
}

/// Whether a name is relative and never steps up. Backslashes count as separators, since some
/// archivers write them.
fn stays_inside(name: &str) -> bool {
    let name = name.replace('\\', "/");
    Path::new(&name).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// Damage is the archive's fault, except where the file system failed to hand over its bytes.
fn bad(path: &Path, name: &str, error: ZipError) -> FetchError {
    match error {
        ZipError::Io(source)
            if !matches!(
                source.kind(),
                io::ErrorKind::InvalidData
                    | io::ErrorKind::InvalidInput
                    | io::ErrorKind::UnexpectedEof
                    | io::ErrorKind::Other
            ) =>
        {
            FetchError::io("read", path)(source)
        }
        other => SourceFailure::BadArchive { reason: other.to_string() }.at(name),
    }
}

#[cfg(test)]
mod tests {
    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;
    use crate::fetch::Silent;

    fn archive(entries: &[(&str, &[u8])]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut zip = ZipWriter::new(file.reopen().unwrap());
        for (name, content) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap();
        file
    }

    fn unpack(file: &Path, prefix: &str) -> (tempfile::TempDir, Result<(), FetchError>) {
        let root = tempfile::tempdir().unwrap();
        let into = root.path().join("into");
        fs::create_dir(&into).unwrap();
        let result = extract(file, "test.zip", prefix, &into, &mut Silent);
        (root, result)
    }

    #[test]
    fn prefix_is_stripped_and_the_rest_left_out() {
        let big = vec![7; BUFFER + 1];
        let file = archive(&[
            ("ml/u.data", b"1\t2"),
            ("ml/raw/big", &big),
            ("mlx/u.data", b"other"),
            ("README", b"outside"),
        ]);
        for prefix in ["ml", "ml/"] {
            let (root, result) = unpack(file.path(), prefix);
            result.unwrap();
            let into = root.path().join("into");
            assert_eq!(fs::read(into.join("u.data")).unwrap(), b"1\t2");
            assert_eq!(fs::read(into.join("raw/big")).unwrap(), big);
            assert_eq!(fs::read_dir(&into).unwrap().count(), 2);
        }
        let (root, result) = unpack(file.path(), "");
        result.unwrap();
        assert!(root.path().join("into/mlx/u.data").is_file());
    }

    #[test]
    fn names_that_leave_the_folder_are_refused_before_anything_is_written() {
        for name in ["../evil", "ml/../../evil", "ml/../evil", "/evil", "..\\evil", "ml\\..\\..\\evil"] {
            let file = archive(&[("ml/good", b"good"), (name, b"evil")]);
            let (root, result) = unpack(file.path(), "");
            let error = result.unwrap_err();
            assert!(matches!(error, FetchError::UnsafeEntry { .. }), "{name}: {error}");
            assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
            assert_eq!(fs::read_dir(root.path().join("into")).unwrap().count(), 0);
        }
    }

    #[test]
    fn symbolic_links_are_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut zip = ZipWriter::new(file.reopen().unwrap());
        zip.add_symlink("ml/link", "/etc", SimpleFileOptions::default()).unwrap();
        zip.finish().unwrap();
        let (_root, result) = unpack(file.path(), "ml");
        assert!(matches!(result, Err(FetchError::UnsafeEntry { .. })));
    }

    #[test]
    fn damage_is_found() {
        let content: Vec<u8> = (0..5000_u32).flat_map(u32::to_le_bytes).collect();
        let file = archive(&[("ml/u.data", &content)]);
        let sound = fs::read(file.path()).unwrap();

        let mut flipped = sound.clone();
        flipped[2000] ^= 0x40;
        for damaged in [&flipped[..], &sound[..sound.len() / 2], b"<html>sign in</html>", b""] {
            fs::write(file.path(), damaged).unwrap();
            let (_root, result) = unpack(file.path(), "ml");
            let error = result.unwrap_err();
            assert!(
                matches!(error, FetchError::Source { failure: SourceFailure::BadArchive { .. }, .. }),
                "{error}"
            );
        }

        fs::write(file.path(), sound).unwrap();
        let (_root, result) = unpack(file.path(), "absent");
        assert!(result.unwrap_err().to_string().contains("`absent`"));
    }
}
