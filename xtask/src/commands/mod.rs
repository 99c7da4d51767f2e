//! One command, one file.

mod bench;
mod ci;
mod data;
mod eval;
mod explore;
mod list;
mod new_model;
mod recommend;
mod report;
mod reproduce;
mod tidy;
mod train;
mod tune;

use std::{
    path::PathBuf,
    process::Command as Process,
    sync::atomic::{AtomicBool, Ordering},
};

use seqrec_core::{Backend, CoreError};

use crate::{
    cli::{Cli, Command, RecipeArgs, RunArgs},
    data::prepare,
    error::{Result, RunError},
    recipe::{self, Recipe},
    run::{RunFolder, Stage},
};

/// Runs the command given on the command line.
pub fn run(cli: Cli) -> Result<()> {
    match cli.command {
        Command::Reproduce(args) => reproduce::run(args),
        Command::Train(args) => train::run(args),
        Command::Tune(args) => tune::run(&args),
        Command::Eval(args) => eval::run(args),
        Command::Report(args) => report::run(&args),
        Command::Recommend(args) => recommend::run(args),
        Command::Data(command) => data::run(command),
        Command::Bench(args) => bench::run(args),
        Command::NewModel(args) => new_model::run(&args.name),
        Command::Tidy => tidy::run(),
        Command::Ci => ci::run(),
    }
}

/// Raised by Ctrl-C; a second Ctrl-C ends the process at once.
static STOP: AtomicBool = AtomicBool::new(false);

/// Makes Ctrl-C stop the training after the current step, with a checkpoint.
fn stop_on_ctrl_c() -> Result<&'static AtomicBool> {
    ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!("\nstopping after this step; press Ctrl-C again to stop at once");
    })
    .map_err(|error| RunError::Usage(error.to_string()))?;
    Ok(&STOP)
}

/// Sets the number of threads of the CPU backends and says how many there are.
fn threads(asked: Option<usize>) -> Result<usize> {
    let threads = match asked {
        Some(0) => return Err(RunError::Usage("--threads must be at least 1".into())),
        Some(threads) => threads,
        None => std::thread::available_parallelism().map_or(1, usize::from),
    };
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .map_err(|error| RunError::Usage(error.to_string()))?;
    Ok(threads)
}

/// Resolves recipe, folder and data of a run that starts or goes on.
fn stage(name: &str, args: &RecipeArgs, adjust: impl FnOnce(&mut Recipe)) -> Result<(Stage, RunFolder)> {
    // Fail on a missing backend before anything is downloaded.
    open(args.backend)?;
    let mut recipe = recipe::resolve(name, args.dataset.as_deref(), &args.sets)?;
    let resumed = match &args.resume {
        Some(Some(path)) => Some(RunFolder::open(path)?),
        Some(None) => Some(RunFolder::latest(&recipe)?),
        None => None,
    };
    if let Some(folder) = &resumed {
        let asked = args
            .dataset
            .as_ref()
            .filter(|asked| folder.recipe(&[]).is_ok_and(|stored| stored.data.dataset != **asked));
        if let Some(asked) = asked {
            let message = format!("{} is a run on other data than {asked}", folder.path().display());
            return Err(RunError::Usage(message));
        }
        recipe = folder.recipe(&args.sets)?;
    }
    adjust(&mut recipe);
    let data = prepare(&recipe.data, &args.source)?;
    let folder = match resumed {
        Some(folder) => folder,
        None => {
            let folder = RunFolder::create(args.out.clone(), &recipe)?;
            folder.describe(&recipe, &data)?;
            folder
        }
    };
    Ok((Stage::new(recipe, data)?, folder))
}

/// The run that `args` names, with its data prepared again, and the seed to look at.
fn stored(args: &RunArgs) -> Result<(Stage, RunFolder, u64)> {
    let folder = RunFolder::open(&args.run)?;
    let recipe = folder.recipe(&[])?;
    open(args.backend)?;
    let seed = args.seed.unwrap_or(recipe.training.seed);
    let data = prepare(&recipe.data, &args.source)?;
    Ok((Stage::new(recipe, data)?, folder, seed))
}

/// The command as it was typed.
fn command_line() -> String {
    let words = std::env::args().skip(1).map(|word| match word.contains([' ', '"', '\'']) {
        true => format!("'{word}'"),
        false => word,
    });
    format!("cargo xtask {}", words.collect::<Vec<_>>().join(" "))
}

/// The command that goes on with the run in `folder`: `command`, in the same folder.
fn resume_command(mut command: String, args: &RecipeArgs, folder: &RunFolder) -> String {
    if let Some(out) = &args.out {
        command = command.replace(&format!(" --out {}", out.display()), "");
    }
    match args.resume {
        Some(_) => command,
        None => format!("{command} --resume {}", folder.path().display()),
    }
}

/// Opens a backend; says which command has it if this one was built without.
fn open(backend: Backend) -> Result<()> {
    backend.device().map(drop).map_err(|error| match error {
        CoreError::BackendNotCompiled { backend, .. } => RunError::Usage(format!(
            "backend `{backend}` is not part of this build: use `cargo xtask-{backend} ...` instead of `cargo xtask ...`"
        )),
        error => error.into(),
    })
}

/// The folder that holds the workspace's manifest.
pub fn workspace_root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace").to_owned()
}

/// cargo, in the workspace.
///
/// What `cargo run` says of this package must not reach the build scripts of others: `ring` would be
/// built again, and polars with it.
fn cargo() -> Process {
    let mut command = Process::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace_root());
    let of_this_package = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(of_this_package)) {
        command.env_remove(name);
    }
    command
}
