//! MovieLens 20M and larger: CSV with quotes and Windows line ends.

use std::fmt::Write as _;

use super::{check, item, read, rows};

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
        let files = [("ratings.csv", events.as_bytes()), ("movies.csv", movies.as_bytes())];
        let sequences = read(name, &files);
        check(&sequences, 50, 20, 6, |item| item.to_string());
        let three = item(&sequences, "3");
        assert_eq!(sequences.title(three), Some("Say \"3\", again (1999)"));
        assert!(sequences.genres().unwrap().of(three).is_empty());
        assert_eq!(sequences.categories().unwrap().of(three), 0);
        assert_eq!(sequences.genres().unwrap().of(item(&sequences, "4")).len(), 2);
    }
}
