use std::{
    fs,
    path::{Path, PathBuf},
};

use seqrec_data::Manifest;
use toml::{Table, Value};

use super::{Recipe, choices::check_choices};
use crate::error::{Result, RunError};

/// Section of a recipe that holds what differs from data set to data set.
const PER_DATASET: &str = "on";

/// Names of the recipes that come with the runner, in alphabetical order: what lies in its folder.
///
/// # Errors
///
/// [`RunError::Io`] if the folder cannot be read.
pub fn names() -> Result<Vec<String>> {
    let folder = folder();
    let io = |source| RunError::Io { path: folder.clone(), source };
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// The folder of the recipes that come with the runner.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("recipes")
}

/// Resolves a recipe for a data set: the file, then its `[on.<dataset>]` section, then `sets`
/// (`key=value`, dotted keys).
///
/// `name` is a built-in recipe or the path of a file.
///
/// # Errors
///
/// Unknown names, keys and values; with the line where the text has one.
pub fn resolve(name: &str, dataset: Option<&str>, sets: &[String]) -> Result<Recipe> {
    let (origin, text) = read(name)?;
    let wrong = |reason: String| RunError::Recipe { origin: origin.clone(), reason };
    let mut table: Table = text.parse().map_err(|error: toml::de::Error| wrong(error.to_string()))?;
    let overlays = match table.remove(PER_DATASET) {
        Some(Value::Table(overlays)) => overlays,
        Some(_) => return Err(wrong(format!("`{PER_DATASET}` must be a table of data sets"))),
        None => Table::new(),
    };
    // Read the file's own text first: only there do errors know their line.
    toml::from_str::<WithOverlays>(&text).map_err(|error| wrong(with_line(&text, &error)))?;

    if let Some(dataset) = dataset {
        set(&mut table, "data.dataset", Value::String(dataset.to_owned())).map_err(&wrong)?;
    }
    let dataset = table.get("data").and_then(|data| data.get("dataset")).and_then(Value::as_str);
    let dataset = dataset.map(str::to_owned);
    for (name, overlay) in &overlays {
        let header = format!("[{PER_DATASET}.{name}]");
        let at = |reason: String| {
            let line = line_of(&text, &header, &reason);
            wrong(format!("{reason} (section {header}, line {line})"))
        };
        let overlay = overlay.as_table().ok_or_else(|| at(format!("`{name}` must be a section")))?;
        if !known_dataset(name) {
            return Err(at(format!("no data set is called `{name}`")));
        }
        let mut merged = table.clone();
        merge(&mut merged, overlay);
        check(&merged).map_err(at)?;
    }
    let overlay = dataset.and_then(|dataset| overlays.get(&dataset)).and_then(Value::as_table);
    if let Some(overlay) = overlay {
        merge(&mut table, overlay);
    }
    for assignment in sets {
        let (key, value) = assignment
            .split_once('=')
            .ok_or_else(|| RunError::Set { given: assignment.clone(), reason: "it has no `=`".into() })?;
        if key.trim() == "data.dataset" {
            let reason = "use --dataset, which also takes what the recipe says of that data set".into();
            return Err(RunError::Set { given: assignment.clone(), reason });
        }
        let reject = |reason| RunError::Set { given: assignment.clone(), reason };
        set(&mut table, key.trim(), parse_value(value.trim())).map_err(reject)?;
        check(&table).map_err(reject)?;
    }
    let recipe = Recipe::try_from_table(table.clone()).map_err(&wrong)?;
    check_choices(&table, &recipe.tune).map_err(wrong)?;
    Ok(recipe)
}

/// A recipe with its per-data-set sections, which are checked once they are merged.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "read for its errors alone")]
struct WithOverlays {
    name: String,
    title: String,
    protocol: String,
    data: super::DataConfig,
    model: super::ModelConfig,
    #[serde(default)]
    items: super::ItemsConfig,
    training: super::TrainingConfig,
    #[serde(default)]
    evaluation: seqrec_train::evaluate::EvaluationConfig,
    #[serde(default)]
    compare: super::Compare,
    #[serde(default)]
    tune: super::Choices,
    #[serde(default)]
    on: Table,
}

impl Recipe {
    fn try_from_table(table: Table) -> std::result::Result<Self, String> {
        Value::Table(table).try_into().map_err(|error: toml::de::Error| error.to_string())
    }
}

