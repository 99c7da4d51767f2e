//! Readers on the published files.

mod common;

use std::time::Instant;

use seqrec_data::{Dataset, Filter, LeaveOneOut, Manifest, PrepareConfig, Sequences, SplitConfig, load};

fn dataset(name: &str) -> Option<Dataset> {
    let manifest = Manifest::builtin(name).unwrap();
    let dir = common::folder(manifest.folder())?;
    Some(load(&manifest, dir).unwrap())
}

fn sequences(name: &str) -> Option<Sequences> {
    Some(dataset(name)?.prepare(&PrepareConfig::default()).unwrap())
}

fn genre_names(sequences: &Sequences, item: u32) -> Vec<&str> {
    let genres = sequences.genres().unwrap();
    genres.of(item).iter().map(|&genre| genres.name(genre).unwrap()).collect()
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
    let values: Vec<_> = sequences.user_fields().iter().map(|f| f.value(user)).collect();
    assert_eq!(values, [Some("1"), Some("F"), Some("10"), Some("48067")]);
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
