//! Readers on the published files.

mod common;

use std::collections::HashSet;
use std::time::Instant;

use seqrec_data::encode::{self, Encoded, EncoderConfig, LogBuckets};
use seqrec_data::{
    Dataset, Field, Filter, LeaveOneOut, Manifest, PrepareConfig, Sequences, SplitConfig, UserRatio, dwell,
    load,
};

fn dataset(name: &str) -> Option<Dataset> {
    let manifest = Manifest::builtin(name).unwrap();
    let dir = common::folder(manifest.folder())?;
    Some(load(&manifest, dir).unwrap())
}

fn sequences(name: &str) -> Option<Sequences> {
    Some(dataset(name)?.prepare(&PrepareConfig::default()).unwrap())
}

fn genre_names(sequences: &Sequences, item: u32) -> Vec<&str> {
    sequences.genres().unwrap().names_of(item).collect()
}

#[test]
fn movielens_1m_with_titles_genres_and_users() {
    let started = Instant::now();
    let Some(sequences) = sequences("ml-1m") else {
        return;
    };
    eprintln!("ml-1m read and prepared in {:?}", started.elapsed());
    let item = sequences.item_ids().code("1").unwrap();
    assert_eq!(sequences.title(item), Some("Toy Story (1995)"));
    assert_eq!(genre_names(&sequences, item), ["Animation", "Children's", "Comedy"]);
    let item = sequences.item_ids().code("73").unwrap();
    assert_eq!(sequences.title(item), Some("Mis\u{e9}rables, Les (1995)"), "latin-1");
    let fields: Vec<_> = sequences.user_fields().iter().map(|field| field.name()).collect();
    assert_eq!(fields, ["age", "gender", "occupation", "zip_code"]);
    let user = sequences.user_ids().code("1").unwrap();
    let values: Vec<_> =
        sequences.user_fields().iter().map(|field| field.single().unwrap().name_of(user)).collect();
    assert_eq!(values, [Some("1"), Some("F"), Some("10"), Some("48067")]);
}

fn tokens(sequences: &Sequences, item: u32) -> Vec<&str> {
    sequences.item_field("title_tokens").and_then(Field::list).unwrap().names_of(item).collect()
}

/// Earliest and latest year, and items without.
fn years(sequences: &Sequences) -> (f32, f32, usize) {
    let years = sequences.item_field("year").and_then(Field::numbers).unwrap();
    let known: Vec<f32> = (1..=sequences.num_items() as u32).filter_map(|item| years.of(item)).collect();
    let (first, last) = (known.iter().copied().reduce(f32::min), known.iter().copied().reduce(f32::max));
    (first.unwrap(), last.unwrap(), sequences.num_items() - known.len())
}

#[test]
fn movielens_1m_fields() {
    let Some(sequences) = sequences("ml-1m") else {
        return;
    };
    let item = sequences.item_ids().code("1").unwrap();
    assert_eq!(tokens(&sequences, item), ["toy", "story", "1995"]);
    assert_eq!(sequences.item_field("title_tokens").and_then(Field::list).unwrap().len(), 4_381);
    assert_eq!(years(&sequences), (1919.0, 2000.0, 0));
    let (sequences, split) = SplitConfig::UserRatio(UserRatio::default()).apply(sequences).unwrap();

    let gender = sequences.user_field("gender").unwrap();
    let vocabulary = EncoderConfig::Vocabulary(encode::Vocabulary::default());
    let encoder = vocabulary.fit(gender, &[true; 6_040]).unwrap();
    let Encoded::Codes(codes) = encoder.encode(gender).unwrap() else { panic!("one code a user") };
    assert_eq!(codes.cardinality, 4);
    assert_eq!(codes.codes.iter().filter(|&&code| code == 2).count(), 4_331, "men are more frequent");

    let genres = sequences.item_field("genres").unwrap();
    let encoder = vocabulary.fit(genres, &split.train_items(&sequences)).unwrap();
    assert_eq!(encoder.cardinality(), Some(18 + 2));
    let Encoded::Lists(lists) = encoder.encode(genres).unwrap() else { panic!("lists") };
    assert_eq!(lists.offsets[1], 0, "padding has no genre");
    assert!(!lists.codes.contains(&encode::OUT_OF_VOCABULARY));
}

