//! Manifests compiled into the crate.

use super::Manifest;
use crate::error::{Error, Result};

macro_rules! manifests {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../datasets/", $name, ".toml")))),*]
    };
}

const MANIFESTS: &[(&str, &str)] = manifests![
    "ml-100k",
    "ml-1m",
    "ml-latest-small",
    "ml-latest",
    "ml-20m",
    "ml-25m",
    "ml-32m",
    "beauty",
    "amazon-beauty-2014",
    "amazon-beauty-2014-ratings",
    "amazon-books-2014",
    "books",
    "amazon-electronics-2014",
    "amazon-2018",
    "amazon-books-2018-ratings",
    "amazon-2023",
    "amazon-2023-ratings",
    "taobao",
    "taobao-window",
    "alimama",
    "yoochoose-clicks",
    "yoochoose-100k",
    "yoochoose1-64",
    "gru4rec",
    "diginetica",
    "diginetica-raw",
    "retailrocket",
    "recbole",
];

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    MANIFESTS.iter().map(|&(name, _)| name)
}

pub(super) fn parse(name: &str) -> Result<Manifest> {
    let (_, text) = MANIFESTS
        .iter()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| Error::UnknownDataset { name: name.to_owned(), known: names().collect() })?;
    Manifest::parse(text, &format!("{name}.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn all_parse_and_say_what_they_are() {
        for name in names() {
            let manifest = parse(name).unwrap();
            assert_eq!(manifest.name, name);
            for (field, text) in [
                ("title", &manifest.title),
                ("description", &manifest.description),
                ("licence", &manifest.licence),
                ("citation", &manifest.citation),
                ("homepage", &manifest.homepage),
                ("by_hand", &manifest.by_hand),
            ] {
                assert!(!text.is_empty(), "{name}: {field} is missing");
            }
            for path in manifest.layout.files() {
                assert!(manifest.files.iter().any(|file| file.path == path), "{name}: {path} is not listed");
            }
        }
    }

    #[test]
    fn every_manifest_is_compiled_in() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets");
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let toml = paths.filter(|path| path.extension().is_some_and(|it| it == "toml"));
        let mut found: Vec<String> =
            toml.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
        found.sort();
        let mut known: Vec<&str> = names().collect();
        known.sort_unstable();
        assert_eq!(found, known);
    }

    #[test]
    fn unknown_names_list_the_known_ones() {
        let error = parse("ml-3").unwrap_err().to_string();
        assert!(error.contains("ml-1m") && error.contains("taobao"), "{error}");
    }
}
