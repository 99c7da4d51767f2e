//! Official formats whose data is not at hand, on generated files.

use std::fmt::Write as _;
use std::path::Path;

use seqrec_data::{Manifest, PrepareConfig, Sequences, load};

fn read(name: &str, files: &[(&str, String)]) -> Sequences {
    let dir = tempfile::tempdir().unwrap();
    for (file, text) in files {
        std::fs::write(dir.path().join(Path::new(file)), text).unwrap();
    }
    let manifest = Manifest::builtin(name).unwrap();
    load(&manifest, dir.path()).unwrap().prepare(&PrepareConfig::default()).unwrap()
}

/// User `u` meets items `u`, `u + 1`, ... of `items`, latest first in the file.
fn rows(users: usize, items: usize, each: usize) -> Vec<(usize, usize, usize)> {
    let of_user = |user| (0..each).rev().map(move |step| (user, (user + step) % items, step));
    (0..users).flat_map(of_user).collect()
}

fn check(sequences: &Sequences, users: usize, items: usize, each: usize, raw: impl Fn(usize) -> String) {
    assert_eq!((sequences.num_users(), sequences.num_items()), (users, items));
    for user in 0..users {
        let found: Vec<_> = sequences
            .items(user as u32)
            .iter()
            .map(|&item| sequences.item_ids().name(item).unwrap())
            .collect();
        let expected: Vec<_> = (0..each).map(|step| raw((user + step) % items)).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn amazon_books() {
    let asin = |item: usize| format!("{item:010}");
    let mut text = String::new();
    for (user, item, step) in rows(300, 70, 9) {
        writeln!(text, "A{user}XQ,{},{}.0,{}", asin(item), 1 + step % 5, 1_019_865_600 + step).unwrap();
    }
    let sequences = read("books", &[("ratings_Books.csv", text)]);
    check(&sequences, 300, 70, 9, asin);
    assert_eq!(sequences.ratings(0).unwrap()[..6], [1.0, 2.0, 3.0, 4.0, 5.0, 1.0]);
}

#[test]
fn movielens_20m_and_larger() {
    let mut events = "userId,movieId,rating,timestamp\r\n".to_owned();
    for (user, item, step) in rows(50, 20, 6) {
        write!(events, "{},{item},4.5,{}\r\n", user + 1, 964_982_703 + step).unwrap();
    }
    let mut movies = "movieId,title,genres\r\n".to_owned();
    for item in 0..20 {
        let genres = if item == 3 { "(no genres listed)" } else { "Comedy|Film-Noir" };
        write!(movies, "{item},\"Say \"\"{item}\"\", again (1999)\",{genres}\r\n").unwrap();
    }
    for name in ["ml-20m", "ml-25m", "ml-32m", "ml-latest"] {
        let files = [("ratings.csv", events.clone()), ("movies.csv", movies.clone())];
        let sequences = read(name, &files);
        check(&sequences, 50, 20, 6, |item| item.to_string());
        let item = sequences.item_ids().code("3").unwrap();
        assert_eq!(sequences.title(item), Some("Say \"3\", again (1999)"));
        assert!(sequences.genres().unwrap().of(item).is_empty());
        assert_eq!(sequences.categories().unwrap().of(item), 0);
        let item = sequences.item_ids().code("4").unwrap();
        assert_eq!(sequences.genres().unwrap().of(item).len(), 2);
    }
}

#[test]
fn taobao_counts_page_views_only() {
    let mut text = String::new();
    for (user, item, step) in rows(40, 15, 5) {
        let time = 1_511_544_070 + step;
        writeln!(text, "{user},{item},{},pv,{time}", 9_000 + item % 4).unwrap();
        writeln!(text, "{user},{},{},buy,{time}", 1_000 + item, 9_000).unwrap();
    }
    let sequences = read("taobao", &[("UserBehavior.csv", text)]);
    check(&sequences, 40, 15, 5, |item| item.to_string());
    let categories = sequences.categories().unwrap();
    assert_eq!(categories.len(), 4);
    let item = sequences.item_ids().code("6").unwrap();
    assert_eq!(categories.name(categories.of(item)), Some("9002"));
}
