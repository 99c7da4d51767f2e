//! What one data set is, how to get it, and what is published on it.

use seqrec_data::{
    Manifest,
    manifest::{Protocol, Source},
};

use super::{files, head, known, row};

/// The section of a data set.
pub(super) fn section(manifest: &Manifest) -> String {
    let mut text = format!("## {}\n\n**{}.** {}\n\n", manifest.name, manifest.title, manifest.description);
    let facts = [
        ("Licence", manifest.licence.clone()),
        ("Cite", manifest.citation.clone()),
        ("Homepage", format!("<{}>", manifest.homepage)),
        ("By program", by_program(manifest)),
        ("By hand", manifest.by_hand.clone()),
    ];
    for (name, fact) in facts {
        text.push_str(&format!("- {name}: {fact}\n"));
    }
    text.push('\n');
    text.push_str(&files::table(manifest));
    text.push('\n');
    for sentence in known::sentences(manifest) {
        text.push_str(&format!("- {sentence}\n"));
    }
    if !manifest.protocols.is_empty() {
        text.push('\n');
        text.push_str(&protocols(&manifest.protocols));
    }
    if !manifest.caveats.is_empty() {
        text.push_str("\nTo watch:\n\n");
        manifest.caveats.iter().for_each(|caveat| text.push_str(&format!("- {caveat}\n")));
    }
    text
}

fn by_program(manifest: &Manifest) -> String {
    let places: Vec<String> = manifest
        .sources
        .iter()
        .map(|source| match source {
            Source::Zip(zip) => format!("<{}>", zip.url),
            Source::Pip(pip) => format!("the Python package `{}`", pip.package),
        })
        .collect();
    match places.is_empty() {
        true => "not offered; files in place are found and checked".to_owned(),
        false => format!("`cargo xtask data fetch {}`, from {}", manifest.name, places.join(", or from ")),
    }
}

fn protocols(protocols: &[Protocol]) -> String {
    let rows = protocols.iter().map(|it| row([&it.used_by, &it.preparation, &it.figures]));
    head(["published by", "preparation", "figures"]) + &rows.collect::<String>()
}
