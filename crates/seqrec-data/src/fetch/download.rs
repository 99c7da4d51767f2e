//! Resumable download of one file over HTTP.

mod partial;
mod response;

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use ureq::http::header::{IF_RANGE, RANGE};

use self::partial::{Note, Partial};
use self::response::{Answer, Outcome};
use super::checksum::Checksum;
use super::error::{FetchError, SourceFailure};
use super::network::Network;
use super::progress::{Event, Progress, Step};
use super::verify;

const BUFFER: usize = 1 << 16;
const LONGEST_WAIT: Duration = Duration::from_secs(30);
const ADVICE: &str = "the publisher may have replaced it, or a proxy answered in its place: \
    compare with the publisher's checksum, then run again or correct the manifest";

/// A file on a server and what is known of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Remote<'a> {
    pub(super) url: &'a str,
    pub(super) checksum: Option<Checksum>,
    pub(super) bytes: Option<u64>,
}

/// Downloads `remote` to the path `to`, going on where an earlier run broke off.
///
/// What has arrived lies in `<to>.part` until it is complete and verified.
///
/// # Errors
///
/// [`SourceFailure::Unreachable`], [`SourceFailure::Status`] or [`SourceFailure::Interrupted`] when the
/// server does not deliver, [`FetchError::WrongSize`] or [`FetchError::WrongChecksum`] when it delivers
/// something else, [`FetchError::Io`] when the file cannot be written.
pub(super) fn download(
    network: &Network,
    remote: Remote<'_>,
    to: &Path,
    progress: &mut dyn Progress,
) -> Result<(), FetchError> {
    let Remote { url, checksum, bytes } = remote;
    if to.is_file() {
        // Complete, but its run was stopped before it could use it.
        match verify::file(to, url.into(), bytes, checksum, ADVICE, progress) {
            Ok(()) => return Ok(()),
            Err(_) => fs::remove_file(to).map_err(FetchError::io("remove", to))?,
        }
    }
    let mut transfer =
        Transfer { agent: network.agent(url)?, remote, partial: Partial::beside(to), reached: false };
    let resumed = transfer.partial.bytes() > 0;
    transfer.complete(network, progress)?;
    if let Err(error) = transfer.verify(progress) {
        transfer.partial.clear()?;
        if !resumed {
            return Err(error);
        }
        // The bytes of the earlier run may be to blame, so the file gets one clean try.
        tracing::warn!(%error, "resumed download is not sound, starting over");
        transfer.complete(network, progress)?;
        if let Err(error) = transfer.verify(progress) {
            transfer.partial.clear()?;
            return Err(error);
        }
    }
    fs::rename(transfer.partial.data(), to).map_err(FetchError::io("move a file to", to))?;
    transfer.partial.clear()
}

struct Transfer<'a> {
    agent: ureq::Agent,
    remote: Remote<'a>,
    partial: Partial,
    /// Whether the server has answered at least once.
    reached: bool,
}

