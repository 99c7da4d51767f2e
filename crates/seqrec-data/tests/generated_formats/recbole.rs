//! RecBole's atomic files: typed headers, lists apart by a blank.

use super::{history, item, read, times};

#[test]
fn typed_headers() {
    let inter = "user_id:token\titem_id:token\trating:float\ttimestamp:float\n\
        1\t1193\t5\t978300760\n1\t007\t3\t978302109.0\n2\t1193\t4\t9.78298413E8\n";
    let items = "item_id:token\tmovie_title:token_seq\trelease_year:token\tgenre:token_seq\n\
        007\tToy \"Story\", again\t1995\tAnimation Children's Comedy\n1193\tOne Flew\t\t\n";
    let users = "user_id:token\tage:token\tgender:token\toccupation:token\tzip_code:token\n\
        1\t1\tF\t10\t48067\n2\t56\tM\t16\t\n";
    let files = [("ml-1m.inter", inter), ("ml-1m.item", items), ("ml-1m.user", users)];
    let sequences = read("recbole", &files.map(|(name, text)| (name, text.as_bytes())));
    assert_eq!(history(&sequences, "1"), ["1193", "007"], "ids are text");
    assert_eq!(times(&sequences, "1"), [978_300_760_000, 978_302_109_000]);
    assert_eq!(times(&sequences, "2"), [978_298_413_000]);
    let toy = item(&sequences, "007");
    assert_eq!(sequences.title(toy), Some("Toy \"Story\", again (1995)"));
    let genres: Vec<_> = sequences.genres().unwrap().names_of(toy).collect();
    assert_eq!(genres, ["Animation", "Children's", "Comedy"]);
    assert!(sequences.genres().unwrap().of(item(&sequences, "1193")).is_empty());
    let zip = sequences.user_field("zip_code").unwrap().single().unwrap();
    assert_eq!((zip.name_of(0), zip.name_of(1)), (Some("48067"), None));
}
