//! Wheels as a source, with a script in the place of `pip`.

use std::path::Path;
use std::time::{Duration, Instant};

use seqrec_data::fetch::{Checksum, FetchError, Origin, PipCommand, Source};

use crate::fixture::{Fixture, archive, assert_whole, events, items};

const PACKAGE: &str = "tiny==1.0";

/// A fixture whose `pip` runs the shell commands `body`, with the target folder in `$dir`.
fn with_pip(body: &str) -> Fixture {
    let wheel = archive(&[
        ("tiny/data/ml/u.data", &events()),
        ("tiny/data/ml/u.item", &items()),
        ("tiny/__init__.py", b"raise SystemExit"),
        ("tiny-1.0.dist-info/METADATA", b"Name: tiny"),
    ]);
    let mut fixture = Fixture::new(vec![Source::Pip {
        package: PACKAGE.into(),
        checksum: Some(Checksum::sha256(&wheel)),
        inner_prefix: "tiny/data/ml".into(),
    }]);
    fixture.write("tiny-1.0-py3-none-any.whl", &wheel);
    let script = format!(
        "[ \"$1\" = --version ] && exit 0\n\
         here=$(dirname \"$0\")\n\
         echo \"$@\" > \"$here/arguments\"\n\
         for dir; do :; done\n\
         {body}\n"
    );
    let path = fixture.write("pip", script.as_bytes());
    fixture.fetcher.pip.commands = vec![
        PipCommand::new(fixture.root.path().join("absent"), []),
        // A script that was just written may still be busy, and then cannot be executed itself.
        PipCommand::new(Path::new("sh"), [path.as_path()]),
    ];
    fixture
}

fn reason(fixture: &Fixture) -> String {
    let error = fixture.locate().unwrap_err();
    assert!(fixture.leftovers().is_empty());
    let FetchError::NotFound { tried, .. } = error else {
        panic!("{error}");
    };
    tried.last().unwrap().reason.clone()
}

#[test]
fn wheel_is_downloaded_and_unpacked() {
    let fixture = with_pip("cp \"$here\"/*.whl \"$dir\"");
    let located = fixture.locate().unwrap();
    assert_whole(&located);
    assert_eq!(located.origin, Origin::Pip { package: PACKAGE.into() });
    assert_eq!(crate::fixture::list(&located.dir).len(), 2);
    assert!(fixture.leftovers().is_empty());

    let arguments = std::fs::read_to_string(fixture.root.path().join("arguments")).unwrap();
    let arguments: Vec<_> = arguments.split_whitespace().collect();
    assert_eq!(&arguments[..3], ["download", PACKAGE, "--no-deps"]);
    let into = Path::new(arguments[arguments.len() - 1]);
    assert_eq!(arguments[arguments.len() - 2], "-d");
    assert!(into.starts_with(&fixture.request.cache_dir));
    assert!(!into.exists());

    assert_eq!(fixture.locate().unwrap().origin, Origin::Cache);
}

#[test]
fn what_pip_says_is_passed_on() {
    let fixture = with_pip("echo 'ERROR: no matching distribution' >&2; exit 1");
    assert!(reason(&fixture).contains("no matching distribution"));
    let mute = with_pip("exit 3");
    assert!(reason(&mute).contains("exit status: 3"));
}

#[test]
fn pip_without_a_wheel_or_with_a_broken_one() {
    assert!(reason(&with_pip("exit 0")).contains("no wheel"));
    let mut broken = with_pip("head -c 500 \"$here\"/*.whl > \"$dir/tiny.whl\"");
    let error = broken.locate().unwrap_err();
    assert!(matches!(error, FetchError::WrongChecksum { .. }), "{error}");
    assert!(error.to_string().contains(PACKAGE), "{error}");

    let Source::Pip { checksum, .. } = &mut broken.request.layouts[0].sources[0] else {
        unreachable!("the fixture has one source, pip");
    };
    *checksum = None;
    assert!(reason(&broken).contains("invalid Zip archive"));
}

#[test]
fn pip_that_hangs_is_stopped() {
    let mut fixture = with_pip("exec sleep 30");
    fixture.fetcher.pip.limit = Duration::from_millis(200);
    let start = Instant::now();
    assert!(reason(&fixture).contains("did not finish"));
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn machine_without_pip_is_told_so() {
    let mut fixture = with_pip("exit 0");
    fixture.fetcher.pip.commands.pop();
    assert!(reason(&fixture).contains("no pip on this machine"));
}