impl Transfer<'_> {
    /// Makes attempts until the file is complete.
    fn complete(&mut self, network: &Network, progress: &mut dyn Progress) -> Result<(), FetchError> {
        let url = self.remote.url;
        progress.event(Event::Started(Step::Download { url }));
        let mut fruitless = 0;
        // Only new ground counts: a server without ranges that always breaks off must not be
        // asked for ever.
        let mut furthest = self.partial.bytes();
        loop {
            let reason = match self.attempt(progress) {
                Ok(()) => return Ok(()),
                Err(Outcome::Final(error)) => return Err(error),
                Err(Outcome::Passing(reason)) => reason,
            };
            let received = self.partial.bytes();
            if received > furthest {
                furthest = received;
                fruitless = 0;
            }
            fruitless += 1;
            if fruitless >= network.attempts {
                return Err(SourceFailure::Interrupted {
                    received,
                    expected: self.remote.bytes.or(self.partial.note(url).total),
                    attempts: fruitless,
                    reason,
                }
                .at(url));
            }
            let doubled = network.backoff.saturating_mul(2_u32.saturating_pow(fruitless - 1));
            let wait = doubled.min(LONGEST_WAIT);
            tracing::info!(url, received, reason, ?wait, "download broke off, trying again");
            progress.event(Event::Retrying { reason: &reason, wait });
            std::thread::sleep(wait);
        }
    }

    /// One request, and as much of its body as arrives.
    fn attempt(&mut self, progress: &mut dyn Progress) -> Result<(), Outcome> {
        let url = self.remote.url;
        let have = self.partial.bytes();
        let note = self.partial.note(url);
        if have > 0 && note.total == Some(have) {
            return Ok(());
        }
        let mut request = self.agent.get(url);
        let resume = have > 0 && note.can_resume() && note.total.is_none_or(|total| have < total);
        if resume {
            request = request.header(RANGE, format!("bytes={have}-"));
            if let Some(validator) = &note.validator {
                request = request.header(IF_RANGE, validator);
            }
        }
        let response = request.call().map_err(|error| response::classify(url, error, self.reached))?;
        self.reached = true;

        let answer = Answer::of(url, &response)?;
        let (start, total) = match answer {
            Answer::Rest { start, total }
                if resume && start == have && (note.total.is_none() || note.total == total) =>
            {
                (have, total)
            }
            Answer::Whole { total, validator } => {
                self.partial.clear()?;
                self.partial.remember(&Note { url: url.into(), validator, total })?;
                (0, total)
            }
            // What is on disk belongs to another version. Without it no range is asked for, so
            // this happens once.
            Answer::Rest { .. } | Answer::OutOfRange if resume => {
                self.partial.clear()?;
                return self.attempt(progress);
            }
            Answer::Rest { .. } | Answer::OutOfRange => {
                return Err(Outcome::Passing("the server sent a range unasked".into()));
            }
        };
        if let (Some(expected), Some(found)) = (self.remote.bytes, total)
            && expected != found
        {
            self.partial.clear()?;
            return Err(Outcome::Final(FetchError::WrongSize {
                file: url.into(),
                expected,
                found,
                advice: ADVICE,
            }));
        }
        let mut body = response.into_body().into_reader();
        let written = append(&self.partial, &mut body, start, total, progress);
        if let Err(Outcome::Final(_)) = &written {
            // A full disk must not stay full because of an unfinished file.
            self.partial.clear()?;
        }
        written
    }

    fn verify(&self, progress: &mut dyn Progress) -> Result<(), FetchError> {
        let Remote { url, checksum, bytes } = self.remote;
        let path = self.partial.data();
        verify::file(path, url.into(), bytes, checksum, ADVICE, progress)
    }
}

/// Copies a body to the end of the partial file, which holds `done` bytes.
fn append(
    partial: &Partial,
    body: &mut dyn Read,
    mut done: u64,
    total: Option<u64>,
    progress: &mut dyn Progress,
) -> Result<(), Outcome> {
    let path = partial.data();
    let mut file: File =
        OpenOptions::new().create(true).append(true).open(path).map_err(FetchError::io("open", path))?;
    progress.event(Event::Bytes { done, total });
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = body.read(&mut buffer).map_err(|error| Outcome::Passing(error.to_string()))?;
        if read == 0 {
            break;
        }
        file.write_all(&buffer[..read]).map_err(FetchError::io("write", path))?;
        done += read as u64;
        progress.event(Event::Bytes { done, total });
    }
    match total {
        Some(total) if done < total => {
            Err(Outcome::Passing(format!("the server closed the connection after {done} of {total} bytes")))
        }
        _ => file.sync_all().map_err(FetchError::io("write", path)).map_err(Outcome::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::Silent;

    #[test]
    fn body_that_ends_early_is_kept_and_continued() {
        let dir = tempfile::tempdir().unwrap();
        let partial = Partial::beside(&dir.path().join("set.zip"));
        let short = append(&partial, &mut &b"cont"[..], 0, Some(7), &mut Silent);
        let Err(Outcome::Passing(reason)) = short else {
            panic!("{short:?}");
        };
        assert!(reason.contains("4 of 7"), "{reason}");
        append(&partial, &mut &b"ent"[..], 4, Some(7), &mut Silent).unwrap();
        assert_eq!(fs::read(partial.data()).unwrap(), b"content");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn full_disk_is_reported_with_the_path() {
        let dir = tempfile::tempdir().unwrap();
        let partial = Partial::beside(&dir.path().join("set.zip"));
        std::os::unix::fs::symlink("/dev/full", partial.data()).unwrap();
        let written = append(&partial, &mut &b"content"[..], 0, Some(7), &mut Silent);
        let Err(Outcome::Final(FetchError::Io { path, source, .. })) = written else {
            panic!("{written:?}");
        };
        assert_eq!(path, partial.data());
        assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
    }
}