pub(super) fn check(table: &Table) -> std::result::Result<(), String> {
    Recipe::try_from_table(table.clone()).map(drop)
}

fn read(name: &str) -> Result<(String, String)> {
    let known = names()?;
    let (origin, path) = match known.iter().any(|known| known == name) {
        true => (format!("recipe {name}"), folder().join(format!("{name}.toml"))),
        false if name.ends_with(".toml") => (name.to_owned(), name.into()),
        false => return Err(RunError::UnknownRecipe { name: name.to_owned(), known: known.join(", ") }),
    };
    match fs::read_to_string(&path) {
        Ok(text) => Ok((origin, text)),
        Err(source) => Err(RunError::Io { path, source }),
    }
}

/// Values of `--set` are TOML; what is no TOML is taken as a string.
pub(super) fn parse_value(text: &str) -> Value {
    let wrapped: std::result::Result<Table, _> = format!("value = {text}").parse();
    match wrapped {
        Ok(mut table) => table.remove("value").unwrap_or(Value::String(text.to_owned())),
        Err(_) => Value::String(text.to_owned()),
    }
}

pub(super) fn set(table: &mut Table, key: &str, value: Value) -> std::result::Result<(), String> {
    let (head, rest) = match key.split_once('.') {
        Some((head, rest)) => (head, Some(rest)),
        None => (key, None),
    };
    let Some(rest) = rest else {
        table.insert(head.to_owned(), value);
        return Ok(());
    };
    match table.entry(head).or_insert_with(|| Value::Table(Table::new())) {
        Value::Table(inner) => set(inner, rest, value),
        _ => Err(format!("`{head}` is no section")),
    }
}

/// Puts the entries of `overlay` over those of `table`, section by section. A section of another
/// `kind` has other keys and is replaced.
fn merge(table: &mut Table, overlay: &Table) {
    for (key, value) in overlay {
        match (table.get_mut(key), value) {
            (Some(Value::Table(inner)), Value::Table(over)) if of_one_kind(inner, over) => merge(inner, over),
            _ => drop(table.insert(key.clone(), value.clone())),
        }
    }
}

fn of_one_kind(table: &Table, overlay: &Table) -> bool {
    overlay.get("kind").is_none_or(|kind| table.get("kind") == Some(kind))
}

fn known_dataset(name: &str) -> bool {
    name == "synthetic" || name.ends_with(".toml") || Manifest::builtin_names().any(|known| known == name)
}

/// The error's own text. Of a section whose kind decides its keys it knows only the section's line;
/// the line of the key that it quotes is added then.
fn with_line(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| text[..span.start].lines().count().saturating_sub(1));
    let key = quoted(&error.to_string());
    let within = text.lines().skip(start).position(|line| line.trim_start().starts_with(&key));
    match within {
        Some(offset) if offset > 0 && !key.is_empty() => {
            format!("{error}(`{key}` stands on line {})", start + offset + 1)
        }
        _ => error.to_string(),
    }
}

/// The line, counted from 1, below `header` that names the key quoted in `reason`.
fn line_of(text: &str, header: &str, reason: &str) -> usize {
    let start = text.lines().position(|line| line.trim() == header).unwrap_or(0);
    let key = quoted(reason);
    let within = text.lines().skip(start).position(|line| !key.is_empty() && line.contains(&key));
    start + within.unwrap_or(0) + 1
}