#[test]
fn movielens_100k_fields() {
    let Some(sequences) = sequences("ml-100k") else {
        return;
    };
    assert_eq!(years(&sequences), (1922.0, 1998.0, 1));
    let item = sequences.item_ids().code("1412").unwrap();
    assert_eq!(tokens(&sequences, item).last(), Some(&"v"), "Land Before Time III ... (1995) (V)");
    assert_eq!(sequences.item_field("year").and_then(Field::numbers).unwrap().of(item), Some(1995.0));
    assert_eq!(sequences.item_field("title_tokens").and_then(Field::list).unwrap().len(), 2_459);
    let occupation = sequences.user_field("occupation").and_then(Field::single).unwrap();
    assert_eq!(occupation.len(), 21);
}

#[test]
fn movielens_100k_flags_become_genres() {
    let Some(sequences) = sequences("ml-100k") else {
        return;
    };
    let item = sequences.item_ids().code("1").unwrap();
    assert_eq!(sequences.title(item), Some("Toy Story (1995)"));
    assert_eq!(genre_names(&sequences, item), ["Animation", "Children's", "Comedy"]);
    let item = sequences.item_ids().code("267").unwrap();
    assert_eq!(genre_names(&sequences, item), ["unknown"]);
    assert_eq!(sequences.genres().unwrap().len(), 19);
}

/// The wheel's files, written from the official ones, since rows and genres agree.
#[test]
fn movielens_100k_reads_the_same_from_both_layouts() {
    let Some(official) = common::folder("ml-100k") else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let latin_1 = |name: &str| -> String {
        let bytes = std::fs::read(official.join(name)).unwrap();
        bytes.iter().map(|&byte| char::from(byte)).collect()
    };
    let write = |name: &str, header: &str, rows: String| {
        std::fs::write(dir.path().join(name), format!("{header}\n{rows}")).unwrap();
    };
    write("ml-100k.inter", "user_id:token\titem_id:token\trating:float\ttimestamp:float", latin_1("u.data"));
    write(
        "ml-100k.user",
        "user_id:token\tage:token\tgender:token\toccupation:token\tzip_code:token",
        latin_1("u.user").replace('|', "\t"),
    );
    let genres: Vec<String> =
        latin_1("u.genre").lines().filter_map(|line| Some(line.split_once('|')?.0.to_owned())).collect();
    let items = latin_1("u.item")
        .lines()
        .map(|line| {
            let fields: Vec<&str> = line.split('|').collect();
            let (title, year) = match fields[1].trim().rsplit_once(" (") {
                Some((title, year)) => (title, year.trim_end_matches(')')),
                None => (fields[1], ""),
            };
            let own: Vec<&str> = genres
                .iter()
                .zip(&fields[5..])
                .filter(|(_, flag)| **flag == "1")
                .map(|(genre, _)| genre.as_str())
                .collect();
            format!("{}\t{title}\t{year}\t{}\n", fields[0], own.join(" "))
        })
        .collect();
    let header = "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq";
    write("ml-100k.item", header, items);

    let manifest = Manifest::builtin("ml-100k").unwrap();
    let config = PrepareConfig::default();
    let other = load(&manifest, dir.path()).unwrap().prepare(&config).unwrap();
    assert_eq!(other, sequences("ml-100k").unwrap());
}

#[test]
fn movielens_latest_small() {
    let Some(sequences) = sequences("ml-latest-small") else {
        return;
    };
    assert_eq!((sequences.num_users(), sequences.num_items(), sequences.num_events()), (610, 9_724, 100_836));
    assert_eq!(sequences.item_ids().name(1), Some("356"));
    assert_eq!(sequences.title(1), Some("Forrest Gump (1994)"));
    assert_eq!(genre_names(&sequences, 1), ["Comedy", "Drama", "Romance", "War"]);
    // A title with a comma is quoted in the file; an item without genres has none.
    let item = sequences.item_ids().code("11").unwrap();
    assert_eq!(sequences.title(item), Some("American President, The (1995)"));
    let item = sequences.item_ids().code("122896").map(|item| genre_names(&sequences, item));
    assert_eq!(item, Some(vec![]));
    let ratings = (0..610).flat_map(|user| sequences.ratings(user).unwrap());
    assert_eq!(ratings.filter(|&&rating| rating == 0.5).count(), 1_370);
}

