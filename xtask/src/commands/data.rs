use std::path::Path;

use seqrec_data::{Manifest, export_comirec};

use super::explore;
use crate::{
    cli::{Card, DataArgs, DataCommand},
    data::{self, Prepared},
    error::Result,
    output::say,
    recipe,
};

/// `cargo xtask data`.
pub fn run(command: DataCommand) -> Result<()> {
    match command {
        DataCommand::List => list(),
        DataCommand::Fetch(args) => fetch(&args),
        DataCommand::Prepare(args) => {
            let prepared = prepare(&args.card)?;
            let name = Path::new(&args.card.data.dataset).file_stem().unwrap_or_default();
            let name = name.to_string_lossy().replace('-', "");
            say!("{}\n", prepared.card);
            for file in export_comirec(&prepared.sequences, &prepared.split, &name, &args.out)? {
                say!("{}  {}", file.sha256, args.out.join(&file.name).display());
            }
            Ok(())
        }
        DataCommand::Card(args) => {
            say!("{}", prepare(&args)?.card);
            Ok(())
        }
        DataCommand::Explore(args) => explore::run(args),
    }
}

fn list() -> Result<()> {
    for name in Manifest::builtin_names() {
        let manifest = Manifest::builtin(name)?;
        let here = if data::is_here(&manifest)? { "here" } else { "    " };
        say!("{here}  {name:<16} {}\n{:22} {}", manifest.title, "", manifest.description);
    }
    say!("here  {:<16} Made-up users with several interests, for working offline", "synthetic");
    Ok(())
}

fn fetch(args: &DataArgs) -> Result<()> {
    let manifest = data::find_manifest(&args.dataset)?;
    let dir = data::locate(&manifest, args.data_dir.as_deref())?;
    say!("{}", dir.display());
    Ok(())
}

fn prepare(args: &Card) -> Result<Prepared> {
    let recipe = recipe::resolve(&args.recipe, Some(&args.data.dataset), &args.sets)?;
    data::prepare(&recipe.data, args.data.data_dir.as_deref())
}
