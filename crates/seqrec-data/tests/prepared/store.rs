//! The store finds what was prepared, and prepares anew what is not as it was written.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::time::Instant;

use seqrec_data::prepared::{Origin, PreparedCard, PreparedStore, contents, prepared_key};
use seqrec_data::{Error, Filter, Manifest, OnBadRows, PrepareConfig, load};

use crate::common;

const MANIFEST: &str = "name = \"shop/1\"\n[layout.events]\nfile = \"shop.csv\"\n\
    columns = { user = \"u\", item = \"i\", time = \"t\" }\n";

fn shop() -> (tempfile::TempDir, Manifest, PreparedStore) {
    let dir = tempfile::tempdir().unwrap();
    let rows: String = (0..200).map(|row| format!("u{},i{},{row}\n", row % 7, row % 11)).collect();
    fs::write(dir.path().join("shop.csv"), format!("u,i,t\n{rows}")).unwrap();
    let store = PreparedStore::new(dir.path().join("store"));
    (dir, Manifest::parse(MANIFEST, "shop.toml").unwrap(), store)
}

#[test]
fn the_second_time_it_is_found() {
    let (dir, manifest, store) = shop();
    let config = PrepareConfig::default();
    let first = store.prepare(&manifest, dir.path(), OnBadRows::Fail, &config).unwrap();
    assert!(matches!(first.origin, Origin::Prepared), "{:?}", first.origin);
    let key = prepared_key(&manifest, dir.path(), OnBadRows::Fail, &config).unwrap();
    assert_eq!(PreparedCard::read(&first.dir).unwrap().key, Some(key));
    let second = store.prepare(&manifest, dir.path(), OnBadRows::Fail, &config).unwrap();
    assert!(matches!(second.origin, Origin::Found), "{:?}", second.origin);
    assert!(second.sequences == first.sequences && second.dir == first.dir);

    let strict = PrepareConfig { filter: Filter::KCore { k: 2 }, ..config };
    let other = store.prepare(&manifest, dir.path(), OnBadRows::Fail, &strict).unwrap();
    assert!(matches!(other.origin, Origin::Prepared) && other.dir != first.dir);
    fs::write(dir.path().join("shop.csv"), "u,i,t\na,b,1\n").unwrap();
    let changed = store.prepare(&manifest, dir.path(), OnBadRows::Fail, &config).unwrap();
    assert!(matches!(changed.origin, Origin::Prepared));
    assert_eq!(changed.sequences.num_events(), 1);
}

#[test]
fn damage_is_named_and_repaired() {
    let (dir, manifest, store) = shop();
    let prepare =
        || store.prepare(&manifest, dir.path(), OnBadRows::Fail, &PrepareConfig::default()).unwrap();
    let first = prepare();
    let users = first.dir.join("users/part-00000.parquet");
    let card = first.dir.join("card.json");
    let whole = fs::read(&users).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    let damages: [(&Path, Option<&[u8]>, &str); 5] = [
        (&users, Some(&whole[..whole.len() - 1]), "bytes"),
        (&users, Some(&flipped), "checksum"),
        (&users, None, "not found"),
        (&card, Some(b"{"), "card.json"),
        (&card, None, "card.json"),
    ];
    for (file, content, message) in damages {
        match content {
            Some(content) => fs::write(file, content).unwrap(),
            None => fs::remove_file(file).unwrap(),
        }
        let repaired = prepare();
        let Origin::Replaced { damage } = repaired.origin else { panic!("{:?}", repaired.origin) };
        let text = damage.to_string();
        assert!(text.contains(message) && text.contains(&*file.to_string_lossy()), "{text}");
        assert!(repaired.sequences == first.sequences);
        assert!(matches!(prepare().origin, Origin::Found));
    }
}

#[test]
fn rows_that_were_left_out_are_told_every_time() {
    let (dir, manifest, store) = shop();
    fs::write(dir.path().join("shop.csv"), "u,i,t\na,b,1\na,c,noon\na,d,2\n").unwrap();
    let config = PrepareConfig::default();
    assert!(store.prepare(&manifest, dir.path(), OnBadRows::Fail, &config).is_err());
    let prepare = || store.prepare(&manifest, dir.path(), OnBadRows::Skip, &config).unwrap();
    let (first, second) = (prepare(), prepare());
    assert!(matches!((first.origin, second.origin), (Origin::Prepared, Origin::Found)));
    assert_eq!((first.skipped.total(), first.sequences.num_events()), (1, 2));
    assert_eq!(second.skipped, first.skipped);
}

#[test]
fn of_those_who_come_at_once_one_prepares() {
    let (dir, manifest, store) = shop();
    let barrier = Barrier::new(4);
    let run = || {
        barrier.wait();
        store.prepare(&manifest, dir.path(), OnBadRows::Fail, &PrepareConfig::default()).unwrap()
    };
    let all: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let prepared = all.iter().filter(|stored| matches!(stored.origin, Origin::Prepared)).count();
    let found = all.iter().filter(|stored| matches!(stored.origin, Origin::Found)).count();
    assert_eq!((prepared, found), (1, 3));
    assert!(all.iter().all(|stored| stored.sequences == all[0].sequences));
}

#[test]
fn a_store_that_cannot_be_written_does_not_stop_the_work() {
    let (dir, manifest, _) = shop();
    let store = PreparedStore::new(dir.path().join("shop.csv"));
    let stored = store.prepare(&manifest, dir.path(), OnBadRows::Fail, &PrepareConfig::default()).unwrap();
    let Origin::NotWritten { reason } = stored.origin else { panic!("{:?}", stored.origin) };
    assert!(matches!(reason, Error::Io { .. }), "{reason}");
    assert_eq!(stored.sequences.num_users(), 7);
}

#[test]
fn two_folders_with_the_same_files_share_key_and_contents() {
    let Some(official) = common::folder("ml-100k") else {
        return;
    };
    let manifest = Manifest::builtin("ml-100k").unwrap();
    let copy = tempfile::tempdir().unwrap();
    for file in manifest.layout.files() {
        fs::copy(official.join(file), copy.path().join(file)).unwrap();
    }
    let config = PrepareConfig::default();
    let of = |dir: PathBuf| {
        let sequences = load(&manifest, &dir).unwrap().prepare(&config).unwrap();
        (prepared_key(&manifest, &dir, OnBadRows::Fail, &config).unwrap(), contents(&sequences))
    };
    assert_eq!(of(official), of(copy.path().to_owned()));
}

#[test]
fn movielens_1m_is_there_at_once() {
    let manifest = Manifest::builtin("ml-1m").unwrap();
    let Some(files) = common::folder(manifest.folder()) else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let store = PreparedStore::new(root.path());
    let filter = Filter::OnePass { item_min: 5, user_min: 5 };
    let config = PrepareConfig { filter, ..PrepareConfig::default() };
    let mut sequences = None;
    for round in ["prepared", "found"] {
        let started = Instant::now();
        let stored = store.prepare(&manifest, &files, OnBadRows::Fail, &config).unwrap();
        eprintln!("ml-1m {round} in {:?}", started.elapsed());
        let found = matches!(stored.origin, Origin::Found);
        assert_eq!(found, round == "found");
        assert!(*sequences.get_or_insert(stored.sequences.clone()) == stored.sequences);
    }
}
