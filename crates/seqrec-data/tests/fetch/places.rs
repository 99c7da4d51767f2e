//! The data folder and the cache.

use seqrec_data::fetch::{ExpectedFile, FetchError, Layout, Origin};

use crate::fixture::{Fixture, assert_whole, events, file, items, official, zip_source};
use crate::server::{Reply, Server};

/// A fixture with a data folder and no source.
fn with_data_dir() -> Fixture {
    let mut fixture = Fixture::new(vec![]);
    fixture.request.data_dir = Some(fixture.root.path().join("data"));
    fixture
}

#[test]
fn data_folder_holds_the_set_or_is_the_set() {
    for folder in ["data/ml-tiny", "data"] {
        let fixture = with_data_dir();
        fixture.write(&format!("{folder}/u.data"), &events());
        fixture.write(&format!("{folder}/u.item"), &items());
        let located = fixture.locate().unwrap();
        assert_whole(&located);
        assert_eq!(located.origin, Origin::DataDir);
        assert_eq!(located.dir, fixture.root.path().join(folder));
        assert!(!fixture.request.cache_dir.exists());
    }
}

#[test]
fn data_folder_comes_before_the_cache() {
    let fixture = with_data_dir();
    for folder in ["data/ml-tiny", "cache/ml-tiny"] {
        fixture.write(&format!("{folder}/u.data"), &events());
        fixture.write(&format!("{folder}/u.item"), &items());
    }
    assert_eq!(fixture.locate().unwrap().origin, Origin::DataDir);
    std::fs::remove_dir_all(fixture.root.path().join("data")).unwrap();
    assert_eq!(fixture.locate().unwrap().origin, Origin::Cache);
}

#[test]
fn incomplete_data_folder_is_an_error_not_a_download() {
    let fixture = with_data_dir();
    fixture.write("data/ml-tiny/u.data", &events());
    let error = fixture.locate().unwrap_err();
    let FetchError::Incomplete { missing, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(missing, &["u.item".into()] as &[std::path::PathBuf]);
}

#[test]
fn file_of_the_same_name_beside_the_set_is_no_part_of_it() {
    let fixture = with_data_dir();
    fixture.write("data/u.item", b"another set's file");
    let error = fixture.locate().unwrap_err();
    assert!(matches!(error, FetchError::NotFound { .. }), "{error}");
    assert!(error.to_string().contains("lacks u.data"), "{error}");
}

#[test]
fn altered_file_is_an_error_wherever_it_lies() {
    let mut altered = events();
    altered[10] ^= 1;
    for folder in ["data/ml-tiny", "cache/ml-tiny"] {
        let fixture = with_data_dir();
        let path = fixture.write(&format!("{folder}/u.data"), &altered);
        fixture.write(&format!("{folder}/u.item"), &items());
        let error = fixture.locate().unwrap_err();
        let FetchError::WrongChecksum { file, advice, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!(*file, path.display().to_string());
        assert!(advice.contains("remove"));

        fixture.write(&format!("{folder}/u.data"), &altered[1..]);
        let error = fixture.locate().unwrap_err();
        assert!(matches!(error, FetchError::WrongSize { .. }), "{error}");
    }
}

#[test]
fn second_layout_is_recognised() {
    let mut fixture = with_data_dir();
    fixture.request.layouts.push(Layout {
        files: vec![ExpectedFile::new("raw/tiny.inter"), ExpectedFile::new("tiny.item")],
        sources: vec![],
    });
    fixture.write("data/ml-tiny/raw/tiny.inter", b"user_id:token");
    let error = fixture.locate().unwrap_err();
    assert!(error.to_string().contains("lacks tiny.item:"), "{error}");

    fixture.write("data/ml-tiny/tiny.item", b"item_id:token");
    assert_eq!(fixture.locate().unwrap().layout, 1);

    fixture.write("data/ml-tiny/u.data", &events());
    fixture.write("data/ml-tiny/u.item", &items());
    assert_eq!(fixture.locate().unwrap().layout, 0);
}

#[test]
fn download_completes_a_cache_that_was_filled_by_hand() {
    let content = official();
    let server = Server::run({
        let content = content.clone();
        move |_, _| Reply::whole(&content)
    });
    let fixture = Fixture::new(vec![zip_source(server.url("ml.zip"), &content)]);
    fixture.write("cache/ml-tiny/u.item", &items());
    fixture.write("cache/ml-tiny/notes.txt", b"my own");
    let located = fixture.locate().unwrap();
    assert_whole(&located);
    assert_eq!(std::fs::read(located.dir.join("notes.txt")).unwrap(), b"my own");

    let fixture = Fixture::new(vec![zip_source(server.url("ml.zip"), &content)]);
    let path = fixture.write("cache/ml-tiny/u.item", b"edited by hand");
    let error = fixture.locate().unwrap_err();
    assert!(matches!(error, FetchError::WrongSize { .. }), "{error}");
    assert_eq!(std::fs::read(path).unwrap(), b"edited by hand");
}

#[test]
fn names_cannot_lead_out_of_the_cache() {
    let mut fixture = with_data_dir();
    fixture.request.name = "../outside".into();
    assert!(matches!(fixture.locate(), Err(FetchError::InvalidRequest { .. })));
    let mut fixture = with_data_dir();
    fixture.request.layouts[0].files = vec![file("../../etc/passwd", b"")];
    assert!(matches!(fixture.locate(), Err(FetchError::InvalidRequest { .. })));
}
