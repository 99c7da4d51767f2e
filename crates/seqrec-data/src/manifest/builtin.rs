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
    "books",
    "taobao",
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
            let listed = |path: &str| manifest.files.iter().any(|file| file.path == path);
            assert!(listed(&manifest.layout.events.file), "{name}: events file not listed");
            if let Some(items) = &manifest.layout.items {
                assert!(listed(&items.file), "{name}: items file not listed");
            }
        }
    }

    #[test]
    fn unknown_names_list_the_known_ones() {
        let error = parse("ml-3").unwrap_err().to_string();
        assert!(error.contains("ml-1m") && error.contains("taobao"), "{error}");
    }
}
