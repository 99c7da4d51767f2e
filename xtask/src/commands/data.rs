use std::path::Path;

use seqrec_data::{
    Manifest, export_comirec,
    prepared::{Description, compare_prepared, write_prepared},
};

use super::{explore, workspace_root};
use crate::{
    cli::{Card, Compare, DataArgs, DataCommand, Export, Prepare},
    data::{self, Prepared},
    error::{Result, RunError},
    files,
    output::say,
    prepared::{self, Named},
    recipe,
    report::datasets,
};

/// `cargo xtask data`.
pub fn run(command: DataCommand) -> Result<()> {
    match command {
        DataCommand::List => list(),
        DataCommand::Fetch(args) => fetch(&args),
        DataCommand::Prepare(args) => prepare(&args),
        DataCommand::Compare(args) => compare(&args),
        DataCommand::Export(args) => export(&args),
        DataCommand::Card(args) => {
            say!("{}", split(&args)?.card);
            Ok(())
        }
        DataCommand::Explore(args) => explore::run(args),
        DataCommand::Docs => docs(),
    }
}

fn list() -> Result<()> {
    for name in Manifest::builtin_names() {
        let manifest = Manifest::builtin(name)?;
        let here = if data::is_here(&manifest)? { "here" } else { "    " };
        say!("{here}  {name:<26} {}\n{:32} {}", manifest.title, "", manifest.description);
    }
    say!("here  {:<26} Made-up users with several interests, for working offline", "synthetic");
    Ok(())
}

fn docs() -> Result<()> {
    let manifests: Vec<Manifest> =
        Manifest::builtin_names().map(Manifest::builtin).collect::<Result<_, _>>()?;
    let path = workspace_root().join(datasets::PATH);
    files::write(&path, datasets::page(&manifests))
        .map_err(|source| RunError::Io { path: path.clone(), source })?;
    say!("{}", path.display());
    Ok(())
}

fn fetch(args: &DataArgs) -> Result<()> {
    let manifest = data::find_manifest(&args.dataset)?;
    let dir = data::locate(&manifest, args.data_dir.as_deref())?;
    say!("{}", dir.display());
    Ok(())
}

fn prepare(args: &Prepare) -> Result<()> {
    let Card { dataset, source, recipe, sets } = &args.card;
    let config = recipe::resolve(recipe, Some(dataset), sets)?.data;
    let Some(out) = &args.out else {
        say!("{}", prepared::stored(&config, source)?.1.dir.display());
        return Ok(());
    };
    let Named { name, sequences, skipped } = prepared::sequences(&config, source)?;
    let key = prepared::key(&config, source)?;
    let description = Description {
        name: &name,
        prepare: &config.prepare,
        skipped: &skipped,
        key: key.as_deref(),
        partitions: args.partitions,
    };
    let card = write_prepared(&sequences, &description, out)?;
    say!("users     {}\nitems     {}\nevents    {}", card.users, card.items, card.events);
    say!("key       {}", card.key.as_deref().unwrap_or("none: not made from files"));
    say!("contents  {}", card.contents.as_deref().unwrap_or_default());
    say!("{}", out.display());
    Ok(())
}

fn compare(args: &Compare) -> Result<()> {
    let (left, right) = (&args.left, &args.right);
    match compare_prepared(left, right)? {
        None => say!("the same to the last row"),
        Some(difference) => {
            let (left, right) = (left.display(), right.display());
            return Err(RunError::CheckFailed(format!("{left} and {right} differ: {difference}")));
        }
    }
    Ok(())
}

fn export(args: &Export) -> Result<()> {
    let prepared = split(&args.card)?;
    let name = Path::new(&args.card.dataset).file_stem().unwrap_or_default();
    let name = name.to_string_lossy().replace('-', "");
    say!("{}\n", prepared.card);
    for file in export_comirec(&prepared.sequences, &prepared.split, &name, &args.out)? {
        say!("{}  {}", file.sha256, args.out.join(&file.name).display());
    }
    Ok(())
}

fn split(args: &Card) -> Result<Prepared> {
    let recipe = recipe::resolve(&args.recipe, Some(&args.dataset), &args.sets)?;
    data::prepare(&recipe.data, &args.source)
}