#[test]
fn amazon_beauty_has_attributes_but_no_times() {
    let Some(sequences) = sequences("beauty") else {
        return;
    };
    assert_eq!(sequences.times(0), None);
    assert_eq!(sequences.title(1), None);
    let item = sequences.item_ids().code("4").unwrap();
    assert_eq!(genre_names(&sequences, item), ["1", "2", "3"]);
    let attributes = sequences.genres().unwrap();
    assert_eq!((attributes.len(), attributes.codes().len()), (637, 45_037));
    assert_eq!(sequences.item_field("genres").unwrap().missing(), 1, "only padding has none");
}

#[test]
fn taobao_page_views_and_categories() {
    let Some(dataset) = dataset("taobao") else {
        return;
    };
    assert!(dataset.log().len() < 104_224, "purchases and the like are no page views");
    let sequences = dataset.prepare(&PrepareConfig::default()).unwrap();
    let item = sequences.item_ids().code("2268318").unwrap();
    let categories = sequences.categories().unwrap();
    assert_eq!(categories.name(categories.of(item)), Some("2520377"));
    assert_eq!(sequences.catalogue().len(), sequences.num_items());
}

#[test]
fn taobao_behaviours_are_selectable_and_known() {
    let manifest = Manifest::builtin("taobao").unwrap().keeping(["pv", "buy"]).unwrap();
    let Some(dir) = common::folder("taobao") else {
        return;
    };
    let sequences = load(&manifest, dir).unwrap().prepare(&PrepareConfig::default()).unwrap();
    assert_eq!(sequences.num_events(), 95_833);
    let behaviour = sequences.event_field("behaviour").and_then(Field::single).unwrap();
    let count = |name| (0..95_833).filter(|&event| behaviour.name_of(event) == Some(name)).count();
    assert_eq!((count("pv"), count("buy")), (93_706, 2_127));

    let category = sequences.event_field("category").and_then(Field::single).unwrap();
    let of_item = sequences.categories().unwrap();
    let user = sequences.user_ids().code("1").unwrap();
    let rows = sequences.event_rows(user);
    let found: Vec<_> = rows.clone().take(3).map(|row| category.name_of(row as u32).unwrap()).collect();
    assert_eq!(found, ["2520377", "2520771", "149192"]);
    let differ = (0..sequences.num_users() as u32).flat_map(|user| {
        let events = sequences.event_rows(user).zip(sequences.items(user));
        events.filter(|&(row, &item)| category.name_of(row as u32) != of_item.name_of(item))
    });
    let items: HashSet<u32> = differ.map(|(_, &item)| item).collect();
    assert_eq!(items.len(), 2, "items whose category changes on the way");

    let (sequences, split) = SplitConfig::UserRatio(UserRatio::default()).apply(sequences).unwrap();
    let dwell = dwell(&sequences, &split).unwrap();
    let seconds = dwell.numbers().unwrap();
    let times = sequences.times(user).unwrap();
    assert_eq!(seconds.of(rows.start as u32), Some((times[1] - times[0]) as f32));
    let config = EncoderConfig::LogBuckets(LogBuckets::default());
    let encoder = config.fit(&dwell, &split.train_events(&sequences)).unwrap();
    let Encoded::Codes(codes) = encoder.encode(&dwell).unwrap() else { panic!("one code an event") };
    let zero = codes.codes.iter().zip(seconds.values()).filter(|(_, value)| **value == 0.0);
    assert!(zero.clone().count() > 0 && zero.clone().all(|(&code, _)| code == 1));
}

#[test]
fn leave_one_out_on_the_five_core_of_movielens_100k() {
    let Some(dataset) = dataset("ml-100k") else {
        return;
    };
    let config =
        PrepareConfig { min_rating: Some(3.0), filter: Filter::KCore { k: 5 }, ..PrepareConfig::default() };
    let sequences = dataset.prepare(&config).unwrap();
    let (sequences, split) = SplitConfig::LeaveOneOut(LeaveOneOut::default()).apply(sequences).unwrap();
    assert_eq!(split.test.len(), sequences.num_users());
    let mut counts = vec![0; sequences.num_items() + 1];
    for user in 0..sequences.num_users() as u32 {
        assert!(sequences.items(user).len() >= 5);
        assert!(sequences.ratings(user).unwrap().iter().all(|&rating| rating >= 3.0));
        for &item in sequences.items(user) {
            counts[item as usize] += 1;
        }
    }
    assert!(counts[1..].iter().all(|&count| count >= 5));
}
