//! What is written is what is read.

use std::path::Path;
use std::time::Instant;

use proptest::prelude::*;
use seqrec_data::prepared::{
    Description, PreparedCard, compare_prepared, contents, read_prepared, user_hash, write_prepared,
};
use seqrec_data::{
    Categories, CategoryLists, Error, Field, Filter, Manifest, Numbers, Part, PrepareConfig, Sequences,
    SkippedRows, SyntheticConfig, load,
};

use crate::common;

fn write(sequences: &Sequences, dir: &Path, partitions: u32) -> PreparedCard {
    let prepare = PrepareConfig::default();
    let skipped = SkippedRows::default();
    let description =
        Description { name: "test", prepare: &prepare, skipped: &skipped, key: None, partitions };
    write_prepared(sequences, &description, dir).unwrap()
}

/// Writes with 1 and with 8 partitions; both must read as `sequences`.
fn check_round_trip(sequences: &Sequences) {
    let dir = tempfile::tempdir().unwrap();
    let (one, eight) = (dir.path().join("one"), dir.path().join("eight"));
    let card = write(sequences, &one, 1);
    assert_eq!(card.contents.as_ref(), Some(&contents(sequences)));
    let other = write(sequences, &eight, 8);
    assert_eq!(other.contents, card.contents);
    for (dir, card) in [(&one, card), (&eight, other)] {
        let started = Instant::now();
        let (found, read) = read_prepared(dir).unwrap();
        eprintln!("{} events read in {:?}", found.num_events(), started.elapsed());
        assert_eq!(read, card);
        assert!(found == *sequences);
        assert_eq!(contents(&found), contents(sequences));
    }
    assert_eq!(compare_prepared(&one, &eight).unwrap(), None);
}

#[test]
fn published_data_survives_bit_for_bit() {
    for name in ["ml-100k", "ml-1m", "beauty", "taobao"] {
        let manifest = Manifest::builtin(name).unwrap();
        let Some(dir) = common::folder(manifest.folder()) else {
            return;
        };
        let dataset = load(&manifest, dir).unwrap();
        let filter = Filter::OnePass { item_min: 5, user_min: 5 };
        for config in [PrepareConfig::default(), PrepareConfig { filter, ..PrepareConfig::default() }] {
            check_round_trip(&dataset.prepare(&config).unwrap());
        }
    }
}

#[test]
fn synthetic_data_survives_bit_for_bit() {
    check_round_trip(&SyntheticConfig::default().generate().unwrap().sequences);
}

#[test]
fn events_lie_in_the_partition_of_their_user() {
    let sequences = SyntheticConfig { users: 40, ..SyntheticConfig::default() }.generate().unwrap().sequences;
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("out");
    write(&sequences, &dir, 4);
    for partition in 0..4 {
        let users = sequences.user_ids().iter().filter(|(id, _)| user_hash(id, 4) == partition).count();
        let folder = dir.join(format!("events/user_hash={partition}"));
        assert_eq!(folder.exists(), users > 0);
    }
    let prepare = PrepareConfig::default();
    let skipped = SkippedRows::default();
    let none = Description { name: "x", prepare: &prepare, skipped: &skipped, key: None, partitions: 0 };
    assert!(matches!(write_prepared(&sequences, &none, dir.with_extension("x")), Err(Error::Config { .. })));
}

fn histories() -> impl Strategy<Value = Vec<Vec<u32>>> {
    prop::collection::vec(prop::collection::vec(1u32..=5, 1..6), 1..12)
}

/// Times, titles and a field of each kind for events, items and users, some of it missing.
fn furnished(histories: &[Vec<u32>], seed: u32) -> Sequences {
    let plain = Sequences::from_histories(histories, 5).unwrap();
    let draw = |row: usize, bound: u32| (row as u32).wrapping_mul(2_654_435_761).wrapping_add(seed) % bound;
    let names = || vec!["b".to_owned(), String::new(), "\u{e9}, \"a\"\n".to_owned()];
    let single = |rows: usize, first: usize| {
        let code = |row| if row < first { 0 } else { draw(row, 4) };
        Field::new("one", Categories::new(names(), (0..rows).map(code).collect()).unwrap())
    };
    let list = |rows: usize, first: usize| {
        let (mut offsets, mut codes) = (vec![0], Vec::new());
        for row in 0..rows {
            let length = if row < first { 0 } else { draw(row, 4) };
            codes.extend((0..length).map(|at| 1 + draw(row + at as usize, 3)));
            offsets.push(codes.len());
        }
        Field::new("some of them", CategoryLists::new(names(), offsets, codes).unwrap())
    };
    let number = |rows: usize, first: usize| {
        let value = |row| match (row < first, draw(row, 3)) {
            (true, _) | (_, 0) => f32::NAN,
            (_, value) => value as f32 / -3.0,
        };
        Field::new("number", Numbers::new((0..rows).map(value).collect()).unwrap())
    };
    let titles = (0..5).map(|item| if draw(item, 3) == 0 { String::new() } else { format!("t{item}") });
    let times = histories.iter().flat_map(|own| (0..own.len() as i64).map(|at| at * at - 3));
    let mut sequences = plain.with_titles(titles.collect()).unwrap().with_times(times.collect()).unwrap();
    let (events, users) = (sequences.num_events(), sequences.num_users());
    if seed.is_multiple_of(2) {
        let part = |user| [Part::Train, Part::Valid, Part::Test][draw(user, 3) as usize];
        sequences = sequences.with_parts((0..users).map(part).collect()).unwrap();
    }
    for field in [&single as &dyn Fn(usize, usize) -> Field, &list, &number] {
        sequences = sequences.with_event_field(field(events, 0)).unwrap();
        sequences = sequences.with_user_field(field(users, 0)).unwrap();
        sequences = sequences.with_item_field(field(6, 1)).unwrap();
    }
    sequences
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn fields_of_every_kind_survive(histories in histories(), seed: u32) {
        check_round_trip(&furnished(&histories, seed));
    }

    #[test]
    fn comparison_says_equal_exactly_for_equal_data(
        (left, right) in (histories(), histories()), seeds in (0u32..2, 0u32..2),
    ) {
        let (left, right) = (furnished(&left, seeds.0), furnished(&right, seeds.1));
        let dir = tempfile::tempdir().unwrap();
        write(&left, &dir.path().join("left"), 1);
        write(&right, &dir.path().join("right"), 3);
        let difference = compare_prepared(dir.path().join("left"), dir.path().join("right")).unwrap();
        prop_assert_eq!(difference.is_none(), left == right, "{:?}", difference);
    }
}
