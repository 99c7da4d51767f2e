//! Downloads that succeed, some of them only in the end.

use std::time::Duration;

use seqrec_data::fetch::{Event, FetchError, Origin, Step};

use crate::fixture::{Fixture, assert_whole, official, zip_source};
use crate::server::{Reply, Server};

const TAG: &str = "\"v1\"";
const HALF: usize = 40_000;

#[test]
fn first_run_downloads_and_second_run_uses_the_cache() {
    let content = official();
    let server = Server::run({
        let content = content.clone();
        move |seen, _| Reply::file(&content, TAG, seen)
    });
    let url = server.url("ml.zip");
    let fixture = Fixture::new(vec![zip_source(url.clone(), &content)]);

    let located = fixture.locate().unwrap();
    assert_whole(&located);
    assert_eq!(located.origin, Origin::Zip { url });
    assert_eq!(located.dir, fixture.request.cached_dir());
    assert!(located.dir.join("README").is_file());
    assert!(fixture.leftovers().is_empty());

    let again = fixture.locate().unwrap();
    assert_eq!(again.origin, Origin::Cache);
    assert_eq!(again.dir, located.dir);
    assert_eq!(server.log().len(), 1);
    assert_eq!(server.log()[0].range, None);
}

#[test]
fn progress_reaches_the_total_of_every_step() {
    let content = official();
    let server = Server::run({
        let content = content.clone();
        move |seen, _| Reply::file(&content, TAG, seen)
    });
    let fixture = Fixture::new(vec![zip_source(server.url("ml.zip"), &content)]);
    let mut steps: Vec<(String, Option<(u64, u64)>)> = Vec::new();
    fixture
        .fetcher
        .locate(&fixture.request, &mut |event: Event<'_>| match event {
            Event::Started(step) => steps.push((
                match step {
                    Step::Download { .. } => "download",
                    Step::Verify { .. } => "verify",
                    Step::Extract { .. } => "extract",
                    _ => "other",
                }
                .into(),
                None,
            )),
            Event::Bytes { done, total } => {
                let last = &mut steps.last_mut().unwrap().1;
                assert!(last.is_none_or(|(before, _)| before <= done));
                *last = Some((done, total.unwrap()));
            }
            _ => panic!("{event:?}"),
        })
        .unwrap();
    let names: Vec<_> = steps.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(&names[..4], ["download", "verify", "extract", "verify"]);
    assert_eq!(steps[0].1.unwrap().1, content.len() as u64);
    for (name, last) in steps {
        let (done, total) = last.unwrap();
        assert_eq!(done, total, "{name}");
    }
}

#[test]
fn broken_off_download_is_resumed_in_the_same_run() {
    let content = official();
    let server = Server::run({
        let content = content.clone();
        move |seen, n| {
            let reply = Reply::file(&content, TAG, seen);
            if n == 0 { reply.cut(HALF) } else { reply }
        }
    });
    let fixture = Fixture::new(vec![zip_source(server.url("ml.zip"), &content)]);
    assert_whole(&fixture.locate().unwrap());
    let log = server.log();
    assert_eq!(log.len(), 2);
    assert_eq!(log[1].from(), Some(HALF));
    assert_eq!(log[1].if_range.as_deref(), Some(TAG));
}

#[test]
fn many_breaks_are_survived_while_each_brings_something() {
    let content = official();
    let server = Server::run({
        let content = content.clone();
        move |seen, _| Reply::file(&content, TAG, seen).cut(20_000)
    });
    let fixture = Fixture::new(vec![zip_source(server.url("ml.zip"), &content)]);
    assert_whole(&fixture.locate().unwrap());
    let requests = server.log().len();
    assert_eq!(requests, content.len().div_ceil(20_000));
    assert!(requests > fixture.fetcher.network.attempts as usize);
}

/// A fixture whose first run broke off at `HALF`, with the server that did it and then answers
/// with `answer`.
fn broken_off(answer: fn(&crate::server::Seen, &[u8]) -> Reply) -> (Fixture, Server) {
    let content = official();
    let server = Server::run({
        let content = content.clone();
        move |seen, n| {
            let reply = answer(seen, &content);
            if n == 0 { reply.cut(HALF) } else { reply }
        }
    });
    let mut fixture = Fixture::new(vec![zip_source(server.url("ml.zip"), &content)]);
    fixture.fetcher.network.attempts = 1;
    let error = fixture.locate().unwrap_err();
    assert!(error.to_string().contains(&format!("at {HALF} bytes")), "{error}");
    assert_eq!(fixture.partial().metadata().unwrap().len(), HALF as u64);
    assert!(!fixture.request.cached_dir().exists());
    (fixture, server)
}

#[test]
fn later_run_resumes_with_the_tag() {
    let (fixture, server) = broken_off(|seen, content| Reply::file(content, TAG, seen));
    assert_whole(&fixture.locate().unwrap());
    assert_eq!(server.log()[1].from(), Some(HALF));
    assert_eq!(server.log()[1].if_range.as_deref(), Some(TAG));
    assert!(fixture.leftovers().is_empty());
}

#[test]
fn later_run_resumes_by_length_where_there_is_no_tag() {
    let (fixture, server) = broken_off(|seen, content| Reply::part(content, seen));
    assert_whole(&fixture.locate().unwrap());
    let log = server.log();
    assert_eq!(log.len(), 2);
    assert_eq!(log[1].from(), Some(HALF));
    assert_eq!(log[1].if_range, None);
}

