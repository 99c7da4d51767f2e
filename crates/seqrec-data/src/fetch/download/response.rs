//! What a server's answer, or the lack of one, means for a download.

use std::io::ErrorKind;

use ureq::http::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderName, LAST_MODIFIED};
use ureq::http::{Response, StatusCode};
use ureq::{Body, Error};

use crate::fetch::error::{FetchError, SourceFailure};

/// Why an attempt did not complete the file.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Another attempt would end the same way.
    Final(FetchError),
    /// Another attempt may get further.
    Passing(String),
}

impl From<FetchError> for Outcome {
    fn from(error: FetchError) -> Self {
        Self::Final(error)
    }
}

/// A usable answer to a download request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The whole file follows.
    Whole { total: Option<u64>, validator: Option<String> },
    /// The file from byte `start` to its end follows.
    Rest { start: u64, total: Option<u64> },
    /// The file is not longer than what was asked to follow.
    OutOfRange,
}

impl Answer {
    pub(super) fn of(url: &str, response: &Response<Body>) -> Result<Self, Outcome> {
        let header = |name: HeaderName| response.headers().get(name)?.to_str().ok();
        match response.status() {
            StatusCode::OK => Ok(Self::Whole {
                total: header(CONTENT_LENGTH).and_then(|text| text.parse().ok()),
                // RFC 9110, section 13.1.5: a weak tag does not vouch for single bytes.
                validator: header(ETAG)
                    .filter(|tag| !tag.starts_with("W/"))
                    .or_else(|| header(LAST_MODIFIED))
                    .map(str::to_owned),
            }),
            StatusCode::PARTIAL_CONTENT => header(CONTENT_RANGE)
                .and_then(content_range)
                .map(|(start, total)| Self::Rest { start, total })
                .ok_or_else(|| Outcome::Passing("the server names no range".into())),
            StatusCode::RANGE_NOT_SATISFIABLE => Ok(Self::OutOfRange),
            status
                if status.is_server_error()
                    || status == StatusCode::REQUEST_TIMEOUT
                    || status == StatusCode::TOO_EARLY
                    || status == StatusCode::TOO_MANY_REQUESTS =>
            {
                Err(Outcome::Passing(format!("HTTP status {}", status.as_u16())))
            }
            status => Err(Outcome::Final(SourceFailure::Status { status: status.as_u16() }.at(url))),
        }
    }
}

/// Reads `bytes START-END/TOTAL`, where the total may be `*`. A range that stops short of the end
/// is not what was asked for.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (start, end) = range.split_once('-')?;
    let (start, end): (u64, u64) = (start.parse().ok()?, end.parse().ok()?);
    match total {
        "*" => Some((start, None)),
        total => {
            let total = total.parse().ok()?;
            (start <= end && end.checked_add(1)? == total).then_some((start, Some(total)))
        }
    }
}

/// Tells a failure that may pass from one that will not.
///
/// Before the server has been `reached`, only a dropped connection is worth another try: a machine
/// that is offline has to learn so at once.
pub(super) fn classify(url: &str, error: Error, reached: bool) -> Outcome {
    let passing = match &error {
        Error::Io(source) => {
            reached
                || matches!(
                    source.kind(),
                    ErrorKind::ConnectionReset
                        | ErrorKind::ConnectionAborted
                        | ErrorKind::BrokenPipe
                        | ErrorKind::UnexpectedEof
                )
        }
        Error::Timeout(_) | Error::HostNotFound | Error::ConnectionFailed => reached,
        _ => false,
    };
    if passing {
        return Outcome::Passing(error.to_string());
    }
    Outcome::Final(SourceFailure::Unreachable { reason: error.to_string() }.at(url))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)]) -> Result<Answer, Outcome> {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let body = Body::builder().data("");
        Answer::of("https://example.org", &response.body(body).unwrap())
    }

    #[test]
    fn content_ranges() {
        assert_eq!(content_range("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(content_range("bytes 5-9/*"), Some((5, None)));
        for wrong in [
            "bytes 5-8/10",
            "bytes 9-5/6",
            "bytes */10",
            "items 5-9/10",
            "bytes 5-18446744073709551615/0",
            "",
        ] {
            assert_eq!(content_range(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn validator_is_a_strong_tag_or_a_date() {
        let validator = |headers: &[(&str, &str)]| match answer(200, headers).unwrap() {
            Answer::Whole { validator, .. } => validator,
            other => panic!("{other:?}"),
        };
        let date = ("last-modified", "Tue, 01 Feb 2000 00:00:00 GMT");
        assert_eq!(validator(&[("etag", "\"a\""), date]).unwrap(), "\"a\"");
        assert_eq!(validator(&[("etag", "W/\"a\""), date]).unwrap(), date.1);
        assert_eq!(validator(&[("etag", "W/\"a\"")]), None);
    }

    #[test]
    fn statuses() {
        for passing in [408, 429, 500, 503] {
            assert!(matches!(answer(passing, &[]), Err(Outcome::Passing(_))));
        }
        for last in [401, 403, 404, 410] {
            assert!(matches!(
                answer(last, &[]),
                Err(Outcome::Final(FetchError::Source {
                    failure: SourceFailure::Status { status },
                    ..
                })) if status == last
            ));
        }
        assert_eq!(answer(416, &[]).unwrap(), Answer::OutOfRange);
        assert!(matches!(answer(206, &[]), Err(Outcome::Passing(_))));
    }

    #[test]
    fn offline_is_final_until_the_server_was_reached() {
        for reached in [false, true] {
            for error in [
                Error::HostNotFound,
                Error::Io(ErrorKind::ConnectionRefused.into()),
                Error::Timeout(ureq::Timeout::Connect),
            ] {
                let outcome = classify("https://example.org", error, reached);
                assert_eq!(matches!(outcome, Outcome::Passing(_)), reached);
            }
        }
        let dropped = Error::Io(ErrorKind::ConnectionReset.into());
        assert!(matches!(classify("u", dropped, false), Outcome::Passing(_)));
    }
}
