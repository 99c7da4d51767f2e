//! Counts of the published files, and after the filters that published figures rest on.

mod common;

use seqrec_data::{Dataset, Filter, Manifest, PrepareConfig, load};

fn dataset(name: &str) -> Option<Dataset> {
    let manifest = Manifest::builtin(name).unwrap();
    let dir = common::folder(manifest.folder())?;
    Some(load(&manifest, dir).unwrap())
}

/// Users, items and events.
fn counts(dataset: &Dataset, config: &PrepareConfig) -> [usize; 3] {
    let sequences = dataset.prepare(config).unwrap();
    [sequences.num_users(), sequences.num_items(), sequences.num_events()]
}

#[test]
fn files_have_the_size_that_their_manifest_states() {
    for (name, expected) in [
        ("ml-100k", [943, 1_682, 100_000]),
        ("ml-1m", [6_040, 3_706, 1_000_209]),
        ("ml-latest-small", [610, 9_724, 100_836]),
        ("beauty", [22_363, 12_101, 198_502]),
        ("yoochoose-100k", [21_210, 2_933, 83_846]),
        ("yoochoose1-64", [131_491, 17_745, 557_248]),
        ("diginetica", [202_633, 43_097, 982_961]),
    ] {
        let Some(dataset) = dataset(name) else {
            continue;
        };
        let found = counts(&dataset, &PrepareConfig::default());
        let size = Manifest::builtin(name).unwrap().size.unwrap();
        assert_eq!(found.map(|count| count as u64), [size.users, size.items, size.events], "{name}");
        assert_eq!(found, expected, "{name}");
    }
}

/// RecBole prints 6,034 users and 3,124 items, as it counts padding. The 6,040 users on the page of its
/// benchmark are those before the filter: its sparsity of 95.5733 % needs 6,034.
#[test]
fn recbole_benchmark_of_movielens_1m() {
    let Some(dataset) = dataset("ml-1m") else {
        return;
    };
    let rated = |least, filter| PrepareConfig { min_rating: Some(least), filter, ..PrepareConfig::default() };
    let ten_core = Filter::KCore { k: 10 };
    assert_eq!(counts(&dataset, &rated(3.0, Filter::None)), [6_039, 3_628, 836_478]);
    assert_eq!(counts(&dataset, &rated(3.0, ten_core)), [6_033, 3_123, 834_449]);
    assert_eq!(counts(&dataset, &rated(4.0, ten_core)), [5_949, 2_810, 571_531], "takes two passes");
    let sparsity = 1.0 - 834_449.0 / (6_034.0 * 3_124.0);
    assert!((sparsity - 0.955_733_f64).abs() < 1e-6);
}

#[test]
fn movielens_1m_five_core() {
    let Some(dataset) = dataset("ml-1m") else {
        return;
    };
    let config = PrepareConfig { filter: Filter::KCore { k: 5 }, ..PrepareConfig::default() };
    assert_eq!(counts(&dataset, &config), [6_040, 3_416, 999_611]);
}

/// Cut out of the official file, so that the manifest's size is not theirs.
#[test]
fn taobao_by_behaviour() {
    for (name, views, all) in [
        ("taobao", [1_020, 62_901, 93_706], [1_024, 66_794, 104_224]),
        ("taobao-window", [60_993, 77_103, 98_361], [66_454, 84_793, 110_300]),
    ] {
        let Some(dataset) = dataset(name) else {
            continue;
        };
        assert_eq!(counts(&dataset, &PrepareConfig::default()), views, "{name}");
        let manifest = Manifest::builtin(name).unwrap().keeping(["pv", "cart", "fav", "buy"]).unwrap();
        let dir = common::folder(manifest.folder()).unwrap();
        let every = load(&manifest, dir).unwrap();
        assert_eq!(counts(&every, &PrepareConfig::default()), all, "{name}");
    }
}
