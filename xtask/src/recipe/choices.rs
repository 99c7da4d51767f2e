use std::collections::BTreeMap;

use toml::{Table, Value};

use super::{
    Recipe,
    parse::{check, parse_value, set},
};
use crate::error::{Result, RunError};

/// Values to try, by the dotted key of the recipe's field.
pub type Choices = BTreeMap<String, Vec<Value>>;

/// Puts `choices` (`KEY=[VALUE, ...]`) beside those of the recipe, or in the place of those of the same
/// key.
///
/// # Errors
///
/// [`RunError::Usage`] for a text of another form. Values are not checked.
pub fn add_choices(recipe: &mut Recipe, choices: &[String]) -> Result<()> {
    for choice in choices {
        let values = choice.split_once('=').map(|(key, values)| (key.trim(), parse_value(values.trim())));
        let Some((key, Value::Array(values))) = values else {
            return Err(RunError::Usage(format!("--choice {choice}: expected KEY=[VALUE, ...]")));
        };
        recipe.tune.insert(key.to_owned(), values);
    }
    Ok(())
}

/// Refuses a choice that the recipe of `table` could not have.
pub(super) fn check_choices(table: &Table, choices: &Choices) -> std::result::Result<(), String> {
    for (key, values) in choices {
        for value in values {
            let mut table = table.clone();
            set(&mut table, key, value.clone())
                .and_then(|()| check(&table))
                .map_err(|reason| format!("[tune] {key} = {value}: {reason}"))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::{parse::folder, resolve};

    #[test]
    fn choices_of_the_command_line_join_those_of_the_recipe() {
        let mut recipe = resolve("sasrecf", None, &[]).unwrap();
        add_choices(&mut recipe, &["model.heads=[4]".into(), "model.dim=[32, 64]".into()]).unwrap();
        assert_eq!(recipe.tune["model.heads"], [Value::from(4)]);
        assert_eq!(recipe.tune["model.dim"], [Value::from(32), 64.into()]);
        assert_eq!(recipe.tune["model.blocks"].len(), 3);
        for wrong in ["model.dim", "model.dim=8"] {
            let error = add_choices(&mut recipe, &[wrong.into()]).unwrap_err().to_string();
            assert!(error.contains("KEY=[VALUE, ...]"), "{error}");
        }
    }

    #[test]
    fn a_choice_that_no_recipe_could_have_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("r.toml");
        let example = folder().join("example-mean.toml");
        let text = std::fs::read_to_string(example).unwrap();
        std::fs::write(&path, format!("{text}\n[tune]\n\"model.dimm\" = [8]\n")).unwrap();
        let error = resolve(path.to_str().unwrap(), None, &[]).unwrap_err().to_string();
        assert!(error.contains("[tune] model.dimm = 8") && error.contains("unknown field"), "{error}");
    }
}