#[test]
fn server_without_ranges_starts_over() {
    let (fixture, server) = broken_off(|_, content| Reply::whole(content));
    assert_whole(&fixture.locate().unwrap());
    let log = server.log();
    assert_eq!(log.len(), 2);
    assert_eq!(log[1].from(), Some(HALF));
}

#[test]
fn redirects_keep_the_range() {
    let (fixture, server) = broken_off(|seen, content| match seen.path.as_str() {
        "/ml.zip" if seen.range.is_some() => Reply::status(302).with("Location", "/moved.zip"),
        _ => Reply::file(content, TAG, seen),
    });
    assert_whole(&fixture.locate().unwrap());
    let last = server.log().pop().unwrap();
    assert_eq!(last.path, "/moved.zip");
    assert_eq!(last.from(), Some(HALF));
}

#[test]
fn corrupt_partial_file_costs_one_clean_try() {
    let (fixture, server) = broken_off(|seen, content| Reply::file(content, TAG, seen));
    let partial = fixture.partial();
    let mut bytes = std::fs::read(&partial).unwrap();
    bytes[HALF / 2] ^= 1;
    std::fs::write(&partial, bytes).unwrap();
    assert_whole(&fixture.locate().unwrap());
    let ranges: Vec<_> = server.log().iter().map(|seen| seen.from()).collect();
    assert_eq!(ranges, [None, Some(HALF), None]);
}

#[test]
fn partial_file_without_its_note_is_not_trusted() {
    let (fixture, server) = broken_off(|seen, content| Reply::file(content, TAG, seen));
    let partial = fixture.partial();
    std::fs::remove_file(partial.with_extension("part.json")).unwrap();
    assert_whole(&fixture.locate().unwrap());
    assert_eq!(server.log()[1].range, None);
}

#[test]
fn new_version_on_the_server_replaces_the_old_half() {
    let old = official();
    let new = [&old[..], b"trailing comment of another version"].concat();
    for tagged in [true, false] {
        let server = Server::run({
            let (old, new) = (old.clone(), new.clone());
            move |seen, n| {
                let (content, tag) = if n == 0 { (&old, TAG) } else { (&new, "\"v2\"") };
                let reply = if tagged { Reply::file(content, tag, seen) } else { Reply::part(content, seen) };
                if n == 0 { reply.cut(HALF) } else { reply }
            }
        });
        let mut fixture = Fixture::new(vec![zip_source(server.url("ml.zip"), &new)]);
        fixture.fetcher.network.attempts = 2;
        assert_whole(&fixture.locate().unwrap_or_else(|error| panic!("{tagged}: {error}")));
        let ranges: Vec<_> = server.log().iter().map(|seen| seen.from()).collect();
        if tagged {
            assert_eq!(ranges, [None, Some(HALF)]);
        } else {
            assert_eq!(ranges, [None, Some(HALF), None]);
        }
    }
}

#[test]
fn passing_errors_and_stalls_are_tried_again() {
    let content = official();
    let server = Server::run({
        let content = content.clone();
        move |seen, n| match n {
            0 => Reply::status(503),
            1 => Reply::file(&content, TAG, seen).cut(HALF).stall(Duration::from_secs(5)),
            _ => Reply::file(&content, TAG, seen),
        }
    });
    let mut fixture = Fixture::new(vec![zip_source(server.url("ml.zip"), &content)]);
    fixture.fetcher.network.stall_timeout = Duration::from_secs(1);
    let mut reasons = Vec::new();
    let located = fixture
        .fetcher
        .locate(&fixture.request, &mut |event: Event<'_>| {
            if let Event::Retrying { reason, .. } = event {
                reasons.push(reason.to_owned());
            }
        })
        .unwrap();
    assert_whole(&located);
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons[0].contains("503"), "{reasons:?}");
    assert!(reasons[1].contains("timeout"), "{reasons:?}");
    assert_eq!(server.log()[2].from(), Some(HALF));
}

#[test]
fn archive_of_a_stopped_run_is_used_if_it_is_sound() {
    for sound in [true, false] {
        let (fixture, server) = broken_off(|seen, content| Reply::file(content, TAG, seen));
        let archive = fixture.partial().with_extension("");
        std::fs::write(&archive, if sound { official() } else { b"cut".to_vec() }).unwrap();
        assert_whole(&fixture.locate().unwrap());
        assert_eq!(server.log().len(), if sound { 1 } else { 2 });
        assert!(!archive.exists());
    }
}

#[test]
fn interrupted_error_says_how_far_it_came() {
    let content = official();
    let server = Server::run({
        let content = content.clone();
        move |_, _| Reply::whole(&content).cut(HALF)
    });
    let fixture = Fixture::new(vec![zip_source(server.url("ml.zip"), &content)]);
    let error = fixture.locate().unwrap_err();
    assert!(matches!(error, FetchError::NotFound { .. }));
    let text = error.to_string();
    assert!(text.contains(&format!("at {HALF} bytes of {}", content.len())), "{text}");
    assert_eq!(server.log().len(), fixture.fetcher.network.attempts as usize);
}
