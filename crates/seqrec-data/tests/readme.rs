//! The manifests in this crate's README are manifests.

use seqrec_data::Manifest;

#[test]
fn every_manifest_in_the_readme_parses() {
    let readme = include_str!("../README.md");
    let blocks: Vec<&str> = readme
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split_once("```").expect("a block ends").0)
        .collect();
    assert!(blocks.len() >= 3, "{} blocks", blocks.len());
    for block in blocks {
        let named =
            if block.starts_with("name") { block.to_owned() } else { format!("name = \"x\"\n{block}") };
        Manifest::parse(&named, "README.md").unwrap_or_else(|error| panic!("{error}\n{block}"));
    }
}
