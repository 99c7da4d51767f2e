//! Every data set says whose it is.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::super::rule::{Rule, Violation};
use super::super::workspace::{File, Workspace, line_of};

pub(in crate::tidy) const RULE: Rule = Rule {
    name: "dataset-manifests",
    explanation: "Every data set's manifest states its licence, its citation and its homepage.",
    check,
};

const REQUIRED: [&str; 3] = ["licence", "citation", "homepage"];

fn check(workspace: &Workspace) -> Vec<Violation> {
    workspace
        .files
        .iter()
        .filter(|file| file.path.parent() == Some(Path::new("datasets")))
        .filter(|file| file.path.extension().is_some_and(|extension| extension == "toml"))
        .flat_map(check_manifest)
        .collect()
}

fn check_manifest(file: &File) -> Vec<Violation> {
    let Some(text) = &file.text else {
        return vec![Violation::of(&file.path, "the manifest is not UTF-8 text")];
    };
    let manifest = match DeTable::parse(text) {
        Ok(manifest) => manifest,
        Err(error) => {
            let line = line_of(text, error.span().map_or(0, |span| span.start));
            return vec![Violation::at(&file.path, line, error.message())];
        }
    };
    let states = |key: &str| {
        let value = manifest.get_ref().get(key).map(|value| value.get_ref());
        value.and_then(DeValue::as_str).is_some_and(|text| !text.trim().is_empty())
    };
    REQUIRED
        .into_iter()
        .filter(|key| !states(key))
        .map(|key| Violation::of(&file.path, format!("the manifest has no text under `{key}`")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::{DATASET, Fixture};
    use super::{REQUIRED, RULE};

    #[test]
    fn a_missing_or_empty_statement_is_found() {
        for key in REQUIRED {
            for replacement in [format!("other_{key} = "), format!("{key} = \"\"\nother_{key} = ")] {
                let fixture = Fixture::clean();
                fixture.edit(DATASET, &format!("{key} = "), &replacement);
                let messages = fixture.assert_broken_file(RULE.name, DATASET);
                assert_eq!(messages, [format!("the manifest has no text under `{key}`")]);
            }
        }
    }

    #[test]
    fn what_is_not_toml_is_found_by_line() {
        let fixture = Fixture::clean();
        fixture.write(DATASET, "licence = \"a\"\nbroken = [\n= 1\n");
        fixture.assert_broken(RULE.name, DATASET, "= 1");
    }
}
