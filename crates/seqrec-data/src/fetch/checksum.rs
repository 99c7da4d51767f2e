//! Checksums of archives and files.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::str::FromStr;

use md5::Md5;
use serde::{Deserialize, Serialize};
use sha2::digest::Output;
use sha2::{Digest, Sha256};

use super::error::FetchError;
use super::progress::{Event, Progress, Step};

const BUFFER: usize = 1 << 18;

/// A published checksum. Its text form is `sha256:` and 64 hexadecimal digits, or `md5:` and 32; the
/// prefix may be left out when reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum Checksum {
    /// SHA-256 (FIPS 180-4).
    Sha256([u8; 32]),
    /// MD5 (RFC 1321): finds damage, but does not withstand a forger. For publishers that give no other.
    Md5([u8; 16]),
}

impl Checksum {
    /// The SHA-256 checksum of bytes in memory.
    pub fn sha256(bytes: &[u8]) -> Self {
        Self::Sha256(Sha256::digest(bytes).into())
    }

    /// Whether nobody can make another file with this checksum.
    pub(super) fn withstands_forgery(self) -> bool {
        matches!(self, Self::Sha256(_))
    }

    /// Computes the checksum of a file with the same algorithm as `self`.
    ///
    /// # Errors
    ///
    /// [`FetchError::Io`] when the file cannot be read.
    pub(super) fn of_file(self, path: &Path, progress: &mut dyn Progress) -> Result<Self, FetchError> {
        match self {
            Self::Sha256(_) => Ok(Self::Sha256(hash_file::<Sha256>(path, progress)?.into())),
            Self::Md5(_) => Ok(Self::Md5(hash_file::<Md5>(path, progress)?.into())),
        }
    }
}

fn hash_file<D: Digest>(path: &Path, progress: &mut dyn Progress) -> Result<Output<D>, FetchError> {
    let open = || -> std::io::Result<(File, u64)> {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        Ok((file, bytes))
    };
    let (mut file, total) = open().map_err(FetchError::io("read", path))?;
    progress.event(Event::Started(Step::Verify { path }));
    let mut hasher = D::new();
    let mut buffer = vec![0; BUFFER];
    let mut done = 0;
    loop {
        let read = file.read(&mut buffer).map_err(FetchError::io("read", path))?;
        if read == 0 {
            return Ok(hasher.finalize());
        }
        hasher.update(&buffer[..read]);
        done += read as u64;
        progress.event(Event::Bytes { done, total: Some(total) });
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, digest): (_, &[u8]) = match self {
            Self::Sha256(digest) => ("sha256", digest),
            Self::Md5(digest) => ("md5", digest),
        };
        write!(f, "{name}:")?;
        digest.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Checksum {
    type Err = FetchError;

    fn from_str(text: &str) -> Result<Self, FetchError> {
        let checksum = match text.split_once(':') {
            Some(("sha256", digits)) => hex(digits).map(Self::Sha256),
            Some(("md5", digits)) => hex(digits).map(Self::Md5),
            Some(_) => None,
            None => hex(text).map(Self::Sha256).or_else(|| hex(text).map(Self::Md5)),
        };
        checksum.ok_or_else(|| FetchError::MalformedChecksum { text: text.into() })
    }
}

/// Reads exactly `2 N` hexadecimal digits.
fn hex<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let digits = digits.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::try_from(digit(pair[0])? << 4 | digit(pair[1])?).ok()?;
    }
    Some(bytes)
}

impl TryFrom<String> for Checksum {
    type Error = FetchError;

    fn try_from(text: String) -> Result<Self, FetchError> {
        text.parse()
    }
}

impl From<Checksum> for String {
    fn from(checksum: Checksum) -> Self {
        checksum.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::Silent;

    // FIPS 180-4 example: one-block message.
    const ABC: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn known_digest_and_text_form() {
        let checksum = Checksum::sha256(b"abc");
        assert_eq!(checksum.to_string(), ABC);
        assert_eq!(ABC.parse::<Checksum>().unwrap(), checksum);
        let upper = ABC["sha256:".len()..].to_uppercase();
        assert_eq!(upper.parse::<Checksum>().unwrap(), checksum);
    }

    #[test]
    fn md5_of_the_standard() {
        // RFC 1321, appendix A.5.
        for (message, digest) in
            [("", "d41d8cd98f00b204e9800998ecf8427e"), ("message digest", "f96b697d7cb7938d525a2f31aaf161d0")]
        {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), message).unwrap();
            let expected: Checksum = digest.parse().unwrap();
            assert_eq!(expected.to_string(), format!("md5:{digest}"));
            assert_eq!(expected.of_file(file.path(), &mut Silent).unwrap(), expected);
            assert_eq!(expected, format!("md5:{digest}").parse().unwrap());
        }
    }

    #[test]
    fn malformed_text_is_refused() {
        let not_hex = ABC.replace('b', "g");
        let multibyte = format!("sha256:{}", "é".repeat(32));
        for text in [
            "",
            "sha256:",
            &ABC[..ABC.len() - 1],
            "md5:00",
            "sha1:da39a3ee5e6b4b0d3255bfef95601890",
            &not_hex,
            &multibyte,
        ] {
            let error = text.parse::<Checksum>().unwrap_err();
            assert!(matches!(error, FetchError::MalformedChecksum { .. }), "{text}");
        }
    }

    #[test]
    fn file_larger_than_the_buffer_hashes_like_memory() {
        let bytes: Vec<u8> = (0..BUFFER * 2 + 17).map(|i| (i % 251) as u8).collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &bytes).unwrap();
        let expected = Checksum::sha256(&bytes);
        assert_eq!(expected.of_file(file.path(), &mut Silent).unwrap(), expected);
    }
}
