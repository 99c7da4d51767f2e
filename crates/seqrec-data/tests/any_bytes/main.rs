//! Whatever a file holds, a reader gives a result or an error. Bytes are drawn at random, put
//! together from pieces of the format, and made by changing a few bytes of a good file.

mod cases;
mod columnar;

use std::io::Write as _;

use proptest::prelude::*;
use proptest::sample::select;
use seqrec_data::{Manifest, OnBadRows, PrepareConfig, load_with};

use cases::{CASES, Case, GOOD_EVENTS, with_rows};

/// How gzip, zstd and UTF-8 with a byte order mark begin.
const BEGINNINGS: &[&[u8]] = &[b"\x1F\x8B\x08\0\0\0\0\0\0\0", b"\x28\xB5\x2F\xFD\x24", b"\xEF\xBB\xBF"];

/// Reads a data set whose file `case.file` holds `bytes`, as it is and packed, under both policies.
fn read(case: Case, bytes: &[u8]) {
    for packed in [bytes.to_vec(), gzip(bytes), zstd::encode_all(bytes, 1).unwrap()] {
        read_as_it_is(case, &packed);
    }
}

fn read_as_it_is(case: Case, bytes: &[u8]) {
    let dir = folder(case, bytes);
    let manifest = Manifest::parse(&case.manifest(), "case.toml").unwrap();
    for policy in [OnBadRows::Fail, OnBadRows::Skip] {
        match load_with(&manifest, dir.path(), policy) {
            Ok((dataset, skipped)) => {
                assert!(policy == OnBadRows::Skip || skipped.total() == 0);
                assert!(!dataset.log().is_empty());
                dataset.prepare(&PrepareConfig::default()).unwrap();
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

/// The files of `case`, all of them good but that with `bytes`.
fn folder(case: Case, bytes: &[u8]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let good = [("events.csv", GOOD_EVENTS), ("flags.csv", &b"item,a\nx,1\n"[..]), ("names", b"a\n")];
    for (file, bytes) in good.into_iter().chain([(case.file, bytes)]) {
        std::fs::write(dir.path().join(file), bytes).unwrap();
    }
    dir
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A file with some bytes changed, and perhaps cut off.
fn damaged(good: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (changes, prop::option::of(any::<prop::sample::Index>())).prop_map(move |(changes, cut)| {
        let mut bytes = good.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn random_bytes(case in select(CASES), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read(case, &bytes);
    }

    #[test]
    fn random_bytes_that_begin_as_packed_ones(
        case in select(CASES),
        magic in select(BEGINNINGS),
        bytes in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        read_as_it_is(case, &[magic, &bytes[..]].concat());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn pieces_of_the_format(
        (case, pieces) in select(CASES)
            .prop_flat_map(|case| (Just(case), prop::collection::vec(select(case.pieces), 0..40))),
        begun: bool,
    ) {
        let begin = if begun { case.good } else { &[] };
        read_as_it_is(case, &[begin, &pieces.concat()[..]].concat());
    }

    #[test]
    fn a_good_file_with_changes(
        (case, bytes) in (select(CASES), 1..3usize)
            .prop_flat_map(|(case, rows)| (Just(case), damaged(with_rows(case.good, rows)))),
    ) {
        read_as_it_is(case, &bytes);
    }

    #[test]
    fn a_packed_file_with_changes(
        (case, bytes) in (select(CASES), any::<bool>()).prop_flat_map(|(case, zstandard)| {
            let good = with_rows(case.good, 20);
            let packed = if zstandard { zstd::encode_all(&good[..], 1).unwrap() } else { gzip(&good) };
            (Just(case), damaged(packed))
        }),
    ) {
        read_as_it_is(case, &bytes);
    }
}

/// What the other tests change is read without complaint as it stands.
#[test]
fn good_files_are_good() {
    for &case in CASES {
        let dir = folder(case, case.good);
        let manifest = Manifest::parse(&case.manifest(), "case.toml").unwrap();
        let read = load_with(&manifest, dir.path(), OnBadRows::Fail);
        assert!(read.is_ok(), "{}: {}", case.file, read.unwrap_err());
    }
}