/// What stands between the first pair of backquotes.
fn quoted(reason: &str) -> String {
    reason.split('`').nth(1).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use seqrec_data::Filter;

    fn written(text: &str) -> (tempfile::TempDir, String) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("recipe.toml");
        fs::write(&path, text).unwrap();
        (dir, path.to_str().unwrap().to_owned())
    }

    fn builtin() -> String {
        read("comirec-sa").unwrap().1
    }

    #[test]
    fn every_built_in_recipe_resolves_on_every_data_set_it_names() {
        for name in names().unwrap() {
            for dataset in ["ml-100k", "ml-1m", "beauty", "books", "taobao", "synthetic"] {
                let recipe = resolve(&name, Some(dataset), &[]).unwrap();
                assert_eq!((recipe.name.as_str(), recipe.data.dataset.as_str()), (name.as_str(), dataset));
            }
        }
    }

    #[test]
    fn the_section_of_the_data_set_and_then_the_command_line_win() {
        let sets = ["model.interests=8".to_owned(), "training.optimizer.rows=touched".to_owned()];
        let recipe = resolve("comirec-sa", Some("taobao"), &sets).unwrap();
        assert_eq!(recipe.training.batches.batch_size, 256);
        assert_eq!(recipe.training.optimizer.rows, seqrec_core::optim::RowScope::Touched);
        let crate::models::ModelConfig::ComirecSa(model) = recipe.model else { panic!("{:?}", recipe.model) };
        assert_eq!((model.interests, model.max_length), (8, 50));
        assert_eq!(recipe.data.prepare.filter, Filter::OnePass { item_min: 5, user_min: 5 });
    }

    #[test]
    fn an_unknown_key_is_an_error_with_its_line() {
        let text = builtin().replace("patience = 10\n", "patience = 10\npatiense = 3\n");
        let line = text.lines().position(|line| line == "patiense = 3").unwrap() + 1;
        let (_dir, path) = written(&text);
        let error = resolve(&path, None, &[]).unwrap_err().to_string();
        assert!(error.contains("patiense") && error.contains(&format!("line {line}")), "{error}");
    }

    #[test]
    fn an_unknown_key_of_the_model_is_an_error_with_its_line() {
        let text = builtin().replace("interests = 4\n", "intrests = 4\n");
        let line = text.lines().position(|line| line == "intrests = 4").unwrap() + 1;
        let (_dir, path) = written(&text);
        let error = resolve(&path, None, &[]).unwrap_err().to_string();
        assert!(error.contains("intrests") && error.contains(&format!("line {line}")), "{error}");
    }

    #[test]
    fn a_recipe_may_choose_every_protocol() {
        for (kind, filter) in [
            ("leave-one-out", "{ kind = \"k-core\", k = 5 }"),
            ("temporal", "{ kind = \"none\" }"),
            ("session-days", "{ kind = \"sessions\", session_min = 2, item_min = 5 }"),
            ("given", "{ kind = \"none\" }"),
        ] {
            let sets =
                [format!("data.split={{ kind = \"{kind}\" }}"), format!("data.prepare.filter={filter}")];
            let by_set = resolve("comirec-sa", Some("ml-1m"), &sets).unwrap();
            let lines =
                format!("[on.ml-1m]\ndata.split = {{ kind = \"{kind}\" }}\ndata.prepare.filter = {filter}\n");
            let (_dir, path) = written(&builtin().replace("[on.ml-1m]\n", &lines));
            let by_section = resolve(&path, Some("ml-1m"), &[]).unwrap();
            assert_eq!(by_set.data.split, by_section.data.split);
            assert_eq!(by_set.data.prepare, by_section.data.prepare);
        }
    }

    #[test]
    fn a_section_for_no_data_set_is_an_error() {
        let (_dir, path) = written(&builtin().replace("[on.beauty]", "[on.buty]"));
        let error = resolve(&path, None, &[]).unwrap_err().to_string();
        assert!(error.contains("buty"), "{error}");
    }

    #[test]
    fn an_unknown_key_of_one_data_set_is_an_error_with_its_line() {
        let text = builtin().replace("[on.beauty]\n", "[on.beauty]\ntraining.fit.stepz = 3\n");
        let line = text.lines().position(|line| line.contains("stepz")).unwrap() + 1;
        let (_dir, path) = written(&text);
        let error = resolve(&path, Some("beauty"), &[]).unwrap_err().to_string();
        assert!(error.contains("stepz") && error.contains(&format!("line {line}")), "{error}");
    }

    #[test]
    fn a_wrong_assignment_names_itself() {
        for given in ["model.kind", "model.intrests=8", "name.x=1", "data.dataset=ml-1m"] {
            let error = resolve("comirec-sa", None, &[given.to_owned()]).unwrap_err().to_string();
            assert!(error.contains(given), "{error}");
        }
    }

    #[test]
    fn an_unknown_recipe_lists_the_known_ones() {
        let error = resolve("comirec-xx", None, &[]).unwrap_err().to_string();
        assert!(error.contains("comirec-sa"), "{error}");
    }
}
