//! Sources that do not deliver, and what the user is told.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use seqrec_data::fetch::{Checksum, FetchError, Source};

use crate::fixture::{Fixture, assert_whole, list, official, zip_source};
use crate::server::{Reply, Server};

#[test]
fn wrong_bytes_are_refused_and_leave_nothing_behind() {
    let served = official();
    let mut published = served.clone();
    published[1000] ^= 1;
    let server = Server::run({
        let served = served.clone();
        move |_, _| Reply::whole(&served)
    });
    let url = server.url("ml.zip");
    let fixture = Fixture::new(vec![zip_source(url.clone(), &published)]);
    let error = fixture.locate().unwrap_err();
    let FetchError::WrongChecksum { file, expected, found, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(*file, url);
    assert_eq!(*expected, Checksum::sha256(&published));
    assert_eq!(*found, Checksum::sha256(&served));
    let text = error.to_string();
    for part in [&expected.to_string(), &found.to_string(), "run again"] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(server.log().len(), 1);
    assert!(fixture.leftovers().is_empty());
    assert!(!fixture.request.cached_dir().exists());
}

#[test]
fn wrong_size_is_known_before_the_body_is_read() {
    let content = official();
    let server = Server::run({
        let content = content.clone();
        move |_, _| Reply::whole(&content)
    });
    let fixture = Fixture::new(vec![Source::Zip {
        url: server.url("ml.zip"),
        checksum: Some(Checksum::sha256(&content)),
        bytes: Some(1),
        strip_prefix: None,
    }]);
    let error = fixture.locate().unwrap_err();
    assert!(
        matches!(error, FetchError::WrongSize { expected: 1, found, .. }
            if found == content.len() as u64),
        "{error}"
    );
    assert!(fixture.leftovers().is_empty());
}

#[test]
fn missing_address_gives_way_to_the_next_source() {
    let content = official();
    let server = Server::run({
        let content = content.clone();
        move |seen, _| match seen.path.as_str() {
            "/mirror.zip" => Reply::whole(&content),
            _ => Reply::status(404),
        }
    });
    let fixture = Fixture::new(vec![
        zip_source(server.url("gone.zip"), &content),
        zip_source(server.url("mirror.zip"), &content),
    ]);
    assert_whole(&fixture.locate().unwrap());
    assert_eq!(server.log().len(), 2);
}

#[test]
fn unreachable_sources_fail_fast_and_explain_every_try() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let closed = format!("http://127.0.0.1:{port}/ml.zip");
    let server = Server::run(|_, _| Reply::status(404));
    let gone = server.url("ml.zip");
    let mut fixture = Fixture::new(vec![
        zip_source(closed.clone(), b"any"),
        zip_source(gone.clone(), b"any"),
        Source::Pip { package: "tiny==1.0".into(), checksum: None, inner_prefix: "tiny/data".into() },
    ]);
    let data = fixture.root.path().join("data");
    fixture.request.data_dir = Some(data.clone());

    let start = Instant::now();
    let error = fixture.locate().unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(5));
    let FetchError::NotFound { tried, by_hand, .. } = &error else {
        panic!("{error}");
    };
    let expected = [
        (data.join("ml-tiny").display().to_string(), "no such folder"),
        (data.display().to_string(), "no such folder"),
        (fixture.request.cached_dir().display().to_string(), "no such folder"),
        (closed, "refused"),
        (gone, "404"),
        ("pip download tiny==1.0".to_owned(), "no pip"),
    ];
    assert_eq!(tried.len(), expected.len(), "{tried:?}");
    for (attempt, (place, reason)) in tried.iter().zip(&expected) {
        assert_eq!(attempt.place, *place);
        assert!(attempt.reason.to_lowercase().contains(reason), "{attempt}");
        assert!(error.to_string().contains(&attempt.to_string()));
    }
    for needed in [
        "u.data, u.item",
        "`ml`",
        "`tiny/data`",
        &fixture.request.cached_dir().display().to_string(),
        &data.join("ml-tiny").display().to_string(),
    ] {
        assert!(by_hand.contains(needed), "{by_hand}");
    }
}

#[test]
fn silent_server_does_not_hold_up_the_run() {
    let server = Server::run(|_, _| Reply::whole(b"x").cut(0).stall(Duration::from_secs(60)));
    let mut fixture = Fixture::new(vec![zip_source(server.url("ml.zip"), b"any")]);
    fixture.fetcher.network.stall_timeout = Duration::from_millis(200);
    let start = Instant::now();
    let error = fixture.locate().unwrap_err();
    assert!(matches!(error, FetchError::NotFound { .. }), "{error}");
    assert!(error.to_string().contains("timeout"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn cache_that_cannot_be_created_is_named() {
    let content = official();
    let mut fixture = Fixture::new(vec![zip_source("https://example.org/a.zip".into(), &content)]);
    let blocker = fixture.write("blocker", b"a file, not a folder");
    fixture.request.cache_dir = blocker.join("cache");
    let error = fixture.locate().unwrap_err();
    assert!(matches!(error, FetchError::Io { .. }), "{error}");
    assert!(error.to_string().contains(blocker.to_str().unwrap()), "{error}");
    assert_eq!(list(fixture.root.path()), [blocker]);
}
