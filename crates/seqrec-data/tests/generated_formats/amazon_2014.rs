//! Amazon's release of 2014: JSON reviews, Python metadata, ratings with the user first.

use std::fmt::Write as _;

use super::{check, gzip, history, item, of_item, read, rows, times};

const REVIEWS: &str = r#"{"reviewerID": "A2SUAM1J3GNN3B", "asin": "000714808X", "reviewerName": "J. \"Mac\" Donald", "helpful": [2, 3], "reviewText": "A gift, he said.", "overall": 5.0, "summary": "Fine \u00e9", "unixReviewTime": 1252800000, "reviewTime": "09 13, 2009"}
{"reviewerID": "A2SUAM1J3GNN3B", "asin": "0006428320", "helpful": [0, 0], "reviewText": "", "overall": 2.0, "summary": "No name", "unixReviewTime": 1252800000, "reviewTime": "09 13, 2009"}
{"reviewerID": "A2JXAZZI9PHK9Z", "asin": "0006428320", "reviewerName": "B", "helpful": [3, 3], "reviewText": "x", "overall": 4.0, "summary": "s", "unixReviewTime": 1388707200, "reviewTime": "01 3, 2014"}
"#;
const META: &str = r#"{'asin': '000714808X', 'title': "Blood and Roses: One Family's Struggle", 'price': 5.98, 'imUrl': 'http://images.example/a.jpg', 'related': {'also_bought': ['0061430765'], 'buy_after_viewing': ['0061430773']}, 'salesRank': {'Books': 326205}, 'categories': [['Books'], ['Books', 'History']]}
{'asin': '0006428320', 'description': 'Caf\xe9 "music"\n', 'title': 'Six Sonatas (#4-6)', 'brand': 'Acme', 'categories': [['Musical Instruments', 'Instrument Accessories', 'Sheet Music Folders']]}
{'asin': '0000000001', 'related': None}
"#;

#[test]
fn reviews_and_metadata() {
    for (name, category) in [
        ("amazon-books-2014", "Books"),
        ("amazon-beauty-2014", "Beauty"),
        ("amazon-electronics-2014", "Electronics"),
    ] {
        let (reviews, meta) = (format!("reviews_{category}_5.json.gz"), format!("meta_{category}.json.gz"));
        let sequences = read(name, &[(&reviews, &gzip(REVIEWS)), (&meta, &gzip(META))]);
        assert_eq!(
            history(&sequences, "A2SUAM1J3GNN3B"),
            ["000714808X", "0006428320"],
            "file order of a day"
        );
        assert_eq!(times(&sequences, "A2JXAZZI9PHK9Z"), [1_388_707_200]);
        assert_eq!(sequences.ratings(0), Some(&[5.0, 2.0][..]));
        let book = item(&sequences, "000714808X");
        assert_eq!(sequences.title(book), Some("Blood and Roses: One Family's Struggle"));
        assert_eq!(of_item(&sequences, "category", "0006428320"), Some("Sheet Music Folders"));
        assert_eq!(of_item(&sequences, "brand", "0006428320"), Some("Acme"));
        assert_eq!(of_item(&sequences, "brand", "000714808X"), None);
        // DIN's category is of the last path, ComiRec's of the first.
        let of_book = if category == "Electronics" { "History" } else { "Books" };
        assert_eq!(of_item(&sequences, "category", "000714808X"), Some(of_book));
        let price = sequences.item_field("price").unwrap().numbers().unwrap();
        assert_eq!((price.of(book), price.of(item(&sequences, "0006428320"))), (Some(5.98), None));
        let whole = sequences.genres().unwrap();
        assert_eq!(whole.names_of(item(&sequences, "0006428320")).count(), 3);
    }
}

#[test]
fn ratings_have_the_user_first() {
    let asin = |item: usize| format!("{item:010}");
    let mut text = String::new();
    for (user, item, step) in rows(300, 70, 9) {
        writeln!(text, "A{user}XQ,{},{}.0,{}", asin(item), 1 + step % 5, 1_019_865_600 + step).unwrap();
    }
    for (name, file) in [("books", "ratings_Books.csv"), ("amazon-beauty-2014-ratings", "ratings_Beauty.csv")]
    {
        let sequences = read(name, &[(file, text.as_bytes())]);
        check(&sequences, 300, 70, 9, asin);
        assert_eq!(sequences.ratings(0).unwrap()[..6], [1.0, 2.0, 3.0, 4.0, 5.0, 1.0]);
    }
}
