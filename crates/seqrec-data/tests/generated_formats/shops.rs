//! Diginetica's and Retailrocket's logs.

use super::{gzip, history, of_events, of_item, read, times};

#[test]
fn diginetica_views() {
    // Rows of a session are in no order; most views have no user.
    let views = "sessionId;userId;itemId;timeframe;eventdate\n\
        1;NA;81766;526309;2016-05-09\n1;NA;31331;1031018;2016-05-09\n1;NA;32118;243569;2016-05-09\n\
        2;77;31331;0;2016-05-10\n";
    let categories = "itemId;categoryId\n81766;1096\n31331;1096\n139578;7\n";
    let files = [("train-item-views.csv", views), ("product-categories.csv", categories)];
    let sequences = read("diginetica-raw", &files.map(|(name, text)| (name, text.as_bytes())));
    assert_eq!(history(&sequences, "1"), ["32118", "81766", "31331"]);
    let midnight = 1_462_752_000_000;
    assert_eq!(times(&sequences, "1"), [243_569, 526_309, 1_031_018].map(|time| midnight + time));
    assert_eq!(of_events(&sequences, "user", "1"), [None; 3]);
    assert_eq!(of_events(&sequences, "user", "2"), [Some("77")]);
    assert_eq!(of_item(&sequences, "category", "31331"), Some("1096"));
    assert_eq!(of_item(&sequences, "category", "32118"), None);
}

#[test]
fn retailrocket_views() {
    let events = "timestamp,visitorid,event,itemid,transactionid\n\
        1433224214164,992329,view,248676,\n1433221332117,992329,view,355908,\n\
        1433224214170,992329,addtocart,248676,\n1439694000000,2,transaction,1000,234\n1439694000001,2,view,1000,\n";
    let plain = read("retailrocket", &[("events.csv", events.as_bytes())]);
    assert_eq!(history(&plain, "992329"), ["355908", "248676"]);
    assert_eq!(times(&plain, "992329"), [1_433_221_332_117, 1_433_224_214_164]);
    assert_eq!(of_events(&plain, "behaviour", "2"), [Some("view")]);
    assert_eq!(read("retailrocket", &[("events.csv.gz", &gzip(events))]), plain);
}
