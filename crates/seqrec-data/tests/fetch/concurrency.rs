//! Several runs that want the same set at the same time.

use seqrec_data::fetch::{Origin, Silent};

use crate::fixture::{Fixture, assert_whole, official, zip_source};
use crate::server::{Reply, Server};

// The lock belongs to the open file, so threads exclude each other as processes do.
#[test]
fn one_run_downloads_and_the_others_find_its_files() {
    let content = official();
    let server = Server::run({
        let content = content.clone();
        move |seen, n| {
            let reply = Reply::file(&content, "\"v1\"", seen);
            if n == 0 { reply.cut(30_000) } else { reply }
        }
    });
    let fixture = Fixture::new(vec![zip_source(server.url("ml.zip"), &content)]);
    let origins: Vec<Origin> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..6)
            .map(|_| {
                scope.spawn(|| {
                    let located = fixture.fetcher.locate(&fixture.request, &mut Silent).unwrap();
                    assert_whole(&located);
                    located.origin
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let downloads = origins.iter().filter(|origin| matches!(origin, Origin::Zip { .. })).count();
    assert_eq!(downloads, 1, "{origins:?}");
    assert_eq!(server.log().len(), 2);
    assert!(fixture.leftovers().is_empty());
}
