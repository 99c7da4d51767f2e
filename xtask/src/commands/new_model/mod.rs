//! Writes a crate for a new model: the example crate and its recipe under other names, and the two lines
//! that make them known to the runner.

mod names;

use std::{
    fs,
    path::{Path, PathBuf},
};

use names::Names;

use super::{cargo, workspace_root};
use crate::{
    error::{Result, RunError},
    files,
    output::say,
};

/// The names of the crate that new ones are made from.
const EXAMPLE: &str = "example-mean";

/// `cargo xtask new-model`.
pub fn run(name: &str) -> Result<()> {
    let names = Names::new(name)?;
    let folder = write(&workspace_root(), &names)?;
    // Other names, other line breaks and another order of imports.
    let package = format!("seqrec-{name}");
    let status = cargo()
        .args(["fmt", "--package", &package])
        .status()
        .map_err(|source| io("cargo".as_ref(), source))?;
    if !status.success() {
        return Err(RunError::CheckFailed(format!("cargo fmt --package {package} failed ({status})")));
    }
    say!("wrote {}\n", folder.display());
    say!("It trains the mean of the history until you write another equation:");
    say!("  src/config.rs, src/model.rs          configuration, parameters, equation, worked numbers");
    say!("  tests/contributor.rs                 the proofs it signs up for");
    say!("  {:<37}data, training, published figures", format!("xtask/recipes/{name}.toml"));
    say!("\n{:<48}runs its proofs", format!("cargo test --package seqrec-{}", names.kebab));
    say!("{:<48}trains it a little", format!("cargo xtask reproduce {name} --quick"));
    Ok(())
}

/// Writes the crate, its recipe and the lines that register it in the workspace at `root`; returns the
/// crate's folder.
fn write(root: &Path, names: &Names) -> Result<PathBuf> {
    let crates = root.join("crates");
    let folder = crates.join(format!("seqrec-{}", names.kebab));
    let recipes = root.join("xtask").join("recipes");
    let recipe = recipes.join(format!("{}.toml", names.kebab));
    for taken in [&folder, &recipe] {
        if taken.exists() {
            return Err(RunError::Usage(format!("{} is there already", taken.display())));
        }
    }
    let manifest = root.join("xtask").join("Cargo.toml");
    let models = root.join("xtask").join("src").join("models.rs");
    // Work out everything before the first write, so that a refusal leaves nothing behind.
    let manifest_text = with_dependency(&read(&manifest)?, names).ok_or_else(|| unknown_form(&manifest))?;
    let models_text = with_model_line(&read(&models)?, names).ok_or_else(|| unknown_form(&models))?;
    let recipe_text = names.rename(&read(&recipes.join(format!("{EXAMPLE}.toml")))?);

    let partial = crates.join(format!(".seqrec-{}.partial", names.kebab));
    copy(&crates.join(format!("seqrec-{EXAMPLE}")), &partial, names)?;
    fs::rename(&partial, &folder).map_err(|source| io(&folder, source))?;
    for (path, text) in [(&recipe, recipe_text), (&manifest, manifest_text), (&models, models_text)] {
        files::write(path, text).map_err(|source| io(path, source))?;
    }
    Ok(folder)
}

/// Copies a folder of text files under other names.
fn copy(from: &Path, to: &Path, names: &Names) -> Result<()> {
    fs::create_dir_all(to).map_err(|source| io(to, source))?;
    for entry in fs::read_dir(from).map_err(|source| io(from, source))? {
        let path = entry.map_err(|source| io(from, source))?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        match path.is_dir() {
            true => copy(&path, &target, names)?,
            false => {
                fs::write(&target, names.rename(&read(&path)?)).map_err(|source| io(&target, source))?;
            }
        }
    }
    Ok(())
}

/// The runner's manifest with a dependency on the new crate, below the one on the example.
fn with_dependency(manifest: &str, names: &Names) -> Option<String> {
    let example = manifest.lines().find(|line| line.starts_with(&format!("seqrec-{EXAMPLE} = ")))?;
    let line = names.rename(example);
    Some(manifest.replace(&format!("{example}\n"), &format!("{example}\n{line}\n")))
}

/// The runner's list of models with the new one at its end.
fn with_model_line(models: &str, names: &Names) -> Option<String> {
    let list = models.find("\nmodels! {\n")?;
    let end = list + models[list..].find("\n}\n")? + 1;
    let Names { snake, camel, .. } = names;
    let line = format!("    {camel}(seqrec_{snake}::{camel}Config) = \"{camel}\";\n");
    Some(format!("{}{line}{}", &models[..end], &models[end..]))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|source| io(path, source))
}

fn io(path: &Path, source: std::io::Error) -> RunError {
    RunError::Io { path: path.into(), source }
}

fn unknown_form(path: &Path) -> RunError {
    RunError::Usage(format!("{} has no place for another model: register it by hand", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a new model is made from, in a workspace of its own.
    fn workspace() -> tempfile::TempDir {
        let (real, copied) = (workspace_root(), tempfile::tempdir().unwrap());
        let form = |text: &str| text.to_owned();
        let same = Names { kebab: form("example-mean"), snake: form("example_mean"), camel: form("Mean") };
        let example = "crates/seqrec-example-mean";
        copy(&real.join(example), &copied.path().join(example), &same).unwrap();
        for file in ["xtask/recipes/example-mean.toml", "xtask/Cargo.toml", "xtask/src/models.rs"] {
            let target = copied.path().join(file);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::copy(real.join(file), target).unwrap();
        }
        copied
    }

    fn files(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn the_new_crate_has_its_own_name_everywhere() {
        let workspace = workspace();
        let folder = write(workspace.path(), &Names::new("two-towers").unwrap()).unwrap();
        let example = files(&workspace.path().join("crates/seqrec-example-mean"));
        let mut written = files(&folder);
        assert_eq!(written.len(), example.len());
        written.push(workspace.path().join("xtask/recipes/two-towers.toml"));
        for path in &written {
            let text = fs::read_to_string(path).unwrap();
            for old in ["example-mean", "example_mean", "MeanConfig"] {
                assert!(!text.contains(old), "{} still says {old}", path.display());
            }
        }
        let library = fs::read_to_string(folder.join("src/lib.rs")).unwrap();
        assert!(library.contains("pub use model::TwoTowers;"), "{library}");
    }

    #[test]
    fn one_line_each_registers_it() {
        let workspace = workspace();
        let texts = || {
            ["xtask/Cargo.toml", "xtask/src/models.rs"]
                .map(|file| read(&workspace.path().join(file)).unwrap())
        };
        let before = texts();
        write(workspace.path(), &Names::new("two-towers").unwrap()).unwrap();
        for ((before, after), line) in before.iter().zip(&texts()).zip([
            "seqrec-two-towers = { path = \"../crates/seqrec-two-towers\", default-features = false }\n",
            "    TwoTowers(seqrec_two_towers::TwoTowersConfig) = \"TwoTowers\";\n",
        ]) {
            assert_eq!(&after.replacen(line, "", 1), before);
            assert_ne!(after, before);
        }
    }

    #[test]
    fn a_name_that_is_taken_is_refused_and_nothing_changes() {
        let workspace = workspace();
        let before = files(workspace.path());
        let error = write(workspace.path(), &Names::new(EXAMPLE).unwrap()).unwrap_err().to_string();
        assert!(error.contains("seqrec-example-mean is there already"), "{error}");
        assert_eq!(files(workspace.path()), before);
    }
}
