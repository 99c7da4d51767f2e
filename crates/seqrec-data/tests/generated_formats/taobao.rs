//! Taobao UserBehavior: no header, four behaviours.

use std::fmt::Write as _;

use super::{check, item, of_events, read, rows};

#[test]
fn page_views_count_only() {
    let mut text = String::new();
    for (user, item, step) in rows(40, 15, 5) {
        let time = 1_511_544_070 + step;
        writeln!(text, "{user},{item},{},pv,{time}", 9_000 + item % 4).unwrap();
        writeln!(text, "{user},{},{},buy,{time}", 1_000 + item, 9_000).unwrap();
    }
    for (name, file) in [("taobao", "UserBehavior.csv"), ("taobao-window", "UserBehavior_window.csv")] {
        let sequences = read(name, &[(file, text.as_bytes())]);
        check(&sequences, 40, 15, 5, |item| item.to_string());
        let categories = sequences.categories().unwrap();
        assert_eq!(categories.len(), 4);
        assert_eq!(categories.name(categories.of(item(&sequences, "6"))), Some("9002"));
        assert_eq!(of_events(&sequences, "behaviour", "1"), [Some("pv"); 5]);
    }
}

/// Times outside the nine days, even before 1970, are in the official file.
#[test]
fn odd_times_are_read() {
    let text = "1,5,7,pv,1511544070\n1,6,7,pv,-1\n1,7,8,pv,2122867355\n";
    let sequences = read("taobao", &[("UserBehavior.csv", text.as_bytes())]);
    assert_eq!(super::history(&sequences, "1"), ["6", "5", "7"]);
}
