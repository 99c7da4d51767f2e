//! What users of one's own files run into.

use std::path::Path;

use seqrec_data::{Dataset, Error, Manifest, PrepareConfig, Result, load};

const MANIFEST: &str = r#"
name = "shop"

[layout.events]
file = "events.csv"
columns = { user = "who", item = "what", time = "when" }

[layout.items]
file = "items.csv"
columns = { item = "sku", title = "name", category = "aisle" }
"#;

const ITEMS: &str = "sku,name,aisle\ntea,\"Tea, green\",drinks\nham,Ham,\n";

fn read(events: &str, items: &str) -> Result<Dataset> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("events.csv"), events).unwrap();
    std::fs::write(dir.path().join("items.csv"), items).unwrap();
    load(&Manifest::parse(MANIFEST, "shop.toml").unwrap(), dir.path())
}

fn message(events: &str, items: &str) -> String {
    read(events, items).unwrap_err().to_string()
}

#[test]
fn ten_line_manifest_reads_ones_own_files() {
    let sequences = read("when,who,what\n20,ann,tea\n10,ann,ham\n10,bob,egg\n", ITEMS)
        .unwrap()
        .prepare(&PrepareConfig::default())
        .unwrap();
    let id = |raw| sequences.item_ids().code(raw).unwrap();
    assert_eq!(sequences.items(0), [id("ham"), id("tea")]);
    assert_eq!(sequences.title(id("tea")), Some("Tea, green"));
    assert_eq!(sequences.title(id("egg")), None, "not in the item file");
    let categories = sequences.categories().unwrap();
    assert_eq!(categories.name(categories.of(id("tea"))), Some("drinks"));
    assert_eq!(categories.of(id("ham")), 0, "the field is empty");
    assert_eq!(sequences.catalogue(), [id("tea"), id("ham")]);
}

#[test]
fn malformed_rows() {
    let text = message("when,who,what\n20,ann,tea\nsoon,ann,ham\n10,,egg\n1.5,ann,ham\n", ITEMS);
    assert!(
        text.ends_with("events.csv:3: the time \"soon\" is not a whole number (and 2 more bad rows)"),
        "{text}"
    );
}

#[test]
fn truncated_line() {
    let text = message("when,who,what\n20,ann,tea\n10,bob", ITEMS);
    assert!(text.ends_with("events.csv:3: 2 fields, expected 3: no item"), "{text}");
}

#[test]
fn empty_and_missing_files() {
    for events in ["", "when,who,what\n", "\n\n"] {
        let error = read(events, ITEMS).unwrap_err();
        assert!(matches!(error, Error::EmptyFile { .. }), "{events:?}: {error}");
    }
    let dir = tempfile::tempdir().unwrap();
    let manifest = Manifest::parse(MANIFEST, "shop.toml").unwrap();
    let error = load(&manifest, dir.path()).unwrap_err();
    assert!(error.to_string().ends_with("looked for events.csv"), "{error}");
    std::fs::write(dir.path().join("events.csv"), "when,who,what\n1,a,b\n").unwrap();
    let error = load(&manifest, dir.path()).unwrap_err();
    assert!(matches!(&error, Error::MissingFile { path } if path.ends_with("items.csv")), "{error}");
}

#[test]
fn missing_column() {
    let text = message("when,who\n20,ann\n", ITEMS);
    assert!(text.ends_with("events.csv: no column \"what\"; the file has when, who"), "{text}");
}

#[test]
fn repeated_item() {
    let text = message("when,who,what\n20,ann,tea\n", "sku,name,aisle\ntea,a,b\ntea,c,d\n");
    assert!(text.ends_with("items.csv: id \"tea\" is listed twice"), "{text}");
}

#[test]
fn unknown_manifest_key() {
    let text = MANIFEST.replace("[layout.items]", "[layout.itmes]");
    let error = Manifest::parse(&text, "shop.toml").unwrap_err().to_string();
    assert!(error.starts_with("shop.toml:8: ") && error.contains("itmes"), "{error}");
    let path = Path::new("no/such/manifest.toml");
    assert!(matches!(Manifest::from_path(path), Err(Error::MissingFile { .. })));
}

#[test]
fn nothing_kept() {
    let manifest = r#"
name = "clicks"
[layout.events]
file = "events.csv"
columns = { user = "who", item = "what" }
keep = { column = "kind", values = ["view"] }
"#;
    let manifest = Manifest::parse(manifest, "clicks.toml").unwrap();
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("events.csv"), "who,what,kind\na,b,buy\n").unwrap();
    let error = load(&manifest, dir.path()).unwrap_err().to_string();
    assert!(error.ends_with("no row has one of the values view in column \"kind\""), "{error}");
}
