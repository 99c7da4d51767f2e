//! Parquet and Arrow files with changes.

use std::sync::LazyLock;

use polars::prelude::{
    DataFrame, IntoColumn, IpcCompression, IpcWriter, NamedFrom, ParquetWriter, SerWriter, Series,
};
use proptest::prelude::*;
use seqrec_data::{Manifest, OnBadRows, load_with};

use super::damaged;

/// A kind of file, and a good one.
type Good = (&'static str, Vec<u8>);

static GOOD: LazyLock<[Good; 4]> = LazyLock::new(|| {
    let columns = vec![
        Series::new("user".into(), ["u", "v", "more than twelve bytes"]).into_column(),
        Series::new("item".into(), [1i64, 2, 1 << 40]).into_column(),
        Series::new("time".into(), [Some(5i64), Some(-6), Some(7)]).into_column(),
    ];
    let mut frame = DataFrame::new(3, columns).unwrap();
    let mut parquet = Vec::new();
    ParquetWriter::new(&mut parquet).finish(&mut frame).unwrap();
    let mut arrow = |compression| {
        let mut bytes = Vec::new();
        IpcWriter::new(&mut bytes).with_compression(compression).finish(&mut frame).unwrap();
        ("arrow", bytes)
    };
    let [plain, zstd, lz4] =
        [None, Some(IpcCompression::ZSTD(Default::default())), Some(IpcCompression::LZ4)].map(&mut arrow);
    [("parquet", parquet), plain, zstd, lz4]
});

fn read(kind: &str, bytes: &[u8]) -> bool {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("events"), bytes).unwrap();
    let manifest = format!(
        "name = \"case\"\n[layout.events]\nfile = \"events\"\nformat = {{ kind = \"{kind}\" }}\n\
         columns = {{ user = \"user\", item = \"item\", time = \"time\" }}"
    );
    let manifest = Manifest::parse(&manifest, "case.toml").unwrap();
    [OnBadRows::Fail, OnBadRows::Skip].map(|policy| load_with(&manifest, dir.path(), policy).is_ok())[0]
}

#[test]
fn good_files_are_good() {
    assert!(GOOD.iter().all(|(kind, bytes)| read(kind, bytes)));
}

/// In any field of an Arrow file it gives a result or an error; it does not end the process.
#[test]
fn a_size_that_no_machine_has() {
    let size = (1u64 << 50).to_le_bytes();
    for (kind, good) in GOOD.iter().filter(|(kind, _)| *kind == "arrow") {
        for at in (0..good.len() - size.len()).step_by(4) {
            let mut bytes = good.clone();
            bytes[at..at + size.len()].copy_from_slice(&size);
            read(kind, &bytes);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_good_file_with_changes(
        (kind, bytes) in (0..GOOD.len()).prop_flat_map(|at| (Just(GOOD[at].0), damaged(GOOD[at].1.clone()))),
    ) {
        read(kind, &bytes);
    }

    #[test]
    fn random_bytes(kind in 0..GOOD.len(), bytes in prop::collection::vec(any::<u8>(), 0..100), framed: bool) {
        let (begin, end): (&[u8], &[u8]) = match (framed, kind) {
            (false, _) => (b"", b""),
            (true, 0) => (b"PAR1", b"PAR1"),
            (true, _) => (b"ARROW1\0\0", b"ARROW1"),
        };
        read(GOOD[kind].0, &[begin, &bytes[..], end].concat());
    }
}
