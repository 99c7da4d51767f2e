//! The ComiRec authors' preparation and split, to the last byte.

mod common;

use seqrec_data::{
    DataCard, Filter, Manifest, PrepareConfig, Sequences, Split, SplitConfig, UserRatio, export_comirec, load,
};

const CHECKSUMS: &str = include_str!("comirec_checksums.txt");

/// Counts found with the authors' program.
struct Reference {
    manifest: &'static str,
    export: &'static str,
    raw: [usize; 3],
    kept: [usize; 3],
    users: [usize; 3],
    events: [usize; 3],
    targets: [usize; 2],
    first_users: [&'static str; 5],
    first_items: [&'static str; 3],
    first_test_user: (usize, [u32; 5]),
    categories: usize,
}

fn prepared(reference: &Reference) -> Option<(Sequences, Split, DataCard)> {
    let manifest = Manifest::builtin(reference.manifest).unwrap();
    let dir = common::folder(manifest.folder())?;
    let prepare =
        PrepareConfig { filter: Filter::OnePass { item_min: 5, user_min: 5 }, ..PrepareConfig::default() };
    let protocol = SplitConfig::UserRatio(UserRatio::default());
    let sequences = load(&manifest, dir).unwrap().prepare(&prepare).unwrap();
    let (sequences, split) = protocol.apply(sequences).unwrap();
    let card = DataCard::new(reference.manifest, &sequences, &split, &prepare, &protocol);
    Some((sequences, split, card))
}

fn check(reference: &Reference) {
    let Some((sequences, split, card)) = prepared(reference) else {
        return;
    };
    assert_eq!([card.raw.users, card.raw.items, card.raw.events], reference.raw);
    assert_eq!([card.users, card.items, card.events], reference.kept);
    assert_eq!([card.train.users, card.valid.users, card.test.users], reference.users);
    assert_eq!([card.train.events, card.valid.events, card.test.events], reference.events);
    assert_eq!([card.valid.targets, card.test.targets], reference.targets);

    let raw_user = |user: u32| sequences.user_ids().name(user).unwrap();
    let first_users: Vec<_> = split.train.iter().take(5).map(|s| raw_user(s.user)).collect();
    assert_eq!(first_users, reference.first_users);
    let first_items: Vec<_> = (1..=3).map(|i| sequences.item_ids().name(i).unwrap()).collect();
    assert_eq!(first_items, reference.first_items);
    let (number, items) = reference.first_test_user;
    assert_eq!(split.train.len() + split.valid.len(), number);
    assert_eq!(sequences.items(split.test[0].user)[..5], items);
    assert_eq!(sequences.categories().unwrap().len(), reference.categories);

    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("export");
    let files = export_comirec(&sequences, &split, reference.export, dir).unwrap();
    let prefix = format!("{}_", reference.export);
    let mut expected: Vec<(&str, &str)> = CHECKSUMS
        .lines()
        .filter_map(|line| line.split_once("  "))
        .filter(|(_, name)| name.starts_with(&prefix))
        .map(|(sum, name)| (name, sum))
        .collect();
    let mut found: Vec<(&str, &str)> =
        files.iter().map(|file| (file.name.as_str(), file.sha256.as_str())).collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(expected.len(), 7);
    assert_eq!(found, expected);
}

#[test]
fn movielens_1m() {
    check(&Reference {
        manifest: "ml-1m",
        export: "ml1m",
        raw: [6_040, 3_706, 1_000_209],
        kept: [6_040, 3_416, 999_611],
        users: [4_832, 604, 604],
        events: [797_174, 99_503, 102_934],
        targets: [20_144, 20_828],
        first_users: ["44", "1864", "1693", "967", "1041"],
        first_items: ["2858", "260", "1196"],
        first_test_user: (5_436, [11, 65, 26, 454, 244]),
        categories: 18,
    });
}

#[test]
fn movielens_100k() {
    check(&Reference {
        manifest: "ml-100k",
        export: "ml100k",
        raw: [943, 1_682, 100_000],
        kept: [943, 1_349, 99_287],
        users: [754, 94, 95],
        events: [79_634, 10_119, 9_534],
        targets: [2_065, 1_946],
        first_users: ["119", "763", "155", "804", "472"],
        first_items: ["50", "258", "100"],
        first_test_user: (848, [125, 170, 257, 17, 10]),
        categories: 18,
    });
}

#[test]
fn amazon_beauty() {
    check(&Reference {
        manifest: "beauty",
        export: "beauty",
        raw: [22_363, 12_101, 198_502],
        kept: [22_363, 12_101, 198_502],
        users: [17_890, 2_236, 2_237],
        events: [158_485, 19_999, 20_018],
        targets: [4_803, 4_823],
        first_users: ["11412", "643", "21991", "2851", "1141"],
        first_items: ["301", "775", "279"],
        first_test_user: (20_126, [4, 1262, 1535, 865, 3225]),
        categories: 443,
    });
}
