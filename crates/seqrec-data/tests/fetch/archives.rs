//! Archives that arrive as published but do not hold what they should.

use seqrec_data::fetch::{ExpectedFile, FetchError, Source};

use crate::fixture::{Fixture, archive, events, items, list, zip_source};
use crate::server::{Reply, Server};

/// Serves `content`, whose checksum is the published one.
fn served(content: Vec<u8>) -> (Fixture, Server) {
    let checksummed = content.clone();
    let server = Server::run(move |_, _| Reply::whole(&content));
    let fixture = Fixture::new(vec![zip_source(server.url("ml.zip"), &checksummed)]);
    (fixture, server)
}

fn assert_nothing_kept(fixture: &Fixture) {
    assert!(fixture.leftovers().is_empty());
    assert!(!fixture.request.cached_dir().exists());
    assert_eq!(list(&fixture.request.cache_dir).len(), 1);
}

#[test]
fn entry_outside_its_folder_stops_everything() {
    let (fixture, _server) = served(archive(&[
        ("ml/u.data", &events()),
        ("ml/u.item", &items()),
        ("ml/../../../../evil", b"evil"),
    ]));
    let error = fixture.locate().unwrap_err();
    assert!(matches!(error, FetchError::UnsafeEntry { .. }), "{error}");
    assert!(error.to_string().contains("evil"), "{error}");
    assert_nothing_kept(&fixture);
    assert_eq!(list(fixture.root.path()).len(), 1);
}

#[test]
fn file_that_differs_inside_a_sound_archive() {
    let (fixture, _server) = served(archive(&[("ml/u.data", &events()[1..]), ("ml/u.item", &items())]));
    let error = fixture.locate().unwrap_err();
    assert!(matches!(error, FetchError::WrongSize { .. }), "{error}");
    assert_nothing_kept(&fixture);

    let mut altered = items();
    altered[0] = b'9';
    let (fixture, _server) = served(archive(&[("ml/u.data", &events()), ("ml/u.item", &altered)]));
    let error = fixture.locate().unwrap_err();
    assert!(matches!(error, FetchError::WrongChecksum { .. }), "{error}");
    assert!(error.to_string().contains("u.item"), "{error}");
    assert_nothing_kept(&fixture);
}

#[test]
fn archive_that_lacks_a_file_counts_as_a_source_that_fails() {
    let (fixture, _server) = served(archive(&[("ml/u.data", &events())]));
    let error = fixture.locate().unwrap_err();
    assert!(matches!(error, FetchError::NotFound { .. }), "{error}");
    assert!(error.to_string().contains("lacks u.item"), "{error}");
    assert_nothing_kept(&fixture);
}

#[test]
fn web_page_in_place_of_an_archive_is_recognised() {
    let server = Server::run(|_, _| Reply::whole(b"<html>please sign in</html>"));
    let fixture = Fixture::new(vec![Source::Zip {
        url: server.url("ml.zip"),
        checksum: None,
        bytes: None,
        strip_prefix: None,
    }]);
    let error = fixture.locate().unwrap_err();
    assert!(error.to_string().contains("invalid Zip archive"), "{error}");
    assert_nothing_kept(&fixture);
}

#[test]
fn plain_http_without_any_checksum_is_refused() {
    let server = Server::run(|_, _| Reply::status(500));
    let mut fixture = Fixture::new(vec![Source::Zip {
        url: server.url("ml.zip"),
        checksum: None,
        bytes: None,
        strip_prefix: None,
    }]);
    fixture.request.layouts[0].files = vec![ExpectedFile::new("u.data")];
    let error = fixture.locate().unwrap_err();
    assert!(matches!(error, FetchError::InvalidRequest { .. }), "{error}");
    assert!(server.log().is_empty());
}
