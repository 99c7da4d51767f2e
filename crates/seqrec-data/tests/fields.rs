//! Fields of one's own files, from the manifest to the prepared arrays.

use seqrec_data::{Error, Field, Manifest, PrepareConfig, Result, Sequences, load};

const MANIFEST: &str = r#"
name = "shop"

[layout.events]
file = "events.csv"
columns = { user = "who", item = "what", time = "when" }
keep = { column = "did", values = ["view", "buy"] }
fields = { behaviour = "did", pause = { column = "pause", kind = "number" } }

[layout.items]
file = "items.csv"
columns = { item = "sku", title = "name" }
fields = { brand = { column = "brand", none = "NULL" }, price = { column = "price", kind = "number" }, tags = { column = "tags", kind = "list", separator = "|" }, words = { column = "name", kind = "tokens" } }

[layout.users]
file = "users.csv"
user = "who"
fields = { city = "city" }
"#;

const EVENTS: &str = "when,who,what,did,pause\n\
    30,bob,tea,buy,\n20,ann,ham,view,1.5\n10,ann,ham,fav,9\n10,bob,ham,view,2\n15,bob,egg,view,4\n";
const ITEMS: &str = "sku,name,brand,price,tags\n\
    tea,\"Tea, green tea\",zed,2.50,hot|cold\nfig,Figs,acme,1,\nham,HAM,NULL,,cold\n";
const USERS: &str = "who,city\nzoe,Rome\nann,Oslo\n";

fn read(manifest: &str, events: &str, items: &str) -> Result<Sequences> {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in [("events.csv", events), ("items.csv", items), ("users.csv", USERS)] {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    load(&Manifest::parse(manifest, "shop.toml")?, dir.path())?.prepare(&PrepareConfig::default())
}

#[test]
fn item_and_user_fields_follow_the_kept_rows() {
    let sequences = read(MANIFEST, EVENTS, ITEMS).unwrap();
    let names: Vec<_> = sequences.item_fields().iter().map(Field::name).collect();
    assert_eq!(names, ["brand", "price", "tags", "words"]);
    let [tea, ham, egg] = ["tea", "ham", "egg"].map(|raw| sequences.item_ids().code(raw).unwrap());
    let brand = sequences.item_field("brand").and_then(Field::single).unwrap();
    assert_eq!([tea, ham, egg, 0].map(|item| brand.name_of(item)), [Some("zed"), None, None, None]);
    assert_eq!(brand.names(), ["zed"], "no event has an item of acme");
    let price = sequences.item_field("price").and_then(Field::numbers).unwrap();
    assert_eq!([tea, ham, egg, 0].map(|item| price.of(item)), [Some(2.5), None, None, None]);
    let list = |field: &str, item| -> Vec<String> {
        let lists = sequences.item_field(field).and_then(Field::list).unwrap();
        lists.names_of(item).map(str::to_owned).collect()
    };
    assert_eq!(list("tags", tea), ["hot", "cold"]);
    assert_eq!(list("tags", ham), ["cold"]);
    assert_eq!(list("words", tea), ["tea", "green", "tea"]);
    assert_eq!(list("words", ham), ["ham"]);
    assert!(list("words", egg).is_empty());
    let city = sequences.user_field("city").and_then(Field::single).unwrap();
    let of = |raw| city.name_of(sequences.user_ids().code(raw).unwrap());
    assert_eq!((of("ann"), of("bob")), (Some("Oslo"), None));
}

#[test]
fn event_fields_are_ordered_as_the_events() {
    let sequences = read(MANIFEST, EVENTS, ITEMS).unwrap();
    let behaviour = sequences.event_field("behaviour").and_then(Field::single).unwrap();
    let pause = sequences.event_field("pause").and_then(Field::numbers).unwrap();
    let bob = sequences.user_ids().code("bob").unwrap();
    let rows: Vec<u32> = sequences.event_rows(bob).map(|row| row as u32).collect();
    assert_eq!(sequences.times(bob), Some(&[10, 15, 30][..]));
    let own: Vec<_> = rows.iter().map(|&row| behaviour.name_of(row).unwrap()).collect();
    assert_eq!(own, ["view", "view", "buy"]);
    let own: Vec<_> = rows.iter().map(|&row| pause.of(row)).collect();
    assert_eq!(own, [Some(2.0), Some(4.0), None]);
    assert_eq!(behaviour.len(), 2, "rows with another behaviour are no events");
}

#[test]
fn numbers_that_are_none_name_their_line() {
    let events = EVENTS.replace("1.5", "short");
    let text = read(MANIFEST, &events, ITEMS).unwrap_err().to_string();
    assert!(text.ends_with("events.csv:3: the pause \"short\" is not a finite number"), "{text}");
    let text = read(MANIFEST, EVENTS, &ITEMS.replace("2.50", "inf")).unwrap_err().to_string();
    assert!(text.ends_with("items.csv:2: the price \"inf\" is not a finite number"), "{text}");
}

#[test]
fn manifests_are_checked() {
    let fault = |from: &str, to: &str| {
        let manifest = MANIFEST.replace(from, to);
        let error = read(&manifest, EVENTS, ITEMS).unwrap_err();
        assert!(matches!(error, Error::Manifest { .. }), "{error}");
        error.to_string()
    };
    let text = fault("kind = \"list\", separator = \"|\"", "kind = \"list\"");
    assert!(text.starts_with("shop.toml:10: ") && text.contains("separator"), "{text}");
    let text = fault("kind = \"tokens\"", "kind = \"token\"");
    assert!(text.starts_with("shop.toml:13: ") && text.contains("token"), "{text}");
    let text = fault(
        "columns = { item = \"sku\", title = \"name\" }",
        "columns = { item = \"sku\" }\nfields.w = { kind = \"tokens\" }",
    );
    assert!(text.starts_with("shop.toml:"), "{text}");
}
