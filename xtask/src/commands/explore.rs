use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
};

use seqrec_data::{PrepareConfig, SyntheticConfig, profile::Profile};

use super::{command_line, workspace_root};
use crate::{
    cli::Explore,
    data,
    error::{Result, RunError},
    output::say,
    prepared::{self, Wanted},
    recipe,
    report::explore::{Exploration, Origin, terminal, write_files},
};

/// `cargo xtask data explore`.
pub fn run(args: Explore) -> Result<()> {
    let name = args.dataset;
    let (keep, prepare, synthetic) = match &args.recipe {
        Some(recipe) => {
            let data = recipe::resolve(recipe, Some(&name), &args.sets)?.data;
            (data.keep, data.prepare, data.synthetic)
        }
        None => (None, PrepareConfig::default(), SyntheticConfig::default()),
    };
    let origin = match name.as_str() {
        "synthetic" => Origin::synthetic(),
        name => Origin::from(&data::find_manifest(name)?),
    };
    let wanted = Wanted { dataset: &name, keep: keep.as_deref(), prepare: &prepare, synthetic: &synthetic };
    let sequences = prepared::sequences(wanted, &args.source)?.sequences;
    let folder = args.out.unwrap_or_else(|| default_folder(&name));
    let found = Exploration {
        profile: Profile::new(&sequences),
        name,
        origin,
        recipe: args.recipe,
        prepare,
        command: command_line(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let page = write_files(&found, &folder).map_err(|source| RunError::Io { path: folder, source })?;
    say!("{}", terminal(&found, std::io::stdout().is_terminal()));
    say!("page with plots: {}", page.display());
    Ok(())
}

/// Below `runs/`, after the data set or the manifest's file.
fn default_folder(dataset: &str) -> PathBuf {
    let name = Path::new(dataset).file_stem().unwrap_or(dataset.as_ref());
    workspace_root().join("runs/explore").join(name)
}
