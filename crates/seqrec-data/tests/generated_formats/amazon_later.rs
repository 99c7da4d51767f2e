//! Amazon's releases of 2018 and 2023: strict JSON, ratings with the item first, milliseconds.

use seqrec_data::TimeUnit;

use super::{gzip, history, item, of_item, read, times};

#[test]
fn reviews_and_metadata_of_2018() {
    let reviews = r#"{"overall": 5.0, "vote": "1,024", "verified": true, "reviewTime": "07 14, 2014", "reviewerID": "A25MDGOMZ2GALN", "asin": "B00005N7P0", "style": {"Format:": " Hardcover"}, "reviewerName": "A", "reviewText": "A great read.", "summary": "Five Stars", "unixReviewTime": 1405296000}
{"overall": 1.0, "verified": false, "reviewTime": "07 1, 2014", "reviewerID": "A25MDGOMZ2GALN", "asin": "0143026860", "image": ["http://images.example/b.jpg"], "unixReviewTime": 1404172800}
"#;
    let meta = r#"{"category": ["All Beauty", "Nails"], "tech1": "", "description": ["One.", "Two."], "fit": "", "title": "Nail file", "also_buy": [], "brand": "Acme", "feature": [], "rank": ["1,2"], "main_cat": "All Beauty", "price": "$4.20", "asin": "B00005N7P0"}
{"category": [], "title": "<a>Odd</a>", "brand": "", "asin": "0143026860"}
{"category": ["Late"], "title": "Nail file, again", "asin": "B00005N7P0"}
"#;
    let files = [("All_Beauty.json.gz", gzip(reviews)), ("meta_All_Beauty.json.gz", gzip(meta))];
    let sequences = read("amazon-2018", &files.each_ref().map(|(name, bytes)| (*name, bytes.as_slice())));
    assert_eq!(history(&sequences, "A25MDGOMZ2GALN"), ["0143026860", "B00005N7P0"]);
    assert_eq!(of_item(&sequences, "category", "B00005N7P0"), Some("Nails"));
    assert_eq!(of_item(&sequences, "category", "0143026860"), None);
    assert_eq!(sequences.title(item(&sequences, "B00005N7P0")), Some("Nail file"), "the first row counts");
}

#[test]
fn ratings_of_2018_have_the_item_first() {
    let text = "0143026860,A1V6B6TNIC10QE,1.0,1424304000\n0143026860,A2F5GHSXFQ0W6J,4.0,1418860800\n";
    let sequences = read("amazon-books-2018-ratings", &[("Books.csv", text.as_bytes())]);
    assert_eq!((sequences.num_users(), sequences.num_items()), (2, 1));
    assert_eq!(history(&sequences, "A2F5GHSXFQ0W6J"), ["0143026860"]);
}

#[test]
fn reviews_and_metadata_of_2023() {
    let reviews = r#"{"rating": 5.0, "title": "Such a lovely scent", "text": "...", "images": [{"small_image_url": "u"}], "asin": "B00YQ6X8EO", "parent_asin": "B00YQ6X8EP", "user_id": "AGKHLEW2SOWHNMFQIJGBECAF7INQ", "timestamp": 1588687728923, "helpful_vote": 0, "verified_purchase": true}
{"rating": 3.0, "title": "", "text": "", "images": [], "asin": "B0", "parent_asin": "B0", "user_id": "AGKHLEW2SOWHNMFQIJGBECAF7INQ", "timestamp": 1452647382000, "helpful_vote": 1, "verified_purchase": false}
"#;
    let meta = r#"{"main_category": "All Beauty", "title": "Spray", "average_rating": 4.8, "rating_number": 10, "features": [], "description": [], "price": null, "images": [], "videos": [], "store": "Howard", "categories": [], "details": {"Size": "1"}, "parent_asin": "B00YQ6X8EP", "bought_together": null}
{"main_category": "Premium Beauty", "title": "Soap", "price": "from 9.99", "store": null, "categories": ["Beauty", "Bath", "Soaps"], "parent_asin": "B0"}
"#;
    let files = [("All_Beauty.jsonl.gz", gzip(reviews)), ("meta_All_Beauty.jsonl.gz", gzip(meta))];
    let sequences = read("amazon-2023", &files.each_ref().map(|(name, bytes)| (*name, bytes.as_slice())));
    let user = "AGKHLEW2SOWHNMFQIJGBECAF7INQ";
    assert_eq!(history(&sequences, user), ["B0", "B00YQ6X8EP"]);
    assert_eq!(times(&sequences, user), [1_452_647_382_000, 1_588_687_728_923]);
    assert_eq!(sequences.time_unit(), Some(TimeUnit::Milliseconds));
    assert_eq!(of_item(&sequences, "category", "B0"), Some("Soaps"));
    assert_eq!(of_item(&sequences, "category", "B00YQ6X8EP"), None);
    assert_eq!(of_item(&sequences, "store", "B00YQ6X8EP"), Some("Howard"));
}

#[test]
fn ratings_of_2023_have_a_header() {
    let text = "user_id,parent_asin,rating,timestamp\n\
        AGKASBHYZPGTEPO6LWZPVJWB2BVA,B006GBITXC,3.0,1452647382000\n\
        AGKASBHYZPGTEPO6LWZPVJWB2BVA,B00TLEMSVK,4.0,1454675785000\n";
    let sequences = read("amazon-2023-ratings", &[("All_Beauty.csv.gz", &gzip(text))]);
    assert_eq!(history(&sequences, "AGKASBHYZPGTEPO6LWZPVJWB2BVA"), ["B006GBITXC", "B00TLEMSVK"]);
    let unpacked = read("amazon-2023-ratings", &[("All_Beauty.csv", text.as_bytes())]);
    assert_eq!(unpacked, sequences);
}
